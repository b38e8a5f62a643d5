"""The laws on arguments that several applications share.

They follow ``keras.src.applications.imagenet_utils``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import lt, ne
from types import SimpleNamespace
from typing import Any

from kerashape.keras.layers.identifiers import ACTIVATIONS
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim

Settings = SimpleNamespace
"""The bound arguments, by name."""

Maybe = bool | None
"""True, False, or None where it is not known."""


def maybe(question: Callable[[], Any]) -> Maybe:
    """The answer to a question, None where it is not known."""
    try:
        return bool(question())
    except Undecided:
        return None


def certainly(question: Callable[[], Any]) -> bool:
    """Whether the answer is known and yes."""
    return maybe(question) is True


def standard_input_shape(
    given: Any, *, size: int, minimum: int, top: bool, imagenet: Maybe
) -> tuple[Dim, ...]:
    """The input shape that an application settles on; a dimension not known is a symbol.

    Follows ``keras.src.applications.imagenet_utils.obtain_input_shape``.

    Raises:
        Fault: ``application-input`` or ``bad-argument``.
    """
    given = plain_shape(given)
    if isinstance(given, Unknown):
        if top and imagenet:
            return (size, size, 3)
        return (unknown_dim(), unknown_dim(), 3 if imagenet else unknown_dim())
    channels = given[-1] if not imagenet and given and len(given) == 3 else 3
    default = (size, size, channels)
    if top and imagenet:
        if given is not None and _certainly_differ(given, default):
            raise _rejected(
                "When setting `include_top=True` and loading `imagenet` weights, "
                f"`input_shape` should be {default}.  Received: input_shape={_shown(given)}",
                given,
                default,
            )
        return default
    if not given:
        return default if top else (None, None, 3)
    if len(given) != 3:
        raise _rejected(
            "`input_shape` must be a tuple of three integers.", given, "(rows, columns, channels)"
        )
    if imagenet and certainly(lambda: given[-1] != 3):
        raise _rejected(
            f"The input must have 3 channels; Received `input_shape={_shown(given)}`",
            given,
            "3 channels, or weights=None",
        )
    if any(side is not None and certainly(partial(lt, side, minimum)) for side in given[:2]):
        raise _rejected(
            f"Input size must be at least {minimum}x{minimum}; "
            f"Received: input_shape={_shown(given)}",
            given,
            f"at least {minimum} rows and columns",
        )
    if top and any(dim is None for dim in given):
        raise _rejected(
            "If `include_top` is True, you should specify a static `input_shape`. "
            f"Received: input_shape={_shown(given)}",
            given,
            "known rows and columns, or include_top=False",
        )
    return tuple(given)


def plain_shape(given: Any) -> Any:
    """A shape argument as a tuple or list whose dimensions are ints, None or symbols."""
    if isinstance(given, Shape):
        if given.open:
            return Unknown("the input shape is not known")
        given = given.dims
    if isinstance(given, (tuple, list)):
        dims = [unknown_dim() if isinstance(dim, Unknown) else dim for dim in given]
        return type(given)(dims)
    return given


def check_classifier_activation(a: Settings) -> None:
    """With weights, the top must end in softmax or in nothing.

    Follows ``keras.src.applications.imagenet_utils.validate_activation``.
    """
    activation = a.classifier_activation
    if a.weights is None or isinstance(a.weights, Unknown) or not isinstance(activation, str):
        return
    if activation in ("softmax", "linear"):
        return
    if activation in ACTIVATIONS:
        text = (
            "Only `None` and `softmax` activations are allowed for the `classifier_activation` "
            "argument when using pretrained weights, with `include_top=True`; Received: "
            "classifier_activation="
        )
    else:
        text = f"Could not interpret activation function identifier: {activation}"
    raise Fault(
        "bad-argument",
        text,
        argument="classifier_activation",
        expected="'softmax' or None, or weights=None",
        found=activation,
    )


def _certainly_differ(given: Any, default: tuple[Dim, ...]) -> bool:
    if not isinstance(given, tuple) or len(given) != len(default):
        return True
    return any(certainly(partial(ne, a, b)) for a, b in zip(given, default))


def _rejected(text: str, given: Any, expected: object) -> Fault:
    return Fault(
        "application-input", text, argument="input_shape", expected=expected, found=_shown(given)
    )


def _shown(given: Any) -> Any:
    """A shape argument as Python prints it, but for its symbols."""
    if isinstance(given, (tuple, list)) and any(isinstance(dim, Symbol) for dim in given):
        return Shape(given)
    return given
