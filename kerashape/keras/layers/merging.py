"""Layers that merge a list of tensors into one. None has weights."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import DType, Tensor, flatten
from kerashape.keras.layers.arguments import faults_of, known, refuse, settle, shown
from kerashape.keras.layers.base import Array, Layer, Spec
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.shape import same_dim


class Merge(Layer):
    """Elementwise on tensors that broadcast; the batch axes must be equal."""

    takes_list = True
    initializer = "Merge"
    of_one_rank: bool | Unknown = Unknown("the ranks of the tensors of the first call")
    """Whether the tensors of the first call had one rank: those of later calls only broadcast."""

    def build(self, inputs: Any) -> None:
        shapes = _list_of_shapes(inputs, "A merge layer should be called on a list of inputs. ")
        _check_batch(shapes, inputs)
        faults_of(lambda: _merged(shapes))
        if not any(shape.open for shape in shapes):
            self.of_one_rank = len({shape.rank for shape in shapes}) == 1

    def output(self, inputs: Any) -> Shape:
        shapes = _list_of_shapes(inputs, "")
        merged = _merged(shapes)
        for shape in shapes:
            if not shape.open and not shape.rank:
                raise Fault(
                    "wrong-rank", "tuple index out of range", expected="a batch axis", found=shape
                )
        batches = [unknown_dim() if shape.open else shape[0] for shape in shapes]
        batch = _batch(batches, certain=not self.calls)
        return Shape((batch, *merged.dims)) if not merged.open else merged

    promotes: ClassVar[bool] = True
    """Whether integers within another layer's ``call`` meet the others by Keras's promotion."""

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        cast = usual if self.autocast is not False else None
        dtypes = [
            leaf.dtype for leaf in flatten(values["inputs"]) if isinstance(leaf, (Tensor, Array))
        ]
        kinds = {cast if cast and dtype in FLOATS else dtype for dtype in dtypes}
        if len(kinds) == 1:
            only = kinds.pop()
            return only if self.promotes or only in FLOATS else Unknown("what becomes of integers")
        if not self.promotes or not all(isinstance(kind, str) for kind in kinds):
            return Unknown("what TensorFlow makes of several dtypes")
        from kerashape.keras.ops.dtypes import result_type

        return result_type(*kinds)

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if self.within:
            return self.merged_within(_list_of_shapes(shapes["inputs"], ""))
        result = super().infer_output(values, shapes)
        tensors = list(flatten(values["inputs"]))
        if tensors and all(isinstance(t, Tensor) and t.sparse for t in tensors):
            return Spec(result, self.compute_dtype, sparse=True)
        return result

    def merged_within(self, shapes: Sequence[Shape]) -> Shape:
        """What TensorFlow infers: all of one rank by an axis after the first, then broadcast."""
        rank = max(shape.rank for shape in shapes)
        if not self.of_one_rank:
            if rank and not all(shape.rank for shape in shapes):
                text = "axis 1 is out of bounds for an array with dimension 1."
                raise Fault("wrong-rank", text, expected="a batch axis", found=shown(list(shapes)))
            shapes = [Shape((*x[:1], *(1,) * (rank - x.rank), *x[1:])) for x in shapes]
        return functools.reduce(self.pair_within, shapes)

    def pair_within(self, x1: Shape, x2: Shape) -> Shape:
        """What TensorFlow makes of two."""
        return broadcast(x1, x2)


def _list_of_shapes(inputs: Any, text: str) -> list[Shape]:
    """The shapes of a list or tuple of tensors.

    Raises:
        Fault: ``wrong-arity`` for one tensor, an empty list, or None in the list.
        Undecided: if it is not known what was given.
    """
    if isinstance(inputs, Unknown):
        raise Undecided(inputs.reason)
    if isinstance(inputs, Shape):
        raise Fault(
            "wrong-arity",
            f"{text}Received: input_shape={inputs}",
            expected="a list of tensors",
            found="one tensor",
        )
    if not inputs:
        raise Fault(
            "wrong-arity",
            "'NoneType'" if text else "",
            expected="a list of at least one tensor",
            found="an empty list",
        )
    if isinstance(inputs, (list, tuple)) and all(isinstance(s, Shape) for s in inputs):
        return list(inputs)
    if not all(isinstance(leaf, Shape) or leaf is None for leaf in flatten(inputs)):
        raise Undecided("the inputs are not a list of tensors")
    missing = isinstance(inputs, (list, tuple)) and any(item is None for item in inputs)
    raise Fault(
        "wrong-arity",
        "'NoneType' object " if missing else "",
        expected="a list of tensors",
        found=shown(inputs),
    )


def _check_batch(shapes: Sequence[Shape], inputs: Any) -> None:
    batches = [shape[0] for shape in shapes if not shape.open and shape.rank]
    sizes = {size for size in batches if isinstance(size, int)}
    if len(sizes) > 1:
        raise Fault(
            "merge-mismatch",
            "Cannot merge tensors with different batch sizes. "
            f"Received tensors with shapes {shown(inputs)}",
            expected="one batch size",
            found=f"{' and '.join(map(str, sorted(sizes)))}",
        )


def _batch(batches: Sequence[Dim], certain: bool) -> Dim:
    """The batch size that is not None; None if there are several.

    ``certain`` says that there are not: only the first call checks that.
    """
    sizes = [size for size in batches if size is not None]
    integers = {size for size in sizes if isinstance(size, int)}
    if not sizes or len(integers) > 1:
        return None
    if integers and (certain or all(isinstance(size, int) for size in sizes)):
        return integers.pop()
    return sizes[0] if all(same_dim(size, sizes[0]) for size in batches) else unknown_dim()


def _merged(shapes: Sequence[Shape]) -> Shape:
    """The broadcast of all shapes without their batch axes."""
    result = shapes[0][1:] if not shapes[0].open else shapes[0]
    for shape in shapes[1:]:
        result = _elementwise(result, shape[1:] if not shape.open else shape)
    return result


def _elementwise(a: Shape, b: Shape) -> Shape:
    """Keras: ``Merge._compute_elemwise_op_output_shape``; unlike numpy's, None wins."""
    if a.open or b.open:
        count = min(len(a.dims), len(b.dims))
        pairs = zip(a.dims[len(a.dims) - count :], b.dims[len(b.dims) - count :])
        return Shape([_merged_dim(i, j, a, b) for i, j in pairs], open=True)
    if a.rank < b.rank:
        a, b = b, a
    extra = a.rank - b.rank
    return a[:extra] + Shape(_merged_dim(i, j, a, b) for i, j in zip(a.dims[extra:], b.dims))


def _merged_dim(i: Dim, j: Dim, a: Shape, b: Shape) -> Dim:
    if i is None or j is None:
        return None
    if same_dim(i, j):
        return i
    if isinstance(i, Symbol) or isinstance(j, Symbol):
        one, other = (i, j) if isinstance(j, Symbol) else (j, i)
        return other if isinstance(one, int) and one == 1 else unknown_dim()
    if i == 1 or j == 1:
        return j if i == 1 else i
    raise Fault(
        "merge-mismatch",
        f"Inputs have incompatible shapes. Received shapes {a} and {b}",
        expected="shapes that broadcast",
        found=f"{a} and {b}, without the batch axis",
    )


class Add(Merge):
    """Sum."""

    def pair_within(self, x1: Shape, x2: Shape) -> Shape:
        from kerashape.keras.ops.elementwise import add_on_backend

        return add_on_backend(x1, x2)


class Multiply(Merge):
    """Product."""


class Average(Add):
    """Mean."""

    promotes = False


class Maximum(Merge):
    """Elementwise maximum."""


class Minimum(Merge):
    """Elementwise minimum."""


class Subtract(Merge):
    """Difference of exactly two tensors."""

    def build(self, inputs: Any) -> None:
        super().build(inputs)
        if len(inputs) != 2:
            raise Fault(
                "wrong-arity",
                "A `Subtract` layer should be called on exactly 2 inputs. "
                f"Received: input_shape={shown(inputs)}",
                expected="a list of 2 tensors",
                found=f"{len(inputs)}",
            )


class Concatenate(Merge):
    """Joined along ``axis``; the other dimensions are equal."""

    def merged_within(self, shapes: Sequence[Shape]) -> Shape:
        """The other dimensions are those that any of them tells."""
        from kerashape.keras.ops.joining import concatenate_within

        return concatenate_within(shapes, self.axis)

    initializer = ""
    signature = "axis=-1"
    axis: Any

    def check(self) -> None:
        settle(self, "axis")

    def build(self, inputs: Any) -> None:
        shapes = _list_of_shapes(
            inputs, "A `Concatenate` layer should be called on a list of at least 1 input. "
        )
        for shape in shapes:
            refuse(
                "axis",
                functools.partial(self._modulo, shape),
                "",
                expected="an integer",
                found=self.axis,
                tracked=True,
            )
        if not known(self.axis) or any(shape.open for shape in shapes):
            raise Undecided("the axis or a rank is not known")
        rests = [self._rest(shape) for shape in shapes]
        ranks = {len(rest) for rest in rests}
        if len(ranks) > 1 or any(map(_differ, zip(*rests))):
            raise Fault(
                "concatenate-mismatch",
                "A `Concatenate` layer requires inputs with matching shapes except for the "
                f"concatenation axis. Received: input_shape={shown(inputs)}",
                expected=f"equal shapes but for axis {self.axis}",
                found=shown(list(inputs)),
            )

    def _modulo(self, shape: Shape) -> bool:
        """Keras counts the axis from the front; that it is no integer shows later."""
        return self.axis % shape.rank is None

    def _rest(self, shape: Shape) -> tuple[Dim, ...]:
        dims = list(shape.dims)
        if len(dims) > self.axis:
            self._require_axis(shape, "list assignment index out of range")
            del dims[self.axis]
        return tuple(dims)

    def _require_axis(self, shape: Shape, text: str) -> None:
        if isinstance(self.axis, float):
            text = "list indices must be integers or slices, not float"
            raise Fault("bad-argument", text, argument="axis", expected="an integer")
        if not isinstance(self.axis, int):
            raise Undecided("the axis is not known")
        if not shape.open and not -shape.rank <= self.axis < shape.rank:
            raise Fault(
                "bad-argument",
                text,
                argument="axis",
                expected=f"an axis of {shape}",
                found=self.axis,
            )

    def output(self, inputs: Any) -> Shape:
        shapes = _list_of_shapes(inputs, "")
        if len(shapes) == 1:
            return shapes[0]
        self._require_axis(shapes[0], "list index out of range")
        total = shapes[0][self.axis]
        for shape in shapes[1:]:
            if total is None:
                break
            self._require_axis(shape, "tuple index out of range")
            size = shape[self.axis]
            total = None if size is None else total + size
        return shapes[0].replace(self.axis, total)

    def fallback(self, first: Any) -> Shape:
        shapes = list(first) if isinstance(first, (list, tuple)) else []
        if self.calls:  # only the first call checks that all ranks are equal
            shapes = shapes[:1]
        rank = next((s.rank for s in shapes if isinstance(s, Shape) and not s.open), None)
        return Shape.unknown() if rank is None else Shape.of_rank(rank)


def _differ(sizes: Sequence[Dim]) -> bool:
    """Whether sizes certainly differ (None fits anything)."""
    return len({size for size in sizes if isinstance(size, int)}) > 1


class Dot(Merge):
    """The dot product of two tensors along an axis of each."""

    promotes = False
    initializer = ""
    signature = "axes, normalize=False"
    axes: Any

    def merged_within(self, shapes: Sequence[Shape]) -> Shape:
        """By the same law; the size of the batch is the one that either tells."""
        output = self.output(shapes)
        self._check_within(*shapes)
        return output.replace(0, broadcast(shapes[0][:1], shapes[1][:1])[0])

    def _check_within(self, x: Shape, y: Shape) -> None:
        """What the function that multiplies looks at: a later call has other shapes."""
        i, j = (axis % shape.rank for axis, shape in zip(self._axes((x, y)), (x, y)))
        if 0 in (i, j):
            text = "Cannot perform batch_dot over axis 0."
        elif _differ((x[0], y[0])):
            text = "Cannot do batch_dot on inputs with different batch sizes."
        elif _differ((x[i], y[j])):
            text = f"Cannot do batch_dot on inputs with shapes {x} and {y} with axes={[i, j]}."
        else:
            return
        raise Fault("merge-mismatch", text, expected="tensors that fit", found=f"{x} and {y}")

    def check(self) -> None:
        settle(self, "axes")
        axes = self.axes
        if isinstance(axes, int) or not (known(axes) or isinstance(axes, (list, tuple))):
            return
        if not isinstance(axes, (list, tuple)):
            text = "Invalid type for argument `axes`: it should be a list or an int. "
        elif len(axes) != 2:
            text = "Invalid format for argument `axes`: it should contain two elements. "
        elif any(known(axis) and not isinstance(axis, int) for axis in axes):
            text = "Invalid format for argument `axes`: list elements should be integers. "
        else:
            return
        raise Fault(
            "bad-argument",
            f"{text}Received: axes={shown(axes)}",
            argument="axes",
            expected="an integer or two",
            found=axes,
        )

    def build(self, inputs: Any) -> None:
        shapes = self._two(inputs)
        sizes = []
        axes = self._axes(shapes)
        for shape, axis in zip(shapes, axes):
            if not -shape.rank <= axis < shape.rank:
                raise Fault(
                    "bad-argument",
                    "tuple index out of range",
                    argument="axes",
                    expected=f"an axis of {shape}",
                    found=axis,
                )
            sizes.append(shape[axis])
        if not (same_dim(*sizes) or sizes[0] == sizes[1]):
            raise Fault(
                "merge-mismatch",
                f"Incompatible input shapes: axis values {sizes[0]} (at axis {axes[0]}) != "
                f"{sizes[1]} (at axis {axes[1]}). Full input shapes: {shapes[0]}, {shapes[1]}",
                expected="equal sizes along the axes",
                found=f"{sizes[0]} and {sizes[1]}",
            )

    def _two(self, inputs: Any) -> list[Shape]:
        text = "A `Dot` layer should be called on a list of 2 inputs. "
        shapes = _list_of_shapes(inputs, "" if self.calls else text)
        if len(shapes) != 2:
            raise Fault(
                "wrong-arity",
                f"{text}Received: input_shape={shown(inputs)}",
                expected="a list of 2 tensors",
                found=f"{len(shapes)}",
            )
        return shapes

    def _axes(self, shapes: Sequence[Shape]) -> list[Any]:
        if isinstance(self.axes, (list, tuple)):
            return list(self.axes)
        if self.axes < 0:
            refuse(
                "axes",
                lambda: any(self.axes % shape.rank is None for shape in shapes),
                "",
                expected="a batch axis",
            )
            return [self.axes % shape.rank for shape in shapes]
        return [self.axes] * 2

    def output(self, inputs: Any) -> Shape:
        shapes = self._two(inputs)
        first, second = ([*shape] for shape in shapes)
        axes = self._axes(shapes)
        for dims, axis in ((first, axes[0]), (second, axes[1]), (second, 0)):
            if not -len(dims) <= axis < len(dims):
                text = "pop index out of range" if dims else "pop from empty list"
                expected = f"axes of tensors of {len(first)} and {len(second)} dimensions"
                raise Fault("bad-argument", text, argument="axes", expected=expected, found=axis)
            dims.pop(axis)
        return Shape(first + second + [1] * (len(first + second) == 1))
