"""Comments and annotations that may state a shape, noted with the values that they may be about.

What they say is read by the rule (:mod:`kerashape.checks.shape_claims`); here a quick look
decides whether there is anything to read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from kerashape.analysis import CommentFact
from kerashape.interpret.objects import Instance
from kerashape.interpret.walking import nodes
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.parsing import Range
from kerashape.syntax import Comment, FunctionNode, dotted, is_text, items, parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerashape.interpret.machine import Machine

Kind = Literal["beside", "above", "shown", "annotation"]
_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)?")


def note(machine: Machine, statement: ast.stmt, stated: Mapping[int, Comment]) -> None:
    """What stands beside or right above a simple statement that has just run."""
    if isinstance(statement, _COMPOUND):
        return
    beside = stated.get(statement.end_lineno or 0)
    if beside is not None and machine.frame.source.follows(statement, beside, ";"):
        _record(machine, statement, beside, "beside")
    above = stated.get(statement.lineno - 1)
    source = machine.frame.source
    if above is not None and source.is_apart(above) and source.ends_paragraph(statement):
        _record(machine, statement, above, "above")


_COMPOUND = tuple(
    kind for kind in ast.stmt.__subclasses__() if {"body", "cases"} & set(kind._fields)
)


def _record(machine: Machine, statement: ast.stmt, comment: Comment, kind: Kind) -> None:
    shown = list(_shown(statement.value)) if isinstance(statement, ast.Expr) else []
    if len(shown) == 1:
        name, value = _named(machine, shown[0])
        if kind == "beside":
            kind = "shown"
    else:
        name, value = (None, None) if shown else _value_of(machine, statement)
    if value is None:
        return
    facts = reversed(machine.analysis.calls[-8:])
    made = [fact.call for fact in facts if fact.site.statement is statement]
    others = [tensor for call in made for tensor in (*call.input_tensors, *call.output_tensors)]
    _add(machine, comment, value, name, others, kind)


def _value_of(machine: Machine, small: ast.stmt) -> tuple[str | None, Any]:
    """What a statement that has run gave, and the name that it has now."""
    if isinstance(small, ast.Assign) and len(small.targets) == 1:
        return _named(machine, small.targets[0])
    if isinstance(small, ast.AnnAssign) and small.value is not None:
        return _named(machine, small.target)
    if isinstance(small, ast.Return) and small.value is not None:
        return None, _shaped(machine.frame.leaving)
    if isinstance(small, ast.Expr) and machine.analysis.calls:
        last = machine.analysis.calls[-1]
        if last.site.statement is small:
            return None, _shaped(last.call.output)
    return None, None


def _named(machine: Machine, target: ast.expr) -> tuple[str | None, Any]:
    """The value of a name or a chain of attributes: to ask for it again changes nothing."""
    inner = target
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    if not isinstance(inner, ast.Name):
        return None, None
    name = target.id if isinstance(target, ast.Name) else None
    return name, _shaped(machine.evaluate(target))


def _shaped(value: Any) -> Any:
    return value if isinstance(value, (Tensor, Array)) else None


def _shown(expression: ast.expr) -> Iterator[ast.expr]:
    """What ``x.shape`` or ``print(..., x.shape)`` shows the shape of."""
    if isinstance(expression, ast.Attribute) and expression.attr == "shape":
        yield expression.value
    elif isinstance(expression, ast.Call) and dotted(expression.func) in ("print", "display"):
        for argument in [*expression.args, *(named.value for named in expression.keywords)]:
            yield from _shown(argument)
    elif isinstance(expression, ast.JoinedStr):
        for part in expression.values:
            if isinstance(part, ast.FormattedValue):
                yield from _shown(part.value)


def note_elements(machine: Machine, expression: ast.AST, layers: Sequence[Any]) -> None:
    """What stands behind the elements of the list that a Sequential is made of."""
    source = machine.frame.source
    elements = items(expression)
    if not source.comments or elements is None or len(elements) != len(layers):
        return
    for element, layer in zip(elements, layers):
        comment = source.comments.get(element.end_lineno or 0)
        if comment is None or not isinstance(layer, Layer):
            continue
        if not source.follows(element, comment, ","):
            continue
        if len(layer.calls) == 1 and isinstance(layer.calls[0].output, Tensor):
            call = layer.calls[0]
            _add(machine, comment, call.output, None, call.input_tensors, "beside")


_JAXTYPING = re.compile(
    r"Shaped|Bool|Num|Real|Inexact|Integer|Key|(?:Complex|BFloat|Float|U?Int)\w*"
)


def note_annotation(machine: Machine, annotation: ast.expr | None, value: Any) -> None:
    """``Float[Array, "batch 28 28 1"]`` on a value; ``Union[Array, "Another"]`` is none."""
    named = dotted(annotation.value) if isinstance(annotation, ast.Subscript) else None
    index = annotation.slice if isinstance(annotation, ast.Subscript) else None
    if named is None or _JAXTYPING.fullmatch(named.rpartition(".")[2]) is None:
        return
    text = index.elts[1] if isinstance(index, ast.Tuple) and len(index.elts) == 2 else None
    if text is not None and is_text(text) and _shaped(value) is not None:
        _add(machine, text, value, None, (), "annotation")


def note_parameters(machine: Machine, function: FunctionNode) -> None:
    """The annotations of the parameters of a function that is about to run."""
    for parameter in parameters(function.args):
        if parameter.annotation is not None:
            value = machine.scope.variables.get(parameter.arg)
            note_annotation(machine, parameter.annotation, value)


def _add(
    machine: Machine,
    node: ast.expr,
    value: Any,
    name: str | None,
    others: Iterable[Tensor],
    kind: Kind,
) -> None:
    text = node.text if isinstance(node, Comment) else str(getattr(node, "value", ""))
    machine.analysis.comments.append(
        CommentFact(
            machine.site(node),
            text,
            value,
            name,
            tuple(tensor for tensor in others if tensor is not value),
            dict(_sizes(machine, node, text)),
            machine.frame.scope,
            kind,
        )
    )


def _sizes(machine: Machine, node: ast.expr, text: str) -> Iterator[tuple[str, int]]:
    """The names in a text that are sizes where it stands."""
    for word in set(_WORD.findall(text)):
        first, _, attribute = word.partition(".")
        holder = machine.scope.holder(first)
        value = holder.variables[first] if holder is not None else None
        if attribute:
            value = value.attributes.get(attribute) if isinstance(value, Instance) else None
        if type(value) is int and (
            holder is not machine.module_scope or _is_near(machine, node, first)
        ):
            yield word, value


def _is_near(machine: Machine, node: ast.expr, name: str) -> bool:
    """Whether a notebook binds a name in the same cell: in another it may be about other data."""
    source = machine.frame.source
    if source.notebook is None:
        return True
    cell = machine.site(node).span.cell
    return any(
        source.locate(Range(each.lineno, 1, each.lineno, 1)).cell == cell
        for each in nodes(source.tree)
        if isinstance(each, ast.Name) and each.id == name and not isinstance(each.ctx, ast.Load)
    )
