"""Checks of constructor arguments that several layers share.

Each raises the Fault that Keras would raise. An argument that is not known (unknown, a
symbolic size, or an opaque object such as a function) is never at fault.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import plain
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.shape import size_of


def known(value: Any) -> bool:
    """Whether a value is known (a symbolic size or an opaque object is not)."""
    return plain(value)


def shown(value: Any) -> str:
    """A value as Keras prints it, with ``?`` for what is not known."""
    return value if isinstance(value, str) else _repr(value)


def _repr(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_repr, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_repr, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, (Shape, Symbol)):
        return str(value)
    return repr(value) if plain(value) else "?"


def settle(layer: Layer, *names: str) -> None:
    """Make what is opaque in these arguments unknown, so that laws can calculate with them.

    A shape of a tensor that was given as an argument becomes a tuple.
    """
    for name in names:
        setattr(layer, name, _settled(getattr(layer, name), name))


def _settled(value: Any, name: str) -> Any:
    if isinstance(value, Shape) and not value.open:
        return value.dims
    if isinstance(value, list):
        return [_settled(item, name) for item in value]
    if isinstance(value, tuple):
        return tuple(_settled(item, name) for item in value)
    if isinstance(value, (Symbol, Unknown)) or plain(value):
        return value
    return Unknown(f"the value of the argument {name} is not known")


def refuse(
    argument: str,
    wrong: Callable[[], Any],
    text: str,
    *,
    expected: object = None,
    found: object = None,
    rule: str = "bad-argument",
    tracked: bool = False,
    help: str | None = None,
) -> None:
    """Raise a Fault where ``wrong()`` is certainly true, or is itself an error of Python's.

    The values that ``wrong`` looks at must be settled. ``tracked`` says that Keras looks at an
    attribute of the layer, where a list has become a ``TrackedList``.
    """
    try:
        if not wrong():
            return
    except Undecided:
        return
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        text = str(error)
        if tracked:
            text = text.replace("'list'", "'TrackedList'").replace("'dict'", "'TrackedDict'")
    raise Fault(rule, text, argument=argument, expected=expected, found=found, help=help)


def faults_of(law: Callable[[], Any]) -> None:
    """Raise what a law raises; that it cannot be decided is no matter."""
    try:
        law()
    except Undecided:
        pass


def positive_int(layer: Layer, name: str) -> None:
    """Keras: "Received an invalid value for `units`, expected a positive integer"."""
    value = getattr(layer, name)
    if known(value) and not (isinstance(value, int) and value > 0):
        raise Fault(
            "bad-argument",
            f"Received an invalid value for `{name}`, expected a positive integer. "
            f"Received: {name}={value}",
            argument=name,
            expected="a positive integer",
            found=value,
        )


def iterable(layer: Layer, name: str) -> None:
    """Python: "'int' object is not iterable"."""
    value = getattr(layer, name)
    if known(value) and not isinstance(value, (list, tuple, str, bytes, dict)):
        raise Fault(
            "bad-argument",
            f"'{type(value).__name__}' object is not iterable",
            argument=name,
            expected="a tuple of integers",
            found=value,
        )


def standard_tuple(
    value: Any, count: int, name: str, *, allow_zero: bool = False, argument: str | None = None
) -> tuple[Any, ...]:
    """``count`` sizes from one or from a sequence; what is not known becomes a symbol.

    Follows ``keras.src.utils.argument_validation.standardize_tuple``.

    Raises:
        Fault: ``bad-argument``.
    """
    text = (
        f"The `{name}` argument must be a tuple of {count} integers. Received {name}={shown(value)}"
    )

    def fault(text: str) -> Fault:
        wanted = "an integer" if count == 1 else f"an integer or a tuple of {count} integers"
        return Fault("bad-argument", text, argument=argument or name, expected=wanted, found=value)

    if isinstance(value, (int, Symbol)):
        items: tuple[Any, ...] = (value,) * count
    elif isinstance(value, Unknown):
        items = tuple(unknown_dim() for _ in range(count))
    elif isinstance(value, (str, bytes, list, tuple, dict)):
        items = tuple(value)
        if len(items) != count:
            raise fault(text)
        for item in items:
            try:
                _ = known(item) and int(item)
            except (ValueError, TypeError):
                text += f"including element {item} of type {type(item)}"
                raise fault(text) from None
    else:
        raise fault(text)
    items = tuple(size_of(item) if isinstance(item, Unknown) else item for item in items)
    too_small = operator.lt if allow_zero else operator.le
    try:
        refused = {item for item in items if known(item) and too_small(item, 0)}
    except TypeError as error:
        raise fault(str(error)) from None
    if refused:
        sign = ">= 0" if allow_zero else "> 0"
        raise fault(f"{text}, including values {refused} that do not satisfy `value {sign}`")
    return items


def standard_padding(layer: Any, *, causal: bool = False) -> None:
    """Lower-case the ``padding`` of a convolution and check it.

    Raises:
        Fault: ``bad-argument``.
    """
    settle(layer, "padding")
    padding = layer.padding
    if not known(padding) or isinstance(padding, (list, tuple)):
        return
    if not isinstance(padding, str):
        kind = type(padding).__name__
        text = f"'{kind}' object has no attribute 'lower'"
        raise Fault("bad-argument", text, argument="padding", expected="a string", found=padding)
    layer.padding = padding.lower()
    allowed = ["valid", "same", "causal"] if causal else ["valid", "same"]
    if layer.padding not in allowed:
        raise Fault(
            "bad-argument",
            "The `padding` argument must be a list/tuple or one of ",
            argument="padding",
            expected=f"one of {', '.join(map(repr, allowed))}",
            found=padding,
        )


def standard_data_format(layer: Any) -> None:
    """Make ``data_format`` ``"channels_last"`` or ``"channels_first"``, or leave it unknown.

    Raises:
        Fault: ``bad-argument``.
    """
    settle(layer, "data_format")
    value = layer.data_format
    if value is None:
        layer.data_format = "channels_last"
    elif known(value):
        layer.data_format = str(value).lower()
        if layer.data_format not in ("channels_first", "channels_last"):
            raise Fault(
                "bad-argument",
                "The `data_format` argument must be one of "
                "{'channels_first', 'channels_last'}. "
                f"Received: data_format={layer.data_format}",
                argument="data_format",
                expected="'channels_first' or 'channels_last'",
                found=value,
            )
