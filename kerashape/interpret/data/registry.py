"""How the functions, methods and attributes of data libraries are declared.

A law is a plain Python function over plain values (lists and dicts in place of abstract
ones). It names the parameters that it needs, as the library's own signature has them; the
first parameter of a method's law is the object, unless it is the name of an argument. It may also name ``call``, the
:class:`Calling` by which it runs the program's own functions, and ``values``, all arguments by
name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from kerashape.interpret.plain import from_python, to_python
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.machine import Machine

L = TypeVar("L", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Calling:
    """A call that is being interpreted, for laws that need more than its arguments.

    Attributes:
        given: the names of the arguments that were given.
        extra: the keyword arguments beyond those of the signature.
        further: the positional arguments beyond them.
    """

    machine: Machine
    node: ast.AST
    given: frozenset[str] = frozenset()
    extra: dict[str, Any] | None = None
    further: tuple[Any, ...] = ()

    def run(self, function: Any, *positional: Any) -> Any:
        """What a function of the program returns for plain values.

        How often it runs and on what is up to the library, so nothing in it is reported.
        """
        arguments = Arguments([from_python(value) for value in positional], {})
        with self.machine.guard():
            return to_python(self.machine.call(function, arguments, self.node))

    def run_on_anything(self, function: Any) -> Any:
        """What a function returns for arguments of which nothing is known, nor how many."""
        arguments = Arguments([], {}, more_positional=True)
        with self.machine.guard():
            return to_python(self.machine.call(function, arguments, self.node))

    def changes(self, thing: Any) -> None:
        """Say that ``thing`` is about to change."""
        self.machine.journal.touch(thing)


@dataclass(frozen=True, slots=True)
class Record:
    """A function or method: its signature and its law."""

    path: str
    signature: Signature
    law: Callable[..., Any]

    def apply(
        self, machine: Machine, arguments: Arguments, node: ast.AST, receiver: Any = None
    ) -> Any:
        """The abstract value that a call gives."""
        plain = Arguments(
            [to_python(value) for value in arguments.positional],
            {name: to_python(value) for name, value in (arguments.keywords or {}).items()},
            arguments.more_positional,
            arguments.more_keywords,
        )
        try:
            bound = bind(self.signature, plain, self.path)
        except Fault:
            return Unknown(f"what {self.path} makes of these arguments")
        values = dict(bound.values)
        calling = Calling(machine, node, frozenset(bound.given), bound.extra, bound.varargs)
        if self.signature.varargs is not None:
            more = arguments.more_positional
            values[self.signature.varargs] = (
                Unknown("further arguments may have been given") if more else bound.varargs
            )
        if self.signature.varkw is not None:
            values[self.signature.varkw] = bound.extra
        return apply_law(self.law, values, calling, receiver, self.path)


def apply_law(
    law: Callable[..., Any], values: dict[str, Any], calling: Calling, receiver: Any, path: str
) -> Any:
    """Call a law with what it names."""
    code = law.__code__
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    first: tuple[Any, ...] = ()
    context = {"call": calling, "values": values}
    if receiver is not None and names and names[0] not in values and names[0] not in context:
        first, names = (receiver,), names[1:]
    given = {name: context[name] if name in context else values[name] for name in names}
    try:
        return from_python(law(*first, **given))
    except Undecided as undecided:
        return Unknown(undecided.reason)
    except Fault:
        return Unknown(f"what {path} makes of these arguments")


_FUNCTIONS: dict[str, Record] = {}
_METHODS: dict[tuple[str, str], Record] = {}
_ATTRIBUTES: dict[tuple[str, str], Callable[..., Any]] = {}


def function(paths: str, parameters: str) -> Callable[[L], L]:
    """Declare what functions (or classes that are called) give; canonical paths, spaces between."""

    def declare(law: L) -> L:
        for path in paths.split():
            _FUNCTIONS[path] = Record(path, Signature.parse(parameters), law)
        return law

    return declare


def method(kinds: str, names: str, parameters: str = "") -> Callable[[L], L]:
    """Declare methods of objects of these kinds."""

    def declare(law: L) -> L:
        for kind in kinds.split():
            for name in names.split():
                path = f"{kind.rpartition('.')[2]}.{name}"
                _METHODS[kind, name] = Record(path, Signature.parse(parameters), law)
        return law

    return declare


def attribute(kinds: str, names: str) -> Callable[[L], L]:
    """Declare attributes of objects of these kinds; a law gives the value."""

    def declare(law: L) -> L:
        for kind in kinds.split():
            for name in names.split():
                _ATTRIBUTES[kind, name] = law
        return law

    return declare


_MODULES = {
    "keras.datasets": "keras_datasets",
    "keras.utils": "keras_utils keras_images tf_transformations",
    "keras.preprocessing": "keras_utils tf_transformations",
    "keras.preprocessing.image": "keras_images",
    "keras.legacy.preprocessing.image": "keras_images",
    "keras.preprocessing.text": "keras_text",
    "keras.legacy.preprocessing.text": "keras_text",
    "keras.preprocessing.sequence": "keras_utils",
    "PIL.Image": "keras_images",
    "gym.make": "environments",
    "gymnasium.make": "environments",
    "sklearn": "sklearn",
    "pandas": "frames",
    "tensorflow_datasets": "tfds tf_transformations",
    "tensorflow.io": "tf_io",
    "tensorflow.audio": "tf_io",
    "tensorflow.image.decode_image": "tf_io",
    "tensorflow.image.decode_bmp": "tf_io",
    "tensorflow.image.decode_gif": "tf_io",
    "tensorflow.strings": "tf_io",
    "tensorflow.py_function": "tf_io",
    "tensorflow.numpy_function": "tf_io",
    "tensorflow.data": "tf_data tf_transformations",
    "tensorflow.distribute": "tf_distribute",
    "tensorflow.TensorSpec": "tf_data",
    "tensorflow.TensorShape": "tf_data",
}
"""The modules that declare what is under each dotted path, loaded when it is asked for."""


def find(path: str) -> Record | None:
    """The record of the function at a canonical path, if there is one."""
    prefix = path
    while prefix not in _MODULES:
        prefix = prefix.rpartition(".")[0]
        if not prefix:
            return None
    for name in _MODULES[prefix].split():
        importlib.import_module(f"kerashape.interpret.data.{name}")
    return _FUNCTIONS.get(path)


def find_method(kind: str, name: str) -> Record | None:
    """The record of a method of objects of that kind, if there is one."""
    return _METHODS.get((kind, name))


def find_attribute(kind: str, name: str) -> Callable[..., Any] | None:
    """The law of an attribute of objects of that kind, if there is one."""
    return _ATTRIBUTES.get((kind, name))


__all__ = [
    "Calling",
    "Record",
    "apply_law",
    "attribute",
    "find",
    "find_attribute",
    "find_method",
    "function",
    "method",
]
