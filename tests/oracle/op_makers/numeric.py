"""Arguments for functions that make, reduce and transform numbers."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import DTYPES, INTEGERS, Draw
from tests.oracle.op_makers.pieces import (
    Arguments,
    Maker,
    axes,
    dtype_of,
    floating,
    maybe,
    one_axis,
    partner,
    tensor,
)


def _shape_maker(*extra: str) -> Maker:
    def make(d: Draw) -> Arguments:
        shape: Any = tuple(d.size(0, 5) for _ in range(d.randint(0, 3)))
        given: Arguments = {"shape": d.of(shape, list(shape), 3, shape)}
        if "fill_value" in extra:
            given["fill_value"] = d.of(0, 1.5, True, T((), "float32"))
        return maybe(d, given, 0.4, dtype=d.choice(DTYPES))

    return make


def _full_like(d: Draw) -> Arguments:
    return maybe(d, {"x": tensor(d), "fill_value": d.of(1, 0.5)}, 0.4, dtype=d.choice(DTYPES))


def _arange(d: Draw) -> Arguments:
    given: Arguments = {"start": d.of(0, 5, 2.0, 10, -3)}
    if d.chance(0.6):
        given["stop"] = d.of(5, 7.5, 10, -2)
        if d.chance(0.5):
            given["step"] = d.of(1, 2, 0.5, -1)
    return maybe(d, given, 0.3, dtype=d.choice(DTYPES))


def _linspace(d: Draw) -> Arguments:
    start = d.of(0, 1.0, tensor(d, 0, 2))
    stop = T(partner(d, start.shape), start.dtype) if isinstance(start, T) else d.of(3, 2.5)
    given: Arguments = {"start": start, "stop": stop}
    return maybe(
        d, given, 0.4, num=d.size(1, 6), endpoint=d.chance(0.5), dtype=floating(d), axis=d.of(0, -1)
    )


def _eye(d: Draw) -> Arguments:
    return maybe(
        d, {"N": d.size(0, 5)}, 0.4, M=d.size(0, 5), k=d.of(0, 1, -1), dtype=d.choice(DTYPES)
    )


def _average(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    axis = d.of(None, one_axis(d, len(x.shape)), one_axis(d, len(x.shape)))
    given: Arguments = {"x": x, "axis": axis}
    if d.chance(0.5):
        weights: Any = x.shape
        if axis is not None and -len(x.shape) <= axis < len(x.shape) and d.chance(0.5):
            weights = (x.shape[axis],)
        given["weights"] = T(weights, dtype_of(d))
    return given


def _bincount(d: Draw) -> Arguments:
    x = tensor(d, 1, 2, d.choice(INTEGERS))
    given = maybe(d, {"x": x}, 0.4, minlength=d.size(0, 6), sparse=d.chance(0.2))
    return maybe(d, given, 0.3, weights=T(x.shape, dtype_of(d)))


def _histogram(d: Draw) -> Arguments:
    return maybe(d, {"x": tensor(d, 1, 3)}, 0.4, bins=d.size(1, 8), range=(0, 1))


def _correlate(d: Draw) -> Arguments:
    one, two = T((d.dim(),), dtype_of(d)), T((d.dim(),), dtype_of(d))
    return maybe(d, {"x1": one, "x2": two}, 0.7, mode=d.of("valid", "same", "full"))


def _diff(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    return maybe(d, {"a": x}, 0.5, n=d.size(0, 3), axis=one_axis(d, len(x.shape)))


def _quantile(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    q = d.of(0.5, [0.1, 0.5], T((3,)), T(()))
    method = d.of("linear", "nearest", "lower", "midpoint")
    given = {"x": x, "q": q}
    return maybe(d, given, 0.5, axis=axes(d, len(x.shape)), method=method, keepdims=d.chance(0.5))


def _trapezoid(d: Draw) -> Arguments:
    y = tensor(d, 1, 3)
    return maybe(d, {"y": y}, 0.4, x=T(y.shape), dx=2.0, axis=one_axis(d, len(y.shape)))


def _vander(d: Draw) -> Arguments:
    return maybe(
        d, {"x": T((d.dim(),), dtype_of(d))}, 0.5, N=d.size(0, 5), increasing=d.chance(0.5)
    )


def _polar(d: Draw) -> Arguments:
    x = tensor(d, 0, 3, floating(d))
    return {"abs_": x, "angle": T(x.shape, x.dtype)}


def _kaiser(d: Draw) -> Arguments:
    return {"x": d.of(5, 10, T((), "int32")), "beta": d.of(14.0, 5.0)}


def _window(d: Draw) -> Arguments:
    return {"x": d.of(5, 10, 1, T((), "int32"))}


def _moments(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    axes = d.sample(range(len(x.shape)), d.randint(1, len(x.shape)))
    return maybe(d, {"x": x, "axes": tuple(axes)}, 0.4, keepdims=d.chance(0.6))


def _fft(low: int, pair: bool = True) -> Maker:
    def make(d: Draw) -> Arguments:
        x = tensor(d, low, 4, floating(d) if d.chance(0.9) else dtype_of(d))
        return {"x": (x, T(x.shape, x.dtype))} if pair else {"x": x}

    return make


def _rfft(pair: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        x = tensor(d, 1, 3, floating(d))
        value: Any = (x, x) if pair else x
        return maybe(d, {"x": value}, 0.5, fft_length=d.of(4, 8, 5))

    return make


def _stft(d: Draw) -> Arguments:
    x = T((*d.of((), (d.batch(),)), d.dim(16, 40, 0.1)))
    given: Arguments = {"x": x, "sequence_length": d.of(4, 8), "sequence_stride": d.of(1, 3, 4),
                        "fft_length": d.of(8, 16)}  # fmt: skip
    return maybe(d, given, 0.3, window=d.of("hann", None, "hamming"), center=d.chance(0.5))


def _istft(d: Draw) -> Arguments:
    fft = d.of(8, 16)
    shape = (*d.of((), (d.batch(),)), d.dim(2, 8, 0.1), fft // 2 + 1)
    given: Arguments = {"x": (T(shape), T(shape)), "sequence_length": d.of(4, 8),
                        "sequence_stride": d.of(1, 3, 4), "fft_length": fft}  # fmt: skip
    return maybe(d, given, 0.3, length=d.of(10, 20), center=d.chance(0.5))


def _extract(d: Draw) -> Arguments:
    x = tensor(d, 1, 3, floating(d))
    return {"x": x, "sequence_length": d.size(1, 4), "sequence_stride": d.size(1, 3)}


def _view_real(d: Draw) -> Arguments:
    return {"x": tensor(d, 0, 3, d.of("complex64", "complex128"))}


def _view_complex(d: Draw) -> Arguments:
    return {"x": T((*d.shape(d.randint(0, 3)), 2), floating(d))}


MAKERS: dict[str, Maker] = {
    "zeros": _shape_maker(),
    "ones": _shape_maker(),
    "empty": _shape_maker(),
    "full": _shape_maker("fill_value"),
    "full_like": _full_like,
    "arange": _arange,
    "linspace": _linspace,
    "logspace": _linspace,
    "geomspace": _linspace,
    "eye": _eye,
    "tri": _eye,
    "identity": lambda d: maybe(d, {"n": d.size(0, 5)}, 0.4, dtype=d.choice(DTYPES)),
    "average": _average,
    "bincount": _bincount,
    "histogram": _histogram,
    "correlate": _correlate,
    "diff": _diff,
    "quantile": _quantile,
    "percentile": _quantile,
    "nanquantile": _quantile,
    "nanpercentile": _quantile,
    "trapezoid": _trapezoid,
    "vander": _vander,
    "polar": _polar,
    "kaiser": _kaiser,
    "bartlett": _window,
    "blackman": _window,
    "hamming": _window,
    "hanning": _window,
    "moments": _moments,
    "fft": _fft(1),
    "fft2": _fft(2),
    "ifft2": _fft(2),
    "rfft": _rfft(False),
    "irfft": _rfft(True),
    "stft": _stft,
    "istft": _istft,
    "extract_sequences": _extract,
    "view_as_real": _view_real,
    "view_as_complex": _view_complex,
}
