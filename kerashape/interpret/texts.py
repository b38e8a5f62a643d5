"""Texts of values: ``str``, ``repr``, ``format``, f-strings and ``%``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Bound, Function
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import is_constant, to_python
from kerashape.interpret.raising import ExceptionValue
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_LONGEST = 100_000


def plain(value: Any, depth: int = 12) -> Any:
    """The value as Python's own, if all of it is known; else :class:`Unknown`."""
    if is_constant(value):
        return value
    if isinstance(value, (ListValue, DictValue, tuple)):
        found = to_python(value)
        return found if _is_plain(found, depth) else Unknown("a value that is not known")
    return Unknown("a value that is not known")


def _is_plain(value: Any, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, (list, tuple, set)):
        return all(_is_plain(item, depth - 1) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(k, depth - 1) and _is_plain(v, depth - 1) for k, v in value.items())
    return is_constant(value)


def text_of(machine: Machine, value: Any, *, quoted: bool = False) -> Any:
    """``str(value)``, or ``repr(value)``."""
    if isinstance(value, Instance):
        names = ("__repr__",) if quoted else ("__str__", "__repr__")
        for name in names:
            method = value.cls.find(name)
            if method is not None:
                return machine.call(Bound(method, value), Arguments([], {}), HERE)
        return Unknown("the text of an instance")
    if isinstance(value, ExceptionValue):
        return Unknown("the text of an exception") if quoted else value.text()
    if isinstance(value, set) or (isinstance(value, DictValue) and _is_set(value)):
        return Unknown("the text of a set")
    found = plain(value)
    if isinstance(found, Unknown):
        return Unknown("a string with a part that is not known")
    try:
        return repr(found) if quoted else str(found)
    except ValueError:  # more digits than Python prints
        return Unknown("a text that is too long")


def _is_set(value: DictValue) -> bool:
    return type(value).__name__ == "SetValue"


def formatted(machine: Machine, value: Any, conversion: str | None, spec: str | None) -> str | None:
    """``f"{value!conversion:spec}"``; None if it is not known."""
    if spec is None or is_wide(spec):
        return None
    if conversion in ("r", "a"):
        value = text_of(machine, value, quoted=True)
        if conversion == "a" and isinstance(value, str):
            value = value.encode("ascii", "backslashreplace").decode()
    elif conversion == "s" or not is_constant(value) or isinstance(value, tuple):
        if spec and conversion != "s":
            return None
        value = text_of(machine, value)
    if not is_constant(value):
        return None
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError):
        return None


def is_wide(spec: str) -> bool:
    """Whether a width or a precision asks for an enormous text."""
    digits = "".join(c if c.isdigit() else " " for c in spec).split()
    return any(len(number) > 4 for number in digits)


def percent(machine: Machine, pattern: str | bytes, values: Any) -> Any:
    """``pattern % values``."""
    if is_wide(repr(pattern)):
        return Unknown("a text that is too long")
    given = plain(values)
    if isinstance(given, Unknown) and isinstance(values, tuple):
        parts = [text_of(machine, v) if isinstance(v, (Instance, ExceptionValue)) else plain(v)
                 for v in values]  # fmt: skip
        given = tuple(parts)
    elif isinstance(given, Unknown) and isinstance(values, (Instance, ExceptionValue)):
        given = text_of(machine, values)
    leaves = given if isinstance(given, tuple) else (given,)
    if any(isinstance(leaf, (Unknown, set)) for leaf in leaves):
        return Unknown("a formatted string")
    try:
        return pattern % given
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        return machine.throw(type(error).__name__, str(error))


def name_of(value: Any) -> Any:
    """``value.__name__``."""
    if isinstance(value, Function) and "__name__" in value.attributes:
        return value.attributes["__name__"]
    return value.name if isinstance(value, (Function, Class)) else Unknown("a name")
