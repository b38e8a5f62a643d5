"""The calls of layers in a program, really and by kerashape."""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import keras

from kerashape.analysis import Analysis
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.keras.layers.base import Layer
from kerashape.source import Source

PROGRAMS = Path(__file__).parent / "programs"
Place = tuple[int, str]
"""A line, and the class of the layer that is called there."""


@functools.cache
def real(program: str) -> tuple[dict[Place, set[Any]], dict[str, int]]:
    """The output shapes of each call, and the parameters of each model by its name."""
    path = str(PROGRAMS / f"{program}.txt")
    found: dict[Place, set[Any]] = defaultdict(set)
    original = keras.layers.Layer.__call__

    def recorded(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename in _HIDDEN:
            frame = frame.f_back  # type: ignore[assignment]
        leaves = keras.tree.flatten(result)
        traced = not any(hasattr(leaf, "numpy") for leaf in leaves)  # and not on data
        if frame is not None and frame.f_code.co_filename == path and traced:
            shapes = tuple(tuple(leaf.shape) for leaf in leaves)
            found[frame.f_lineno, type(self).__name__].add(shapes)
        return result

    keras.config.disable_traceback_filtering()
    namespace: dict[str, Any] = {"__name__": "program"}
    keras.layers.Layer.__call__ = recorded
    try:
        exec(compile(Path(path).read_text(), path, "exec"), namespace)
    finally:
        keras.layers.Layer.__call__ = original
        keras.config.enable_traceback_filtering()
    counts = {
        name: value.count_params()
        for name, value in namespace.items()
        if isinstance(value, keras.Model) and value.built
    }
    return found, counts


_HIDDEN = (keras.src.utils.traceback_utils.__file__,)


@functools.cache
def ours(program: str) -> tuple[dict[Place, set[Any]], dict[str, int | None]]:
    """The same by kerashape: calls whose output is known, and the parameters of the models."""
    source = Source.from_text((PROGRAMS / f"{program}.txt").read_text())
    machine = Machine(source, Analysis(source))
    run_module(machine)
    found: dict[Place, set[Any]] = defaultdict(set)
    for fact in machine.analysis.calls:
        if fact.call.status == "known":
            shapes = tuple(tuple(t.shape.dims) for t in fact.call.output_tensors)
            name = fact.call.operation.callee.rpartition(".")[2]
            found[fact.site.span.line, name].add(shapes)
    counts = {
        name: value.count_params()
        for name, value in machine.module_scope.variables.items()
        if isinstance(value, Layer)
    }
    return found, counts


def allowed(program: str) -> set[int]:
    """The lines whose calls may be unknown: those that end with ``# ?``."""
    lines = (PROGRAMS / f"{program}.txt").read_text().splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# ?")}
