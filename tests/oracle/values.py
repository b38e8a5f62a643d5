"""What is worth trying for a constructor's parameter, by its name.

A strategy takes the draft of the layer (its name, spatial rank and the arguments drawn so
far) and gives a value that the layer usually accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.draw import Draw

ACTIVATIONS = (
    None, "relu", "softmax", "tanh", "linear", "gelu", "sigmoid", "leaky_relu", "swish", "glu",
)  # fmt: skip
INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
WINDOWS = (None, "hann", "hamming")


INTEGER_LAYERS = (
    "Add", "CategoryEncoding", "CenterCrop", "Concatenate", "Discretization", "Flatten", "HashedCrossing",
    "Hashing", "Identity", "IntegerLookup", "MaxPooling2D", "Permute", "RandomCrop", "RandomFlip",
    "Rescaling", "Reshape", "Resizing", "StringLookup", "TextVectorization", "UpSampling2D",
    "ZeroPadding2D",
)  # fmt: skip
"""Layers for which an integer ``dtype=`` has a use."""


@dataclass
class Draft:
    """A layer in the making."""

    layer: str
    draw: Draw
    n: int = 2
    """The number of spatial axes of a layer for one, two or three of them."""
    values: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    @property
    def channels_first(self) -> bool:
        return self.get("data_format") == "channels_first"


Strategy = Callable[[Draft], Any]


def _pairs(d: Draft, low: int, high: int) -> Any:
    """Padding and cropping: an int, ``n`` ints, or ``n`` pairs."""
    kind = d.draw.random()
    if kind < 0.35:
        return d.draw.size(low, high)
    if kind < 0.65:
        return tuple(d.draw.size(low, high) for _ in range(d.n if d.n > 1 else 2))
    pairs = tuple((d.draw.size(low, high), d.draw.size(low, high)) for _ in range(d.n))
    return pairs[0] if d.n == 1 else pairs


def _padding(d: Draft) -> Any:
    if d.layer.startswith("ZeroPadding"):
        return _pairs(d, 0, 3)
    if d.layer in ("Conv1D", "Convolution1D", "DepthwiseConv1D", "SeparableConv1D"):
        return d.draw.of("valid", "same", "causal", "SAME")
    return d.draw.of("valid", "same", "valid", "same", "VALID")


def _axis(d: Draft) -> Any:
    kind = d.draw.random()
    if kind < 0.65:
        return d.draw.of(-1, 1, -2, 2, -1, 0, 3, -3)
    axes = d.draw.of((1,), (-1,), (1, 2), (-2, -1), (2, 1), (1, -1), (0, 1), (1, 1))
    return list(axes) if d.draw.chance(0.5) else axes


def _filters(d: Draft) -> int:
    groups = d.get("groups", 1)
    if isinstance(groups, int) and groups > 0 and d.draw.chance(0.85):
        return groups * d.draw.size(1, 3)
    return d.draw.size(1, 8)


def _factor(d: Draft) -> Any:
    if d.draw.chance(0.5):
        return d.draw.of(0.0, 0.1, 0.2, 0.5, 1.0, 1)
    low = round(d.draw.uniform(0, 0.5), 2)
    bounds = (low, round(low + d.draw.uniform(0, 0.5), 2))
    return d.draw.of(bounds, (-bounds[1], bounds[1]), list(bounds))


QUANTIZED_LAYERS = ("Dense", "EinsumDense", "Embedding", "ReversibleEmbedding", "MultiHeadAttention",
    "GroupQueryAttention", "Conv1D")  # fmt: skip
"""Layers for which a quantized policy has a meaning, and one where it has none."""
MODES = (
    "int8", "int4", "float8", "int4/128", "int4/2", "int4/3", "int4/-1", "gptq/4/2", "gptq/2/-1",
    "gptq/8/128", "awq/4/2", "awq/4/-1", "int4/0", "int4/a", "gptq/5/2", "gptq", "awq/8/2", "int9",
)  # fmt: skip


def _dtype(d: Draft) -> Any:
    if d.layer in QUANTIZED_LAYERS and d.draw.chance(0.5):
        source = d.draw.of("float32", "float32", "mixed_bfloat16", "bfloat16", "float16", "nosuch")
        return f"{d.draw.choice(MODES[:12] * 3 + MODES)}_from_{source}"
    if d.layer in INTEGER_LAYERS and d.draw.chance(0.4):
        return d.draw.of("int32", "int64", "uint8")
    policies = ["float32", "float16", "mixed_float16", "mixed_bfloat16", "float64", None]
    if not any(word in d.layer for word in ("RNN", "LSTM", "GRU")):
        policies.append("bfloat16")  # TensorFlow cannot initialise their weights in it
    return d.draw.choice(policies)


def _number(d: Draft) -> Any:
    return d.draw.number()


VALUES: dict[str, Strategy] = {
    "groups": lambda d: d.draw.of(1, 1, 2, 3, 4),
    "units": lambda d: d.draw.size(1, 6),
    "filters": _filters,
    "kernel_size": lambda d: d.draw.ints(d.n, 1, 4),
    "pool_size": lambda d: d.draw.ints(d.n, 1, 4),
    "size": lambda d: d.draw.ints(d.n, 1, 3),
    "strides": lambda d: d.draw.ints(d.n, 1, 3),
    "dilation_rate": lambda d: 1 if d.draw.chance(0.5) else d.draw.ints(d.n, 1, 3),
    "padding": _padding,
    "cropping": lambda d: _pairs(d, 0, 3),
    "output_padding": lambda d: d.draw.of(None, 0, 1, d.draw.ints(d.n, 0, 2)),
    "output_size": lambda d: d.draw.ints(d.n, 1, 5),
    "depth_multiplier": lambda d: d.draw.size(1, 3),
    "data_format": lambda d: d.draw.of(None, "channels_last", "channels_first", "channels_first"),
    "axis": _axis,
    "rate": lambda d: d.draw.of(0, 0.0, 0.5, 0.25, 1, 1.0, 0.999),
    "dropout": lambda d: d.draw.of(0, 0.0, 0.5, 1),
    "recurrent_dropout": lambda d: d.draw.of(0, 0.0, 0.5),
    "noise_shape": lambda d: d.draw.of(None, (None, 1, None), (1, 1), [None, 1], (2, 1, 3)),
    "seed": lambda d: d.draw.of(None, 1, 1337),
    "activation": lambda d: d.draw.choice(ACTIVATIONS),
    "recurrent_activation": lambda d: d.draw.choice(ACTIVATIONS),
    "merge_mode": lambda d: d.draw.of("concat", "sum", "mul", "ave", None),
    "n": lambda d: d.draw.size(1, 5),
    "mask_value": lambda d: d.draw.of(0.0, 0, 1, -1, None),
    "shared_axes": lambda d: d.draw.of(None, 1, [1], (1, 2), [2], [1, 2, 3]),
    "offset": lambda d: d.draw.of(0.0, -1, [0.5, 1.0]),
    "height": lambda d: d.draw.size(1, 8),
    "width": lambda d: d.draw.size(1, 8),
    "interpolation": lambda d: d.draw.choice(INTERPOLATIONS[:2] * 3 + INTERPOLATIONS),
    "fill_mode": lambda d: d.draw.of("reflect", "wrap", "constant", "nearest"),
    "fill_value": lambda d: d.draw.of(0.0, 0, 1.5),
    "value_range": lambda d: d.draw.of((0, 255), (0, 1), [0, 1], (0.0, 1.0), (-1, 1)),
    "factor": _factor,
    "height_factor": _factor,
    "width_factor": _factor,
    "x_factor": _factor,
    "y_factor": _factor,
    "brightness_factor": _factor,
    "contrast_factor": _factor,
    "saturation_factor": _factor,
    "hue_factor": _factor,
    "threshold_factor": _factor,
    "addition_factor": _factor,
    "input_dim": lambda d: d.draw.size(1, 9),
    "output_dim": lambda d: d.draw.size(1, 6),
    "num_heads": lambda d: d.draw.size(1, 4),
    "key_dim": lambda d: d.draw.size(1, 5),
    "value_dim": lambda d: d.draw.of(None, d.draw.size(1, 5)),
    "head_dim": lambda d: d.draw.size(1, 5),
    "num_query_heads": lambda d: d.draw.of(1, 2, 4, 6),
    "num_key_value_heads": lambda d: d.draw.of(1, 2, 2, 3),
    "sliding_window": lambda d: d.draw.of(None, 1, 2),
    "flash_attention": lambda d: d.draw.of(None, False, None, False, True),
    "score_mode": lambda d: d.draw.of("dot", "concat"),
    "stddev": _number,
    "alpha": lambda d: d.draw.of(0.2, 1.0, 0.5, 0.0),
    "negative_slope": lambda d: d.draw.of(0.0, 0.3, 1, 0),
    "max_value": lambda d: d.draw.of(None, 6.0, 6, 0),
    "threshold": lambda d: d.draw.of(0.0, 1, 0.5),
    "momentum": _number,
    "renorm_momentum": _number,
    "epsilon": lambda d: d.draw.of(1e-3, 1e-6, 0.01),
    "renorm_clipping": lambda d: d.draw.of(None, {"rmax": 3.0, "rmin": 0.3, "dmax": 5.0}),
    "l1": _number,
    "l2": _number,
    "mode": lambda d: (
        d.draw.of("horizontal", "vertical", "horizontal_and_vertical")
        if d.layer == "RandomFlip"
        else d.draw.of("log", "magnitude", "psd", "real", "imag", "angle", "stft")
    ),
    "window": lambda d: d.draw.choice(WINDOWS),
    "scaling": lambda d: d.draw.of("density", "spectrum"),
    "frame_length": lambda d: d.draw.of(4, 8, 16),
    "frame_step": lambda d: d.draw.of(None, 1, 4, 5),
    "fft_length": lambda d: (
        d.draw.of(8, 16, 32) if d.layer == "MelSpectrogram" else d.draw.of(None, 16, 32)
    ),
    "sequence_stride": lambda d: d.draw.of(1, 4, 8),
    "sequence_length": lambda d: d.draw.of(None, 8, 4),
    "num_mel_bins": lambda d: d.draw.size(2, 8),
    "max_freq": lambda d: d.draw.of(None, 4000.0, 8000),
    "num_tokens": lambda d: d.draw.size(1, 6),
    "output_mode": lambda d: d.draw.of("int", "one_hot", "multi_hot", "count", "tf_idf"),
    "num_bins": lambda d: d.draw.size(2, 6),
    "bin_boundaries": lambda d: d.draw.of([0.0, 1.0], [0.0, 0.5, 2.0], (1.0,)),
    "max_tokens": lambda d: d.draw.of(None, 4, 10),
    "num_oov_indices": lambda d: d.draw.of(0, 1, 1, 2),
    "max_number": lambda d: d.draw.size(1, 6),
    "num_ops": lambda d: d.draw.size(1, 3),
    "num_chains": lambda d: d.draw.size(1, 3),
    "chain_depth": lambda d: d.draw.size(1, 3),
    "tile_grid_size": lambda d: d.draw.of((8, 8), (2, 2), (1, 4)),
    "power_iterations": lambda d: d.draw.size(1, 3),
    "name": lambda d: d.draw.of("a_name", "a_name", None),
    "dtype": _dtype,
    "lora_rank": lambda d: d.draw.of(None, 1, 2),
    "lora_alpha": lambda d: d.draw.of(None, 1.0),
    "bounding_box_format": lambda d: d.draw.of(None, "xyxy", "xywh"),
    "trainable": lambda d: d.draw.of(True, False),
    "autocast": lambda d: d.draw.of(False, False, True),
    "activity_regularizer": lambda d: d.draw.of(None, "l2", "l1"),
}

ENDINGS: dict[str, Strategy] = {
    "_initializer": lambda d: d.draw.of("zeros", "ones", "he_normal", "glorot_uniform"),
    "_regularizer": lambda d: d.draw.of(None, "l2", "l1"),
    "_constraint": lambda d: d.draw.of(None, "max_norm", "non_neg"),
}

DULL = (
    "_initializer", "_regularizer", "_constraint", "seed", "epsilon", "momentum", "lora_rank",
    "lora_alpha",
)  # fmt: skip
"""Parameters that seldom matter, by ending."""

OF_LAYER: dict[tuple[str, str], Strategy] = {
    ("Rescaling", "scale"): lambda d: d.draw.of(1.0, 1 / 255, 2, [1.0, 2.0]),
    ("RandomElasticTransform", "scale"): _factor,
    ("RandomPerspective", "scale"): _factor,
    ("RandomErasing", "scale"): lambda d: d.draw.of((0.02, 0.33), 0.2, (0.1, 0.1)),
    ("RandomGaussianBlur", "kernel_size"): lambda d: d.draw.of(3, 5, (3, 3), (3, 5), 1),
    ("RandomGaussianBlur", "sigma"): _factor,
    ("MultiHeadAttention", "output_shape"): lambda d: d.draw.of(None, 3, (2, 3), [4]),
    ("MultiHeadAttention", "attention_axes"): lambda d: d.draw.of(None, 1, (1, 2), [2], -2),
    ("CategoryEncoding", "output_mode"): lambda d: d.draw.of("one_hot", "multi_hot", "count"),
    ("Discretization", "output_mode"): lambda d: d.draw.of("int", "one_hot", "multi_hot", "count"),
    ("Hashing", "output_mode"): lambda d: d.draw.of("int", "one_hot", "multi_hot", "count"),
    ("HashedCrossing", "output_mode"): lambda d: d.draw.of("int", "one_hot"),
    ("Normalization", "mean"): lambda d: d.draw.of(None, 0.0, 1, [0.0, 1.0]),
    ("Normalization", "variance"): lambda d: d.draw.of(None, 1.0, 2, [1.0, 2.0]),
    ("RMSNormalization", "axis"): lambda d: d.draw.of(-1, 1, -2, (1, 2), [-1]),
    ("GroupNormalization", "axis"): lambda d: d.draw.of(-1, 1, -2, 2, 3),
    ("Hashing", "mask_value"): lambda d: d.draw.of(None, 0, 1),
    ("Hashing", "salt"): lambda d: d.draw.of(None, 1, [1, 2]),
    ("ContrastLimitedAdaptiveHistogramEqualization", "clip_limit"): _number,
    ("AugMix", "factor"): lambda d: d.draw.of(0.3, 1, (0.1, 0.4)),
    ("RandAugment", "factor"): lambda d: d.draw.of(0.3, 1, (0.1, 0.4)),
    ("Bidirectional", "weights"): lambda d: None,
    ("RandomPosterization", "factor"): lambda d: d.draw.of(3, 8, 1, (2, 5), 4.5),
    ("STFTSpectrogram", "padding"): lambda d: d.draw.of("valid", "same"),
    ("ReversibleEmbedding", "logit_soft_cap"): lambda d: d.draw.of(None, 1.0),
    ("ReversibleEmbedding", "reverse_dtype"): lambda d: d.draw.of(None, "float32", "float16"),
    ("JaxLayer", "state"): lambda d: None,
}

NEVER = ("quantization_config", "gptq_unpacked_column_size", "weights")
"""Parameters about quantization and loaded weights, which shapes do not depend on."""


def value(d: Draft, name: str, default: Any) -> Any:
    """A value that is usually accepted."""
    if (d.layer, name) in OF_LAYER:
        return OF_LAYER[d.layer, name](d)
    if name in VALUES:
        return VALUES[name](d)
    for ending, strategy in ENDINGS.items():
        if name.endswith(ending):
            return strategy(d)
    if isinstance(default, bool):
        return d.draw.chance(0.5)
    if isinstance(default, float):
        return round(d.draw.uniform(0, 1), 2)
    if isinstance(default, int):
        return max(0, default + d.draw.of(-1, 0, 1))
    return default
