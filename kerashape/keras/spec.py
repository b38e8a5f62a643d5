"""Input specifications: what a layer checks about its inputs before and after ``build``.

Follows ``keras.src.layers.input_spec.assert_input_compatibility``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kerashape.keras.graph import flatten
from kerashape.shapes import Dim, Fault, Shape, Undecided, Unknown
from kerashape.shapes.symbol import Symbol


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What one input must be. ``axes`` maps an axis to the size it must have."""

    ndim: int | None = None
    min_ndim: int | None = None
    max_ndim: int | None = None
    axes: Mapping[int, Dim] = field(default_factory=dict)
    shape: Shape | None = None
    name: str | None = None
    optional: bool = False
    squeeze_last: bool = False
    """A last axis of size 1 may be missing or extra (functional models)."""


Specs = InputSpec | Sequence[InputSpec | None] | None


def check_inputs(specs: Specs, inputs: Any, layer: str) -> None:
    """Compare the shapes of ``inputs`` (nested; leaves are shapes) with the specifications.

    Raises:
        Fault: ``wrong-rank``, ``incompatible-input`` or ``wrong-arity``, in Keras's order.
    """
    if not specs:
        return
    if isinstance(inputs, Unknown):
        return
    flat_specs = [specs] if isinstance(specs, InputSpec) else list(specs)
    names = [spec.name if spec else None for spec in flat_specs]
    if isinstance(inputs, Mapping) and all(names):
        for name in names:
            if name not in inputs:
                raise Fault(
                    "wrong-arity",
                    f'Missing data for input "{name}". You passed a data dictionary with keys '
                    f"{list(inputs)}. Expected the following keys: {names}",
                    expected=f"the keys {names}",
                    found=f"{list(inputs)}",
                )
        flat_inputs = [inputs[name] for name in names]
    else:
        flat_inputs = list(flatten(inputs))
    if len(flat_inputs) != len(flat_specs):
        _wrong_count(layer, flat_specs, flat_inputs)
    for index, (shape, spec) in enumerate(zip(flat_inputs, flat_specs)):
        if spec is None:
            continue
        if isinstance(shape, Shape):
            _check_one(index, shape, spec, layer)
        elif shape is None and not spec.optional:
            raise Fault(
                "not-a-tensor",
                "Inputs to a layer should be tensors. Got 'None' (of type <class 'NoneType'>) "
                f"as input for layer '{layer}'.",
                expected="a tensor",
                found="None",
            )


def _wrong_count(layer: str, specs: Sequence[InputSpec | None], inputs: Sequence[Any]) -> None:
    names = [spec.name for spec in specs if spec is not None]
    expected, found = f"{len(specs)} input{'s' * (len(specs) != 1)}", f"{len(inputs)}"
    if len(names) == len(specs) and all(names):
        text = (
            f'Layer "{layer}" expects {len(specs)} named input(s) with keys {names}, '
            f"but it received {len(inputs)} input tensors."
        )
    else:
        text = (
            f'Layer "{layer}" expects {len(specs)} input(s), '
            f"but it received {len(inputs)} input tensors."
        )
    raise Fault("wrong-arity", text, expected=expected, found=found)


def _check_one(index: int, shape: Shape, spec: InputSpec, layer: str) -> None:
    where = (
        f"Input {index} with name '{spec.name}' of layer '{layer}' is incompatible with the layer: "
    )
    if not shape.open:
        _check_rank(where, shape, spec)
    for axis, value in spec.axes.items():
        if value is None:
            continue
        try:
            differs = shape[axis] is not None and shape[axis] != value
        except (Undecided, IndexError):
            continue
        if differs:
            raise Fault(
                "incompatible-input",
                f"{where}expected axis {axis} of input shape to have value {value}, "
                f"but received input with shape {shape}",
                expected=f"axis {axis} of size {value}",
                found=shape,
            )
    if spec.shape is not None and not shape.open and not spec.shape.open:
        _check_shape(where, shape, spec)


def _check_rank(where: str, shape: Shape, spec: InputSpec) -> None:
    rank = shape.rank
    if spec.ndim is not None and not spec.squeeze_last and rank != spec.ndim:
        words, full = f"expected ndim={spec.ndim}", True
        needed, expected = spec.ndim, f"{spec.ndim} dimensions"
    elif spec.max_ndim is not None and rank > spec.max_ndim:
        words, full = f"expected max_ndim={spec.max_ndim}", False
        needed, expected = None, f"at most {spec.max_ndim} dimensions"
    elif spec.min_ndim is not None and rank < spec.min_ndim:
        words, full = f"expected min_ndim={spec.min_ndim}", True
        needed, expected = spec.min_ndim, f"at least {spec.min_ndim} dimensions"
    else:
        return
    text = f"{where}{words}, found ndim={rank}"
    if full:
        text += f". Full shape received: {shape}"
    raise Fault("wrong-rank", text, expected=expected, found=shape, rank=needed)


def _check_shape(where: str, shape: Shape, spec: InputSpec) -> None:
    assert spec.shape is not None
    expected, found = spec.shape.dims, shape.dims
    if spec.squeeze_last:
        found = _without_last_one(found)
        expected = _without_last_one(expected)
    for want, have in zip(expected, found):
        if want is None or have is None or isinstance(want, Symbol) or isinstance(have, Symbol):
            continue
        if want != have:
            raise Fault(
                "incompatible-input",
                f"{where}expected shape={spec.shape}, found shape={shape}",
                expected=spec.shape,
                found=shape,
            )


def _without_last_one(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    if dims and not isinstance(dims[-1], Symbol) and dims[-1] == 1:
        return dims[:-1]
    return dims
