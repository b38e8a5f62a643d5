"""``keras.ops.image``. An image is (h, w, c), a batch (b, h, w, c); or with channels first."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Spec, on_backend_too, op, traced
from kerashape.keras.ops.convolution import as_inferred, channels_first, each_axis
from kerashape.keras.ops.inference import all_given, given, keras_checks, merge_all
from kerashape.keras.ops.linear import differ
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided
from kerashape.shapes.arithmetic import conv_shape


def check_images(images: Shape) -> None:
    if not images.open and images.rank not in (3, 4):
        raise Fault(
            "op-mismatch",
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images).",
            expected="3 or 4 dimensions",
            found=images,
        )


@op("image.rgb_to_grayscale", "images, data_format=None", class_name="RGBToGrayscale")
def rgb_to_grayscale(images: Shape, data_format: Any) -> Shape:
    """The channels become 1."""
    check_images(images)
    axis = -3 if channels_first(data_format) else -1
    channels = images[axis]
    if isinstance(channels, int) and channels not in (1, 3):
        raise Fault(
            "op-mismatch",
            "Invalid channel size: expected 3 (RGB) or 1 (Grayscale). "
            f"Received input with shape: images.shape={images}",
            expected="3 or 1 channels",
            found=images,
        )
    return images.replace(axis, 1)


@op("image.hsv_to_rgb", "images, data_format=None", class_name="HSVToRGB")
@op("image.rgb_to_hsv", "images, data_format=None", class_name="RGBToHSV")
def of_colours(images: Spec, data_format: Any) -> Shape:
    """The shape stays: 3 channels of floats."""
    shape = images.shape
    check_images(shape)
    if isinstance(images.dtype, str) and images.dtype not in dtypes.FLOATS:
        raise Fault(
            "op-mismatch",
            f"Invalid images dtype: expected float dtype. Received: images.dtype={images.dtype}",
            expected="floats",
            found=images.dtype,
        )
    channels = shape[-3 if channels_first(data_format) else -1]
    if isinstance(channels, int) and channels != 3:
        raise Fault(
            "op-mismatch",
            f"Input images must have 3 channels, but received images with {channels} channels.",
            expected="3 channels",
            found=shape,
        )
    return shape


@traced("image.hsv_to_rgb", "image.rgb_to_hsv")
def of_colours_within(images: Spec, data_format: Any) -> Shape:
    """The same; how many channels there are is then known."""
    return of_colours(images, data_format).replace(-3 if channels_first(data_format) else -1, 3)


@op(
    "image.resize",
    "images, size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, "
    "pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, data_format=None",
)
def resize(
    images: Shape,
    size: Any,
    crop_to_aspect_ratio: Any,
    pad_to_aspect_ratio: Any,
    data_format: Any,
) -> Shape:
    """Another height and width."""
    if isinstance(size, (int, float, type(None))):
        raise Fault(
            "bad-argument",
            f"object of type '{type(size).__name__}' has no len()",
            argument="size",
            expected="(height, width)",
            found=size,
        )
    if len(size) != 2:
        raise Fault(
            "bad-argument",
            f"Expected `size` to be a tuple of 2 integers. Received: size={size}",
            argument="size",
            expected="(height, width)",
            found=size,
        )
    if any(isinstance(side, (int, float)) and side <= 0 for side in size):
        raise Fault(
            "bad-argument",
            f"`size` must have positive height and width. Received: size={size}",
            argument="size",
            expected="sizes above 0",
            found=size,
        )
    check_images(images)
    if pad_to_aspect_ratio and crop_to_aspect_ratio:
        raise Fault(
            "bad-argument",
            "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.",
            expected="one of them",
        )
    return with_sides(images, size[0], size[1], data_format)


def with_sides(images: Shape, height: Dim, width: Dim, data_format: Any) -> Shape:
    first = channels_first(data_format)
    return images.replace(-2 if first else -3, height).replace(-1 if first else -2, width)


@op(
    "image.affine_transform",
    "images, transform, interpolation='bilinear', fill_mode='constant', fill_value=0, "
    "data_format=None",
)
def affine_transform(images: Shape, transform: Shape, data_format: Any) -> Shape:
    """The shape stays."""
    channels_first(data_format)
    check_images(images)
    if not transform.open and transform.rank not in (1, 2):
        raise Fault(
            "op-mismatch",
            "Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of "
            f"transforms). Received input with shape: transform.shape={transform}",
            expected="1 or 2 dimensions",
            found=transform,
        )
    return images


@op(
    "image.perspective_transform",
    "images, start_points, end_points, interpolation='bilinear', fill_value=0, data_format=None",
)
def perspective_transform(
    images: Shape, start_points: Shape, end_points: Shape, data_format: Any
) -> Shape:
    """The shape stays; four points, or four for each image."""
    channels_first(data_format)
    check_images(images)
    for name, points in (("start_points", start_points), ("end_points", end_points)):
        if points.open:
            continue
        tail = tuple(points[-2:])
        if points.rank not in (2, 3) or differ(tail[0], 4) or differ(tail[1], 2):
            raise Fault(
                "op-mismatch",
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {points}",
                argument=name,
                expected="(4, 2) or (N, 4, 2)",
                found=points,
            )
    if not start_points.open and not end_points.open:
        same = start_points.rank == end_points.rank
        if not same or any(differ(a, b) for a, b in zip(start_points, end_points)):
            raise Fault(
                "op-mismatch",
                "start_points and end_points must have the same shape. Received "
                f"start_points.shape={start_points}, end_points.shape={end_points}",
                expected=start_points,
                found=end_points,
            )
    return images


@op("image.gaussian_blur", "images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None")
@op(
    "image.elastic_transform",
    "images, alpha=20.0, sigma=5.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, "
    "seed=None, data_format=None",
)
def filtered(images: Shape, data_format: Any) -> Shape:
    """The shape stays."""
    channels_first(data_format)
    check_images(images)
    return images


@traced("image.gaussian_blur")
def blurred(images: Shape, data_format: Any) -> Shape:
    """The shape stays; nobody looks at a ``data_format`` that is none."""
    try:
        return filtered(images, data_format)
    except Fault as fault:
        raise Undecided(fault.text) from None


@op(
    "image.scale_and_translate",
    "images, output_shape, scale, translation, spatial_dims, method, antialias=True",
)
def scale_and_translate(images: Shape, output_shape: Any) -> Shape:
    """The shape that is asked for."""
    return standardize_shape(output_shape)


@on_backend_too("image.scale_and_translate")
def scale_and_translate_within(
    images: Shape, output_shape: Any, scale: Shape, translation: Shape, spatial_dims: Any
) -> Shape:
    """The sizes that are asked for, on the axes that are named."""
    if scale.rank != 1 or translation.rank != 1:
        raise Undecided("a scale or a shift that is no vector")
    for axis in spatial_dims:
        place = axis % images.rank
        images = images.replace(place, output_shape[place])
    return images


@on_backend_too("image.elastic_transform")
def elastic_within(images: Shape, data_format: Any) -> Shape:
    """The shape stays; a batch whose size is None counts as one image."""
    with keras_checks():
        filtered(images, data_format)
    batch = images.rank == 4 and not given(images[0])
    if not all_given(images[1:] if batch else images):
        raise Undecided("what Keras makes of sizes that are None")
    return images.replace(0, 1) if batch else images


@op("image.sobel_edges", "images, data_format=None")
def sobel_edges(images: Shape, data_format: Any) -> Shape:
    """A last axis for the two directions."""
    channels_first(data_format)
    if not images.open and images.rank != 4:
        raise Fault(
            "op-mismatch",
            "Invalid images rank: expected rank 4 (batch of images). Received: images.shape=",
            expected="4 dimensions",
            found=images,
        )
    return images + (2,)


@op(
    "image.ssim",
    "image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, "
    "data_format=None",
    class_name="SSIM",
)
def ssim(image1: Shape, image2: Shape, data_format: Any) -> Shape:
    """One value an image."""
    channels_first(data_format)
    for name, image in (("image1", image1), ("image2", image2)):
        if not image.open and image.rank not in (3, 4):
            raise Fault(
                "op-mismatch",
                f"Invalid {name} rank: expected rank 3 (single image) or rank 4 (batch of images). "
                f"Received input with shape: {name}.shape={image}",
                expected="3 or 4 dimensions",
                found=image,
            )
    return Shape() if image1.rank == 3 else image1[:1]


@on_backend_too("image.ssim")
def ssim_on_backend(image1: Shape, image2: Shape, data_format: Any) -> Shape:
    """The same; how many images there are, either tells."""
    with keras_checks():
        one = ssim(image1, image2, data_format)
    other = Shape() if image2.rank == 3 else image2[:1]
    return merge_all(one, other)


@op(
    "image.map_coordinates",
    "inputs, coordinates, order, fill_mode='constant', fill_value=0",
    dtype_of="inputs",
)
def map_coordinates(inputs: Shape, coordinates: Shape) -> Shape:
    """The coordinates' shape without the first axis, which is as long as the input's rank."""
    if coordinates.rank and not inputs.open and differ(coordinates[0], inputs.rank):
        raise Fault(
            "op-mismatch",
            "First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs "
            f"with shape: {inputs} and coordinate leading dim of {coordinates[0]}",
            expected=f"a first dimension of {inputs.rank}",
            found=coordinates,
        )
    if coordinates.rank < 2:
        raise Fault(
            "op-mismatch",
            "Invalid coordinates rank: expected at least rank 2. Received input with shape: "
            f"{coordinates}"
            if coordinates.rank
            else "tuple index out of range",
            expected="2 or more dimensions",
            found=coordinates,
        )
    return coordinates[1:]


# -- patches ----------------------------------------------------------------------------


@op(
    "image.extract_patches",
    "images, size, strides=None, dilation_rate=1, padding='valid', data_format=None",
)
def extract_patches(
    images: Shape, size: Any, strides: Any, dilation_rate: Any, padding: Any, data_format: Any
) -> Shape:
    """(b, h, w, c) -> (b, rows, columns, patch * c); volumes likewise."""
    if isinstance(size, (str, float, type(None))):
        raise Fault(
            "bad-argument",
            f"Invalid `size` argument. Expected an int or a tuple. Received: size={size}",
            argument="size",
            expected="an integer or a tuple",
            found=size,
        )
    if isinstance(size, (list, tuple)) and len(size) not in (2, 3):
        raise Fault(
            "bad-argument",
            "Invalid `size` argument. Expected a tuple of length 2 or 3. "
            f"Received: size={size} with length {len(size)}",
            argument="size",
            expected="2 or 3 integers",
            found=size,
        )
    patch = (size, size) if isinstance(size, (int, Symbol)) else tuple(size)
    return _patches(images, patch, strides, dilation_rate, padding, data_format)


@op(
    "image.extract_patches_3d",
    "volumes, size, strides=None, dilation_rate=1, padding='valid', data_format=None",
    class_name="ExtractPatches",
)
def extract_patches_3d(
    volumes: Shape, size: Any, strides: Any, dilation_rate: Any, padding: Any, data_format: Any
) -> Shape:
    """(b, d, h, w, c) -> (b, ..., patch * c)."""
    patch = (size,) * 3 if isinstance(size, (int, Symbol)) else tuple(size)
    return _patches(volumes, patch, strides, dilation_rate, padding, data_format)


@traced("image.extract_patches")
def extract_patches_within(
    images: Shape, size: Any, strides: Any, dilation_rate: Any, padding: Any, data_format: Any
) -> Shape:
    """The same; where it dilates, TensorFlow may lose sizes."""
    shape = extract_patches(images, size, strides, dilation_rate, padding, data_format)
    return as_inferred(shape, images, data_format, dilation_rate)


@traced("image.extract_patches_3d")
def extract_patches_3d_within(
    volumes: Shape, size: Any, strides: Any, dilation_rate: Any, padding: Any, data_format: Any
) -> Shape:
    """The same; where it dilates, TensorFlow may lose sizes."""
    shape = extract_patches_3d(volumes, size, strides, dilation_rate, padding, data_format)
    return as_inferred(shape, volumes, data_format, dilation_rate)


def _patches(
    images: Shape, patch: Any, strides: Any, dilation_rate: Any, padding: Any, data_format: Any
) -> Shape:
    first, count = channels_first(data_format), len(patch)
    channels = images[-count - 1 if first else -1]
    if channels is None:
        raise Fault(
            "undefined-dimension",
            "unsupported operand type(s) for *: 'int' and 'NoneType'",
            expected="a known number of channels",
            found=images,
        )
    filters = channels
    for side in patch:
        filters = side * filters
    if not isinstance(dilation_rate, int) and len(dilation_rate) != count:
        raise Fault(
            "bad-argument",
            "Dilation must be None, scalar or tuple/list of length of inputs' spatial shape, but "
            f"received `dilation_rate={dilation_rate}` and input of shape ",
            argument="dilation_rate",
            expected=f"{count} integers",
            found=dilation_rate,
        )
    single = images.rank == count + 1
    steps = patch if strides is None else strides
    shape = conv_shape(
        (1,) + images if single else images,
        filters,
        patch,
        each_axis(steps, count),
        padding,
        first,
        (dilation_rate,) * count if isinstance(dilation_rate, int) else tuple(dilation_rate),
    )
    return shape[1:] if single else shape
