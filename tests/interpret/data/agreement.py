"""What a program's names hold: really, and by kerashape."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kerashape.analysis import Analysis
from kerashape.interpret.data.values import DataObject, Pipeline
from kerashape.interpret.machine import Machine
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.program import run_module
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Symbol, Unknown
from kerashape.source import Source

PROGRAMS = Path(__file__).parent / "programs"


def names(program: str) -> Iterator[tuple[str, bool]]:
    """The names that a program assigns, and whether kerashape must know them.

    A line that ends with ``# ?`` says that it may not.
    """
    text = (PROGRAMS / f"{program}.txt").read_text()
    lines = text.splitlines()
    found: dict[str, bool] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, (ast.Assign, ast.AugAssign, ast.For, ast.Delete)):
            first, last = lines[statement.lineno - 1], lines[(statement.end_lineno or 1) - 1]
            must = not first.endswith("# ?") and not last.endswith("# ?")
            for name in _stored(statement):
                found[name] = must
    yield from ((name, must) for name, must in found.items() if not name.startswith("_"))


def _stored(node: ast.AST) -> Iterator[str]:
    """The names that are bound there, comprehensions apart."""
    if isinstance(node, (ast.ListComp, ast.Lambda)):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _stored(child)


@functools.cache
def ours(program: str) -> dict[str, Any]:
    """The abstract values of the program's names."""
    source = Source.from_text((PROGRAMS / f"{program}.txt").read_text())
    machine = Machine(source, Analysis(source))
    run_module(machine)
    return machine.module_scope.variables


@functools.cache
def real(program: str) -> dict[str, Any]:
    """The values of the program's names after running it."""
    path = PROGRAMS / f"{program}.txt"
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(path.read_text(), str(path), "exec"), namespace)  # TensorFlow reads the file
    return namespace


class Difference(Exception):
    """kerashape claims what is not so."""


def every(answers: Iterable[bool]) -> bool:
    """Whether all are true; each of them is asked, as it may raise."""
    return all(list(answers))


def compare(value: Any, found: Any) -> bool:
    """Whether kerashape knows all that it may of a value.

    Raises:
        Difference: if it claims something else.
    """
    if isinstance(found, (Unknown, Symbol)):
        return False
    kind = type(value).__module__.partition(".")[0]
    if isinstance(value, (list, tuple)) and not hasattr(value, "dims"):
        return _sequence(list(value), found)
    if type(value) is dict:
        return _mapping(value, found)
    if hasattr(value, "element_spec") and hasattr(value, "cardinality"):
        return _dataset(value, found)
    if kind == "pandas":
        return _table(value, found)
    if hasattr(value, "itemsize") and not hasattr(value, "dtype"):
        return compare(getattr(value, "name", ""), found)
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return _array(value, found)
    if isinstance(value, (bool, int, float, str, bytes, type(None))):
        return _scalar(value, found)
    if hasattr(value, "as_list"):  # a TensorShape
        return _sequence(value.as_list(), found)
    if isinstance(found, Pipeline):
        piece = value[0] if hasattr(value, "__getitem__") else next(iter(value))
        return compare(piece, from_python(found.piece)) or True
    if isinstance(found, (Array, int, str, float)) and not isinstance(found, bool):
        raise Difference(f"{type(value).__name__} is taken for {found}")
    return True


def _scalar(value: Any, found: Any) -> bool:
    if isinstance(found, Array):
        if found.shape.open:
            return False
        if found.shape.dims != ():
            raise Difference(f"{value} is taken for {found}")
        return True
    if not isinstance(found, (bool, int, float, str, bytes, type(None))):
        raise Difference(f"{value} is taken for {found}")
    if found != value:
        raise Difference(f"{value} is taken for {found}")
    return True


def _array(value: Any, found: Any) -> bool:
    dtype = getattr(value.dtype, "name", str(value.dtype))
    if dtype.startswith("str"):
        dtype = dtype if dtype == "string" else "str"
    if isinstance(found, (bool, int, float, str)):
        if tuple(value.shape) != () or value != found:
            raise Difference(f"{value} is taken for {found}")
        return True
    if not isinstance(found, Array):
        raise Difference(f"an array is taken for {found}")
    known = _shape(tuple(value.shape), found.shape)
    if isinstance(found.dtype, Unknown):
        return False
    if found.dtype != dtype:
        raise Difference(f"{dtype} is taken for {found.dtype}")
    return known


def _shape(shape: tuple[Any, ...] | None, found: Shape) -> bool:
    if found.open:
        return False
    if shape is None or len(shape) != len(found.dims):
        raise Difference(f"{shape} is taken for {found}")
    known = True
    for size, dim in zip(shape, found.dims):
        if isinstance(dim, Symbol):
            known = False
        elif dim != size:
            raise Difference(f"{shape} is taken for {found}")
    return known


def _sequence(value: list[Any], found: Any) -> bool:
    if isinstance(found, Pipeline):
        if isinstance(found.count, int) and found.count != len(value):
            raise Difference(f"{len(value)} items are taken for {found.count}")
        return every(_fits(item, found.element) for item in value)
    items = to_python(found)
    if not isinstance(items, (list, tuple)):
        return compare(None, found) if isinstance(found, Unknown) else _refuse(value, found)
    if len(items) != len(value):
        raise Difference(f"{len(value)} items are taken for {len(items)}")
    return every(compare(item, from_python(other)) for item, other in zip(value, items))


def _fits(item: Any, element: Any) -> bool:
    import numpy as np

    return compare(np.asarray(item), element) or True


def _refuse(value: Any, found: Any) -> bool:
    if isinstance(to_python(found), Unknown):
        return False
    raise Difference(f"{value} is taken for {found}")


def _mapping(value: dict[Any, Any], found: Any) -> bool:
    items = to_python(found)
    if isinstance(items, Unknown) or isinstance(found, DataObject):
        return False
    if not isinstance(items, dict) or items.keys() != value.keys():
        raise Difference(f"{value} is taken for {found}")
    return every(compare(value[key], from_python(items[key])) for key in value)


def _dataset(value: Any, found: Any) -> bool:
    if not isinstance(found, Pipeline):
        raise Difference(f"a dataset is taken for {found}")
    cardinality = int(value.cardinality())
    if isinstance(found.count, int):
        count = cardinality if cardinality >= 0 else sum(1 for _ in value)
        if count != found.count:
            raise Difference(f"{count} elements are taken for {found.count}")
    elif found.count is None and cardinality != -1:
        raise Difference("a dataset that ends is taken for an endless one")
    if found.nonempty and not any(True for _ in value.take(1)):
        raise Difference("an empty dataset is taken for one that is not")
    return _element(value.element_spec, found.element)


def _element(spec: Any, element: Any) -> bool:
    if isinstance(element, Unknown):
        return False
    if isinstance(spec, dict):
        if not isinstance(element, dict) or spec.keys() != element.keys():
            raise Difference(f"{spec} is taken for {element}")
        return every(_element(spec[key], element[key]) for key in spec)
    if isinstance(spec, tuple):
        if not isinstance(element, tuple) or len(spec) != len(element):
            raise Difference(f"{spec} is taken for {element}")
        return every(_element(one, other) for one, other in zip(spec, element))
    if isinstance(element, Pipeline):
        return _element(spec.element_spec, element.element)
    if spec is None:
        return element is None
    if not isinstance(element, Array):
        raise Difference(f"{spec} is taken for {element}")
    rank = spec.shape.rank
    if rank is None:
        if not element.shape.open:
            raise Difference(f"{spec} is taken for {element}")
        return False
    known = _shape(tuple(spec.shape), element.shape)
    if isinstance(element.dtype, Unknown):
        return False
    if element.dtype != spec.dtype.name:
        raise Difference(f"{spec} is taken for {element}")
    return known


def _table(value: Any, found: Any) -> bool:
    if not isinstance(found, DataObject):
        raise Difference(f"a table is taken for {found}")
    rows, columns = found["rows"], found.attributes.get("columns_")
    if isinstance(rows, int) and rows != value.shape[0]:
        raise Difference(f"{value.shape[0]} rows are taken for {rows}")
    if isinstance(columns, list) and columns != list(value.columns):
        raise Difference(f"{list(value.columns)} are taken for {columns}")
    return isinstance(rows, int)
