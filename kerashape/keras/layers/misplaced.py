"""A symbolic tensor where a constructor takes its first argument: the second brackets are missing.

``Flatten(x)`` for ``Flatten()(x)``. Most constructors raise, each in its own way.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor, is_certainly_symbolic
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import Arguments, Signature
from kerashape.shapes import Fault

TAKES_ANYTHING = frozenset(
    ["AdditiveAttention", "Attention", "CenterCrop", "Concatenate",
     "ContrastLimitedAdaptiveHistogramEqualization", "Conv1D", "Conv1DTranspose", "Conv2D",
     "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
     "ELU", "EinsumDense", "Embedding", "FlaxLayer", "GroupQueryAttention", "HashedCrossing",
     "Masking", "MixUp", "MultiHeadAttention", "Pipeline", "RMSNormalization",
     "RandomColorJitter", "RandomCrop", "RandomFlip", "RandomTranslation", "Rescaling",
     "Resizing", "ReversibleEmbedding", "SeparableConv1D", "SeparableConv2D", "Softmax",
     "TFSMLayer", "TorchModuleWrapper"]
)  # fmt: skip
"""The layers whose constructors do not look at their first argument, or look at another first."""


def refuse_tensor(record: type[Layer], arguments: Arguments) -> None:
    """Raise the fault of a constructor that is given a tensor and nothing else."""
    given: Any = arguments.positional[0] if len(arguments.positional) == 1 else None
    names = list(Signature.parse(record.signature).positional)
    if not isinstance(given, Tensor) or arguments.more_positional or not names:
        return
    name = record.__name__
    if name not in TAKES_ANYTHING and is_certainly_symbolic(given):
        raise Fault(
            "bad-argument",
            "",
            argument=names[0],
            expected=f"`{names[0]}`",
            found=given,
            help=f"make the layer, then call it on the tensor: {name}(...)(x)",
        )
