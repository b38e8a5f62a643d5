"""``keras.ops.nn`` beyond the activations: normalization, attention, losses."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import AnySpec, Operand, Spec, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, given, merge, merge_all
from kerashape.keras.ops.linear import differ
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.axes import canonical_axes, canonical_axis, item_axis
from kerashape.shapes.broadcast import broadcast, broadcast_all, fit


@op("softmax", "x, axis=-1")
@op("log_softmax", "x, axis=-1")
def softmax(x: Shape, axis: Any) -> Shape:
    """The shape stays; the axes must exist."""
    if axis is not None and not x.open:
        canonical_axes(axis, x.rank)
    return x


@op("sparsemax", "x, axis=-1")
def sparsemax(x: Shape, axis: Any) -> Shape:
    """The shape stays; the axis must exist."""
    if not x.open:
        canonical_axis(axis, x.rank)
    return x


@op("normalize", "x, axis=-1, order=2, epsilon=None", dtypes.floatx)
def normalize(x: Shape, axis: Any) -> Shape:
    """The shape stays; the axes must exist."""
    return softmax(x, axis)


@op("glu", "x, axis=-1")
def glu(x: Shape, axis: Any) -> Shape:
    """The axis gets half as long."""
    place = item_axis(axis, x)
    size = x[place]
    if size is None:
        return x
    if isinstance(size, int) and size % 2:
        raise Fault(
            "op-mismatch",
            f"axis size must be divisible by 2. Received: x.shape={x} with axis={axis}",
            expected="an even size",
            found=size,
        )
    return x.replace(place, size // 2)


# -- normalization ----------------------------------------------------------------------


@op(
    "batch_normalization",
    "x, mean, variance, axis, offset=None, scale=None, epsilon=0.001",
    class_name="BatchNorm",
)
def batch_normalization(
    x: Shape,
    mean: Shape,
    variance: Shape,
    axis: Any,
    offset: Shape | None,
    scale: Shape | None,
) -> Shape:
    """The shape stays; the statistics are vectors along the axis."""
    place = item_axis(axis, x, "tuple")
    wanted = Shape((x[place],))
    given = {"mean": mean, "variance": variance, "offset": offset, "scale": scale}
    for name, shape in given.items():
        if shape is None and (name == "offset" or offset is None):
            continue
        if shape is None:
            raise Fault(
                "bad-argument",
                "'NoneType' object has no attribute 'shape'",
                argument=name,
                expected="a vector, as offset is given",
            )
        if not shape.open and (shape.rank != 1 or differ(shape[0], wanted[0])):
            raise Fault(
                "op-mismatch",
                f"Arguments `{name}` must be a vector of length `x.shape[axis]`. "
                f"Expected: `{wanted}`. Received: `{shape}.",
                argument=name,
                expected=wanted,
                found=shape,
            )
    return x


@op("layer_normalization", "x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs",
    class_name="LayerNorm")  # fmt: skip
@op("rms_normalization", "x, scale=None, axis=-1, epsilon=None", class_name="RMSNorm")
def normalization(x: Shape) -> Shape:
    """The shape stays."""
    return x


@op(
    "dot_product_attention",
    "query, key, value, bias=None, mask=None, scale=None, is_causal=False, flash_attention=None, "
    "attn_logits_soft_cap=None",
    dtypes.promoted,
)
def dot_product_attention(
    query: Shape, key: Shape, value: Shape, attn_logits_soft_cap: Any
) -> Shape:
    """The query's shape."""
    if isinstance(attn_logits_soft_cap, (int, float)):
        raise Fault(
            "bad-argument",
            "attn_logits_soft_cap is only supported for JAX on TPU. Set attn_logits_soft_cap=None "
            "when not using JAX on TPU.",
            argument="attn_logits_soft_cap",
            expected="None",
            found=attn_logits_soft_cap,
        )
    return query


# -- losses -----------------------------------------------------------------------------


def _same_shape(target: Shape, output: Shape) -> None:
    if target.open or output.open:
        return
    if target.rank != output.rank or any(differ(a, b) for a, b in zip(target, output)):
        raise Fault(
            "op-mismatch",
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={target}, output.shape={output}",
            expected=output,
            found=target,
        )


@op("binary_crossentropy", "target, output, from_logits=False", dtype_of="output")
def binary_crossentropy(target: Shape, output: Shape) -> Shape:
    """The output's shape."""
    _same_shape(target, output)
    return output


@op("categorical_crossentropy", "target, output, from_logits=False, axis=-1", dtype_of="output")
def categorical_crossentropy(target: Shape, output: Shape) -> Shape:
    """The last axis goes."""
    _same_shape(target, output)
    if not target.open and target.rank < 1:
        raise Fault(
            "op-mismatch",
            "Arguments `target` and `output` must be at least rank 1. "
            f"Received: target.shape={target}, output.shape={output}",
            expected="1 or more dimensions",
            found=target,
        )
    return output[:-1]


@op(
    "sparse_categorical_crossentropy",
    "target, output, from_logits=False, axis=-1",
    dtype_of="output",
)
def sparse_categorical_crossentropy(target: Shape, output: Shape, axis: Any) -> Shape:
    """The class axis goes; the target has no such axis (or a last one of size 1)."""
    if output.rank < 1:
        raise Fault(
            "op-mismatch",
            f"Argument `output` must be at least rank 1. Received: output.shape={output}",
            expected="1 or more dimensions",
            found=output,
        )
    place = canonical_axis(axis, output.rank)
    rest = Shape((*output[:place], *output[place + 1 :]))
    if target.open:
        return rest
    labels = target
    if target.rank == output.rank:
        if isinstance(target[-1], Symbol):
            return rest
        if target[-1] == 1:
            labels = target[:-1]
    if labels.rank != rest.rank or any(differ(a, b) for a, b in zip(labels, rest)):
        raise Fault(
            "op-mismatch",
            "Arguments `target` and `output` must have the same shape up until the last dimension: "
            f"target.shape={target}, output.shape={output}",
            expected=rest,
            found=target,
        )
    return rest


@op(
    "ctc_loss",
    "target, output, target_length, output_length, mask_index=0",
    class_name="CTCLoss",
)
def ctc_loss(target: Shape, output: Spec, target_length: Shape, output_length: Shape) -> Spec:
    """One loss for each sequence of the batch."""
    pairs = (
        ("target", target, "output", output.shape),
        ("target_length", target_length, "target", target),
        ("output_length", output_length, "output", output.shape),
    )
    for name1, one, name2, other in pairs:
        if differ(one[0], other[0]):
            raise Fault(
                "op-mismatch",
                f"Arguments `{name1}` and `{name2}` must have the same first dimension. "
                f"Received shapes: `{one}` and `{other}`.",
                expected=f"a first dimension of {other[0]}",
                found=one,
            )
    dtype = dtypes.apply_rule(dtypes.promoted, [output.dtype, "float32"])
    return Spec(target[:1], dtype)


@op(
    "ctc_decode",
    "inputs, sequence_lengths, strategy='greedy', beam_width=100, top_paths=1, "
    "merge_repeated=True, mask_index=0",
    class_name="CTCDecode",
    outputs=2,
)
def ctc_decode(inputs: Spec, strategy: Any, top_paths: Any) -> tuple[Spec, Spec]:
    """The best paths of each sequence, and their scores."""
    paths = 1 if strategy == "greedy" else top_paths
    batch, length = inputs.shape[0], inputs.shape[1]
    dtype = dtypes.apply_rule(dtypes.promoted, [inputs.dtype, "float32"])
    return Spec(Shape((paths, batch, length)), "int32"), Spec(Shape((batch, paths)), dtype)


@op("psnr", "x1, x2, max_val", dtypes.floatx, class_name="PSNR")
def psnr(x1: Shape, x2: Shape) -> Shape:
    """A scalar."""
    if x1.rank != x2.rank:
        raise Fault(
            "op-mismatch",
            "Inputs must have the same rank",
            expected=f"{x1.rank} dimensions",
            found=x2,
        )
    return Shape()


@op("polar", "abs_, angle", dtypes.floatx)
def polar(abs_: Shape, angle: Operand) -> Shape:
    """The first one's shape."""
    return abs_


# -- within a layer -----------------------------------------------------------------------

_COMPLEX = {"float32": "complex64", "float64": "complex128"}


@on_backend_too("polar")
def polar_within(abs_: Spec, angle: Spec) -> Spec:
    """A complex number for each of both, which broadcast."""
    dtype = _COMPLEX.get(str(abs_.dtype))
    if dtype is None or abs_.dtype != angle.dtype:
        raise Undecided("what complex numbers they make")
    return Spec(broadcast(abs_.shape, angle.shape), dtype)


@on_backend_too("psnr")
def psnr_within(x1: Spec, x2: Spec, max_val: AnySpec) -> Spec:
    """A scalar, or a number for each maximum."""
    one, other = x1.shape, x2.shape
    if one.rank != other.rank or any(differ(a, b) for a, b in zip(one, other)):
        raise BackendFault(
            "op-mismatch",
            f"Input shapes {one} and {other} must match for PSNR calculation.",
            expected=one,
            found=other,
        )
    if x1.dtype != x2.dtype or "float" not in str(x1.dtype):
        return Spec(max_val.shape, Unknown("the dtype of a ratio of integers"))
    return Spec(max_val.shape, x1.dtype)


@on_backend_too("ctc_loss")
def ctc_loss_within(target: Shape, output: Spec, target_length: Shape) -> Spec:
    """One loss for each sequence; how many there are, any of the first three tells."""
    if target.rank != 2 or output.shape.rank != 3 or target_length.rank != 1:
        raise Undecided("other tensors than labels, logits and lengths")
    batches = [target[:1], output.shape[:1], target_length[:1]]
    if {dim for batch in batches for dim in batch} > {1}:
        raise Undecided("a batch of one beside another")
    dtype = dtypes.apply_rule(dtypes.promoted, [output.dtype, "float32"])
    return Spec(broadcast_all(batches), dtype)


@traced("ctc_decode")
def ctc_decode_within(
    inputs: Spec, sequence_lengths: Shape, strategy: Any, top_paths: Any
) -> tuple[Spec, Spec]:
    """The same; there are as many scores as lengths."""
    paths, scores = ctc_decode(inputs, strategy, top_paths)
    batch = merge(inputs.shape[0], sequence_lengths[0])
    return paths, Spec(scores.shape.replace(0, batch), scores.dtype)


@on_backend_too("rms_normalization")
def rms_normalization_within(x: Shape) -> Shape:
    """The shape stays; a single number counts as a row of one."""
    return normalization(x) if x.open or x.rank else Shape((1,))


@on_backend_too("batch_normalization")
def batch_normalization_within(
    x: Shape, mean: Shape, variance: Shape, axis: Any, offset: Shape | None, scale: Shape | None
) -> Shape:
    """The same; the statistics broadcast along the axis."""
    place = item_axis(axis, x, "tuple")
    for vector in (mean, variance, offset, scale):
        if vector is not None and (vector.rank != 1 or not (given(mean[0]) or vector == mean)):
            raise Undecided("statistics that are no vectors, or of unknown length")
    return x.replace(place, broadcast(Shape((x[place],)), mean)[0])


def _check_same(target: Shape, output: Shape) -> None:
    """TensorFlow's losses take two shapes that may be the same."""
    if target.rank != output.rank:
        raise BackendFault(
            "op-mismatch",
            "Arguments `target` and `output` must have the same rank (ndim). Received: "
            f"target.shape={target}, output.shape={output}",
            expected=f"{output.rank} dimensions",
            found=target,
        )
    if not fit(target, output):
        raise BackendFault(
            "op-mismatch",
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={target}, output.shape={output}",
            expected=output,
            found=target,
        )


@on_backend_too("binary_crossentropy")
def binary_crossentropy_within(target: Shape, output: Shape) -> Shape:
    """Both, which may be the same."""
    _check_same(target, output)
    return broadcast(target, output)


@on_backend_too("categorical_crossentropy")
def categorical_crossentropy_within(
    target: Shape, output: Shape, from_logits: Any, axis: Any
) -> Shape:
    """The axis goes."""
    _check_same(target, output)
    if from_logits and target != output:
        raise Undecided("what TensorFlow infers of labels that tell more than logits")
    place = canonical_axis(axis, output.rank)
    both = broadcast(target, output)
    return both[:place] + both[place + 1 :]


@on_backend_too("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy_within(target: Shape, output: Shape, axis: Any) -> Shape:
    """The last axis goes."""
    if axis not in (-1, output.rank - 1):
        raise BackendFault(
            "bad-argument",
            f"Only axis=-1 is currently supported. Received: axis={axis}",
            argument="axis",
            expected="-1",
            found=axis,
        )
    rest = output[:-1]
    labels = target[:-1] if target.rank == output.rank and target[-1] == 1 else target
    if labels.rank != rest.rank:
        raise BackendFault(
            "op-mismatch",
            "Argument `output` must have rank (ndim) `target.ndim - 1`. "
            f"Received: target.shape={labels}, output.shape={output}",
            expected=f"{rest.rank} dimensions",
            found=target,
        )
    if not fit(labels, rest):
        raise BackendFault(
            "op-mismatch",
            "Arguments `target` and `output` must have the same shape up until the last dimension: "
            f"target.shape={labels}, output.shape={output}",
            expected=rest,
            found=target,
        )
    return merge_all(labels, rest) if rest.rank == 1 else labels


@on_backend_too("dot_product_attention")
def dot_product_attention_on_backend(query: Shape, key: Shape, value: Shape) -> Shape:
    """(batch, queries, heads, values); batch and heads are those that any of them tells."""
    if query.rank != 4:
        raise BackendFault(
            "op-mismatch",
            "`dot_product_attention` only supports 4D inputs. "
            f"Received: query.shape={query}, key.shape={key}, value.shape={value}.",
            expected="4 dimensions",
            found=query,
        )
    if key.rank != 4 or value.rank != 4:
        raise Undecided("keys and values of other ranks")
    heads = query[2], key[2], value[2]
    if not (heads[0] == heads[1] == heads[2]):
        raise Undecided("several numbers of heads")
    merge(query[3], key[3])
    merge(key[1], value[1])
    batch = merge(merge(query[0], key[0]), value[0])
    return Shape((batch, query[1], heads[0], value[3]))
