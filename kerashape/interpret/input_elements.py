"""Which expression gave which element of a model's ``inputs=``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.analysis import InputElement
from kerashape.interpret.values import DictValue, ListValue, iterate
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def input_elements(machine: Machine, inputs: Any, node: cst.CSTNode) -> list[InputElement]:
    """The elements of ``inputs=`` with the expressions that gave them, as far as visible."""
    expression = _input_expression(node)
    found: list[InputElement] = []
    _pair(inputs, machine.site(expression if expression is not None else node), found)
    return found


def _input_expression(node: cst.CSTNode) -> cst.BaseExpression | None:
    if not isinstance(node, cst.Call):
        return None
    for argument in node.args:
        if argument.keyword is not None and argument.keyword.value in ("inputs", "input"):
            return argument.value
    first = node.args[0] if node.args else None
    return first.value if first is not None and first.keyword is None and not first.star else None


def _pair(value: Any, site: Site, found: list[InputElement]) -> None:
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
            found.append(InputElement(site, value))
            return
        items, expressions = known, expressions_of(site.node, len(known))
    for item, expression in zip(items, expressions):
        _pair(item, site.at(expression), found)


def _is_written_out(value: ListValue | DictValue, node: cst.CSTNode) -> bool:
    """Whether its items stand at another place than ``node``, and are still those."""
    if isinstance(node, (cst.List, cst.Tuple, cst.Dict)) or value.display is None:
        return False
    display = value.display.node
    if not isinstance(display, (cst.List, cst.Dict)) or value.items is None:
        return False
    starred = (cst.StarredElement, cst.StarredDictElement)
    return len(display.elements) == len(value.items) and not any(
        isinstance(element, starred) for element in display.elements
    )


def expressions_of(node: cst.CSTNode, count: int) -> list[cst.CSTNode]:
    """The expression of each item; a starred one stands for as many as are left over."""
    if isinstance(node, cst.BinaryOperation):
        left = node.left.elements if isinstance(node.left, (cst.List, cst.Tuple)) else None
        right = node.right.elements if isinstance(node.right, (cst.List, cst.Tuple)) else None
        ahead = [e.value for e in left] if left is not None else []
        behind = [e.value for e in right] if right is not None else []
        filler = node.left if left is None else node.right if right is None else node
        middle: list[cst.CSTNode] = [filler] * (count - len(ahead) - len(behind))
        return [*ahead, *middle, *behind]
    if not isinstance(node, (cst.List, cst.Tuple)):
        return [node] * count
    spare = count - len(node.elements)
    result: list[cst.CSTNode] = []
    for element in node.elements:
        times = 1
        if isinstance(element, cst.StarredElement):
            times, spare = max(spare + 1, 0), 0
        result += [element.value] * times
    return result if len(result) == count else [node] * count


def _dict_expressions(node: cst.CSTNode, count: int) -> list[cst.CSTNode]:
    if isinstance(node, cst.Dict) and len(node.elements) == count:
        return [element.value for element in node.elements]
    return [node] * count
