"""Arguments for ``keras.ops.image``."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import Draw
from tests.oracle.op_makers.pieces import Arguments, Maker, floating, maybe, spatial, tensor


def _images(d: Draw, channels: int | None = None) -> tuple[T, Arguments]:
    size = channels or d.of(3, 3, 1, 4)
    sides = (d.dim(2, 9), d.dim(2, 9))
    lead = () if d.chance(0.25) else (d.batch(),)
    if d.chance(0.25):
        return T((*lead, size, *sides), floating(d)), {"data_format": "channels_first"}
    return T((*lead, *sides, size), floating(d)), {}


def _image(channels: int | None = None, **extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        x, more = _images(d, channels)
        chosen = {name: d.choice(of) for name, of in extra.items()}
        return maybe(d, {"images": x} | more, 0.5, **chosen)

    return make


def _resize(d: Draw) -> Arguments:
    x, more = _images(d)
    given = {"images": x, "size": d.of((4, 5), [3, 3], (6, 2), 4)} | more
    return maybe(d, given, 0.25, interpolation=d.of("nearest", "bicubic", "lanczos3"),
                  antialias=d.chance(0.5), crop_to_aspect_ratio=d.chance(0.4),
                  pad_to_aspect_ratio=d.chance(0.4), fill_value=1.0)  # fmt: skip


def _affine(d: Draw) -> Arguments:
    x, more = _images(d)
    transform = T((x.shape[0], 8) if len(x.shape) == 4 else (8,))
    return maybe(d, {"images": x, "transform": transform} | more, 0.4,
                  interpolation=d.of("nearest", "bilinear"), fill_mode=d.of("constant", "reflect"))  # fmt: skip


def _perspective(d: Draw) -> Arguments:
    x, more = _images(d)
    lead = (x.shape[0],) if len(x.shape) == 4 else ()
    points = T((*lead, 4, 2))
    return {"images": x, "start_points": points, "end_points": points} | more


def _patches(n: int) -> Maker:
    def make(d: Draw) -> Arguments:
        shape, data_format = spatial(d, n, d.size(1, 3))
        key = "images" if n == 2 else "volumes"
        given: Arguments = {key: T(shape[1:] if d.chance(0.2) else shape), "size": d.ints(n, 1, 3)}
        if data_format == "channels_first":
            given["data_format"] = data_format
        given = maybe(d, given, 0.4, strides=d.ints(n, 1, 3), padding=d.of("valid", "same"))
        return maybe(d, given, 0.15, dilation_rate=d.size(1, 2))

    return make


def _crop(prefix: str) -> Maker:
    def make(d: Draw) -> Arguments:
        x, more = _images(d)
        given: Arguments = {"images": x} | more
        for one, other, target in (("top", "bottom", "height"), ("left", "right", "width")):
            parts = {f"{one}_{prefix}": d.size(0, 2), f"{other}_{prefix}": d.size(0, 2)}
            parts[f"target_{target}"] = d.size(1, 4) if prefix == "cropping" else d.size(8, 12)
            if d.chance(0.93):
                parts.pop(d.choice(list(parts)))
            given |= parts
        return given

    return make


def _coordinates(d: Draw) -> Arguments:
    x = tensor(d, 1, 3, floating(d))
    coordinates = T((len(x.shape), *d.shape(d.randint(1, 2), 5)))
    return {"inputs": x, "coordinates": coordinates, "order": d.of(0, 1)}


def _scale_translate(d: Draw) -> Arguments:
    x, out = tensor(d, 2, 3, "float32"), (3, 4, 2)
    return {"images": x, "output_shape": out[: len(x.shape)], "scale": T((2,)), "translation": T((2,)),
            "spatial_dims": (0, 1), "method": d.of("linear", "nearest", "cubic")}  # fmt: skip


def _ssim(d: Draw) -> Arguments:
    x = T((d.batch(), 12, 12, d.of(1, 3)))
    return maybe(d, {"image1": x, "image2": x}, 0.3, max_val=1.0)


MAKERS: dict[str, Maker] = {
    "image.resize": _resize,
    "image.affine_transform": _affine,
    "image.perspective_transform": _perspective,
    "image.extract_patches": _patches(2),
    "image.extract_patches_3d": _patches(3),
    "image.crop_images": _crop("cropping"),
    "image.pad_images": _crop("padding"),
    "image.map_coordinates": _coordinates,
    "image.scale_and_translate": _scale_translate,
    "image.ssim": _ssim,
    "image.rgb_to_grayscale": _image(),
    "image.rgb_to_hsv": _image(3),
    "image.hsv_to_rgb": _image(3),
    "image.sobel_edges": _image(),
    "image.gaussian_blur": _image(kernel_size=((3, 3), (5, 5))),
    "image.elastic_transform": _image(interpolation=("nearest", "bilinear")),
}
