"""``keras.ops``'s core: casts, shapes, and the functions that call functions."""

from __future__ import annotations

import math
import re
from typing import Any

from kerashape.keras.graph import Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Nested, Shape, Spec, eager, on_backend_too, op, traced
from kerashape.keras.ops.sizes import SizeTensor
from kerashape.shapes import Dim, Fault, Undecided, Unknown
from kerashape.shapes.reshape import product

# -- dtype and shape --------------------------------------------------------------------


@op("cast", "x, dtype")
@op("saturate_cast", "x, dtype")
def cast(x: Shape, dtype: Any) -> Spec:
    """The shape stays."""
    return Spec(x, dtype if isinstance(dtype, Unknown) else dtypes.standardize_dtype(dtype))


@op("convert_to_tensor", "x, dtype=None, sparse=None, ragged=None")
def convert_to_tensor(x: Shape) -> Shape:
    """The shape stays."""
    return x


@op("stop_gradient", "variable")
def stop_gradient(variable: Shape) -> Shape:
    """The shape stays."""
    return variable


@op("shape", "x", node=False, outputs=None)
def shape(x: Shape) -> tuple[Dim, ...]:
    """The sizes, as a tuple."""
    return tuple(x)


@traced("shape")
def shape_within(x: Shape) -> tuple[Any, ...]:
    """The sizes; a scalar tensor for each that is decided at run time."""
    return tuple(SizeTensor(None) if dim is None else dim for dim in x)


@op("dtype", "x", node=False, outputs=None)
def dtype(x: Spec) -> Any:
    """The name of the dtype."""
    return x.dtype


@op("is_tensor", "x", node=False, outputs=None)
def is_tensor(x: Any) -> Any:
    """Whether it is a tensor of the backend; a symbolic tensor is none."""
    if isinstance(x, Tensor):
        return False
    if isinstance(x, (bool, int, float, str, list, tuple, type(None))):
        return False
    raise Undecided("whether it is a tensor of the backend is not known")


@traced("is_tensor")
def is_tensor_within(x: Any) -> Any:
    """Within a layer's call a tensor is one of the backend's."""
    return True if isinstance(x, Tensor) else is_tensor(x)


@op("convert_to_numpy", "x", node=False)
def convert_to_numpy(x: Shape) -> Shape:
    """The data as a numpy array."""
    raise Fault(
        "raw-op-on-symbolic-tensor",
        "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any "
        "actual numerical value. You cannot convert it to a NumPy array.",
        expected="data",
        found=x,
    )


@eager("convert_to_numpy")
def data_to_numpy(x: Shape) -> Shape:
    """The data as a numpy array."""
    return x


@traced("convert_to_numpy")
def tensor_to_numpy(x: Shape) -> Shape:
    """Not possible within a graph."""
    raise Undecided("a tensor of a graph has no data")


@op("ndim", "x", dtypes.floatx)
def ndim(x: Shape) -> Shape:
    """Keras says: a vector as long as the rank."""
    return Shape((x.rank,))


@on_backend_too("ndim")
def rank_of(x: Shape) -> int:
    """The rank, as a number."""
    return x.rank


@op("size", "x", dtypes.int32)
def size(x: Shape) -> Shape:
    """A scalar."""
    return Shape()


# -- functions that call functions ------------------------------------------------------


def _call(call_function: Any, function: Any, *arguments: Spec) -> Any:
    """What a function returns for symbolic arguments, as nested ``Spec``."""
    if call_function is None:
        raise Undecided("the function that is called is not followed")
    tensors = [map_structure(_tensor, argument) for argument in arguments]
    result = call_function(function, tensors)
    return map_structure(_as_spec, result)


def _tensor(leaf: Any) -> Any:
    return Tensor(leaf.shape, leaf.dtype) if isinstance(leaf, Spec) else leaf


def _as_spec(leaf: Any) -> Any:
    if isinstance(leaf, Unknown):
        raise Undecided(leaf.reason)
    return Spec(leaf.shape, leaf.dtype) if isinstance(leaf, (Tensor, Array)) else leaf


def _leading(elements: Any) -> tuple[Any, Dim]:
    """The elements without their first axis, and its size (of the first one)."""
    first = next(flatten(elements))
    return (
        map_structure(lambda leaf: Spec(leaf.shape[1:], leaf.dtype), elements),
        first.shape[0],
    )


def _stacked(result: Any, count: Dim) -> Any:
    return map_structure(lambda leaf: Spec((count,) + leaf.shape, leaf.dtype), result)


@op("map", "f, xs", outputs=None)
def map_(f: Any, xs: Nested, call_function: Any) -> Any:
    """``f`` of each element of the first axis, stacked."""
    one, count = _leading(xs)
    return _stacked(_call(call_function, f, one), count)


@op("vectorized_map", "function, elements", outputs=None)
def vectorized_map(function: Any, elements: Nested, call_function: Any) -> Any:
    """``function`` of each element of the first axis, stacked."""
    return map_(function, elements, call_function)


@op("scan", "f, init, xs=None, length=None, reverse=False, unroll=1", outputs=None)
def scan(f: Any, init: Nested, xs: Nested, length: Any, call_function: Any) -> Any:
    """``f`` along the first axis: the last carry, and what it put out, stacked."""
    if xs is not None and not isinstance(xs, Spec):
        raise Undecided("several sequences are scanned")
    one = Spec(xs.shape[1:], xs.dtype) if xs is not None else None
    count = length if length is not None else xs.shape[0] if xs is not None else None
    result = _call(call_function, f, init, one)  # type: ignore[arg-type]
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise Undecided("the function that is scanned does not return two values")
    carry, output = result
    if not isinstance(output, Spec):
        raise Undecided("the function that is scanned puts out no tensor")
    return carry, _stacked(output, count)


@op("associative_scan", "f, elems, reverse=False, axis=0", outputs=None)
def associative_scan(f: Any, elems: Nested, axis: Any, call_function: Any) -> Any:
    """``f`` over the axis, the shape stays."""
    leaves = list(flatten(elems))
    lengths = [leaf.shape[axis] for leaf in leaves]
    if len(set(lengths)) != 1:
        raise Fault(
            "op-mismatch",
            "Array inputs to associative_scan must have the same first dimension.",
            expected=f"{lengths[0]} elements",
            found=lengths,
        )
    first = leaves[0].shape
    if not isinstance(axis, int):
        raise Undecided("the axis is not known")
    one = map_structure(
        lambda leaf: Spec(
            leaf.shape.replace(axis, 1 if lengths[0] is not None else None), leaf.dtype
        ),
        elems,
    )
    result = _call(call_function, f, one, one)
    return map_structure(lambda leaf: Spec(first, leaf.dtype), result)


@op("fori_loop", "lower, upper, body_fun, init_val")
def fori_loop(init_val: Shape) -> Shape:
    """The shape of what goes in."""
    return init_val


@op("while_loop", "cond, body, loop_vars, maximum_iterations=None", outputs=None)
def while_loop(loop_vars: Nested) -> Any:
    """The shapes of what goes in."""
    return loop_vars


@op("switch", "index, branches, *operands", outputs=None)
def switch(branches: Any, operands: Nested, call_function: Any) -> Any:
    """What the first branch returns."""
    return _call(call_function, branches[0], *operands)


@op("cond", "pred, true_fn, false_fn", outputs=None)
def cond(pred: Any, true_fn: Any, false_fn: Any, call_function: Any) -> Any:
    """What both branches return; they must agree."""
    first, second = _call(call_function, true_fn), _call(call_function, false_fn)
    if not _same_kind(first, second):
        raise Fault(
            "op-mismatch",
            "`true_fn` and `false_fn` should return outputs of the same kind (struct, dtype and "
            "shape). Got ",
            expected=_shown(first),
            found=_shown(second),
        )
    return first


@on_backend_too("cond")
def cond_of_data(pred: Any, true_fn: Any, false_fn: Any, call_function: Any) -> Any:
    """What both branches return, if they agree."""
    first, second = _call(call_function, true_fn), _call(call_function, false_fn)
    if not _same_kind(first, second):
        raise Undecided("the branches return different shapes")
    return first


def _same_kind(first: Any, second: Any) -> bool:
    if isinstance(first, (list, tuple)):
        return (
            type(first) is type(second)
            and len(first) == len(second)
            and all(_same_kind(a, b) for a, b in zip(first, second))
        )
    if isinstance(first, dict):
        return (
            isinstance(second, dict)
            and first.keys() == second.keys()
            and all(_same_kind(first[key], second[key]) for key in first)
        )
    if isinstance(first, Spec) and isinstance(second, Spec):
        return bool(first.shape == second.shape and first.dtype == second.dtype)
    return first is None and second is None


def _shown(result: Any) -> Any:
    return result.shape if isinstance(result, Spec) else "another structure"


@op("custom_gradient", "f", node=False, outputs=None)
@op("vectorize", "pyfunc, *, excluded=None, signature=None", node=False, outputs=None)
def wraps_function() -> Any:
    """A function."""
    raise Undecided("a function that Keras makes is not followed")


@op("jvp", "fun, primals, tangents, has_aux=False", class_name="JVP", outputs=None)
def jvp(fun: Any, primals: Nested, has_aux: Any, call_function: Any) -> Any:
    """What the function returns, and its tangents likewise."""
    result = _call(call_function, fun, *primals)
    if has_aux:
        result, aux = result
        return result, result, aux
    return result, result


# -- einops -----------------------------------------------------------------------------


@op("rearrange", "tensor, pattern, **axes_lengths")
def rearrange(tensor: Shape, pattern: Any, axes_lengths: Any) -> Shape:
    """``"b h w -> b (h w)"``: axes split, moved and merged."""
    before, after = re.split(r"\s*->\s*", pattern)
    lengths = dict(axes_lengths)
    known: dict[str, Dim] = {}
    for axis, dim in zip(re.findall(r"\w+|\(.*?\)", before), tensor):
        if not axis.startswith("("):
            known[axis] = dim
            continue
        inner = axis[1:-1].split()
        inferred = [name for name in inner if name not in lengths]
        if inferred:
            if dim is None:
                raise _undefined(tensor, "Attempt to convert a value (None)")
            lengths[inferred[0]] = dim // math.prod(lengths[n] for n in inner if n in lengths)
        known.update({name: lengths[name] for name in inner})
    dims: list[Dim] = []
    for axis in re.findall(r"\w+|\(.*?\)", after):
        sizes = [known[name] for name in (axis[1:-1].split() if axis[0] == "(" else [axis])]
        if any(part is None for part in sizes):
            raise _undefined(tensor, "unsupported operand type(s) for")
        dims.append(math.prod(sizes))  # type: ignore[arg-type]
    return Shape(dims)


@traced("rearrange")
def rearrange_within(tensor: Shape, pattern: Any, axes_lengths: Any) -> Shape:
    """The same; what depends on a size that is None is None."""
    before, after = re.split(r"\s*->\s*", pattern)
    groups = [axis.strip("()").split() for axis in re.findall(r"\w+|\(.*?\)", before)]
    known: dict[str, Dim] = dict(axes_lengths)
    for names, dim in zip(groups, tensor):
        open_names = [name for name in names if name not in known]
        if open_names and dim is None:
            known[open_names[0]] = None
        elif open_names:
            rest = math.prod(known[n] for n in names if n in known)  # type: ignore[misc]
            known[open_names[0]] = dim // rest  # type: ignore[operator]
    dims: list[Dim] = []
    for axis in re.findall(r"\w+|\(.*?\)", after):
        dims.append(product([known[name] for name in axis.strip("()").split()]))
    return Shape(dims)


def _undefined(tensor: Shape, text: str) -> Fault:
    return Fault(
        "undefined-dimension",
        text,
        expected="known sizes",
        found=tensor,
    )
