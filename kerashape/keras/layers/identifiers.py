"""The names by which activations, initializers, regularizers and constraints are given.

Follows ``keras.activations.get`` and its siblings. A dict with a configuration, a class, an object or a function
is never at fault.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import plain
from kerashape.keras.names import Names, snake_case
from kerashape.keras.signature import Signature
from kerashape.shapes import Fault


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _with_snake_case(classes: str, more: str = "") -> frozenset[str]:
    names = classes.split()
    return frozenset([*names, *map(snake_case, names), *more.split()])


ACTIVATIONS = _names(
    "relu leaky_relu relu6 softmax celu elu selu softplus softsign squareplus soft_shrink "
    "sparse_plus silu gelu glu tanh tanh_shrink threshold sigmoid sparse_sigmoid exponential "
    "hard_sigmoid hard_silu hard_tanh hard_shrink linear mish log_softmax log_sigmoid "
    "sparsemax swish hard_swish"
)
INITIALIZERS = _with_snake_case(
    "Initializer Constant Identity Ones STFT Zeros GlorotNormal GlorotUniform HeNormal "
    "HeUniform LecunNormal LecunUniform Orthogonal RandomNormal RandomUniform TruncatedNormal "
    "VarianceScaling",
    "IdentityInitializer STFTInitializer OrthogonalInitializer normal one uniform zero",
)
REGULARIZERS = _with_snake_case("Regularizer L1 L2 L1L2 OrthogonalRegularizer")
CONSTRAINTS = _with_snake_case("Constraint MaxNorm MinMaxNorm NonNeg UnitNorm")

_KINDS = {
    "activation": ("activation function", ACTIVATIONS),
    "initializer": ("initializer", INITIALIZERS),
    "regularizer": ("regularizer", REGULARIZERS),
    "constraint": ("constraint", CONSTRAINTS),
}


def identifiers(layer: Layer) -> None:
    """Check every argument of the layer that names such an object, in their order.

    Raises:
        Fault: ``bad-argument``.
    """
    for name in Signature.parse(type(layer).signature).names:
        kind = name.rpartition("_")[2]
        if kind in _KINDS and name != "activity_regularizer":
            identifier(kind, name, getattr(layer, name), layer.names)


def identifier(kind: str, name: str, value: Any, names: Names) -> None:
    """Check one: ``kind`` is ``activation``, ``initializer``, ``regularizer`` or ``constraint``.

    What the program registers by ``get_custom_objects`` and the like is any name.

    Raises:
        Fault: ``bad-argument``.
    """
    words, table = _KINDS[kind]
    if value is None or not plain(value) or (isinstance(value, dict) and value):
        return
    if isinstance(value, str) and (
        value in table or names.registers or (kind == "initializer" and ">" in value)
    ):
        return
    raise Fault(
        "bad-argument",
        f"Could not interpret {words} identifier: {value}"
        if value != {} or kind == "activation"
        else "Unknown `config` as a `dict`, config={}",
        argument=name,
        expected=f"the name of {'an' if kind[0] in 'aeiou' else 'a'} {words}, or such an object",
        found=value,
    )
