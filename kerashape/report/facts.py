"""What was inferred about a program, as JSON values (``kerashape shapes``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Tensor, flatten, map_structure
from kerashape.report.json import diagnostic_json, place_json
from kerashape.shapes import Dim, Shape, Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.analysis import Analysis, CallFact, ModelFact
    from kerashape.diagnostic import Diagnostic
    from kerashape.site import Site


def file_json(
    path: str, analysis: Analysis | None, diagnostics: list[Diagnostic]
) -> dict[str, Any]:
    """One file; without an analysis (nothing of Keras, or unreadable) everything is empty."""
    known, calls = (0, 0) if analysis is None else analysis.coverage
    return {
        "path": path,
        "calls": [] if analysis is None else [call_json(fact, path) for fact in analysis.calls],
        "models": [] if analysis is None else [model_json(fact, path) for fact in analysis.models],
        "coverage": {"known": known, "calls": calls},
        "unknowns": []
        if analysis is None
        else [_site(fact.site, path) | {"reason": fact.reason} for fact in analysis.unknowns],
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in diagnostics],
    }


def call_json(fact: CallFact, path: str) -> dict[str, Any]:
    """One evaluation of a call on symbolic tensors."""
    call = fact.call
    return _site(fact.site, path) | {
        "callee": call.operation.callee,
        "name": _name(call.operation.name),
        "inputs": [shape_json(tensor.shape) for tensor in call.input_tensors],
        "output": map_structure(_output, call.output),
        "status": call.status,
    }


def model_json(fact: ModelFact, path: str) -> dict[str, Any]:
    """One model."""
    model = fact.model
    return _site(fact.site, path) | {
        "class": model.class_name,
        "name": _name(model.name),
        "inputs": [_output(tensor) for tensor in flatten(model.inputs)],
        "outputs": [_output(tensor) for tensor in flatten(model.outputs)],
        "params": model.count_params(),
    }


def _site(site: Site, path: str) -> dict[str, Any]:
    """The place; with the path where a module that was imported has it."""
    span = site.span
    return place_json(span, path=span.path != path)


def _name(name: str | Unknown | None) -> str | None:
    return name if isinstance(name, str) else None


def _output(leaf: object) -> list[int | str | None] | None:
    return shape_json(leaf.shape) if isinstance(leaf, Tensor) else None


def shape_json(shape: Shape) -> list[int | str | None] | None:
    """The dimensions; None where not even their number is known."""
    return None if shape.open else [_dim(dim) for dim in shape.dims]


def _dim(dim: Dim) -> int | str | None:
    return "?" if isinstance(dim, Symbol) else dim
