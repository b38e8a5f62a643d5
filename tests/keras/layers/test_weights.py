"""Names, shapes, dtypes and trainability of the weights, in Keras's order."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Unknown

IMAGE, ROW = (None, 8, 8, 6), (None, 5)
BUILDS: list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[Any, ...]]] = [
    ("Dense", (3,), {}, ROW),
    ("Dense", (3,), {"use_bias": False, "lora_rank": 2}, ROW),
    ("Dense", (3,), {"lora_rank": 2}, (None, 4, 5)),
    ("Embedding", (7, 3), {}, ROW),
    ("Embedding", (7, 3), {"lora_rank": 2}, ROW),
    ("ReversibleEmbedding", (7, 3), {}, ROW),
    ("ReversibleEmbedding", (7, 3), {"tie_weights": False}, ROW),
    ("EinsumDense", ("ab,bc->ac", 3), {"bias_axes": "c"}, ROW),
    ("EinsumDense", ("...x,xy->...y", 3), {"bias_axes": "y", "lora_rank": 2}, IMAGE),
    ("EinsumDense", ("abc,cde->abde", (None, 3, 4)), {"bias_axes": "de"}, (None, 8, 5)),
    ("Conv1D", (4, 3), {}, (None, 8, 6)),
    ("Conv2D", (4, 3), {}, IMAGE),
    ("Conv2D", (4, (3, 1)), {"groups": 2, "use_bias": False}, IMAGE),
    ("Conv2D", (4, 3), {"data_format": "channels_first"}, (None, 6, 8, 8)),
    ("Conv2D", (4, 3), {"lora_rank": 2, "groups": 2}, IMAGE),
    ("Conv3D", (4, 3), {}, (None, 8, 8, 8, 2)),
    ("Conv1DTranspose", (4, 3), {}, (None, 8, 6)),
    ("Conv2DTranspose", (4, 3), {}, IMAGE),
    ("Conv3DTranspose", (4, 3), {}, (None, 8, 8, 8, 2)),
    ("DepthwiseConv1D", (3,), {"depth_multiplier": 2}, (None, 8, 6)),
    ("DepthwiseConv2D", (3,), {"depth_multiplier": 2}, IMAGE),
    ("SeparableConv1D", (4, 3), {"depth_multiplier": 2}, (None, 8, 6)),
    ("SeparableConv2D", (4, 3), {}, IMAGE),
    ("BatchNormalization", (), {}, IMAGE),
    ("BatchNormalization", (1,), {"center": False, "renorm": True}, IMAGE),
    ("LayerNormalization", (), {}, IMAGE),
    ("LayerNormalization", ([1, 3],), {"center": False}, IMAGE),
    ("LayerNormalization", (), {"rms_scaling": True}, IMAGE),
    ("GroupNormalization", (3,), {}, IMAGE),
    ("GroupNormalization", (-1,), {"scale": False}, IMAGE),
    ("RMSNormalization", ([3, 1],), {}, IMAGE),
    ("PReLU", (), {}, IMAGE),
    ("PReLU", (), {"shared_axes": [1, 2]}, IMAGE),
    ("Dropout", (0.5,), {}, ROW),
    ("Flatten", (), {}, IMAGE),
]


@pytest.mark.keras
@pytest.mark.parametrize("dtype", [None, "float16", "mixed_bfloat16", "float64"])
@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), BUILDS)
def test_as_keras(
    name: str, args: Any, kwargs: dict[str, Any], shape: Any, dtype: str | None
) -> None:
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.layers, name)(*args, **kwargs, dtype=dtype)
    theirs(keras.KerasTensor(shape))
    record = layers.find(name)
    assert record is not None
    ours = record.construct(Arguments(args, {**kwargs, "dtype": dtype}))
    ours(Arguments((Tensor(Shape(shape)),)))
    assert [(w.name, tuple(w.shape), w.dtype, w.trainable) for w in ours.all_variables()] == [
        (w.name, tuple(w.shape), w.dtype, w.trainable) for w in theirs.weights
    ]
    assert ours.count_params() == theirs.count_params()


@pytest.mark.keras
@pytest.mark.parametrize("inner", ["Dense", "Embedding"])
@pytest.mark.parametrize("trainable", [True, False])
def test_spectral_normalization(inner: str, trainable: bool) -> None:
    keras = pytest.importorskip("keras")
    args = {"Dense": (3,), "Embedding": (7, 3)}[inner]
    theirs = keras.layers.SpectralNormalization(
        getattr(keras.layers, inner)(*args), trainable=trainable
    )
    theirs(keras.KerasTensor(ROW))
    record, within = layers.find("SpectralNormalization"), layers.find(inner)
    assert record is not None
    assert within is not None
    ours = record.construct(
        Arguments((within.construct(Arguments(args)),), {"trainable": trainable})
    )
    ours(Arguments((Tensor(Shape(ROW)),)))
    assert [(w.name, tuple(w.shape)) for w in ours.all_variables()] == [
        (w.name, tuple(w.shape)) for w in theirs.weights
    ]


def dense(units: Any, features: Any) -> Any:
    record = layers.find("Dense")
    assert record is not None
    layer = record.construct(Arguments((units,)))
    layer(Arguments((Tensor(Shape((None, features))),)))
    return layer


def test_symbolic_sizes() -> None:
    n = Symbol.named("n")
    layer = dense(10, n)
    assert [str(w.shape) for w in layer.all_variables()] == ["(n, 10)", "(10,)"]
    assert layer.count_params() is None
    assert str(sum(w.size for w in layer.all_variables())) == "10*n + 10"


def test_unknown_sizes() -> None:
    layer = dense(Unknown("units"), 4)
    assert [str(w.shape) for w in layer.all_variables()] == ["(4, ?)", "(?,)"]
    assert layer.count_params() is None


def test_an_unknown_rank_leaves_the_weights_unknown() -> None:
    record = layers.find("Dense")
    assert record is not None
    layer = record.construct(Arguments((10,)))
    call = layer(Arguments((Unknown("x"),)))
    assert str(call.output.shape) == "(..., 10)"
    assert layer.count_params() is None
