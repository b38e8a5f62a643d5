"""Padding and cropping of pictures: by what goes on or off each side, or to a size."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops.base import on_backend_too, op
from kerashape.keras.ops.convolution import channels_first
from kerashape.keras.ops.image import check_images, with_sides
from kerashape.keras.ops.inference import given, keras_checks
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown


def _check_sides(values: dict[str, Any]) -> None:
    """Two of the three are given on each axis, and none is negative."""
    names = list(values)
    for three in (names[:3], names[3:]):
        if any(isinstance(values[name], Unknown) for name in three):
            raise Undecided("which sides are given is not known")
        if sum(values[name] is None for name in three) != 1:
            raise Fault(
                "bad-argument",
                f"Must specify exactly two of {', '.join(three)}. Received: "
                + ", ".join(f"{name}={values[name]}" for name in three),
                expected="two of them",
            )
    for name, value in values.items():
        _not_negative(name, value)


def _not_negative(name: str, value: Any) -> None:
    if value is not None and not isinstance(value, (Symbol, Unknown)) and value < 0:
        raise Fault(
            "bad-argument",
            f"{name} must be >= 0. Received: {name}={value}",
            argument=name,
            expected="0 or more",
            found=value,
        )


_SIDES = (
    "top_{0}=None, left_{0}=None, bottom_{0}=None, right_{0}=None, target_height=None, "
    "target_width=None, data_format=None"
)


@op("image.pad_images", "images, " + _SIDES.format("padding"))
def pad_images(
    images: Shape,
    top_padding: Any,
    left_padding: Any,
    bottom_padding: Any,
    right_padding: Any,
    target_height: Any,
    target_width: Any,
    data_format: Any,
) -> Shape:
    """Another height and width, by what is added or by the target."""
    check_images(images)
    _check_sides(
        {
            "top_padding": top_padding,
            "bottom_padding": bottom_padding,
            "target_height": target_height,
            "left_padding": left_padding,
            "right_padding": right_padding,
            "target_width": target_width,
        }
    )
    height, width = _height_and_width(images, data_format)
    new_height = _padded("height", height, top_padding, bottom_padding, target_height)
    new_width = _padded("width", width, left_padding, right_padding, target_width)
    return with_sides(images, new_height, new_width, data_format)


@on_backend_too("image.pad_images")
def pad_images_within(
    images: Shape,
    top_padding: Any,
    left_padding: Any,
    bottom_padding: Any,
    right_padding: Any,
    target_height: Any,
    target_width: Any,
    data_format: Any,
) -> Shape:
    """The same; of a size that is None no target can be reached."""
    _undecided_floats(top_padding, left_padding, bottom_padding, right_padding)
    _undecided_floats(target_height, target_width)
    with keras_checks():
        result = pad_images(
            images,
            top_padding,
            left_padding,
            bottom_padding,
            right_padding,
            target_height,
            target_width,
            data_format,
        )
        first = channels_first(data_format)
        if not given(images[-2 if first else -3]) and target_height is not None:
            _no_python_bool("the height of the images")
        if not given(images[-1 if first else -2]) and target_width is not None:
            _no_python_bool("the width of the images")
    return result


def _undecided_floats(*sizes: Any) -> None:
    if any(isinstance(size, float) for size in sizes):
        raise Undecided("TensorFlow cuts what is no integer")


def _no_python_bool(what: str) -> None:
    raise Fault(
        "undefined-dimension",
        "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed",
        expected=f"{what}, for Keras to compare it",
    )


_ENDS = {"height": ("top", "bottom"), "width": ("left", "right")}


def _padded(word: str, size: Dim, before: Any, after: Any, target: Any) -> Dim:
    if size is None:
        return target  # type: ignore[no-any-return]
    if target is None:
        return before + size + after  # type: ignore[no-any-return]
    missing = _ENDS[word][0 if before is None else 1]
    rest = target - size - (after if before is None else before)
    _not_negative(f"{missing}_padding", rest)
    return target  # type: ignore[no-any-return]


@op("image.crop_images", "images, " + _SIDES.format("cropping"))
def crop_images(
    images: Shape,
    top_cropping: Any,
    left_cropping: Any,
    bottom_cropping: Any,
    right_cropping: Any,
    target_height: Any,
    target_width: Any,
    data_format: Any,
) -> Shape:
    """Another height and width, by what is cut or by the target."""
    _check_crop(
        images, top_cropping, bottom_cropping, target_height, left_cropping, right_cropping,
        target_width,
    )  # fmt: skip
    height, width = _height_and_width(images, data_format)
    for word, size, target in (("height", height, target_height), ("width", width, target_width)):
        if size is None and target is None:
            raise Fault(
                "undefined-dimension",
                f"When the {word} of the images is unknown, `target_{word}` must be specified.",
                argument=f"target_{word}",
                expected=f"target_{word}",
                found=images,
            )
    new_height = _cropped("height", height, top_cropping, bottom_cropping, target_height)
    new_width = _cropped("width", width, left_cropping, right_cropping, target_width)
    return with_sides(images, new_height, new_width, data_format)


def _check_crop(
    images: Shape, top: Any, bottom: Any, height: Any, left: Any, right: Any, width: Any
) -> None:
    """Images, and of each side just what says where it ends."""
    check_images(images)
    _check_sides(
        {
            "top_cropping": top,
            "bottom_cropping": bottom,
            "target_height": height,
            "left_cropping": left,
            "right_cropping": right,
            "target_width": width,
        }
    )


def _height_and_width(images: Shape, data_format: Any) -> tuple[Dim, Dim]:
    first = channels_first(data_format)
    return images[-2 if first else -3], images[-1 if first else -2]


def _cropped(word: str, size: Dim, before: Any, after: Any, target: Any) -> Dim:
    if size is None:
        return target  # type: ignore[no-any-return]
    if target is None:
        target = size - before - after
        _not_negative(f"target_{word}", target)
        return target  # type: ignore[no-any-return]
    missing = _ENDS[word][0 if before is None else 1]
    _not_negative(f"{missing}_cropping", size - target - (after if before is None else before))
    return target  # type: ignore[no-any-return]


@on_backend_too("image.crop_images")
def crop_images_within(
    images: Shape,
    top_cropping: Any,
    left_cropping: Any,
    bottom_cropping: Any,
    right_cropping: Any,
    target_height: Any,
    target_width: Any,
    data_format: Any,
) -> Shape:
    """The same; nobody looks at what is cut at the end."""
    _undecided_floats(top_cropping, left_cropping, bottom_cropping, right_cropping)
    _undecided_floats(target_height, target_width)
    with keras_checks():
        _check_crop(
            images, top_cropping, bottom_cropping, target_height, left_cropping, right_cropping,
            target_width,
        )  # fmt: skip
        height, width = _height_and_width(images, data_format)
        new_height = _cropped_within("height", height, top_cropping, bottom_cropping, target_height)
        new_width = _cropped_within("width", width, left_cropping, right_cropping, target_width)
    return with_sides(images, new_height, new_width, data_format)


def _cropped_within(word: str, size: Dim, before: Any, after: Any, target: Any) -> Dim:
    if before is not None and target is not None:
        return target  # type: ignore[no-any-return]
    if not given(size):
        _no_python_bool(f"the {word} of the images")
    rest: Any = size
    if before is None:
        _not_negative(f"{_ENDS[word][0]}_cropping", rest - target - after)
        return target  # type: ignore[no-any-return]
    _not_negative(f"target_{word}", rest - after - before)
    return rest - after - before  # type: ignore[no-any-return]
