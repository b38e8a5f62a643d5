"""Exceptions of the program: what is raised for certain, and which handler takes it."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any

from kerashape.interpret.callables import Builtin
from kerashape.interpret.objects import Class, Instance
from kerashape.shapes import Unknown


@dataclass(frozen=True, slots=True, eq=False)
class ExceptionValue:
    """An instance of one of Python's own exceptions, by the name of its class."""

    name: str
    arguments: tuple[Any, ...] = ()

    def text(self) -> Any:
        """``str(exception)``."""
        if not self.arguments:
            return ""
        if len(self.arguments) > 1 or not isinstance(self.arguments[0], (str, int, float)):
            return Unknown("the text of an exception")
        first = self.arguments[0]
        return repr(first) if self.name == "KeyError" else str(first)


class Raised(Exception):
    """The program raises here for certain: ``value`` is what it raises."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


def type_of(value: Any) -> Any:
    """``type(exception)``."""
    if isinstance(value, ExceptionValue):
        return Builtin(value.name)
    return value.cls if isinstance(value, Instance) else Unknown("the type of an exception")


def exception_class(name: str) -> type[BaseException] | None:
    """Python's exception of that name."""
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def is_caught(value: Any, kind: Any) -> bool | None:
    """Whether ``except kind`` takes the exception; None where it is not known."""
    if isinstance(kind, tuple):
        answers = [is_caught(value, one) for one in kind]
        return True if True in answers else None if None in answers else False
    if isinstance(kind, Builtin):
        wanted = exception_class(kind.name)
        if wanted is BaseException:
            return True
        names = _builtin_bases(value)
        if wanted is None or names is None:
            return None
        return any(issubclass(name, wanted) for name in names)
    if isinstance(kind, Class):
        if isinstance(value, Instance):
            if any(cls is kind for cls in value.cls.lineage()):
                return True
            return None if value.cls.is_open else False
        return False if isinstance(value, ExceptionValue) else None
    return None


def _builtin_bases(value: Any) -> list[type[BaseException]] | None:
    """Python's own exceptions that the value is an instance of."""
    if isinstance(value, ExceptionValue):
        found = exception_class(value.name)
        return None if found is None else [found]
    if isinstance(value, Instance) and not value.cls.is_open:
        if value.cls.external_bases:
            return None
        bases = [base for base in value.cls.lineage() if isinstance(base, Builtin)]
        return [cls for base in bases if (cls := exception_class(base.name)) is not None]
    return None
