"""Comments and annotations that may state a shape, noted with the values that they may be about.

What they say is read by the rule (:mod:`kerashape.checks.shape_claims`); here a quick look
decides whether there is anything to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import libcst as cst

from kerashape.analysis import CommentFact
from kerashape.interpret.values import Instance
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerashape.interpret.machine import Machine

Kind = Literal["beside", "above", "shown", "annotation"]
_MAY_STATE = re.compile(r"[(\[].*[)\]]|\w\s*[x×]\s*[\dA-Z?]")
_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)?")


def note(machine: Machine, line: cst.SimpleStatementLine) -> None:
    """What stands beside or right above a statement that has just run."""
    beside = line.trailing_whitespace.comment
    if beside is not None and _MAY_STATE.search(beside.value):
        _record(machine, line, beside, "beside")
    if line.leading_lines:
        above = line.leading_lines[-1].comment
        if above is not None and _MAY_STATE.search(above.value) and _is_apart(line):
            _record(machine, line, above, "above")


def _is_apart(line: cst.SimpleStatementLine) -> bool:
    """Whether a blank line parts the comments above from what stands before them."""
    return any(empty.comment is None for empty in line.leading_lines)


def _record(
    machine: Machine, line: cst.SimpleStatementLine, comment: cst.Comment, kind: Kind
) -> None:
    small = line.body[-1]
    shown = list(_shown(small.value)) if isinstance(small, cst.Expr) else []
    if len(shown) == 1:
        name, value = _named(machine, shown[0])
        if kind == "beside":
            kind = "shown"
    else:
        name, value = (None, None) if shown else _value_of(machine, small)
    if value is None:
        return
    made = [fact.call for fact in reversed(machine.analysis.calls[-8:]) if _within(fact, line)]
    others = [tensor for call in made for tensor in (*call.input_tensors, *call.output_tensors)]
    _add(machine, comment, value, name, others, kind)


def _within(fact: Any, line: cst.SimpleStatementLine) -> bool:
    return any(fact.site.statement is small for small in line.body)


def _value_of(machine: Machine, small: cst.BaseSmallStatement) -> tuple[str | None, Any]:
    """What a statement that has run gave, and the name that it has now."""
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        return _named(machine, small.targets[0].target)
    if isinstance(small, cst.AnnAssign) and small.value is not None:
        return _named(machine, small.target)
    if isinstance(small, cst.Return) and small.value is not None:
        return None, _shaped(machine.frame.leaving)
    if isinstance(small, cst.Expr) and machine.analysis.calls:
        last = machine.analysis.calls[-1]
        if last.site.statement is small:
            return None, _shaped(last.call.output)
    return None, None


def _named(machine: Machine, target: cst.BaseExpression) -> tuple[str | None, Any]:
    """The value of a name or a chain of attributes: to ask for it again changes nothing."""
    inner = target
    while isinstance(inner, cst.Attribute):
        inner = inner.value
    if not isinstance(inner, cst.Name):
        return None, None
    name = target.value if isinstance(target, cst.Name) else None
    return name, _shaped(machine.evaluate(target))


def _shaped(value: Any) -> Any:
    return value if isinstance(value, (Tensor, Array)) else None


def _shown(expression: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What ``x.shape`` or ``print(..., x.shape)`` shows the shape of."""
    if isinstance(expression, cst.Attribute) and expression.attr.value == "shape":
        yield expression.value
    elif isinstance(expression, cst.Call):
        if isinstance(expression.func, cst.Name) and expression.func.value in ("print", "display"):
            for argument in expression.args:
                yield from _shown(argument.value)
    elif isinstance(expression, cst.FormattedString):
        for part in expression.parts:
            if isinstance(part, cst.FormattedStringExpression):
                yield from _shown(part.expression)


def note_elements(machine: Machine, expression: cst.CSTNode, layers: Sequence[Any]) -> None:
    """What stands behind the elements of the list that a Sequential is made of."""
    if not isinstance(expression, (cst.List, cst.Tuple)) or len(expression.elements) != len(layers):
        return
    for element, layer in zip(expression.elements, layers):
        comment = _behind(element, expression)
        if comment is None or not _MAY_STATE.search(comment.value) or not isinstance(layer, Layer):
            continue
        if len(layer.calls) == 1 and isinstance(layer.calls[0].output, Tensor):
            call = layer.calls[0]
            _add(machine, comment, call.output, None, call.input_tensors, "beside")


def _behind(element: cst.BaseElement, expression: cst.List | cst.Tuple) -> cst.Comment | None:
    space: Any = None
    if isinstance(element.comma, cst.Comma):
        space = element.comma.whitespace_after
    elif isinstance(expression, cst.List):
        space = expression.rbracket.whitespace_before
    return space.first_line.comment if isinstance(space, cst.ParenthesizedWhitespace) else None


def note_annotation(machine: Machine, annotation: cst.Annotation | None, value: Any) -> None:
    """``Float[Array, "batch 28 28 1"]`` on a value."""
    if annotation is None or not isinstance(annotation.annotation, cst.Subscript):
        return
    slices = annotation.annotation.slice
    if len(slices) != 2 or not isinstance(slices[1].slice, cst.Index):
        return
    text = slices[1].slice.value
    if isinstance(text, cst.SimpleString) and _shaped(value) is not None:
        _add(machine, text, value, None, (), "annotation")


def note_parameters(machine: Machine, function: cst.FunctionDef) -> None:
    """The annotations of the parameters of a function that is about to run."""
    parameters = function.params
    for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
        if parameter.annotation is not None:
            value = machine.scope.variables.get(parameter.name.value)
            note_annotation(machine, parameter.annotation, value)


def _add(
    machine: Machine,
    node: cst.Comment | cst.SimpleString,
    value: Any,
    name: str | None,
    others: Iterable[Tensor],
    kind: Kind,
) -> None:
    text = node.value[1:] if isinstance(node, cst.Comment) else str(node.evaluated_value)
    machine.analysis.comments.append(
        CommentFact(
            machine.site(node),
            text,
            value,
            name,
            tuple(tensor for tensor in others if tensor is not value),
            dict(_sizes(machine, text)),
            machine.frame.scope,
            kind,
        )
    )


def _sizes(machine: Machine, text: str) -> Iterator[tuple[str, int]]:
    """The names in a text that are sizes where it stands."""
    for word in set(_WORD.findall(text)):
        first, _, attribute = word.partition(".")
        holder = machine.scope.holder(first)
        value = holder.variables[first] if holder is not None else None
        if attribute:
            value = value.attributes.get(attribute) if isinstance(value, Instance) else None
        if type(value) is int:
            yield word, value
