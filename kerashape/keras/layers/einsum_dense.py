"""EinsumDense: a dense layer along the axes that an equation names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kerashape.keras.layers.arguments import iterable, settle
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.lora import add_lora
from kerashape.keras.layers.quantized import (
    einsum_kernel,
    needs_kernel,
    quantization_of,
    refuse_lora,
    require_known_policy,
)
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.shape import same_dim


@dataclass(frozen=True, slots=True)
class Law:
    """What an equation makes of an input: the shapes of kernel, bias and output."""

    kernel: Sequence[Dim]
    bias: Sequence[Dim] | None
    output: Sequence[Dim]
    specs: Sequence[str]
    """The equation's input, kernel and output, without an ellipsis."""


class EinsumDense(Layer):
    """kernel: the axes of the second operand; bias: those of ``bias_axes``, 1 elsewhere."""

    nested = "fault"
    signature = (
        "equation, output_shape, activation=None, bias_axes=None, "
        "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, "
        "bias_regularizer=None, kernel_constraint=None, bias_constraint=None, lora_rank=None, "
        "lora_alpha=None, gptq_unpacked_column_size=None, quantization_config=None"
    )
    call_signature = "inputs, training=None"
    equation: Any
    output_shape: Any
    bias_axes: Any
    lora_rank: Any

    def check(self) -> None:
        settle(self, "equation", "output_shape", "bias_axes", "lora_rank")
        if not isinstance(self.output_shape, int):
            iterable(self, "output_shape")
        identifiers(self)
        if isinstance(self.output_shape, (int, Symbol)):
            self.output_shape = (self.output_shape,)
        elif not isinstance(self.output_shape, Unknown):
            self.output_shape = tuple(self.output_shape)

    def law(self, inputs: Shape) -> Law:
        """What Keras derives from the equation (``_analyze_einsum_string``).

        Raises:
            Fault: ``op-mismatch``, ``bad-argument``, ``wrong-rank``.
        """
        if isinstance(self.output_shape, Unknown):
            raise Undecided("the output_shape is not known")
        return analyze(self.equation, self.bias_axes, inputs, self.output_shape)

    def build(self, inputs: Shape) -> None:
        law = self.law(inputs)
        self.spec = InputSpec(ndim=inputs.rank)
        quantization = quantization_of(self)
        if quantization is not None:
            einsum_kernel(self, quantization, law.kernel, law.specs)
        if needs_kernel(quantization):
            self.weight("kernel", law.kernel)
        if law.bias is not None:
            self.weight("bias", law.bias)
        if self.lora_rank:
            refuse_lora(quantization)
            add_lora(self, "kernel", self.lora_rank, law.kernel[:-1], law.kernel[-1:])
        require_known_policy(self)

    def output(self, inputs: Shape) -> Shape:
        try:
            law = self.law(inputs)
            output = Shape(law.output)
            if self.within and output.rank != self._rank_of_equation(inputs):
                raise Undecided("an output_shape that the equation does not make")
            return self._as_tensorflow_sees(inputs, law.kernel) if self.within else output
        except Fault:
            if self.within and self.built_by is not None:
                raise Undecided("what TensorFlow makes of other sizes than the first") from None
            raise

    def _as_tensorflow_sees(self, inputs: Shape, kernel: Sequence[Dim]) -> Shape:
        """What the equation makes of the two, whatever ``output_shape`` says.

        ``...x,xy->...y`` on (n, 10, 1, 3) and (3, 5) makes (n, 10, 1, 5).
        """
        given, _, made = self.equation.replace(" ", "").partition("->")
        left, _, right = given.partition(",")
        before, dots, after = left.partition("...")
        end = inputs.rank - len(after)
        sizes: dict[str, Dim] = dict(zip(right, kernel))
        for label, dim in (*zip(before, inputs.dims), *zip(after, inputs.dims[end:])):
            sizes[label] = sizes.get(label) if dim is None else dim
        elided = inputs.dims[len(before) : end] if dots else ()
        head, _, tail = made.partition("...")
        return Shape(
            [*(sizes[label] for label in head), *elided, *(sizes[label] for label in tail)]
        )

    def _rank_of_equation(self, inputs: Shape) -> int:
        """How many axes the equation makes."""
        given, _, made = self.equation.replace(" ", "").replace("...", "").partition("->")
        letters = given.partition(",")[0]
        elided = inputs.rank - len(letters) if "..." in self.equation else 0
        return len(made) + elided


_FORMS = (
    (re.compile("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), False),
    (re.compile("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)"), True),
    (re.compile("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0"), False),
)
"""The forms of an equation, with 0 for the ellipsis, and whether that is on the left."""


def analyze(equation: Any, bias_axes: Any, inputs: Shape, partial: Sequence[Any]) -> Law:
    """The shapes that belong to an equation and an input; ``partial`` is the output without batch."""
    if isinstance(equation, Unknown) or isinstance(bias_axes, Unknown):
        raise Undecided("the equation is not known")
    if not isinstance(equation, str):
        raise Fault(
            "bad-argument",
            "expected string or bytes-like object, got '",
            argument="equation",
            expected="an equation",
            found=equation,
        )
    for form, left in _FORMS:
        match = form.match(equation.replace("...", "0"))
        if match:
            return _split(match.groups(), bias_axes, inputs, partial, left)
    raise Fault(
        "bad-argument",
        f"Invalid einsum equation '{equation}'. Equations must be in the form [X],[Y]->[Z], "
        "...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....",
        argument="equation",
        expected="[X],[Y]->[Z]",
        found=equation,
    )


def _split(
    specs: Sequence[str], bias_axes: Any, inputs: Shape, partial: Sequence[Any], left: bool
) -> Law:
    """Keras: ``_analyze_split_string``."""
    ins, weights, outs = specs
    elided = inputs.rank - len(ins)
    output = [inputs[0], *partial]
    if elided > 0 and left:
        output[1:1] = inputs.dims[1:elided][::-1]
    elif elided > 0:
        output += inputs.dims[inputs.rank - elided :]
    shift = elided if left else 0
    in_at = {dim: i + shift - (inputs.rank if left else 0) for i, dim in enumerate(ins)}
    out_at = {dim: i + shift for i, dim in enumerate(outs)}
    for dim in ins:
        size = inputs[in_at[dim]]
        if dim in out_at:
            _check_shared(dim, size, _at(output, out_at[dim]))
    for dim in outs:
        if dim not in ins and dim not in weights:
            raise _no_match(
                f"Dimension '{dim}' was specified in the output '{outs}' but has no corresponding "
                f"dim in the input spec '{ins}' or weight spec '{outs}'"
            )
    kernel = []
    for dim in weights:
        if dim in out_at:
            kernel.append(_at(output, out_at[dim]))
        elif dim in in_at:
            kernel.append(inputs[in_at[dim]])
        else:
            raise _no_match(
                f"Weight dimension '{dim}' did not have a match in either the input spec '{ins}' "
                f"or the output spec '{outs}'. For this layer, the weight must be fully specified."
            )
    bias = _bias(bias_axes, outs, output, elided, left)
    return Law(kernel, bias, output, specs)


def _bias(
    axes: Any, outs: str, output: Sequence[Dim], elided: int, left: bool
) -> Sequence[Dim] | None:
    if axes is None:
        return None
    sizes = {dim: _at(output, i + (elided if left else 0)) for i, dim in enumerate(outs)}
    if not isinstance(axes, (str, list, tuple, dict)):
        raise _bad_bias(f"'{type(axes).__name__}' object is not iterable", axes)
    for dim in axes:
        if not isinstance(dim, str):
            kind = type(dim).__name__
            text = f"'in <string>' requires string as left operand, not {kind}"
            raise _bad_bias(text, axes)
        if dim not in outs:
            raise _bad_bias(
                f"Bias dimension '{dim}' was requested, but is not part of the output spec '{outs}'",
                axes,
            )
    if not axes:
        raise _bad_bias("empty", axes)
    spec = outs[min(outs.find(dim) for dim in axes) :]
    bias = [sizes[dim] if dim in axes else 1 for dim in spec]
    return bias if left else bias + [1] * elided


def _check_shared(dim: str, size: Dim, wanted: Dim) -> None:
    if wanted is None or same_dim(wanted, size):
        return
    if isinstance(wanted, Symbol) or isinstance(size, Symbol):
        return
    if wanted != size:
        raise Fault(
            "op-mismatch",
            f"Input shape and output shape do not match at shared dimension '{dim}'. Input shape "
            f"is {size}, and output shape is {wanted}.",
            argument="output_shape",
            expected=size,
            found=wanted,
        )


def _at(dims: Sequence[Any], index: int) -> Any:
    if not -len(dims) <= index < len(dims):
        raise Fault(
            "wrong-rank",
            "list index out of range",
            expected="as many dimensions as the equation names",
            found=Shape(dims),
        )
    return dims[index]


def _no_match(text: str) -> Fault:
    return Fault("bad-argument", text, argument="equation", expected="axes that match")


def _bad_bias(text: str, axes: Any) -> Fault:
    return Fault(
        "bad-argument", text, argument="bias_axes", expected="axes of the output", found=axes
    )
