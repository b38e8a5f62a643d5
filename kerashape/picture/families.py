"""The sorts of layers, by which boxes are coloured."""

from __future__ import annotations

from kerashape.keras.graph import Operation
from kerashape.keras.models import Model

FAMILIES: dict[str, tuple[str, ...]] = {
    "input": ("InputLayer",),
    "convolution": ("Conv",),
    "pooling": ("Pooling", "UpSampling", "ZeroPadding", "Cropping"),
    "normalization": ("Normalization",),
    "recurrent": ("LSTM", "GRU", "RNN", "Bidirectional", "TimeDistributed"),
    "attention": ("Attention",),
    "dense": ("Dense", "Embedding"),
    "activation": ("Activation", "ReLU", "Softmax", "ELU"),
    "noise": ("Dropout", "Noise", "Random", "Regularization"),
    "merge": ("Add", "Concatenate", "Multiply", "Average", "Subtract", "Dot", "Maximum", "Minimum"),
    "shape": ("Flatten", "Reshape", "Permute", "RepeatVector", "Resizing", "Rescaling", "Masking"),
}
"""Each family and what the names of its classes contain. The first that fits counts."""


def family_of(operation: Operation) -> str:
    """The family of a layer or operation."""
    if not operation.is_layer:
        return "operation"
    if isinstance(operation, Model) and operation.is_model:
        return "model"
    name = operation.class_name
    for family, parts in FAMILIES.items():
        if any(part in name for part in parts):
            return family
    return "layer"
