"""``preprocess_input`` and ``decode_predictions`` of the applications' modules.

Follows ``keras.src.applications.imagenet_utils``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kerashape.keras import ops
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Undecided, Unknown

MODES: dict[str, str | None] = {
    **dict.fromkeys(["convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3"]),
    **dict.fromkeys(
        ["inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "nasnet", "resnet_v2",
         "xception"],
        "tf",
    ),
    **dict.fromkeys(["imagenet_utils", "resnet", "resnet50", "vgg16", "vgg19"], "caffe"),
    "densenet": "torch",
}  # fmt: skip
"""What ``preprocess_input`` of each module does; None: nothing."""

_CHANNELS = 3
_CLASSES = 1000


def signature(module: str) -> str:
    """The parameters of ``keras.applications.<module>.preprocess_input``."""
    return "x, data_format=None" + (", mode='caffe'" if module == "imagenet_utils" else "")


def preprocess_input(
    module: str,
    arguments: Arguments,
    names: Names | None = None,
    *,
    default_format: Any = "channels_last",
) -> Any:
    """What ``keras.applications.<module>.preprocess_input(...)`` returns.

    A symbolic tensor goes through the same operations as in Keras; data keep their shape.

    Args:
        default_format: what ``keras.config.image_data_format()`` says there.

    Raises:
        Fault: ``bad-argument`` or ``op-mismatch``.
        Undecided: if an argument that matters is not known.
    """
    values = bind(Signature.parse(signature(module)), arguments, "preprocess_input").values
    x, data_format = values["x"], values["data_format"]
    mode = values.get("mode", MODES[module])
    if mode is None and "mode" not in values:
        return x
    if mode not in ("caffe", "tf", "torch"):
        raise _bad("mode", "Expected mode to be one of `caffe`, `tf` or `torch`. ", mode)
    if data_format is None:
        data_format = default_format
    elif data_format not in ("channels_first", "channels_last"):
        text = "Expected data_format to be one of `channels_first` or `channels_last`. "
        raise _bad("data_format", text, data_format)
    if isinstance(x, Tensor):
        return _Preprocessing(mode, data_format == "channels_first", names)(x)
    if isinstance(x, Array):
        return _of_data(x, mode, -1 if data_format == "channels_last" else -3)
    raise Undecided(x.reason if isinstance(x, Unknown) else "what was preprocessed is not known")


def decode_predictions(arguments: Arguments) -> None:
    """Check ``keras.applications.<module>.decode_predictions(...)``.

    Raises:
        Fault: ``application-input`` if there are not 1000 classes, ``bad-argument``, or what
            data would be needed for.
    """
    values = bind(Signature.parse("preds, top=5"), arguments, "decode_predictions").values
    predictions = values["preds"]
    if not isinstance(predictions, (Tensor, Array)):
        return
    shape = predictions.shape
    rank = len(shape.dims)
    other_rank = rank > 2 or (not shape.open and rank < 2)
    last = shape.dims[-1] if rank else _CLASSES
    if other_rank or last is None or (isinstance(last, int) and last != _CLASSES):
        raise Fault(
            "application-input",
            "`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape "
            f"(samples, 1000)). Received array with shape: {shape}",
            argument="preds",
            expected="(samples, 1000)",
            found=shape,
        )
    if isinstance(predictions, Tensor) and not shape.open:
        _apply("convert_to_numpy", predictions)


@dataclass(frozen=True)
class _Preprocessing:
    mode: str
    channels_first: bool
    names: Names | None

    def __call__(self, x: Tensor) -> Any:
        if self.mode == "tf":
            return self.op("subtract", self.op("true_divide", x, 127.5), 1.0)
        if self.mode == "torch":
            x = self.op("true_divide", x, 255.0)
        else:
            x = self.op("stack", [self.channel(x, i) for i in (2, 1, 0)], self.axis(x))
        mean = Array(Shape(self.along_channels(x)), x.dtype)
        x = self.op("add", x, mean)
        if self.mode == "torch":
            deviation = (_CHANNELS, 1, 1) if self.channels_first else (_CHANNELS,)
            x = self.op("true_divide", x, Array(Shape(deviation), x.dtype))
        return x

    def op(self, name: str, *arguments: Any) -> Any:
        return _apply(name, *arguments, names=self.names)

    def axis(self, x: Tensor) -> int:
        return -1 if not self.channels_first else 0 if x.shape.rank == 3 else 1

    def channel(self, x: Tensor, index: int) -> Any:
        key: Sequence[Any] = (Ellipsis, index)
        if self.channels_first:
            key = (index, Ellipsis) if x.shape.rank == 3 else (slice(None), index, slice(None))
        return self.op("get_item", x, tuple(key))

    def along_channels(self, x: Tensor) -> tuple[int, ...]:
        rank = x.shape.rank
        if not self.channels_first:
            return (1,) * (rank - 1) + (_CHANNELS,)
        return (_CHANNELS, 1, 1) if rank == 3 else (1, _CHANNELS) + (1,) * (rank - 2)


def _of_data(x: Array, mode: str, axis: int) -> Array:
    """Numpy arrays and the backend's tensors agree where there are three channels."""
    if mode != "tf" and x.shape[axis] != _CHANNELS:
        raise Undecided("the data do not have three channels")
    floating = isinstance(x.dtype, str) and "float" in x.dtype
    dtype = x.dtype if floating else Unknown("the dtype depends on what kind of array it is")
    return Array(x.shape, dtype, x.origin)


def _apply(name: str, *arguments: Any, names: Names | None = None) -> Any:
    record = ops.find(name)
    assert record is not None, name
    call = record.apply(Arguments(arguments), names)
    if call.fault is not None:
        raise call.fault
    return call.output


def _bad(argument: str, text: str, found: Any) -> Fault:
    return Fault(
        "bad-argument",
        f"{text}Received: {argument}={found}",
        argument=argument,
        expected="another word",
        found=found,
    )
