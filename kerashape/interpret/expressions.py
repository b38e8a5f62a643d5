"""What expressions mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import migration, operators, texts
from kerashape.interpret.items import is_key, subscript
from kerashape.interpret.join import joined
from kerashape.interpret.values import (
    DictValue,
    External,
    Foreign,
    Function,
    Given,
    IteratorValue,
    ListValue,
    Python,
    SetValue,
    from_python,
)
from kerashape.keras.layers.base import Array
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
        value = _plain(node)
    except (ValueError, SyntaxError):  # a Python 2 literal, or an integer beyond the limit
        value = Unknown("a literal that this Python does not read")
    machine.literals[node] = value
    return value


def _plain(node: Any) -> Any:
    """The value of a literal; libcst asks Python's parser, which most do not need."""
    text: str = node.value
    if text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0"):
        return int(text)
    quote = text[0]
    if quote in "'\"" and text[1:2] != quote and "\\" not in text:
        return text[1:-1]
    return node.evaluated_value


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
        piece: str | None
        if isinstance(part, cst.FormattedStringText):
            piece = _text_part(machine, node, part)
        else:
            assert isinstance(part, cst.FormattedStringExpression)
            piece = _formatted_part(machine, part, text)
        if piece is None:
            unknown = Unknown("a string with a part that is not known")
        else:
            text.append(piece)
    return unknown or "".join(text)


def _text_part(machine: Machine, node: cst.FormattedString, part: cst.FormattedStringText) -> Any:
    found = machine.literals.get(part)
    if found is None:
        found = part.value.replace("{{", "{").replace("}}", "}")
        if "\\" in found and "r" not in node.prefix.lower():
            try:
                found = ast.literal_eval(f"{node.quote}{found}{node.quote}")
            except (SyntaxError, ValueError):
                return None
        machine.literals[part] = found
    return found


def _formatted_part(
    machine: Machine, part: cst.FormattedStringExpression, text: list[str]
) -> str | None:
    value = machine.evaluate(part.expression)
    spec, conversion = _format_spec(machine, part), part.conversion
    if part.equal is not None:
        code = cst.Module([]).code_for_node
        text.append(
            f"{code(part.whitespace_before_expression)}{code(part.expression)}{code(part.equal)}"
        )
        if conversion is None and not part.format_spec:
            conversion = "r"
    return texts.formatted(machine, value, conversion, spec)


def _format_spec(machine: Machine, part: cst.FormattedStringExpression) -> str | None:
    if part.format_spec is None:
        return ""
    text = ""
    for piece in part.format_spec:
        if isinstance(piece, cst.FormattedStringText):
            text += piece.value
        else:
            value = texts.formatted(machine, machine.evaluate(piece.expression), None, "")  # type: ignore[attr-defined]
            if value is None:
                return None
            text += value
    return text


_LONGEST = 100_000
"""Longer lists are not followed."""


# -- displays -----------------------------------------------------------------------


@evaluates(cst.Tuple)
def _tuple(machine: Machine, node: cst.Tuple) -> Any:
    found = _items(machine, node.elements)
    return Unknown("an unpacking of something not known") if found is None else tuple(found)


@evaluates(cst.List)
def _list(machine: Machine, node: cst.List) -> Any:
    found = _items(machine, node.elements)
    reason = "" if found is not None else "an unpacking of something not known"
    return ListValue(found, reason, machine.site(node))


@evaluates(cst.Set)
def _set(machine: Machine, node: cst.Set) -> Any:
    found = _items(machine, node.elements)
    if found is None or not all(map(is_key, found)):
        return SetValue(None, "a set of values that are not constants")
    return SetValue(dict.fromkeys(found))


def _items(machine: Machine, elements: Any) -> list[Any] | None:
    found: list[Any] | None = []
    for element in elements:
        value = machine.evaluate(element.value)
        if type(element) is cst.StarredElement:
            more = machine.items_of(value, element.value)
            found = None if more is None or found is None else found + more
            if found is not None and len(found) > _LONGEST:
                found = None
        elif found is not None:
            found.append(value)
    return found


@evaluates(cst.Dict)
def _dict(machine: Machine, node: cst.Dict) -> Any:
    found: dict[Any, Any] | None = {}
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            value = machine.evaluate(element.value)
            known = isinstance(value, DictValue) and value.items is not None
            if found is not None:
                found = {**found, **value.items} if known else None
            continue
        key = machine.evaluate(element.key)  # type: ignore[attr-defined]
        value = machine.evaluate(element.value)
        if not is_key(key):
            found = None
        elif found is not None:
            found[key] = value
    reason = "" if found is not None else "a dict with keys that are not known"
    return DictValue(found, reason, machine.site(node))


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
    decided = machine.truth_of(left)
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
        decided = machine.truth_of(outcome)
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
    with machine.outside_comprehensions():
        machine.assign(node.target, value)
    return value


# -- access -------------------------------------------------------------------------


@evaluates(cst.Attribute)
def _attribute(machine: Machine, node: cst.Attribute) -> Any:
    return machine.attribute(machine.evaluate(node.value), node.attr.value, node)


@evaluates(cst.Subscript)
def _subscript(machine: Machine, node: cst.Subscript) -> Any:
    value = machine.evaluate(node.value)
    return subscript(machine, value, index_of(machine, node), node)


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
            more = machine.items_of(value, argument.value)
            if more is None:
                arguments.more_positional = True
            else:
                positional.extend(more)
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
    value, give = node.value, machine.frame.on_yield
    if isinstance(value, cst.From):
        inner = machine.evaluate(value.item)
        items = machine.items_of(inner, value.item)
        if items is None:
            items = [Unknown("an item of something not known")]
            machine.risks += 1
            if give is not None:
                return machine.perhaps(lambda: give(items[0]))
        for item in items:
            if give is not None:
                give(item)
        return Unknown("what a generator returns")
    item = None if value is None else machine.evaluate(value)
    return None if give is None else give(item)


# -- comprehensions -----------------------------------------------------------------


@evaluates(cst.ListComp)
def _list_comprehension(machine: Machine, node: cst.ListComp) -> Any:
    long = _of_sequences(machine, node)
    if long is not None:
        return long
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    return ListValue(items) if known else ListValue(None, "a comprehension over something unknown")


def _of_sequences(machine: Machine, node: cst.ListComp) -> Any:
    """What becomes of many sequences, one by one: ``[x[::-1] for x in reviews]``."""
    clause = node.for_in
    if clause.ifs or clause.inner_for_in is not None or not isinstance(clause.iter, cst.Name):
        return None
    source = machine.evaluate(clause.iter)
    if not isinstance(source, (Array, Foreign)):
        return None
    from kerashape.interpret.data.keras_utils import one_sequence, sequences_like

    one = one_sequence(source)
    if one is None:
        return None
    with machine.inner_scope():
        machine.assign(clause.target, one)
        item = machine.evaluate(node.elt)
    return sequences_like(source, item)


@evaluates(cst.GeneratorExp)
def _generator(machine: Machine, node: cst.GeneratorExp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    return IteratorValue(machine, lambda: Given(items if known else None, True, joined(items)))


@evaluates(cst.SetComp)
def _set_comprehension(machine: Machine, node: cst.SetComp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.for_in, lambda: items.append(machine.evaluate(node.elt)))
    if known and all(map(is_key, items)):
        return SetValue(dict.fromkeys(items))
    return SetValue(None, "a set of values that are not constants")


@evaluates(cst.DictComp)
def _dict_comprehension(machine: Machine, node: cst.DictComp) -> Any:
    items: dict[Any, Any] = {}
    keys_known = True

    def add() -> None:
        nonlocal keys_known
        key, value = machine.evaluate(node.key), machine.evaluate(node.value)
        if is_key(key):
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
            decided = machine.truth_of(machine.evaluate(condition.test))
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
