"""Images: loading them, and Keras's generators that read and change them."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, attribute, function, method
from kerashape.interpret.data.values import (
    BATCHES,
    DataObject,
    Pipeline,
    array,
    like,
    with_rows,
)
from kerashape.interpret.scaling import is_down
from kerashape.keras.graph import DType
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Unknown

IMAGE = "PIL.Image.Image"
GENERATOR = "keras.preprocessing.image.ImageDataGenerator"
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}
_UNKNOWN_SIZE = (Unknown("the height of an image"), Unknown("the width of an image"))

# -- single images ------------------------------------------------------------------------


@function(
    "keras.utils.load_img keras.preprocessing.image.load_img",
    "path, color_mode='rgb', target_size=None, interpolation='nearest', keep_aspect_ratio=False, "
    "**kwargs",
)
def _load_img(color_mode: Any, target_size: Any, values: dict[str, Any]) -> Any:
    if values["kwargs"].get("grayscale") is True:
        color_mode = "grayscale"
    mode = _MODES.get(color_mode) if isinstance(color_mode, str) else None
    return DataObject(IMAGE, {"size_": _two(target_size), "mode_": mode})


def _two(size: Any) -> tuple[Any, Any]:
    """(height, width) as an argument gives them."""
    if isinstance(size, int) and not isinstance(size, bool):
        return size, size
    if isinstance(size, (list, tuple)) and len(size) >= 2:
        return size[0], size[1]
    return _UNKNOWN_SIZE


@function("PIL.Image.open", "*args, **kwargs")
def _open() -> Any:
    return DataObject(IMAGE, {"size_": _UNKNOWN_SIZE, "mode_": None})


@function("PIL.Image.new", "mode, size, color=0")
def _new(mode: Any, size: Any) -> Any:
    width, height = _two(size)
    return DataObject(IMAGE, {"size_": (height, width), "mode_": mode})


@function("keras.utils.array_to_img keras.preprocessing.image.array_to_img", "x, **kwargs")
def _array_to_img(x: Any) -> Any:
    dims = x.shape.dims if isinstance(x, Array) and not x.shape.open else ()
    size = (dims[0], dims[1]) if len(dims) == 3 else _UNKNOWN_SIZE
    return DataObject(IMAGE, {"size_": size, "mode_": None})


@method(IMAGE, "resize", "size, *args, **kwargs")
def _resize(image: DataObject, size: Any) -> Any:
    width, height = _two(size)
    return DataObject(IMAGE, {"size_": (height, width), "mode_": image["mode_"]})


@method(IMAGE, "convert", "mode=None, *args, **kwargs")
def _convert(image: DataObject, mode: Any) -> Any:
    return DataObject(IMAGE, {"size_": image["size_"], "mode_": mode})


@method(IMAGE, "copy", "")
def _copy(image: DataObject) -> Any:
    return image


@method(IMAGE, "rotate transpose crop filter point", "*args, **kwargs")
def _changed(image: DataObject) -> Any:
    return DataObject(IMAGE, {"size_": _UNKNOWN_SIZE, "mode_": image["mode_"]})


@attribute(IMAGE, "size")
def _image_size(image: DataObject) -> Any:
    height, width = image["size_"]
    return width, height


@attribute(IMAGE, "height")
def _height(image: DataObject) -> Any:
    return image["size_"][0]


@attribute(IMAGE, "width")
def _width(image: DataObject) -> Any:
    return image["size_"][1]


def pixels(image: DataObject) -> Array:
    """What ``numpy.array(image)`` is."""
    height, width = image["size_"]
    channels = {"RGB": (3,), "RGBA": (4,), "L": ()}.get(str(image["mode_"]))
    if channels is None:
        return Array(Shape.unknown(), Unknown("the dtype of an image"))
    return array((height, width, *channels), "uint8", "an image")


@function(
    "keras.utils.img_to_array keras.preprocessing.image.img_to_array",
    "img, data_format=None, dtype=None",
)
def _img_to_array(call: Calling, img: Any, data_format: Any, dtype: Any) -> Any:
    kind: DType = dtype if isinstance(dtype, str) else "float32"
    if isinstance(img, DataObject) and img.kind == IMAGE:
        made = pixels(img)
        dims = made.shape.dims
    elif isinstance(img, Array) and not img.shape.open:
        made, dims = img, img.shape.dims
    else:
        return Unknown("an image that is not known")
    if made.shape.open:
        return array((*img["size_"], Unknown("its channels")), kind)
    if len(dims) == 2:
        dims = (*dims, 1)
    layout = data_format or call.machine.names.defaults.data_format
    if layout == "channels_first":
        return Unknown("an image whose channels come first")
    return array(dims, kind, "img_to_array()")


# -- generators -----------------------------------------------------------------------------


@function(
    "keras.preprocessing.image.ImageDataGenerator "
    "keras.legacy.preprocessing.image.ImageDataGenerator",
    "featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False, "
    "samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-06, "
    "rotation_range=0, width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, "
    "shear_range=0.0, zoom_range=0.0, channel_shift_range=0.0, fill_mode='nearest', cval=0.0, "
    "horizontal_flip=False, vertical_flip=False, rescale=None, preprocessing_function=None, "
    "data_format=None, validation_split=0.0, interpolation_order=1, dtype=None",
)
def _generator(call: Calling, values: dict[str, Any]) -> Any:
    layout = values["data_format"] or call.machine.names.defaults.data_format
    scaled = call.machine.site(call.node) if is_down(values["rescale"]) else None
    return DataObject(
        GENERATOR,
        {
            "preprocessing_function": values["preprocessing_function"],
            "layout": layout,
            "scaled": scaled,
        },
    )


@method(GENERATOR, "fit", "*args, **kwargs")
def _fit(generator: DataObject) -> Any:
    return None


@method(GENERATOR, "random_transform standardize apply_transform", "x, *args, **kwargs")
def _transform(generator: DataObject, x: Any) -> Any:
    return like(x, x.shape, Unknown("its dtype")) if isinstance(x, Array) else Unknown("an image")


@method(
    GENERATOR,
    "flow",
    "x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, "
    "save_prefix='', save_format='png', ignore_class_split=False, subset=None",
)
def _flow(generator: DataObject, x: Any, y: Any, sample_weight: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return Pipeline(BATCHES, Unknown("images with other inputs"), _COUNT)
    images = with_rows(x, None)
    if isinstance(images, Array):
        images = like(images, images.shape, "float32")
        images.scaled = generator["scaled"] or images.scaled
    element = images
    if y is not None:
        element = (images, with_rows(y, None) if isinstance(y, Array) else Unknown("labels"))
        if sample_weight is not None:
            element = (*element, Unknown("the weights of samples"))
    return Pipeline(BATCHES, element, _COUNT, batched=True, nonempty=True)


_FROM = (
    "target_size=(256, 256), color_mode='rgb', classes=None, class_mode='categorical', "
    "batch_size=32, shuffle=True, seed=None, save_to_dir=None, save_prefix='', save_format='png', "
)


@method(
    GENERATOR,
    "flow_from_directory",
    f"directory, {_FROM}follow_links=False, subset=None, interpolation='nearest', "
    "keep_aspect_ratio=False",
)
def _from_directory(generator: DataObject, values: dict[str, Any]) -> Any:
    return _folder(generator, values, values["class_mode"])


@method(
    GENERATOR,
    "flow_from_dataframe",
    "dataframe, directory=None, x_col='filename', y_col='class', weight_col=None, "
    f"{_FROM}subset=None, interpolation='nearest', validate_filenames=True, **kwargs",
)
def _from_dataframe(generator: DataObject, values: dict[str, Any]) -> Any:
    mode = values["class_mode"]
    if values["weight_col"] is not None:
        return Pipeline(BATCHES, Unknown("images, labels and weights"), _COUNT)
    if mode == "multi_output" or (mode == "raw" and not isinstance(values["y_col"], str)):
        mode = Unknown("the labels of a table")
    return _folder(generator, values, mode)


_COUNT = Unknown("the number of batches")


def _folder(generator: DataObject, values: dict[str, Any], mode: Any) -> Pipeline:
    color, listed = values["color_mode"], values["classes"]
    known = isinstance(color, str) and color in _CHANNELS
    channels = _CHANNELS[color] if known else Unknown("the number of channels")
    size = _two(values["target_size"])
    first = generator["layout"] == "channels_first"
    shape = (channels, *size) if first else (*size, channels)
    if isinstance(generator["layout"], Unknown):
        shape = (Unknown("a size"), Unknown("a size"), Unknown("a size"))
    images = array((None, *shape), "float32", "images")
    images.scaled = generator["scaled"]
    classes = len(listed) if isinstance(listed, (list, tuple)) and listed else None
    element: Any = images
    if mode == "input":
        element = (images, images)
    elif mode is not None:
        element = (images, _labels(mode, classes))
    count = Unknown("the number of classes") if classes is None else classes
    return Pipeline(
        BATCHES, element, _COUNT, batched=True, nonempty=True,
        attributes={
            "image_shape": shape, "target_size": size, "batch_size": values["batch_size"],
            "class_mode": mode, "color_mode": color, "num_classes": count,
        },
    )  # fmt: skip


def _labels(mode: Any, classes: int | None) -> Any:
    if mode == "categorical":
        count = Unknown("the number of classes") if classes is None else classes
        return array((None, count), "float32", "labels", classes=classes, one_hot=True)
    if mode == "binary":
        return array((None,), "float32", "labels", classes=2)
    if mode == "sparse":
        return array((None,), "float32", "labels", classes=classes)
    return Unknown("labels of a kind that is not known")


@method(BATCHES, "next __next__", "")
def _next(batches: Pipeline) -> Any:
    return batches.piece


@method(BATCHES, "reset on_epoch_end", "")
def _reset(batches: Pipeline) -> Any:
    return None


@method(BATCHES, "__getitem__", "index")
def _item(batches: Pipeline) -> Any:
    return batches.piece
