"""Which expression gave which element of a model's ``inputs=``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import InputElement
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.values import iterate
from kerashape.site import Site
from kerashape.syntax import items as written_items
from kerashape.syntax import keyword

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def input_elements(machine: Machine, inputs: Any, node: ast.AST) -> list[InputElement]:
    """The elements of ``inputs=`` with the expressions that gave them, as far as visible."""
    call = _spelled_call(machine, node)
    expression = _input_expression(call.node)
    found: list[InputElement] = []
    _pair(inputs, call if expression is None else call.at(expression), found)
    return found


def _spelled_call(machine: Machine, node: ast.AST) -> Site:
    """The call that spells out the arguments which ``node`` passes on as ``*args, **kwargs``."""
    call = machine.site(node)
    for frame in reversed(machine.frames):
        passed_on = _input_expression(call.node) is None and _unpacks(call.node)
        if not passed_on or frame.caller is None:
            break
        call = frame.caller
    return call


def _unpacks(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (
        any(isinstance(argument, ast.Starred) for argument in node.args)
        or any(argument.arg is None for argument in node.keywords)
    )


def _input_expression(node: ast.AST) -> ast.expr | None:
    named = keyword(node, "inputs", "input")
    if named is not None:
        return named.value
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if isinstance(first, ast.Starred):  # ``Model(*[inputs, outputs])``
        written = written_items(first.value)
        return written[0] if written and not isinstance(written[0], ast.Starred) else None
    return first


def _pair(value: Any, site: Site, found: list[InputElement], of_several: bool = False) -> None:
    """Each leaf of ``value`` with its expression; ``site`` is the expression of the whole."""
    if isinstance(value, (ListValue, DictValue)) and _is_written_out(value, site.node):
        assert value.display is not None
        site = value.display
    if isinstance(value, DictValue) and value.items is not None:
        items = list(value.items.values())
        expressions = _dict_expressions(site.node, len(items))
    else:
        known = iterate(value) if isinstance(value, (ListValue, tuple)) else None
        if known is None:
            found.append(InputElement(site, value, of_several))
            return
        items, expressions = known, expressions_of(site.node, len(known))
    alone = _spelled_alone(site.node)
    for item, expression in zip(items, expressions):
        _pair(item, site.at(expression), found, id(expression) not in alone)


def _is_written_out(value: ListValue | DictValue, node: ast.AST) -> bool:
    """Whether its items stand at another place than ``node``, and are still those."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Dict)) or value.display is None:
        return False
    display = value.display.node
    if not isinstance(display, (ast.List, ast.Dict)) or value.items is None:
        return False
    written: list[Any] = display.keys if isinstance(display, ast.Dict) else display.elts
    return len(written) == len(value.items) and not any(
        element is None or isinstance(element, ast.Starred) for element in written
    )


def expressions_of(node: ast.AST, count: int) -> list[ast.AST]:
    """The expression of each item; a starred one stands for as many as are left over."""
    if isinstance(node, ast.BinOp):
        left, right = written_items(node.left), written_items(node.right)
        ahead, behind = left or [], right or []
        filler = node.left if left is None else node.right if right is None else node
        middle: list[ast.AST] = [filler] * (count - len(ahead) - len(behind))
        return [*ahead, *middle, *behind]
    elements = written_items(node)
    if elements is None:
        return [node] * count
    spare = count - len(elements)
    result: list[ast.AST] = []
    for element in elements:
        if isinstance(element, ast.Starred):
            result += [element.value] * max(spare + 1, 0)
            spare = 0
        else:
            result.append(element)
    return result if len(result) == count else [node] * count


def _spelled_alone(node: ast.AST) -> set[int]:
    """The expressions in a list, tuple or dict that stand for one element each."""
    if isinstance(node, ast.Dict):
        return {id(value) for key, value in zip(node.keys, node.values) if key is not None}
    if isinstance(node, ast.BinOp):
        return _spelled_alone(node.left) | _spelled_alone(node.right)
    return {id(each) for each in written_items(node) or () if not isinstance(each, ast.Starred)}


def _dict_expressions(node: ast.AST, count: int) -> list[ast.AST]:
    if isinstance(node, ast.Dict) and len(node.values) == count:
        return list(node.values)
    return [node] * count
