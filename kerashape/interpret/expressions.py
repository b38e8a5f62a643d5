"""What expressions mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import migration, operators, texts
from kerashape.interpret.callables import External, Function, Python
from kerashape.interpret.conditions import is_free
from kerashape.interpret.containers import DictValue, ListValue, SetValue
from kerashape.interpret.items import is_key, subscript
from kerashape.interpret.join import joined
from kerashape.interpret.plain import from_python
from kerashape.interpret.streams import Foreign, Given, IteratorValue
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown
from kerashape.syntax import OPERATORS

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Evaluator = Callable[["Machine", Any], Any]
EVALUATORS: dict[type[ast.AST], Evaluator] = {}


def evaluates(*kinds: type[ast.AST]) -> Callable[[Evaluator], Evaluator]:
    """Register the meaning of some kinds of expressions."""

    def register(function: Evaluator) -> Evaluator:
        for kind in kinds:
            EVALUATORS[kind] = function
        return function

    return register


# -- constants and names ------------------------------------------------------------


@evaluates(ast.Constant)
def _constant(machine: Machine, node: ast.Constant) -> Any:
    return node.value


@evaluates(ast.Name)
def _name(machine: Machine, node: ast.Name) -> Any:
    return machine.look_up(node.id)


@evaluates(ast.JoinedStr)
def _formatted(machine: Machine, node: ast.JoinedStr) -> Any:
    text = _text_of(machine, node)
    return Unknown("a string with a part that is not known") if text is None else text


def _text_of(machine: Machine, node: ast.expr | None) -> str | None:
    """The text of an f-string or of its part; None where it is not known."""
    if node is None:
        return ""
    if isinstance(node, ast.JoinedStr):
        parts = [_text_of(machine, part) for part in node.values]
        return None if None in parts else "".join(parts)  # type: ignore[arg-type]
    if not isinstance(node, ast.FormattedValue):
        return str(machine.evaluate(node))
    value, spec = machine.evaluate(node.value), _text_of(machine, node.format_spec)
    conversion = None if node.conversion < 0 else chr(node.conversion)
    return texts.formatted(machine, value, conversion, spec)


_LONGEST = 100_000
"""Longer lists are not followed."""


# -- displays -----------------------------------------------------------------------


@evaluates(ast.Tuple)
def _tuple(machine: Machine, node: ast.Tuple) -> Any:
    found = _items(machine, node.elts)
    return Unknown("an unpacking of something not known") if found is None else tuple(found)


@evaluates(ast.List)
def _list(machine: Machine, node: ast.List) -> Any:
    found = _items(machine, node.elts)
    reason = "" if found is not None else "an unpacking of something not known"
    return ListValue(found, reason, machine.site(node))


@evaluates(ast.Set)
def _set(machine: Machine, node: ast.Set) -> Any:
    found = _items(machine, node.elts)
    if found is None or not all(map(is_key, found)):
        return SetValue(None, "a set of values that are not constants")
    return SetValue(dict.fromkeys(found))


def _items(machine: Machine, elements: list[ast.expr]) -> list[Any] | None:
    found: list[Any] | None = []
    for element in elements:
        if type(element) is ast.Starred:
            value = machine.evaluate(element.value)
            more = machine.items_of(value, element.value)
            found = None if more is None or found is None else found + more
            if found is not None and len(found) > _LONGEST:
                found = None
            continue
        value = machine.evaluate(element)
        if found is not None:
            found.append(value)
    return found


@evaluates(ast.Dict)
def _dict(machine: Machine, node: ast.Dict) -> Any:
    found: dict[Any, Any] | None = {}
    for written, expression in zip(node.keys, node.values):
        if written is None:  # an unpacking
            value = machine.evaluate(expression)
            known = isinstance(value, DictValue) and value.items is not None
            if found is not None:
                found = {**found, **value.items} if known else None
            continue
        key, value = machine.evaluate(written), machine.evaluate(expression)
        if not is_key(key):
            found = None
        elif found is not None:
            found[key] = value
    reason = "" if found is not None else "a dict with keys that are not known"
    return DictValue(found, reason, machine.site(node))


# -- operators ----------------------------------------------------------------------


@evaluates(ast.BinOp)
def _binary(machine: Machine, node: ast.BinOp) -> Any:
    left = machine.evaluate(node.left)
    right = machine.evaluate(node.right)
    return operators.binary(machine, OPERATORS[type(node.op)], left, right, node)


@evaluates(ast.UnaryOp)
def _unary(machine: Machine, node: ast.UnaryOp) -> Any:
    value = machine.evaluate(node.operand)
    return operators.unary(machine, OPERATORS[type(node.op)], value, node)


@evaluates(ast.BoolOp)
def _boolean(machine: Machine, node: ast.BoolOp) -> Any:
    wants = isinstance(node.op, ast.Or)
    last = len(node.values) - 1

    def rest(index: int) -> Any:
        value = machine.evaluate(node.values[index])
        if index == last:
            return value
        decided = machine.truth_of(value)
        if decided is None:
            test = node.values[index]
            older = migration.is_guard(machine, test)
            with machine.perhaps_older(older), machine.doubting(not is_free(machine, test)):
                return machine.either(lambda: value, lambda: rest(index + 1))
        return value if decided is wants else rest(index + 1)

    return rest(0)


@evaluates(ast.Compare)
def _comparison(machine: Machine, node: ast.Compare) -> Any:
    left = machine.evaluate(node.left)
    result: Any = True
    for operator, comparator in zip(node.ops, node.comparators):
        right = machine.evaluate(comparator)
        outcome = operators.compare(machine, OPERATORS[type(operator)], left, right, node)
        decided = machine.truth_of(outcome)
        if decided is False:
            return outcome
        if decided is None:
            result = outcome
        left = right
    return result


@evaluates(ast.IfExp)
def _conditional(machine: Machine, node: ast.IfExp) -> Any:
    decided = machine.truth(machine.evaluate(node.test), node.test)
    if decided is None:
        older = migration.is_guard(machine, node.test)
        with machine.perhaps_older(older), machine.doubting(not is_free(machine, node.test)):
            return machine.either(
                lambda: machine.evaluate(node.body), lambda: machine.evaluate(node.orelse)
            )
    return machine.evaluate(node.body if decided else node.orelse)


@evaluates(ast.NamedExpr)
def _walrus(machine: Machine, node: ast.NamedExpr) -> Any:
    value = machine.evaluate(node.value)
    with machine.outside_comprehensions():
        machine.assign(node.target, value)
    return value


# -- access -------------------------------------------------------------------------


@evaluates(ast.Attribute)
def _attribute(machine: Machine, node: ast.Attribute) -> Any:
    return machine.attribute(machine.evaluate(node.value), node.attr, node)


@evaluates(ast.Subscript)
def _subscript(machine: Machine, node: ast.Subscript) -> Any:
    value = machine.evaluate(node.value)
    return subscript(machine, value, machine.evaluate(node.slice), node)


@evaluates(ast.Slice)
def _slice(machine: Machine, node: ast.Slice) -> Any:
    parts = [
        machine.evaluate(part) if part is not None else None
        for part in (node.lower, node.upper, node.step)
    ]
    return slice(*parts)


# -- functions ----------------------------------------------------------------------


@evaluates(ast.Call)
def _call(machine: Machine, node: ast.Call) -> Any:
    function = machine.evaluate(node.func)
    return machine.call(function, arguments_of(machine, node), node)


def arguments_of(machine: Machine, node: ast.Call) -> Arguments:
    """The arguments of a call, unpackings resolved as far as they are known."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    arguments = Arguments(positional, keywords)
    for argument in node.args:
        if type(argument) is ast.Starred:
            more = machine.items_of(machine.evaluate(argument.value), argument.value)
            if more is None:
                arguments.more_positional = True
            else:
                positional.extend(more)
            continue
        value = machine.evaluate(argument)
        if not arguments.more_positional:
            positional.append(value)
    for named in node.keywords:
        value = machine.evaluate(named.value)
        if named.arg is not None:
            keywords[named.arg] = value
        elif (
            isinstance(value, DictValue)
            and value.items is not None
            and all(isinstance(key, str) for key in value.items)
        ):
            keywords.update(value.items)
        else:
            arguments.more_keywords = True
    return arguments


@evaluates(ast.Lambda)
def _lambda(machine: Machine, node: ast.Lambda) -> Any:
    return Function("<lambda>", node, machine.scope, machine.defaults_of(node.args))


@evaluates(ast.Await)
def _await(machine: Machine, node: ast.Await) -> Any:
    machine.evaluate(node.value)
    return Unknown("an awaited result")


@evaluates(ast.Yield)
def _yield(machine: Machine, node: ast.Yield) -> Any:
    give = machine.frame.on_yield
    item = None if node.value is None else machine.evaluate(node.value)
    return None if give is None else give(item)


@evaluates(ast.YieldFrom)
def _yield_from(machine: Machine, node: ast.YieldFrom) -> Any:
    give = machine.frame.on_yield
    items = machine.items_of(machine.evaluate(node.value), node.value)
    if items is None:
        items = [Unknown("an item of something not known")]
        machine.risks += 1
        if give is not None:
            return machine.perhaps(lambda: give(items[0]))
    for item in items:
        if give is not None:
            give(item)
    return Unknown("what a generator returns")


# -- comprehensions -----------------------------------------------------------------


@evaluates(ast.ListComp)
def _list_comprehension(machine: Machine, node: ast.ListComp) -> Any:
    long = _of_sequences(machine, node)
    if long is not None:
        return long
    items: list[Any] = []

    def leave(taken: int, rest: int) -> bool:
        items[taken:] = [Unknown("an item that was not followed")] * rest
        return True

    known = _comprehend(
        machine, node.generators, lambda: items.append(machine.evaluate(node.elt)), leave
    )
    return ListValue(items) if known else ListValue(None, "a comprehension over something unknown")


def _of_sequences(machine: Machine, node: ast.ListComp) -> Any:
    """What becomes of many sequences, one by one: ``[x[::-1] for x in reviews]``."""
    clause = node.generators[0]
    if clause.ifs or len(node.generators) > 1 or not isinstance(clause.iter, ast.Name):
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


@evaluates(ast.GeneratorExp)
def _generator(machine: Machine, node: ast.GeneratorExp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.generators, lambda: items.append(machine.evaluate(node.elt)))
    return IteratorValue(machine, lambda: Given(items if known else None, True, joined(items)))


@evaluates(ast.SetComp)
def _set_comprehension(machine: Machine, node: ast.SetComp) -> Any:
    items: list[Any] = []
    known = _comprehend(machine, node.generators, lambda: items.append(machine.evaluate(node.elt)))
    if known and all(map(is_key, items)):
        return SetValue(dict.fromkeys(items))
    return SetValue(None, "a set of values that are not constants")


@evaluates(ast.DictComp)
def _dict_comprehension(machine: Machine, node: ast.DictComp) -> Any:
    items: dict[Any, Any] = {}
    keys_known = True

    def add() -> None:
        nonlocal keys_known
        key, value = machine.evaluate(node.key), machine.evaluate(node.value)
        if is_key(key):
            items[key] = value
        else:
            keys_known = False

    known = _comprehend(machine, node.generators, add)
    if known and keys_known:
        return DictValue(items)
    return DictValue(None, "a comprehension over something unknown")


def _comprehend(
    machine: Machine,
    clauses: list[ast.comprehension],
    body: Callable[[], None],
    leave: Callable[[int, int], bool] | None = None,
) -> bool:
    """Run ``body`` for every item; False if the items are not known (it is run once then).

    Of a long one that makes and calls no layer ``leave`` is told how many items were taken, and
    how many are left out; it tells whether what comes of it is known nevertheless.
    """
    with machine.inner_scope():
        return _clause(machine, clauses, body, leave)


def _clause(
    machine: Machine,
    clauses: list[ast.comprehension],
    body: Callable[[], None],
    leave: Callable[[int, int], bool] | None = None,
) -> bool:
    from kerashape.interpret.loops import Followed, repeat

    clause, *inside = clauses
    items = machine.items_of(machine.evaluate(clause.iter), clause.iter)

    def run() -> bool:
        for condition in clause.ifs:
            decided = machine.truth_of(machine.evaluate(condition))
            if decided is False:
                return True
            if decided is None:
                machine.perhaps(inner)
                return False
        return inner()

    def inner() -> bool:
        if inside:
            return _clause(machine, inside, body)
        body()
        return True

    if items is None:
        machine.assign(clause.target, Unknown("an item of something not known"))
        machine.perhaps(run)
        return False
    known, followed = True, Followed(machine, short=True)
    for count, item in enumerate(items):
        if followed.is_enough(count):
            machine.assign(clause.target, joined(items))
            repeat(machine, lambda: (run(), None)[1])
            whole = leave is not None and not inside and not clause.ifs
            return known and whole and leave(count, len(items) - count)  # type: ignore[misc]
        machine.budget.step()
        machine.assign(clause.target, item)
        known = run() and known
    return known


__all__ = ["EVALUATORS", "External", "Python", "arguments_of", "from_python"]
