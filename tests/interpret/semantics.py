"""Python as the oracle: a program's final variables by CPython, and by interpretation."""

from __future__ import annotations

import collections
import enum
import textwrap
from collections.abc import Iterator
from typing import Any

from kerashape.analysis import Analysis
from kerashape.interpret.containers import DictValue, DictView, ListValue, SetValue
from kerashape.interpret.machine import Machine
from kerashape.interpret.objects import Instance
from kerashape.interpret.options import Parser
from kerashape.interpret.plain import is_constant
from kerashape.interpret.program import run_module
from kerashape.interpret.streams import IteratorValue
from kerashape.keras.layers.base import Array
from kerashape.shapes import Symbol, Unknown
from kerashape.source import Source

UNKNOWN = "unknown"


def run_python(program: str, **given: Any) -> tuple[dict[str, Any], BaseException | None]:
    """The final variables by CPython, and the exception that ended the program, if one did."""
    variables: dict[str, Any] = {"__name__": "__main__", **given}
    try:
        exec(compile(textwrap.dedent(program), "<program>", "exec"), variables)
    except Exception as error:
        return variables, error
    return variables, None


def run_interpreter(program: str, **given: Any) -> tuple[dict[str, Any], Analysis]:
    """The final variables by interpretation, as abstract values, and the facts."""
    source = Source.from_text(textwrap.dedent(program))
    analysis = Analysis(source)
    machine = Machine(source, analysis)
    machine.module_scope.variables.update(given)
    run_module(machine)
    return machine.module_scope.variables, analysis


def differences(actual: Any, abstract: Any, path: str) -> Iterator[str]:
    """Where the abstract value claims something else than the actual one is."""
    if isinstance(abstract, (Unknown, Symbol)):
        return
    if isinstance(abstract, (DictView, Parser)):
        return
    if isinstance(abstract, IteratorValue):
        if abstract.remaining is not None and hasattr(actual, "__next__"):
            yield from differences(list(actual), ListValue(abstract.remaining), path)
        elif not hasattr(actual, "__next__"):
            yield f"{path}: an iterator for {actual!r}"
    elif isinstance(abstract, ListValue):
        if abstract.items is None:
            return
        actual = list(actual) if isinstance(actual, collections.deque) else actual
        if not isinstance(actual, list) or len(actual) != len(abstract.items):
            yield f"{path}: {abstract.items!r} for {actual!r}"
            return
        for index, (real, item) in enumerate(zip(actual, abstract.items)):
            yield from differences(real, item, f"{path}[{index}]")
    elif isinstance(abstract, SetValue):
        if abstract.items is not None and not (
            isinstance(actual, (set, frozenset)) and set(abstract.items) == set(actual)
        ):
            yield f"{path}: {abstract.items!r} for {actual!r}"
    elif isinstance(abstract, DictValue):
        yield from _dict_differences(actual, abstract, path)
    elif isinstance(abstract, Instance):
        yield from _instance_differences(actual, abstract, path)
    elif isinstance(abstract, tuple):
        if not isinstance(actual, tuple) or len(actual) != len(abstract):
            yield f"{path}: {abstract!r} for {actual!r}"
            return
        for index, (real, item) in enumerate(zip(actual, abstract)):
            yield from differences(real, item, f"{path}[{index}]")
    elif is_constant(abstract):
        real = actual.item() if hasattr(actual, "item") else actual
        if type(real) is not type(abstract) or repr(real) != repr(abstract):
            yield f"{path}: {abstract!r} for {actual!r}"


def _dict_differences(actual: Any, abstract: DictValue, path: str) -> Iterator[str]:
    if abstract.items is None:
        return
    if not isinstance(actual, dict) or list(actual) != list(abstract.items):
        yield f"{path}: {abstract.items!r} for {actual!r}"
        return
    for key in actual:
        yield from differences(actual[key], abstract.items[key], f"{path}[{key!r}]")


def _instance_differences(actual: Any, abstract: Instance, path: str) -> Iterator[str]:
    if type(actual).__name__ != abstract.cls.name:
        yield f"{path}: an instance of {abstract.cls.name} for {actual!r}"
    elif isinstance(actual, enum.Enum):
        yield from differences(actual.value, abstract.attributes.get("value"), f"{path}.value")
    else:
        for name, value in abstract.attributes.items():
            if not hasattr(actual, name):
                if not isinstance(value, Unknown):
                    yield f"{path}.{name}: {value!r} for nothing"
            else:
                yield from differences(getattr(actual, name), value, f"{path}.{name}")


def is_known(value: Any) -> bool:
    """Whether all of an abstract value is known."""
    if isinstance(value, (Unknown, Symbol, Array)):
        return False
    if isinstance(value, IteratorValue):
        return value.remaining is not None and all(map(is_known, value.remaining))
    if isinstance(value, ListValue):
        return value.items is not None and all(map(is_known, value.items))
    if isinstance(value, DictValue):
        return value.items is not None and all(map(is_known, value.items.values()))
    if isinstance(value, tuple):
        return all(map(is_known, value))
    if isinstance(value, Instance):
        return all(map(is_known, value.attributes.values()))
    return True


def compare(program: str) -> tuple[list[str], list[str]]:
    """(what interpretation gets wrong, the public variables that it does not know)."""
    actual, error = run_python(program)
    abstract, _ = run_interpreter(program)
    names = [name for name in abstract if not name.startswith("_") and name != "return"]
    if error is not None:  # the interpreter may have gone on: what it bound before holds
        names = [name for name in names if name in actual]
    wrong: list[str] = []
    for name in names:
        if name not in actual:
            if not isinstance(abstract[name], Unknown):
                wrong.append(f"{name}: {abstract[name]!r} for nothing")
            continue
        wrong += differences(actual[name], abstract[name], name)
    lost = [name for name in actual if not name.startswith("_") and name not in abstract]
    wrong += [f"{name}: nothing for {actual[name]!r}" for name in lost if error is None]
    unknown = [name for name in names if not is_known(abstract[name])]
    return wrong, unknown
