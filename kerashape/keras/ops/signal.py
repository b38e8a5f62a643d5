"""Fourier transforms and what cuts signals into frames."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Spec, Specs, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, given, keras_checks, without_sizes
from kerashape.keras.ops.linear import differ
from kerashape.shapes import Dim, Fault, Shape, Undecided


def _of_rank(shape: Shape, rank: int) -> None:
    if not shape.open and shape.rank < rank:
        raise Fault(
            "op-mismatch",
            f"Input should have rank >= {rank}. Received: input.shape = {shape}",
            expected=f"{rank} or more dimensions",
            found=shape,
        )


def _pair(x: Any) -> tuple[Spec, Spec]:
    """The real and the imaginary part."""
    if len(x) != 2:
        raise Fault(
            "op-mismatch",
            "Input `x` should be a tuple of two tensors - real and imaginary.",
            expected="two tensors",
            found=f"{len(x)}",
        )
    real, imaginary = x
    one, other = real.shape, imaginary.shape
    if (
        not one.open
        and not other.open
        and (one.rank != other.rank or any(differ(a, b) for a, b in zip(one, other)))
    ):
        raise Fault(
            "op-mismatch",
            "Input `x` should be a tuple of two tensors - real and imaginary. Both the real and "
            f"imaginary parts should have the same shape. Received: x[0].shape = {one}, "
            f"x[1].shape = {other}",
            expected=one,
            found=other,
        )
    return real, imaginary


@op("fft", "x", class_name="FFT", outputs=2)
def fft(x: Specs) -> tuple[Spec, Spec]:
    """Of the last axis, whose size must be known."""
    real, imaginary = _pair(x)
    _of_rank(real.shape, 1)
    if real.shape[-1] is None:
        raise Fault(
            "undefined-dimension",
            "Input should have its last dimension fully-defined. "
            f"Received: input.shape = {real.shape}",
            expected="a known last dimension",
            found=real.shape,
        )
    return real, imaginary


@op("fft2", "x", class_name="FFT2", outputs=2)
@op("ifft2", "x", class_name="IFFT2", outputs=2)
def fft2(x: Specs) -> tuple[Spec, Spec]:
    """Of the last two axes, whose sizes must be known."""
    real, imaginary = _pair(x)
    _of_rank(real.shape, 2)
    if real.shape[-1] is None or real.shape[-2] is None:
        raise Fault(
            "undefined-dimension",
            "Input should have its (-2, -1) axes fully-defined. "
            f"Received: input.shape = {real.shape}",
            expected="known last dimensions",
            found=real.shape,
        )
    return real, imaginary


@op("rfft", "x, fft_length=None", class_name="RFFT", outputs=2)
def rfft(x: Shape, fft_length: Any) -> tuple[Shape, Shape]:
    """The real and the imaginary part: the last axis n -> n // 2 + 1."""
    _of_rank(x, 1)
    length = x[-1] if fft_length is None else fft_length
    shape = x[:-1] + (None if length is None else length // 2 + 1,)
    return shape, shape


@traced("rfft")
def rfft_within(x: Shape, fft_length: Any) -> tuple[Shape, Shape]:
    """The same; a last size that is None is padded at run time, and the sizes are lost."""
    with keras_checks():
        _of_rank(x, 1)
    if isinstance(fft_length, bool) or (isinstance(fft_length, int) and fft_length < 1):
        raise Undecided("a length that is no number")
    return rfft(x if given(x[-1]) else without_sizes(x), fft_length)


@op("irfft", "x, fft_length=None", class_name="IRFFT")
def irfft(x: Specs, fft_length: Any) -> Spec:
    """The last axis n -> 2 * (n - 1)."""
    real, _ = _pair(x)
    shape = real.shape
    _of_rank(shape, 1)
    length: Dim = fft_length
    if length is None and shape[-1] is not None:
        length = 2 * (shape[-1] - 1)
    return Spec(shape[:-1] + (length,), real.dtype)


@on_backend_too("irfft")
def irfft_within(x: Specs, fft_length: Any) -> Spec:
    """The same; a last size that is None is padded at run time, and the sizes are lost."""
    with keras_checks():
        real, imaginary = _pair(x)
        _of_rank(real.shape, 1)
    if not given(real.shape[-1]):
        real = Spec(without_sizes(real.shape), real.dtype)
    return irfft([real, imaginary if given(imaginary.shape[-1]) else real], fft_length)


def _check_stride(sequence_stride: Any) -> None:
    if isinstance(sequence_stride, (int, float, str, type(None))) and not (
        isinstance(sequence_stride, int) and sequence_stride > 0
    ):
        raise Fault(
            "bad-argument",
            "`sequence_stride` must be a positive integer. "
            f"Received: sequence_stride={sequence_stride}",
            argument="sequence_stride",
            expected="a positive integer",
            found=sequence_stride,
        )


@op(
    "stft",
    "x, sequence_length, sequence_stride, fft_length, window='hann', center=True",
    class_name="STFT",
    outputs=2,
)
def stft(x: Shape, sequence_stride: Any, fft_length: Any, center: Any) -> tuple[Shape, Shape]:
    """(..., n) -> (..., frames, fft_length // 2 + 1), real and imaginary."""
    _check_stride(sequence_stride)
    if not x.open and x.rank == 0:
        raise Fault("op-mismatch", "tuple index out of range", expected="1 or more dimensions")
    length = x[-1]
    frames: Dim = None
    if length is not None:
        padded = fft_length // 2 * 2 if center else 0
        frames = 1 + (length + padded - fft_length) // sequence_stride
    shape = x[:-1] + (frames, fft_length // 2 + 1)
    return shape, shape


@op(
    "istft",
    "x, sequence_length, sequence_stride, fft_length, length=None, window='hann', center=True",
    class_name="ISTFT",
)
def istft(x: Specs, sequence_stride: Any, fft_length: Any, length: Any, center: Any) -> Spec:
    """(..., frames, n) -> (..., length)."""
    _check_stride(sequence_stride)
    real, _ = _pair(x)
    shape = real.shape
    _of_rank(shape, 2)
    size: Dim = length
    if length is None and shape[-2] is not None:
        size = (shape[-2] - 1) * sequence_stride + fft_length
        if center:
            size = size - fft_length // 2 * 2
    return Spec(shape[:-2] + (size,), real.dtype)


@on_backend_too("istft")
def istft_within(x: Specs, sequence_stride: Any, fft_length: Any, length: Any, center: Any) -> Spec:
    """The same; no longer than the frames make it."""
    with keras_checks():
        _check_stride(sequence_stride)
        real, _ = _pair(x)
        _of_rank(real.shape, 2)
    shape = real.shape
    if not given(shape[-1]) or not given(shape[-2]):
        if any(dim is not None for dim in shape[:-2]):
            raise Undecided("what TensorFlow infers of sizes that are None")
        return Spec(without_sizes(shape[:-1]), real.dtype)
    whole = (shape[-2] - 1) * sequence_stride + fft_length  # type: ignore[operator]
    start = fft_length // 2 if center else 0
    stop = whole - start if length is None else min(start + length, whole)
    return Spec(shape[:-2] + (max(stop - start, 0),), real.dtype)


@op("extract_sequences", "x, sequence_length, sequence_stride")
def extract_sequences(x: Shape, sequence_length: Any, sequence_stride: Any) -> Shape:
    """(..., n) -> (..., frames, sequence_length)."""
    _of_rank(x, 1)
    frames: Dim = None
    if x[-1] is not None:
        frames = 1 + (x[-1] - sequence_length) // sequence_stride
    return x[:-1] + (frames, sequence_length)


@on_backend_too("extract_sequences")
def extract_sequences_within(x: Shape, sequence_length: Any, sequence_stride: Any) -> Shape:
    """The same; a signal that is too short gives no frame."""
    shape = extract_sequences(x, sequence_length, sequence_stride)
    frames = shape[-2]
    return shape.replace(-2, max(frames, 0)) if isinstance(frames, int) else shape


@op("view_as_complex", "x", dtypes.complex64)
def view_as_complex(x: Shape) -> Shape:
    """(..., 2) -> (...)."""
    return x[:-1]


@on_backend_too("view_as_complex")
def view_as_complex_on_backend(x: Shape) -> Spec:
    """The same; the last axis must be 2."""
    if differ(x[-1], 2):
        raise BackendFault(
            "op-mismatch",
            f"Last dimension of input must be size 2 (real and imaginary). Received shape: {x}",
            expected="a last dimension of 2",
            found=x,
        )
    return Spec(x[:-1], "complex64")


@on_backend_too("fft")
def fft_on_backend(x: Specs) -> tuple[Spec, Spec]:
    """The same of an axis of any size."""
    real, imaginary = _pair(x)
    _of_rank(real.shape, 1)
    return real, imaginary


@on_backend_too("fft2", "ifft2")
def fft2_on_backend(x: Specs) -> tuple[Spec, Spec]:
    """The same of axes of any size."""
    real, imaginary = _pair(x)
    _of_rank(real.shape, 2)
    return real, imaginary


@op("view_as_real", "x", dtypes.floatx)
def view_as_real(x: Shape) -> Shape:
    """(...) -> (..., 2)."""
    return x + (2,)


@on_backend_too("view_as_real")
def view_as_real_on_backend(x: Spec) -> Spec:
    """The same, as wide as it was."""
    narrower = {"complex128": "float64", "complex64": "float32"}
    dtype = narrower.get(x.dtype, x.dtype) if isinstance(x.dtype, str) else x.dtype
    return Spec(x.shape + (2,), dtype)
