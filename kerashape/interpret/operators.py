"""Operators, comparisons, subscripts and formatting of abstract values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.values import (
    SCALARS,
    Bound,
    Class,
    DictValue,
    External,
    Foreign,
    Function,
    Instance,
    ListValue,
    SetValue,
    Stream,
    from_python,
    is_constant,
    iterate,
    row_of,
    to_python,
    truth,
)
from kerashape.keras.graph import Operation, Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.journal import Delta
    from kerashape.interpret.machine import Machine

EXIT = Unknown("the program ends here")
"""What a call that never returns gives."""

_BINARY = {
    "Add": operator.add,
    "Subtract": operator.sub,
    "Multiply": operator.mul,
    "Divide": operator.truediv,
    "FloorDivide": operator.floordiv,
    "Modulo": operator.mod,
    "Power": operator.pow,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "LeftShift": operator.lshift,
    "RightShift": operator.rshift,
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "Minus": operator.neg,
    "Plus": operator.pos,
    "BitInvert": operator.invert,
}
_DUNDERS = {
    "Add": "add",
    "Subtract": "sub",
    "Multiply": "mul",
    "Divide": "truediv",
    "FloorDivide": "floordiv",
    "Modulo": "mod",
    "Power": "pow",
    "MatrixMultiply": "matmul",
}
_EXACT = frozenset({"Add", "Subtract", "Multiply", "FloorDivide", "Modulo"})
_COMPARE = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}
_LARGEST = 100_000


def is_key(value: Any) -> bool:
    """Whether a value can be a key of a dict that is followed."""
    return is_constant(value) or isinstance(value, External)


def binary(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    """``left <name> right``, by libcst's name of the operator."""
    if isinstance(left, (Tensor, Array)) or isinstance(right, (Tensor, Array)):
        from kerashape.interpret import tensors

        return tensors.operate(machine, name, left, right, node)
    if is_constant(left) and is_constant(right):
        return _constants(name, left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown_sizes(name, left, right)
    if isinstance(left, (int, Symbol)) and isinstance(right, (int, Symbol)):
        return _sizes(name, left, right)
    if isinstance(left, (tuple, ListValue)) or isinstance(right, (tuple, ListValue)):
        return _sequences(name, left, right)
    if isinstance(left, DictValue) and isinstance(right, DictValue) and name == "BitOr":
        if left.items is None or right.items is None:
            return type(left)(None, left.reason or right.reason)
        return type(left)({**left.items, **right.items})
    if isinstance(left, Instance) or isinstance(right, Instance):
        return _dunder(machine, name, left, right, node)
    return Unknown("the operands are not followed")


def _constants(name: str, left: Any, right: Any) -> Any:
    function = _BINARY.get(name)
    if function is None or _too_large(name, left, right):
        return Unknown("a computation that is not followed")
    try:
        return function(left, right)
    except (TypeError, ValueError, ArithmeticError, MemoryError):
        return Unknown("Python raises here")


def _too_large(name: str, left: Any, right: Any) -> bool:
    if name == "Power":
        return isinstance(right, int) and (abs(right) > 64 or _is_big(left))
    if name == "LeftShift":
        return isinstance(right, int) and right > 128
    if name == "Multiply":
        for one, other in ((left, right), (right, left)):
            if isinstance(one, (str, bytes, tuple)) and isinstance(other, int):
                return len(one) * other > _LARGEST
        return _is_big(left) or _is_big(right)
    return False


def _is_big(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > 1 << 128


def _sizes(name: str, left: Any, right: Any) -> Any:
    if name in _EXACT:
        try:
            return _BINARY[name](left, right)
        except ZeroDivisionError:
            return Unknown("a division by zero")
    if name == "Power" and isinstance(right, int) and 0 < right < 5:
        result = left
        for _ in range(right - 1):
            result = result * left
        return result
    return Unknown("a number computed from a size that is not known")


def _unknown_sizes(name: str, left: Any, right: Any) -> Any:
    """Computed from something unknown: where both are sizes, the same computation is the same."""
    reason = next(value.reason for value in (left, right) if isinstance(value, Unknown))
    exact = name in _EXACT and all(isinstance(v, (int, Symbol, Unknown)) for v in (left, right))
    return Unknown(reason, origin=(_BINARY[name], left, right) if exact else None)


def _sequences(name: str, left: Any, right: Any) -> Any:
    if name == "Multiply":
        sequence, count = (left, right) if isinstance(left, (tuple, ListValue)) else (right, left)
        items = iterate(sequence)
        if items is None or not isinstance(count, int) or len(items) * count > _LARGEST:
            return Unknown("a sequence repeated it is not known how often")
        return _like(sequence, items * count)
    if name == "Add" and type(left) is type(right):
        first, second = iterate(left), iterate(right)
        if first is None or second is None:
            return ListValue(None, "a list with a part that is not known")
        return _like(left, first + second)
    if name == "Modulo":
        return Unknown("a formatted string")
    return Unknown("the operands are not followed")


def _like(sequence: Any, items: list[Any]) -> Any:
    return tuple(items) if isinstance(sequence, tuple) else ListValue(items)


def _dunder(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    stem = _DUNDERS.get(name)
    for receiver, other, prefix in ((left, right, "__"), (right, left, "__r")):
        if isinstance(receiver, Instance) and stem is not None:
            method = receiver.cls.find(f"{prefix}{stem}__")
            if method is not None:
                return machine.call(Bound(method, receiver), Arguments([other], {}), node)
    return Unknown("the operands are not followed")


def augmented(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    """``left <name>= right``: a list is extended in place."""
    if isinstance(left, ListValue) and name == "Add":
        machine.journal.touch(left)
        items = iterate(right)
        if items is None or left.items is None:
            left.forget("it was extended by something not known")
        else:
            left.items.extend(items)
        return left
    return binary(machine, name, left, right, node)


def unary(machine: Machine, name: str, value: Any, node: cst.CSTNode) -> Any:
    """``-value``, ``not value``..."""
    if name == "Not":
        decided = truth(value)
        return Unknown("a condition that is not known") if decided is None else not decided
    if isinstance(value, (Tensor, Array)):
        from kerashape.interpret import tensors

        return tensors.operate(machine, f"Unary{name}", value, None, node)
    if isinstance(value, Symbol) and name in ("Minus", "Plus"):
        return -value if name == "Minus" else value
    if is_constant(value):
        try:
            return _UNARY[name](value)
        except (KeyError, TypeError):
            return Unknown("Python raises here")
    if isinstance(value, Unknown):
        return Unknown(value.reason, origin=(operator.sub, 0, value) if name == "Minus" else None)
    return Unknown("the operand is not followed")


def compare(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    """``left <name> right`` for a comparison, ``is``, ``in`` and their negations."""
    if name in ("Is", "IsNot"):
        same = _identical(left, right)
        if same is None:
            return Unknown("an identity that is not known")
        return same if name == "Is" else not same
    if name in ("In", "NotIn"):
        found = _contains(right, left)
        if found is None:
            return Unknown("a membership that is not known")
        return found if name == "In" else not found
    if isinstance(left, (Tensor, Array)) or isinstance(right, (Tensor, Array)):
        from kerashape.interpret import tensors

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
        except TypeError:
            return Unknown("Python raises here")
    if name in ("Equal", "NotEqual") and isinstance(left, External) and isinstance(right, External):
        return (left == right) == (name == "Equal") if left == right else Unknown("a comparison")
    return Unknown("a comparison that is not followed")


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
    heap = (Operation, Tensor, ListValue, DictValue, Instance, Function, Class)
    if isinstance(left, heap) and isinstance(right, heap):
        return False
    return None


def _contains(container: Any, value: Any) -> bool | None:
    if isinstance(value, Unknown) or isinstance(container, Unknown):
        return None
    if isinstance(container, str):
        return value in container if isinstance(value, str) else None
    if isinstance(container, range):
        return value in container if isinstance(value, int) else None
    items = iterate(container)
    if items is None:
        return None
    if is_constant(value) and all(is_constant(item) for item in items):
        return any(value == item and type(value) is type(item) for item in items) or value in items
    return True if any(value is item for item in items) else None


def subscript(machine: Machine, value: Any, index: Any, node: cst.CSTNode) -> Any:
    """``value[index]``."""
    if isinstance(value, (Tensor, Array)):
        from kerashape.interpret import tensors

        return tensors.item(machine, value, index, node)
    if isinstance(value, DictValue) and not isinstance(value, SetValue):
        if value.items is None:
            return Unknown(value.reason)
        if is_key(index):
            return value.items.get(index, Unknown("a key that the dict does not have"))
        return Unknown("a key that is not known")
    if isinstance(value, Unknown):
        return Unknown(value.reason)
    if isinstance(value, External):
        if value.path in ("numpy.c_", "numpy.r_"):
            return machine.call(value, Arguments([index], {}), node)
        return value  # a generic such as list[int]
    if isinstance(value, Instance):
        method = value.cls.find("__getitem__")
        if value.cls.is_named_tuple:
            return _sequence_item(tuple(value.attributes.values()), index)
        if method is not None:
            return machine.call(Bound(method, value), Arguments([index], {}), node)
        return Unknown("an item of an instance")
    if isinstance(value, (tuple, str, bytes, range, ListValue)):
        return _sequence_item(value, index)
    if isinstance(value, Foreign):
        from kerashape.interpret import data

        return data.item(machine, value, index, node)
    return Unknown("an item of something that is not followed")


def _sequence_item(value: Any, index: Any) -> Any:
    items = value.items if isinstance(value, ListValue) else value
    if items is None:
        return Unknown(value.reason)
    if isinstance(index, slice):
        parts = (index.start, index.stop, index.step)
        if not all(part is None or isinstance(part, int) for part in parts) or index.step == 0:
            return Unknown("a slice that is not known")
        result = items[index]
        return ListValue(result) if isinstance(value, ListValue) else result
    if isinstance(index, int):
        try:
            return items[index]
        except IndexError:
            return Unknown("an index out of range")
    return Unknown("an index that is not known")


def item_of(value: Any) -> Any:
    """An item of something whose items are not known one by one."""
    if isinstance(value, Unknown):
        return Unknown(value.reason)
    if isinstance(value, range):
        return Unknown("the counter of a loop")
    if isinstance(value, Stream):
        return from_python(value.piece)
    if isinstance(value, Array):
        return row_of(value)
    return Unknown("an item of something not known")


def forgotten(delta: Delta) -> Delta:
    """What changed, with nothing known of it but that it changed (widening)."""
    result: Delta = {}
    for key, (thing, state) in delta.items():
        if isinstance(thing, (ListValue, DictValue)):
            state = (None, "it changes in a loop")
        elif isinstance(state, dict) and not isinstance(thing, Layer):
            from kerashape.keras.names import Names

            now = thing.save()
            if isinstance(thing, Names):
                state = {k: v if now.get(k) == v else None for k, v in state.items()}
            else:
                state = {
                    k: v if now.get(k) is v else Unknown("it changes in a loop")
                    for k, v in state.items()
                }
        result[key] = (thing, state)
    return result


def entered(machine: Machine, value: Any, node: cst.CSTNode) -> Any:
    """What ``with value as x`` binds."""
    if isinstance(value, Instance):
        method = value.cls.find("__enter__")
        if method is not None:
            return machine.call(Bound(method, value), Arguments([], {}), node)
        return value
    if isinstance(value, Unknown):
        return Unknown(value.reason)
    return Unknown("what a context manager gives")


def formatted(value: Any, conversion: str | None, spec: str | None) -> str | None:
    """``f"{value!conversion:spec}"``; None if it is not known."""
    if spec is None or not is_constant(value):
        return None
    if conversion == "r":
        value = repr(value)
    elif conversion in ("s", "a"):
        value = str(value)
    try:
        return format(value, spec)
    except (ValueError, TypeError):
        return None


def make_dict(arguments: Arguments) -> Any:
    """``dict(...)``."""
    items: dict[Any, Any] = {}
    for value in arguments.positional:
        if isinstance(value, DictValue):
            if value.items is None:
                return DictValue(None, value.reason)
            items.update(value.items)
            continue
        pairs = iterate(value)
        if pairs is None:
            return DictValue(None, "a dict of something not known")
        for pair in pairs:
            both = iterate(pair)
            if both is None or len(both) != 2 or not is_key(both[0]):
                return DictValue(None, "a dict of something not known")
            items[both[0]] = both[1]
    if arguments.more_keywords or arguments.more_positional:
        return DictValue(None, "an unpacking")
    items.update(arguments.keywords or {})
    return DictValue(items)
