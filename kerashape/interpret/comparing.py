"""Comparisons: equality, order, identity and membership."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from kerashape.interpret import series
from kerashape.interpret.callables import Bound, Builtin, External, Function
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.items import is_key
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import SCALARS, to_python
from kerashape.interpret.streams import IteratorValue
from kerashape.interpret.values import iterate, truth
from kerashape.keras.graph import Operation, Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_COMPARE = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}
_COMPARE_DUNDERS = {
    "Equal": ("__eq__", "__eq__"),
    "NotEqual": ("__ne__", "__ne__"),
    "LessThan": ("__lt__", "__gt__"),
    "LessThanEqual": ("__le__", "__ge__"),
    "GreaterThan": ("__gt__", "__lt__"),
    "GreaterThanEqual": ("__ge__", "__le__"),
}

NOT_IMPLEMENTED = Builtin("NotImplemented")


def compare(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """``left <name> right`` for a comparison, ``is``, ``in`` and their negations."""
    if name in ("Is", "IsNot"):
        same = _identical(left, right)
        if same is None:
            return Unknown("an identity that is not known")
        return same if name == "Is" else not same
    if name in ("In", "NotIn"):
        found = _contains(machine, right, left, node)
        if found is None:
            return Unknown("a membership that is not known")
        return found if name == "In" else not found
    left, right = series.number(number(left)), series.number(number(right))
    if isinstance(left, Instance) or isinstance(right, Instance):
        return _compare_instances(machine, name, left, right, node)
    if isinstance(left, (Tensor, Array)) or isinstance(right, (Tensor, Array)):
        from kerashape.interpret import tensors

        machine.risks += 1
        return tensors.operate(machine, name, left, right, node)
    function = _COMPARE.get(name)
    if function is None or isinstance(left, Unknown) or isinstance(right, Unknown):
        return Unknown("a comparison with something not known")
    first, second = to_python(left), to_python(right)
    if _comparable(first) and _comparable(second):
        try:
            return bool(function(first, second))
        except Undecided as undecided:
            return Unknown(undecided.reason)
        except TypeError as error:
            return machine.throw("TypeError", str(error))
    if name in ("Equal", "NotEqual"):
        equal = _structurally_equal(machine, left, right)
        if equal is not None:
            return equal is (name == "Equal")
    return Unknown("a comparison that is not followed")


def _structurally_equal(machine: Machine, left: Any, right: Any) -> bool | None:
    if left is right:
        return True
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return bool(left == right)
    if isinstance(left, External) and isinstance(right, External):
        return True if left == right else None
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return left == right
    if isinstance(left, (tuple, ListValue)) and type(left) is type(right):
        first, second = iterate(left), iterate(right)
        if first is None or second is None:
            return None
        if len(first) != len(second):
            return False
        answers = [are_equal(machine, a, b) for a, b in zip(first, second)]
        return False if False in answers else None if None in answers else True
    known = (Function, Class, Builtin, ListValue, DictValue, tuple, *SCALARS)
    if isinstance(left, known) and isinstance(right, known):
        alike = isinstance(left, DictValue) and isinstance(right, DictValue)
        mixed = isinstance(left, (tuple, ListValue)) or isinstance(right, (tuple, ListValue))
        return None if alike or (mixed and type(left) is type(right)) else False
    return None


def are_equal(machine: Machine, left: Any, right: Any) -> bool | None:
    """Whether ``left == right``; None where that is not known."""
    if left is right and not isinstance(left, (Unknown, float)):
        return True
    return truth(compare(machine, "Equal", left, right, HERE))


def _compare_instances(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    forward, backward = _COMPARE_DUNDERS.get(name, ("", ""))
    for receiver, other, method in ((left, right, forward), (right, left, backward)):
        if isinstance(receiver, Instance):
            found = special(machine, receiver, method, node, other)
            if found is not None:
                return found
    if name == "NotEqual":
        outcome = machine.truth_of(_compare_instances(machine, "Equal", left, right, node))
        return Unknown("a comparison that is not followed") if outcome is None else not outcome
    if name == "Equal":
        equal = _equal_instances(machine, left, right)
        if equal is not None:
            return equal
    return Unknown("a comparison that is not followed")


def _equal_instances(machine: Machine, left: Any, right: Any) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if left is right:
        return True
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Instance) and one.cls.is_named_tuple:
            items = tuple(one.attributes.values())
            if isinstance(other, Instance) and other.cls.is_named_tuple:
                other = tuple(other.attributes.values())
            return are_equal(machine, items, other) if isinstance(other, tuple) else False
    both = isinstance(left, Instance) and isinstance(right, Instance)
    if both and left.cls is right.cls and left.cls.fields is not None:
        answers = [
            are_equal(machine, left.attributes.get(n), right.attributes.get(n))
            for n in left.attributes
        ]
        return False if False in answers else None if None in answers else True
    kinds = [value.cls for value in (left, right) if isinstance(value, Instance)]
    if any(cls.is_open or (cls.external_bases and not cls.is_enum) for cls in kinds):
        return None
    return False


def _comparable(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_comparable(item) for item in value)
    if isinstance(value, (dict, set)):
        return all(_comparable(item) for item in value)
    return isinstance(value, (*SCALARS, Symbol))


def _identical(left: Any, right: Any) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, Symbol) or isinstance(right, Symbol):
        return None  # a size may turn out to be None
    if left is None or right is None or (isinstance(left, bool) and isinstance(right, bool)):
        return left is right
    if left is right:
        return True
    if isinstance(left, External) and isinstance(right, External):
        return True if left == right else None
    if isinstance(left, Builtin) and isinstance(right, Builtin):
        return bool(left == right)
    heap = (Operation, Tensor, ListValue, DictValue, Instance, Function, Class, Builtin)
    if isinstance(left, heap) and isinstance(right, heap):
        return False
    return None


def _contains(machine: Machine, container: Any, value: Any, node: ast.AST) -> bool | None:
    if isinstance(value, Unknown) or isinstance(container, Unknown):
        return None
    if isinstance(container, Instance) and container.cls.find("__contains__") is not None:
        return machine.truth_of(special(machine, container, "__contains__", node, value))
    if isinstance(container, str):
        return value in container if isinstance(value, str) else None
    if isinstance(container, range):
        return value in container if isinstance(value, int) else None
    if isinstance(container, DictValue):
        if container.items is None:
            return None
        return value in container.items if is_key(value) else None
    if isinstance(container, IteratorValue):
        return _found_in(machine, container, value)
    items = machine.items_of(container, node)
    if items is None:
        return None
    answers = [are_equal(machine, item, value) for item in items]
    return True if True in answers else None if None in answers else False


def _found_in(machine: Machine, container: IteratorValue, value: Any) -> bool | None:
    """``in`` takes what it looks at from an iterator."""
    while True:
        found = container.take()
        if found is None:
            return None
        if not found[1]:
            return False
        equal = are_equal(machine, found[0], value)
        if equal is not False:
            if equal is None:
                container.forget()
            return equal


def number(value: Any) -> Any:
    """The number or text that a member of an ``IntEnum`` or ``StrEnum`` is."""
    if not isinstance(value, Instance) or not value.cls.is_enum:
        return value
    mixed = any(path.endswith(("IntEnum", "StrEnum")) for path in value.cls.external_bases) or any(
        isinstance(base, Builtin) and base.name in ("int", "str") for base in value.cls.bases
    )
    return value.attributes.get("value", value) if mixed else value


def special(machine: Machine, receiver: Instance, name: str, node: ast.AST, *given: Any) -> Any:
    """What a special method returns; None if there is none, or it does not apply."""
    method = receiver.cls.find(name)
    if method is None:
        return None
    found = machine.call(Bound(method, receiver), Arguments(list(given), {}), node)
    return None if found == NOT_IMPLEMENTED else found
