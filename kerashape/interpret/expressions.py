"""What expressions mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import migration, operators
from kerashape.interpret.values import (
    DictValue,
    External,
    Function,
    ListValue,
    Python,
    SetValue,
    from_python,
    is_constant,
    iterate,
    truth,
)
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Evaluator = Callable[["Machine", Any], Any]
EVALUATORS: dict[type[cst.CSTNode], Evaluator] = {}


def evaluates(*kinds: type[cst.CSTNode]) -> Callable[[Evaluator], Evaluator]:
    """Register the meaning of some kinds of expressions."""

    def register(function: Evaluator) -> Evaluator:
        for kind in kinds:
            EVALUATORS[kind] = function
        return function

    return register


# -- constants and names ------------------------------------------------------------


@evaluates(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString)
def _literal(machine: Machine, node: Any) -> Any:
    try:
        return machine.literals[node]
    except KeyError:
        pass
    try:
        value = node.evaluated_value
    except (ValueError, SyntaxError):  # a Python 2 literal, or an integer beyond the limit
        value = Unknown("a literal that this Python does not read")
    machine.literals[node] = value
    return value


@evaluates(cst.Ellipsis)
def _ellipsis(machine: Machine, node: cst.Ellipsis) -> Any:
    return ...


_CONSTANTS = {"True": True, "False": False, "None": None}


@evaluates(cst.Name)
def _name(machine: Machine, node: cst.Name) -> Any:
    if node.value in _CONSTANTS:
        return _CONSTANTS[node.value]
    return machine.look_up(node.value)


@evaluates(cst.ConcatenatedString)
def _concatenated(machine: Machine, node: cst.ConcatenatedString) -> Any:
    left, right = machine.evaluate(node.left), machine.evaluate(node.right)
    if isinstance(left, (str, bytes)) and type(left) is type(right):
        return left + right  # type: ignore[operator]
    return Unknown("a string with a part that is not known")


@evaluates(cst.FormattedString)
def _formatted(machine: Machine, node: cst.FormattedString) -> Any:
    text: list[str] = []
    unknown: Unknown | None = None
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text.append(part.value.replace("{{", "{").replace("}}", "}"))
            continue
        assert isinstance(part, cst.FormattedStringExpression)
        value = machine.evaluate(part.expression)
        piece = operators.formatted(value, part.conversion, _format_spec(machine, part))
        if piece is None:
            unknown = Unknown("a string with a part that is not known")
        else:
            text.append(piece)
    return unknown or "".join(text)


def _format_spec(machine: Machine, part: cst.FormattedStringExpression) -> str | None:
    if part.format_spec is None:
        return ""
    text = ""
    for piece in part.format_spec:
        if isinstance(piece, cst.FormattedStringText):
            text += piece.value
        else:
            value = machine.evaluate(piece.expression)  # type: ignore[attr-defined]
            if not is_constant(value):
                return None
            text += str(value)
    return text


# -- displays -----------------------------------------------------------------------


@evaluates(cst.Tuple)
def _tuple(machine: Machine, node: cst.Tuple) -> Any:
    items = _items(machine, node.elements)
    return Unknown("an unpacking of something not known") if items is None else tuple(items)


@evaluates(cst.List)
def _list(machine: Machine, node: cst.List) -> Any:
    items = _items(machine, node.elements)
    reason = "" if items is not None else "an unpacking of something not known"
    return ListValue(items, reason, machine.site(node))


@evaluates(cst.Set)
def _set(machine: Machine, node: cst.Set) -> Any:
    items = _items(machine, node.elements)
    if items is None or not all(is_constant(item) for item in items):
        return SetValue(None, "a set of values that are not constants")
    return SetValue(dict.fromkeys(items))


def _items(machine: Machine, elements: Any) -> list[Any] | None:
    items: list[Any] | None = []
    for element in elements:
        value = machine.evaluate(element.value)
        if isinstance(element, cst.StarredElement):
            more = iterate(value)
            items = None if more is None or items is None else items + more
        elif items is not None:
            items.append(value)
    return items


@evaluates(cst.Dict)
def _dict(machine: Machine, node: cst.Dict) -> Any:
    items: dict[Any, Any] | None = {}
    for element in node.elements:
        value = machine.evaluate(element.value)
        if isinstance(element, cst.StarredDictElement):
            known = isinstance(value, DictValue) and value.items is not None
            if items is not None:
                items = {**items, **value.items} if known else None
            continue
        key = machine.evaluate(element.key)  # type: ignore[attr-defined]
        if not operators.is_key(key):
            items = None
        elif items is not None:
            items[key] = value
    reason = "" if items is not None else "a dict with keys that are not known"
    return DictValue(items, reason, machine.site(node))


# -- operators ----------------------------------------------------------------------


@evaluates(cst.BinaryOperation)
def _binary(machine: Machine, node: cst.BinaryOperation) -> Any:
    left = machine.evaluate(node.left)
    right = machine.evaluate(node.right)
    return operators.binary(machine, type(node.operator).__name__, left, right, node)


@evaluates(cst.UnaryOperation)
def _unary(machine: Machine, node: cst.UnaryOperation) -> Any:
    value = machine.evaluate(node.expression)
    return operators.unary(machine, type(node.operator).__name__, value, node)


@evaluates(cst.BooleanOperation)
def _boolean(machine: Machine, node: cst.BooleanOperation) -> Any:
    left = machine.evaluate(node.left)
    decided = truth(left)
    wants = isinstance(node.operator, cst.Or)
    if decided is None:
        return machine.either(lambda: left, lambda: machine.evaluate(node.right))
    return left if decided is wants else machine.evaluate(node.right)


@evaluates(cst.Comparison)
def _comparison(machine: Machine, node: cst.Comparison) -> Any:
    left = machine.evaluate(node.left)
    result: Any = True
    for part in node.comparisons:
        right = machine.evaluate(part.comparator)
        outcome = operators.compare(machine, type(part.operator).__name__, left, right, node)
        decided = truth(outcome)
        if decided is False:
            return outcome
        if decided is None:
            result = outcome
        left = right
    return result


@evaluates(cst.IfExp)
def _conditional(machine: Machine, node: cst.IfExp) -> Any:
    decided = machine.truth(machine.evaluate(node.test), node.test)
    if decided is None:
        with machine.perhaps_older(migration.is_guard(machine, node.test)):
            return machine.either(
                lambda: machine.evaluate(node.body), lambda: machine.evaluate(node.orelse)
            )
    return machine.evaluate(node.body if decided else node.orelse)


@evaluates(cst.NamedExpr)
def _walrus(machine: Machine, node: cst.NamedExpr) -> Any:
    value = machine.evaluate(node.value)
    machine.assign(node.target, value)
    return value


# -- access -------------------------------------------------------------------------


@evaluates(cst.Attribute)
def _attribute(machine: Machine, node: cst.Attribute) -> Any:
    return machine.attribute(machine.evaluate(node.value), node.attr.value, node)


@evaluates(cst.Subscript)
def _subscript(machine: Machine, node: cst.Subscript) -> Any:
    value = machine.evaluate(node.value)
    return operators.subscript(machine, value, index_of(machine, node), node)


def index_of(machine: Machine, node: cst.Subscript) -> Any:
    """The value between the brackets: a constant, a slice, or a tuple of such."""
    items = [_index_item(machine, element.slice) for element in node.slice]
    if len(items) > 1 or (node.slice and _has_comma(node.slice[0])):
        return tuple(items)
    return items[0] if items else Unknown("an empty subscript")


def _has_comma(element: cst.SubscriptElement) -> bool:
    return isinstance(element.comma, cst.Comma)


def _index_item(machine: Machine, item: cst.BaseSlice) -> Any:
    if isinstance(item, cst.Slice):
        parts = [
            machine.evaluate(part) if part is not None else None
            for part in (item.lower, item.upper, item.step)
        ]
        return slice(*parts)
    assert isinstance(item, cst.Index)
    return machine.evaluate(item.value)


# -- functions ----------------------------------------------------------------------


@evaluates(cst.Call)
def _call(machine: Machine, node: cst.Call) -> Any:
    function = machine.evaluate(node.func)
    return machine.call(function, arguments_of(machine, node), node)


def arguments_of(machine: Machine, node: cst.Call) -> Arguments:
    """The arguments of a call, unpackings resolved as far as they are known."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    arguments = Arguments(positional, keywords)
    for argument in node.args:
        value = machine.evaluate(argument.value)
        if argument.keyword is not None:
            keywords[argument.keyword.value] = value
        elif argument.star == "*":
            items = iterate(value)
            if items is None:
                arguments.more_positional = True
            else:
                positional.extend(items)
        elif argument.star == "**":
            known = isinstance(value, DictValue) and value.items is not None
            if known and all(isinstance(key, str) for key in value.items):
                keywords.update(value.items)
            else:
                arguments.more_keywords = True
        elif not arguments.more_positional:
            positional.append(value)
    return arguments


@evaluates(cst.Lambda)
def _lambda(machine: Machine, node: cst.Lambda) -> Any:
    return Function("<lambda>", node, machine.scope, machine.defaults_of(node.params))


@evaluates(cst.Await)
def _await(machine: Machine, node: cst.Await) -> Any:
    machine.evaluate(node.expression)
    return Unknown("an awaited result")


@evaluates(cst.Yield)
def _yield(machine: Machine, node: cst.Yield) -> Any:
    value, frame = node.value, machine.frame
    if frame.yields is None:
        frame.yields = []
    if isinstance(value, cst.From):
        machine.evaluate(value.item)
    elif value is not None:
        frame.yields.append(machine.evaluate(value))
    return Unknown("what is sent to a generator")


# -- comprehensions -----------------------------------------------------------------


@evaluates(cst.ListComp)
def _list_comprehension(machine: Machine, node: cst.ListComp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    return ListValue(items) if known else ListValue(None, "a comprehension over something unknown")


@evaluates(cst.GeneratorExp)
def _generator(machine: Machine, node: cst.GeneratorExp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    return ListValue(items) if known else ListValue(None, "a generator over something unknown")


@evaluates(cst.SetComp)
def _set_comprehension(machine: Machine, node: cst.SetComp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    if known and all(is_constant(item) for item in items):
        return SetValue(dict.fromkeys(items))
    return SetValue(None, "a set of values that are not constants")


@evaluates(cst.DictComp)
def _dict_comprehension(machine: Machine, node: cst.DictComp) -> Any:
    items: dict[Any, Any] = {}
    keys_known = True

    def add() -> None:
        nonlocal keys_known
        key, value = machine.evaluate(node.key), machine.evaluate(node.value)
        if operators.is_key(key):
            items[key] = value
        else:
            keys_known = False

    known = _comprehend(machine, node.for_in, add)
    if known and keys_known:
        return DictValue(items)
    return DictValue(None, "a comprehension over something unknown")


def _comprehend(machine: Machine, clause: cst.CompFor, body: Callable[[], None]) -> bool:
    """Run ``body`` for every item; False if the items are not known (it is run once then)."""
    with machine.inner_scope():
        return _clause(machine, clause, body)


def _clause(machine: Machine, clause: cst.CompFor, body: Callable[[], None]) -> bool:
    items = machine.items_of(machine.evaluate(clause.iter), clause.iter)

    def run() -> bool:
        for condition in clause.ifs:
            decided = truth(machine.evaluate(condition.test))
            if decided is False:
                return True
            if decided is None:
                machine.perhaps(inner)
                return False
        return inner()

    def inner() -> bool:
        if clause.inner_for_in is not None:
            return _clause(machine, clause.inner_for_in, body)
        body()
        return True

    if items is None:
        machine.assign(clause.target, Unknown("an item of something not known"))
        machine.perhaps(run)
        return False
    known = True
    for item in items:
        machine.budget.step()
        machine.assign(clause.target, item)
        known = run() and known
    return known


__all__ = ["EVALUATORS", "External", "Python", "arguments_of", "from_python", "index_of"]
