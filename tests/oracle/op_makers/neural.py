"""Arguments for convolutions, pooling, normalization, attention and losses."""

from __future__ import annotations

from tests.oracle.case import T
from tests.oracle.draw import Draw
from tests.oracle.op_makers.pieces import (
    Arguments,
    Maker,
    floating,
    maybe,
    one_axis,
    spatial,
    tensor,
)


def _conv_arguments(d: Draw, n: int, given: Arguments, data_format: str) -> Arguments:
    if data_format == "channels_first" or d.chance(0.3):
        given["data_format"] = data_format
    strides, dilation = d.ints(n, 1, 3), d.ints(n, 1, 2)
    given = maybe(d, given, 0.4, strides=strides, padding=d.of("valid", "same"))
    if "strides" not in given or d.chance(0.1):
        given = maybe(d, given, 0.4, dilation_rate=dilation)
    return given


def _conv(d: Draw) -> Arguments:
    n, groups, channels = d.size(1, 3), d.of(1, 1, 2), d.size(1, 3)
    shape, data_format = spatial(d, n, groups * channels)
    kernel = (*(d.size(1, 3) for _ in range(n)), channels, groups * d.size(1, 3))
    return _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)


def _conv_transpose(d: Draw) -> Arguments:
    n, channels = d.size(1, 3), d.size(1, 4)
    shape, data_format = spatial(d, n, channels)
    kernel = (*(d.size(1, 4) for _ in range(n)), d.size(1, 4), channels)
    given = _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)
    return maybe(d, given, 0.2, output_padding=d.of(0, 1))


def _depthwise(d: Draw) -> Arguments:
    n, channels = d.size(1, 2), d.size(1, 4)
    shape, data_format = spatial(d, n, channels)
    kernel = (*(d.size(1, 3) for _ in range(n)), channels, d.size(1, 3))
    return _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)


def _separable(d: Draw) -> Arguments:
    n, channels, many = d.size(1, 2), d.size(1, 4), d.size(1, 2)
    shape, data_format = spatial(d, n, channels)
    given = {
        "inputs": T(shape),
        "depthwise_kernel": T((*(d.size(1, 3) for _ in range(n)), channels, many)),
        "pointwise_kernel": T((*(1 for _ in range(n)), channels * many, d.size(1, 4))),
    }
    return _conv_arguments(d, n, given, data_format)


def _pool(d: Draw) -> Arguments:
    n = d.size(1, 3)
    shape, data_format = spatial(d, n, d.size(1, 4))
    given: Arguments = {"inputs": T(shape, floating(d)), "pool_size": d.ints(n, 1, 3)}
    if data_format == "channels_first" or d.chance(0.3):
        given["data_format"] = data_format
    return maybe(d, given, 0.5, strides=d.ints(n, 1, 3), padding=d.of("valid", "same"))


def _adaptive(d: Draw) -> Arguments:
    n = d.size(1, 3)
    shape, data_format = spatial(d, n, d.size(1, 4))
    given: Arguments = {"inputs": T(shape, floating(d)), "output_size": d.ints(n, 1, 4)}
    return given | ({"data_format": data_format} if data_format == "channels_first" else {})


def _batch_norm(d: Draw) -> Arguments:
    x = tensor(d, 2, 4)
    axis = one_axis(d, len(x.shape))
    size = x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else 3
    given = {"x": x, "mean": T((size,)), "variance": T((size,)), "axis": axis}
    return maybe(d, given, 0.4, offset=T((size,)), scale=T((size,)))


def _layer_norm(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    given: Arguments = {"x": x}
    if d.chance(0.6):
        given["axis"] = one_axis(d, len(x.shape))
    return maybe(d, given, 0.3, epsilon=1e-3)


def _attention(d: Draw) -> Arguments:
    batch, heads, size = d.batch(), d.size(1, 4), d.size(1, 5)
    query, keys = d.dim(1, 6), d.dim(1, 6)
    given: Arguments = {
        "query": T((batch, query, heads, size)),
        "key": T((batch, keys, heads, size)),
        "value": T((batch, keys, heads, size)),
    }
    return maybe(d, given, 0.2, is_causal=d.chance(0.5), scale=0.5)


def _loss(sparse: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        x = d.shape(d.randint(1, 3), 5)
        target = T(x[:-1], "int32") if sparse else T(x)
        return maybe(d, {"target": target, "output": T(x)}, 0.4, from_logits=d.chance(0.5))

    return make


def _ctc(d: Draw) -> Arguments:
    batch, steps, classes = d.batch(), d.dim(4, 9), d.size(3, 6)
    return {"target": T((batch, d.size(1, 3)), "int32"), "output": T((batch, steps, classes)),
            "target_length": T((batch,), "int32"), "output_length": T((batch,), "int32")}  # fmt: skip


def _ctc_decode(d: Draw) -> Arguments:
    batch = d.batch()
    given = {"inputs": T((batch, d.dim(4, 9), 5)), "sequence_lengths": T((batch,), "int32")}
    return maybe(d, given, 0.4, strategy=d.of("greedy", "beam_search"), top_paths=d.size(1, 2))


def _psnr(d: Draw) -> Arguments:
    x = tensor(d, 1, 4, "float32")
    return {"x1": x, "x2": x, "max_val": d.of(1.0, 255)}


def _unfold(d: Draw) -> Arguments:
    x = T((d.batch(), d.size(1, 3), d.dim(4, 9), d.dim(4, 9)))
    given = {"x": x, "kernel_size": d.ints(2, 1, 3)}
    return maybe(
        d, given, 0.4, dilation=d.ints(2, 1, 2), padding=d.ints(2, 0, 1), stride=d.ints(2, 1, 2)
    )


def _fold(d: Draw) -> Arguments:
    kernel, out = (d.size(1, 3), d.size(1, 3)), (d.size(3, 6), d.size(3, 6))
    blocks = (out[0] - kernel[0] + 1) * (out[1] - kernel[1] + 1)
    x = T((d.batch(), d.size(1, 3) * kernel[0] * kernel[1], blocks))
    return {"x": x, "output_size": out, "kernel_size": kernel}


def _block(shrink: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        block = d.of(1, 2, 2, 3)
        first = d.chance(0.3)
        side = [
            None if d.chance(0.15) else d.size(1, 4) * (1 if shrink else block) for _ in range(2)
        ]
        channels = d.size(1, 3) * (block * block if shrink else 1)
        shape = (d.batch(), channels, *side) if first else (d.batch(), *side, channels)
        given: Arguments = {"x": T(shape), "block_size": block}
        return given | ({"data_format": "channels_first"} if first else {})

    return make


MAKERS: dict[str, Maker] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "max_pool": _pool,
    "average_pool": _pool,
    "adaptive_max_pool": _adaptive,
    "adaptive_average_pool": _adaptive,
    "batch_normalization": _batch_norm,
    "layer_normalization": _layer_norm,
    "rms_normalization": _layer_norm,
    "dot_product_attention": _attention,
    "binary_crossentropy": _loss(False),
    "categorical_crossentropy": _loss(False),
    "sparse_categorical_crossentropy": _loss(True),
    "ctc_loss": _ctc,
    "ctc_decode": _ctc_decode,
    "psnr": _psnr,
    "unfold": _unfold,
    "fold": _fold,
    "depth_to_space": _block(True),
    "space_to_depth": _block(False),
}
