"""TensorFlow's convolutions, pooling and images (see :mod:`kerashape.keras.ops.tensorflow`).

An image is (h, w, c), a batch (b, h, w, c).
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import convolution
from kerashape.keras.ops.base import Operand, Spec
from kerashape.keras.ops.sizes import size, sizes
from kerashape.keras.ops.tensorflow import library
from kerashape.keras.ops.tensorflow_laws import asked
from kerashape.shapes import Dim, Fault, Shape, Undecided, unknown_dim

law = library.law
_NO_SHAPE = "'KerasTensor' object has no attribute 'get_shape'"


# -- convolution and pooling ----------------------------------------------------------------


def _format(data_format: Any) -> str:
    """Keras's name of ``"NHWC"`` or ``"NCHW"``."""
    if data_format is None:
        return "channels_last"
    return "channels_first" if data_format.startswith("NC") else "channels_last"


def _steps(value: Any, count: int, data_format: Any) -> Any:
    """The steps along the space, from one for all, one an axis, or one for each dimension."""
    if value is None:
        return 1
    if isinstance(value, (list, tuple)) and len(value) == count + 2:
        return tuple(value[2:]) if _format(data_format) == "channels_first" else tuple(value[1:-1])
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return value[0]
    return value


def _padding(padding: Any) -> Any:
    if not isinstance(padding, str):
        raise Undecided("explicit paddings")
    return padding.lower()


@law("conv1d", "input, filters, stride, padding, data_format='NWC', dilations=None, name=None")
def conv1d(
    input: Shape, filters: Shape, stride: Any, padding: Any, data_format: Any, dilations: Any
) -> Shape:
    """As ``keras.ops.conv``."""
    return conv(input, filters, stride, padding, data_format, dilations)


@law("conv2d", "input, filters, strides, padding, data_format='NHWC', dilations=None, name=None")
@law("conv3d", "input, filters, strides, padding, data_format='NDHWC', dilations=None, name=None")
@law("convolution", "input, filters, strides=None, padding='VALID', data_format=None, "
     "dilations=None, name=None")  # fmt: skip
def conv(
    input: Shape, filters: Shape, strides: Any, padding: Any, data_format: Any, dilations: Any
) -> Shape:
    """As ``keras.ops.conv``."""
    count = filters.rank - 2
    return convolution.conv_within(
        input,
        filters,
        _steps(strides, count, data_format),
        _padding(padding),
        _format(data_format),
        _steps(dilations, count, data_format),
    )


@law("depthwise_conv2d", "input, filter, strides, padding, data_format=None, dilations=None, "
     "name=None")  # fmt: skip
def depthwise_conv(
    input: Shape, filter: Shape, strides: Any, padding: Any, data_format: Any, dilations: Any
) -> Shape:
    """As ``keras.ops.depthwise_conv``."""
    if dilations is not None:
        raise Undecided("a dilated depthwise convolution")
    return convolution.depthwise_conv(
        input, filter, _steps(strides, 2, data_format), _padding(padding), _format(data_format), 1
    )


@law("conv2d_transpose", "input, filters, output_shape, strides, padding='SAME', "
     "data_format='NHWC', dilations=None, name=None")  # fmt: skip
@law("conv1d_transpose", "input, filters, output_shape, strides, padding='SAME', "
     "data_format='NWC', dilations=None, name=None")  # fmt: skip
@law("conv3d_transpose", "input, filters, output_shape, strides, padding='SAME', "
     "data_format='NDHWC', dilations=None, name=None")  # fmt: skip
def conv_transpose(output_shape: Any) -> Shape:
    """The shape that is asked for."""
    return sizes(output_shape)


_POOLED = "input, ksize, strides, padding, data_format={}, name=None"


@law("max_pool1d avg_pool1d", _POOLED.format("'NWC'"))
@law("max_pool2d avg_pool2d", _POOLED.format("'NHWC'"))
@law("max_pool3d avg_pool3d", _POOLED.format("'NDHWC'"))
@law("max_pool avg_pool", _POOLED.format("None"))
def pool(input: Shape, ksize: Any, strides: Any, padding: Any, data_format: Any) -> Shape:
    """As ``keras.ops.max_pool``."""
    count = input.rank - 2
    return convolution.pool(
        input,
        _steps(ksize, count, data_format),
        _steps(strides, count, data_format),
        _padding(padding),
        _format(data_format),
    )


@law("image.extract_patches", "images, sizes, strides, rates, padding, name=None")
def extract_patches(images: Shape, sizes: Any, strides: Any, rates: Any, padding: Any) -> Shape:
    """(b, h, w, c) -> (b, rows, columns, c times what a window holds)."""
    if images.rank != 4:
        raise Undecided("patches of what is no batch of images")
    window, step, rate = (_pair(value) for value in (sizes, strides, rates))
    reach = tuple((side - 1) * apart + 1 for side, apart in zip(window, rate))
    try:
        placed = convolution.pool(images, reach, step, _padding(padding), "channels_last")
    except Fault:
        raise Undecided("a window that is larger than the image") from None
    channels = images[-1]
    return placed[:-1] + (None if channels is None else channels * window[0] * window[1],)


def _pair(value: Any) -> tuple[int, int]:
    """The two in the middle of ``[1, rows, columns, 1]``."""
    if isinstance(value, (list, tuple)) and len(value) == 4:
        rows, columns = value[1:3]
        if isinstance(rows, int) and isinstance(columns, int):
            return rows, columns
    raise Undecided("the sizes of the patches are not known")


# -- images -----------------------------------------------------------------------------------


def _resized(image: Shape, height: Dim, width: Dim) -> Shape:
    if image.rank not in (3, 4):
        raise Undecided("an image of another rank")
    return image[:-3] + (height, width, image[-1])


@law("image.resize", "images, size, method='bilinear', preserve_aspect_ratio=False, "
     "antialias=False, name=None")  # fmt: skip
def resize(images: Spec, size: Any, method: Any, preserve_aspect_ratio: Any) -> Spec:
    """Another height and width; floats unless by the nearest neighbour."""
    wanted = sizes(size)
    if preserve_aspect_ratio or wanted.rank != 2:
        raise Undecided("a size that depends on the image")
    nearest = method == "nearest"
    return Spec(
        _resized(images.shape, wanted[0], wanted[1]), images.dtype if nearest else "float32"
    )


@law("image.resize_with_pad", "image, target_height, target_width, method='bilinear', "
     "antialias=False")  # fmt: skip
def resize_with_pad(image: Shape, target_height: Any, target_width: Any) -> Spec:
    """Another height and width."""
    return Spec(_resized(image, size(target_height), size(target_width)), "float32")


@law("image.resize_with_crop_or_pad", "image, target_height, target_width")
@law("image.crop_to_bounding_box", "image, offset_height, offset_width, target_height, "
     "target_width")  # fmt: skip
@law("image.pad_to_bounding_box", "image, offset_height, offset_width, target_height, "
     "target_width")  # fmt: skip
def with_sides(image: Shape, target_height: Any, target_width: Any) -> Shape:
    """Another height and width."""
    return _resized(image, size(target_height), size(target_width))


@law("image.random_crop", "value, size, seed=None, name=None")
def random_crop(value: Operand, size: Any) -> Shape:
    """The shape that is asked for."""
    return sizes(size)


@law("image.crop_and_resize", "image, boxes, box_indices, crop_size, method='bilinear', "
     "extrapolation_value=0.0, name=None")  # fmt: skip
def crop_and_resize(image: Shape, boxes: Operand, crop_size: Any) -> Spec:
    """A part of an image for each box."""
    wanted = sizes(crop_size)
    return Spec(Shape((boxes[0], wanted[0], wanted[1], image[-1])), "float32")


@law("image.non_max_suppression", "boxes, scores, max_output_size, iou_threshold=0.5, "
     "score_threshold=-inf, name=None")  # fmt: skip
def non_max_suppression(boxes: Operand, scores: Operand) -> Spec:
    """The positions of the boxes that stay: how many is decided at run time."""
    return Spec(Shape((None,)), "int32")


@law("image.combined_non_max_suppression", "boxes, scores, max_output_size_per_class, "
     "max_total_size, iou_threshold=0.5, score_threshold=-inf, pad_per_class=False, "
     "clip_boxes=True, name=None", outputs=4)  # fmt: skip
def combined_non_max_suppression(
    boxes: Spec, scores: Operand, max_output_size_per_class: Any, max_total_size: Any,
    pad_per_class: Any,
) -> tuple[Spec, Spec, Spec, Spec]:  # fmt: skip
    """Boxes, scores and classes, filled up to one number of them; how many are valid.

    Source: ``CombinedNMSShapeFn`` in TensorFlow's ops/image_ops.cc.
    """
    batch, most = boxes.shape[0], size(max_total_size)
    if pad_per_class is not False:
        each, classes = size(max_output_size_per_class), scores[2]
        if isinstance(most, int) and isinstance(each, int) and isinstance(classes, int):
            most = min(most, each * classes)
        else:
            most = unknown_dim()
    kind = boxes.dtype
    return (
        Spec(Shape((batch, most, 4)), kind), Spec(Shape((batch, most)), kind),
        Spec(Shape((batch, most)), kind), Spec(Shape((batch,)), "int32"),
    )  # fmt: skip


@law("image.flip_left_right image.flip_up_down image.per_image_standardization", "image")
@law("image.random_flip_left_right image.random_flip_up_down", "image, seed=None")
@law("image.random_brightness image.random_hue", "image, max_delta, seed=None")
@law("image.random_contrast image.random_saturation", "image, lower, upper, seed=None")
@law("image.adjust_brightness", "image, delta")
@law("image.adjust_gamma", "image, gamma=1, gain=1")
@law("image.adjust_saturation", "image, saturation_factor, name=None")
@law("image.adjust_hue", "image, delta, name=None")
def same_image(image: Shape) -> Shape:
    """The shape stays."""
    return image


@law("image.rgb_to_yuv image.yuv_to_rgb image.rgb_to_yiq image.yiq_to_rgb", "images")
@law("image.adjust_contrast", "images, contrast_factor")
@law("image.rgb_to_hsv image.hsv_to_rgb", "images, name=None")
def same_images(images: Shape) -> Shape:
    """The shape stays."""
    return images


@law("image.rgb_to_grayscale", "images, name=None")
def rgb_to_grayscale(images: Shape) -> Shape:
    """The channels become 1."""
    return images.replace(-1, 1)


@law("image.grayscale_to_rgb", "images, name=None", on_symbolic=_NO_SHAPE)
def grayscale_to_rgb(images: Shape) -> Shape:
    """The channels become 3."""
    return images.replace(-1, 3)


@law("image.transpose", "image, name=None")
def transpose(image: Shape) -> Shape:
    """Height and width change places."""
    return _resized(image, image[-2], image[-3])


@law("image.rot90", "image, k=1, name=None")
def rot90(image: Shape, k: Any) -> Shape:
    """Height and width change places on every second turn."""
    return transpose(image) if k % 2 else image


@law("image.ssim", "img1, img2, max_val, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, "
     "return_index_map=False")  # fmt: skip
def ssim(img1: Shape, return_index_map: Any) -> Spec:
    """One value an image."""
    if return_index_map:
        raise Undecided("a map of values")
    return Spec(img1[:-3], "float32")


@law("image.psnr", "a, b, max_val, name=None")
def psnr(a: Shape) -> Spec:
    """One value an image."""
    return Spec(a[:-3], "float32")


@law("image.sobel_edges", "image", on_symbolic=_NO_SHAPE)
def sobel_edges(image: Shape) -> Shape:
    """A last axis for the two directions."""
    return image + (2,)


@law("image.total_variation", "images, name=None", on_symbolic=_NO_SHAPE)
def total_variation(images: Shape) -> Shape:
    """One value an image."""
    return images[:-3]


@law("image.decode_jpeg io.decode_jpeg", "contents, channels=0, *args, **kwargs")
@law("image.decode_png io.decode_png", "contents, channels=0, dtype='uint8', name=None")
def decode(channels: Any, dtype: Any = None) -> Spec:
    """(h, w, channels) of a file."""
    count = channels if isinstance(channels, int) and channels else None
    return Spec(Shape((None, None, count)), asked(dtype, "uint8"))
