"""Operators, comparisons, subscripts and formatting of abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import series, texts
from kerashape.interpret.callables import Bound, Method, NullContext
from kerashape.interpret.comparing import are_equal, compare, number, special
from kerashape.interpret.containers import DictValue, DictView, ListValue, SetValue
from kerashape.interpret.items import is_key, subscript
from kerashape.interpret.objects import Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import from_python, is_constant
from kerashape.interpret.streams import IteratorValue, Stream
from kerashape.interpret.values import iterate, lost, row_of
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Unknown

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
    "BitAnd": "and",
    "BitOr": "or",
    "BitXor": "xor",
    "LeftShift": "lshift",
    "RightShift": "rshift",
}
_UNARY_DUNDERS = {"Minus": "__neg__", "Plus": "__pos__", "BitInvert": "__invert__"}
_EXACT = frozenset({"Add", "Subtract", "Multiply", "FloorDivide", "Modulo"})
_LARGEST = 100_000


def binary(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """``left <name> right``, by the operator's name in ``syntax.OPERATORS``."""
    left, right = number(left), number(right)
    if isinstance(left, Instance) or isinstance(right, Instance):
        found = _dunder(machine, name, left, right, node)
        if found is not None:
            return found
    if isinstance(left, (Tensor, Array)) or isinstance(right, (Tensor, Array)):
        from kerashape.interpret import tensors

        machine.risks += 1
        return tensors.operate(machine, name, left, right, node)
    if name == "Modulo" and isinstance(left, (str, bytes)):
        return texts.percent(machine, left, right)
    if is_constant(left) and is_constant(right):
        return _constants(machine, name, left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown_sizes(name, left, right)
    if isinstance(left, (int, Symbol)) and isinstance(right, (int, Symbol)):
        return _sizes(machine, name, left, right)
    if isinstance(left, (tuple, ListValue)) or isinstance(right, (tuple, ListValue)):
        return _sequences(machine, name, left, right)
    if isinstance(left, (SetValue, DictView)) and isinstance(right, (SetValue, DictView)):
        return _sets(name, left, right)
    if isinstance(left, DictValue) and isinstance(right, DictValue) and name == "BitOr":
        if left.items is None or right.items is None:
            return type(left)(None, left.reason or right.reason)
        return type(left)({**left.items, **right.items})
    return Unknown("the operands are not followed")


def _sets(name: str, left: Any, right: Any) -> Any:
    if name not in ("BitAnd", "BitOr", "BitXor", "Subtract"):
        return Unknown("the operands are not followed")
    first, second = left.items, right.items
    if first is None or second is None:
        return SetValue(None, "a set of something not known")
    ordered = {
        "BitAnd": [item for item in first if item in set(second)],
        "BitOr": [*first, *second],
        "Subtract": [item for item in first if item not in set(second)],
        "BitXor": list(set(first) ^ set(second)),
    }[name]
    return SetValue(dict.fromkeys(ordered))


def _constants(machine: Machine, name: str, left: Any, right: Any) -> Any:
    function = _BINARY.get(name)
    if function is None or is_too_large(name, left, right):
        return Unknown("a computation that is not followed")
    try:
        return function(left, right)
    except (TypeError, ValueError, ArithmeticError, MemoryError) as error:
        return machine.throw(type(error).__name__, str(error))


def is_too_large(name: str, left: Any, right: Any) -> bool:
    """Whether the result is a number or a sequence that is too large to be worth having."""
    if name == "Power":
        return isinstance(right, int) and (abs(right) > 64 or _is_big(left)) and left not in (0, 1)
    if name == "LeftShift":
        return isinstance(right, int) and (right > 128 or _is_big(left))
    if name == "Add":
        both = all(isinstance(value, (str, bytes, tuple)) for value in (left, right))
        return both and len(left) + len(right) > _LARGEST * 10
    if name == "Multiply":
        for one, other in ((left, right), (right, left)):
            if isinstance(one, (str, bytes, tuple)) and isinstance(other, int):
                return len(one) * other > _LARGEST
        return _is_big(left) or _is_big(right)
    return False


def _is_big(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > 1 << 128


def _sizes(machine: Machine, name: str, left: Any, right: Any) -> Any:
    if name in _EXACT:
        try:
            return _BINARY[name](left, right)
        except ZeroDivisionError:
            return machine.throw("ZeroDivisionError", "division by zero")
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


def _sequences(machine: Machine, name: str, left: Any, right: Any) -> Any:
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
        if len(first) + len(second) > _LARGEST:
            return ListValue(None, "a list that grows too long")
        return _like(left, first + second)
    if name == "Modulo":
        return Unknown("a formatted string")
    return Unknown("the operands are not followed")


def _like(sequence: Any, items: list[Any]) -> Any:
    return tuple(items) if isinstance(sequence, tuple) else ListValue(items)


def _dunder(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """The result of a special method of either operand; None if neither has one."""
    stem = _DUNDERS.get(name)
    for receiver, other, prefix in ((left, right, "__"), (right, left, "__r")):
        if isinstance(receiver, Instance) and stem is not None:
            if receiver.cls.is_named_tuple and not receiver.cls.find(f"{prefix}{stem}__"):
                items = tuple(receiver.attributes.values())
                pair = (items, other) if prefix == "__" else (other, items)
                return binary(machine, name, pair[0], pair[1], node)
            found = special(machine, receiver, f"{prefix}{stem}__", node, other)
            if found is not None:
                return found
    if isinstance(left, (Tensor, Array)) or isinstance(right, (Tensor, Array)):
        return Unknown("the operands are not followed")
    return Unknown("the operands are not followed")


def augmented(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """``left <name>= right``: lists, dicts and sets change in place."""
    if isinstance(left, Instance):
        found = special(machine, left, f"__i{_DUNDERS.get(name, '')}__", node, right)
        if found is not None:
            return found
    if isinstance(left, Array):
        series.forget(machine, left)
    if isinstance(left, Unknown):
        machine.forget(left, "it was changed in place perhaps")
    if isinstance(left, ListValue) and name == "Add":
        machine.call(Method(left, "__iadd__"), Arguments([right], {}), node)
        return left
    if isinstance(left, ListValue) and name == "Multiply":
        repeated = binary(machine, name, left, right, node)
        machine.journal.touch(left)
        if isinstance(repeated, ListValue) and repeated.items is not None:
            left.items = repeated.items
        else:
            left.forget("it was repeated")
        return left
    kinds = ("BitOr", "BitAnd", "BitXor", "Subtract")
    if name in kinds and (
        isinstance(left, SetValue) or (isinstance(left, DictValue) and name == "BitOr")
    ):
        merged = binary(machine, name, left, right, node)
        machine.journal.touch(left)
        if isinstance(merged, DictValue):
            left.items, left.reason = merged.items, merged.reason
        else:
            left.forget("it was joined with something not known")
        return left
    return binary(machine, name, left, right, node)


def unary(machine: Machine, name: str, value: Any, node: ast.AST) -> Any:
    """``-value``, ``not value``..."""
    value = number(value)
    if name == "Not":
        decided = machine.truth_of(value)
        return Unknown("a condition that is not known") if decided is None else not decided
    if isinstance(value, (Tensor, Array)):
        from kerashape.interpret import tensors

        return tensors.operate(machine, f"Unary{name}", value, None, node)
    if isinstance(value, Instance) and name in _UNARY_DUNDERS:
        found = special(machine, value, _UNARY_DUNDERS[name], node)
        return Unknown("the operand is not followed") if found is None else found
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


def item_of(value: Any) -> Any:
    """An item of something whose items are not known one by one."""
    if isinstance(value, Unknown):
        return lost(value)
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
        elif isinstance(thing, IteratorValue):
            state = thing.unsure()
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


def entered(machine: Machine, value: Any, node: ast.AST) -> Any:
    """What ``with value as x`` binds."""
    if isinstance(value, Instance):
        method = value.cls.find("__enter__")
        if method is not None:
            return machine.call(Bound(method, value), Arguments([], {}), node)
        return value
    if isinstance(value, Unknown):
        return Unknown(value.reason)
    if isinstance(value, NullContext):
        return value.value
    return Unknown("what a context manager gives")


def make_dict(machine: Machine, arguments: Arguments) -> DictValue:
    """``dict(...)``."""
    items: dict[Any, Any] = {}
    for value in arguments.positional:
        if isinstance(value, DictValue) and not isinstance(value, SetValue):
            if value.items is None:
                return DictValue(None, value.reason)
            items.update(value.items)
            continue
        pairs = machine.items_of(value, HERE)
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


__all__ = ["EXIT", "are_equal", "binary", "compare", "is_key", "subscript", "unary"]
