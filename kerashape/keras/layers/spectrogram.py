"""STFTSpectrogram and MelSpectrogram: sound to pictures of its frequencies."""

from __future__ import annotations

import math
from typing import Any

from kerashape.keras.layers.arguments import refuse, settle, shown, standard_data_format
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.image import DataLayer
from kerashape.keras.layers.values import dim_at, fault, plain
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.arithmetic import conv_shape

_WINDOWS = (
    "barthann brthan bth bartlett bart brt blackman black blk blackmanharris blackharr bkh "
    "bohman bman bmn boxcar box ones rect rectangular cosine halfcosine exponential poisson "
    "flattop flat flt hamming hamm ham hann han lanczos sinc nuttall nutl nut parzen parz par "
    "taylor taylorwin triangle triang tri tukey tuk"
)
_WINDOWS_WITH_PARAMETERS = (
    "chebwin cheb dpss gaussian gauss gss general_cosine general_gaussian general_gauss ggs "
    "general_hamming kaiser ksr kaiser_bessel_derived kbd"
)


class STFTSpectrogram(Layer):
    """(batch, time, channels) -> (batch, steps, frequencies * channels)."""

    signature = (
        "mode='log', frame_length=256, frame_step=None, fft_length=None, window='hann', "
        "periodic=False, scaling='density', padding='valid', expand_dims=False, data_format=None"
    )
    spec = InputSpec(ndim=3)

    def check(self) -> None:
        settle(self, "mode", "frame_length", "frame_step", "fft_length", "scaling", "padding")
        settle(self, "expand_dims")
        self.check_lengths()
        modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
        self.check_choice(
            "mode", modes, f"Output mode is invalid, it must be one of {', '.join(modes)}."
        )
        if self.scaling is not None:
            self.check_choice(
                "scaling",
                ("density", "spectrum"),
                "Scaling is invalid, it must be `None`, 'density' or 'spectrum'.",
            )
        self.check_choice(
            "padding", ("valid", "same"), "Padding is invalid, it should be 'valid', 'same'."
        )
        self.check_window()
        self.check_frame()
        standard_data_format(self)

    def check_choice(self, name: str, allowed: tuple[str, ...], words: str) -> None:
        """One of some strings."""
        value = getattr(self, name)
        refuse(
            name,
            lambda: value not in allowed,
            f"{words} Received",
            expected=f"one of {', '.join(map(repr, allowed))}",
            found=value,
        )

    def check_lengths(self) -> None:
        """The lengths against one another."""
        length, step, fft = self.frame_length, self.frame_step, self.fft_length
        refuse(
            "frame_step",
            lambda: step is not None and (step > length or step < 1),
            "`frame_step` should be a positive integer not greater than `frame_length`. Received "
            f"frame_step={shown(step)}, frame_length={shown(length)}",
            expected="1 to frame_length",
            found=step,
        )
        refuse(
            "fft_length",
            lambda: fft is not None and fft < length,
            "`fft_length` should be not less than `frame_length`. Received "
            f"fft_length={shown(fft)}, frame_length={shown(length)}",
            expected="frame_length or more",
            found=fft,
        )
        refuse(
            "fft_length",
            lambda: fft is not None and plain(fft) and fft & -fft < 0,
            "",
            expected="an integer",
            found=fft,
        )

    def check_window(self) -> None:
        """What ``scipy.signal.get_window`` does not know."""
        window = self.window
        if not isinstance(window, str):
            return
        name = window.removesuffix("_symmetric").removesuffix("_periodic")
        if name in _WINDOWS_WITH_PARAMETERS.split():
            text = f"'{name}' must have parameters, but window="
        elif name not in _WINDOWS.split():
            text = f"Invalid window name '{name}' in parameter window="
        else:
            return
        raise fault("window", text, window, "the name of a window")

    def check_frame(self) -> None:
        """The step and the length of the transform that Keras chooses itself."""
        length = self.frame_length
        refuse(
            "frame_length",
            lambda: not self.frame_step and plain(length) and length // 2 is None,
            "",
            expected="a positive integer",
            found=length,
        )
        refuse(
            "frame_length",
            lambda: not self.fft_length and plain(length) and math.ceil(math.log2(length)) < 0,
            "",
            expected="a positive integer",
            found=length,
        )

    @property
    def step(self) -> Any:
        """The distance of the frames."""
        return self.frame_step or self.frame_length // 2

    @property
    def frequencies(self) -> Any:
        """The number of frequencies."""
        length = self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))
        return length // 2 + 1

    def check_samples(self) -> None:
        """The window as the initializer of the kernels takes it."""
        window = self.window
        if isinstance(window, str):
            if plain(self.periodic) and not isinstance(self.periodic, bool):
                text = f"Parameter fftbins={self.periodic!r} is not of type bool!"
                raise fault("periodic", text, self.periodic, "True or False")
        elif window is not None and plain(window):
            samples = len(window) if isinstance(window, (list, tuple)) else None
            if samples != self.frame_length:
                text = "The shape of `window` must be equal to [frame_length]."
                raise fault("window", text, window, f"{self.frame_length} numbers")

    def build(self, inputs: Shape) -> None:
        self.check_samples()
        shape = (self.frame_length, 1, self.frequencies)
        if self.mode != "imag":
            self.weight("real_kernel", shape)
        if self.mode != "real":
            self.weight("imag_kernel", shape)

    def output(self, inputs: Shape) -> Shape:
        first = bool(self.data_format == "channels_first")
        if self.within and isinstance(inputs, Shape) and None in inputs.dims[1:]:
            raise Undecided("what TensorFlow infers of a signal of unknown length")
        channels = dim_at(inputs, 1 if first else -1)
        frequencies = self.frequencies * (2 if self.mode == "stft" else 1)
        if not isinstance(inputs, Shape):
            text = "Kernel shape must have the same length as input"
            raise Fault("wrong-arity", text, expected="one tensor", found="a list")
        if channels is None:
            raise Fault(
                "undefined-dimension",
                f"unsupported operand type(s) for *: '{type(frequencies).__name__}' and 'NoneType'",
                expected="a known number of channels",
                found=inputs,
            )
        if plain(self.step) and self.step == 0:
            raise Undecided("frames of one sample, with a step of none")
        frames = conv_shape(
            inputs,
            frequencies * channels,
            (self.frame_length,),
            (self.step,),
            self.padding,
            first,
            (1,),
        )
        steps = frames[2 if first else 1]
        if not self.expand_dims:
            return frames
        if first:
            return Shape((frames[0], channels, steps, frequencies))
        return Shape((frames[0], steps, frequencies, channels))


class MelSpectrogram(DataLayer):
    """(batch, time) -> (batch, mel bins, steps), or without the batch."""

    same_on_data = False
    signature = (
        "fft_length=2048, sequence_stride=512, sequence_length=None, window='hann', "
        "sampling_rate=16000, num_mel_bins=128, min_freq=20.0, max_freq=None, power_to_db=True, "
        "top_db=80.0, mag_exp=2.0, min_power=1e-10, ref_power=1.0"
    )

    def check(self) -> None:
        settle(self, "fft_length", "sequence_stride", "sequence_length", "num_mel_bins")
        settle(self, "sampling_rate", "max_freq")
        fft, rate = self.fft_length, self.sampling_rate
        refuse(
            "fft_length",
            lambda: fft < (self.sequence_length or fft),
            "`fft_length` must be greater than or equal to   `sequence_length`. Received: "
            f"`sequence_length`={self.sequence_length}, `fft_length`={fft}.",
            expected="sequence_length or more",
            found=fft,
        )
        refuse(
            "sampling_rate",
            lambda: not self.max_freq and plain(rate) and int(rate / 2) is None,
            "",
            expected="a number",
            found=rate,
        )

    def output(self, inputs: Any) -> Shape:
        batch = dim_at(inputs, 0)
        if len(list(inputs)) == 1:
            return standardize_shape((self.num_mel_bins, self.steps(batch)))
        return standardize_shape((batch, self.num_mel_bins, self.steps(dim_at(inputs, 1))))

    def when_run(self, inputs: Shape, output: Any) -> Any:
        """The time is the last axis, whatever goes before; it is padded by half a window."""
        length = inputs[-1]
        frames = None
        sizes = (self.fft_length, self.sequence_stride)
        if not all(isinstance(size, (int, Symbol, Unknown)) for size in sizes):
            raise Undecided("what TensorFlow makes of sizes that are no integers")
        if length is not None:
            frames = 1 + (length - self.fft_length % 2) // self.sequence_stride
        return standardize_shape((*inputs[:-1], self.num_mel_bins, frames))

    def steps(self, length: Any) -> Any:
        """The number of frames."""
        stride = self.sequence_stride
        if length is None:
            return None
        if isinstance(length, Shape):
            text = 'can only concatenate tuple (not "int") to tuple'
            raise Fault("wrong-arity", text, expected="one tensor", found="a list")
        if plain(stride) and not isinstance(stride, (int, float)):
            text = "unsupported operand type(s) for +: "
            raise fault("sequence_stride", text, stride, "an integer")
        if plain(stride) and stride == 0:
            raise fault("sequence_stride", "division or modulo by zero", stride, "1 or more")
        return (length + stride + 1) // stride
