"""Layers as other people spell them: other types for a size, names in other letters, objects for
names, keywords of the base class, and after a change of Keras's settings.

Keras takes some of them and refuses others; either is worth a case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.oracle.case import Case, Code, Made, text
from tests.oracle.draw import Draw

SETTINGS = (
    "keras.config.set_image_data_format('channels_first')",
    "keras.backend.set_image_data_format('channels_first')",
    "keras.config.set_image_data_format('channels_last')",
    "keras.config.set_floatx('float16')",
    "keras.backend.set_floatx('float64')",
    "keras.config.set_dtype_policy('mixed_float16')",
    "keras.mixed_precision.set_global_policy('mixed_bfloat16')",
    "keras.config.set_dtype_policy(keras.DTypePolicy('float64'))",
    "keras.config.set_epsilon(1e-3)",
    "keras.config.enable_traceback_filtering()",
)

ACTIVATIONS = (
    "ReLU", "RELU", "LeakyReLU", "leakyrelu", "PReLU", "HardSwish", "Swish", "keras.activations.relu",
    "relu6", "hard_swish", "log_softmax", "silu ", "lrelu", "None", "",
    Code("keras.activations.relu"), Code("keras.layers.ReLU()"), Code("keras.layers.ReLU"),
    Code("keras.layers.LeakyReLU(0.1)"), Code("lambda x: x"), Code("keras.ops.relu"),
    Code("tf.nn.relu"), Code("keras.activations.get('relu')"), Code("keras.layers.Activation('tanh')"),
    Code("keras.layers.PReLU()"), Code("tf.keras.activations.swish"), Code("keras.activations.glu"),
    {"class_name": "ReLU", "config": {}},
)  # fmt: skip
INITIALIZERS = (
    "Zeros", "GlorotUniform", "glorotUniform", "RandomNormal", "constant", "identity", "normal",
    "xavier", "Orthogonal", "lecun_uniform", "HE_NORMAL", "variance_scaling", 0.1, 0, [0.0],
    Code("keras.initializers.Zeros()"), Code("keras.initializers.Zeros"),
    Code("keras.initializers.he_normal()"), Code("keras.initializers.Constant(0.1)"),
    Code("keras.initializers.get('ones')"), Code("lambda shape, dtype=None: tf.zeros(shape, dtype)"),
    {"class_name": "Zeros", "config": {}},
)  # fmt: skip
REGULARIZERS = (
    "L2", "l1l2", "L1L2", "l1_l2", "L1", "orthogonal_regularizer", "ridge", 0.01, 1,
    Code("keras.regularizers.l2(0.01)"), Code("keras.regularizers.L1L2(0.1, 0.1)"),
    Code("keras.regularizers.L2"), Code("keras.regularizers.l2"), Code("lambda w: 0.0"),
    Code("keras.regularizers.get('l1')"), {"class_name": "L2", "config": {"l2": 0.1}},
)  # fmt: skip
CONSTRAINTS = (
    "MaxNorm", "maxnorm", "UnitNorm", "NonNeg", "nonneg", "min_max_norm", 3,
    Code("keras.constraints.max_norm(2)"), Code("keras.constraints.MaxNorm"),
    Code("keras.constraints.UnitNorm(axis=0)"), Code("keras.constraints.get('non_neg')"),
    Code("lambda w: w"),
)  # fmt: skip
POLICIES = (
    Code("keras.DTypePolicy('mixed_float16')"), Code("keras.dtype_policies.DTypePolicy('float64')"),
    "Float32", "FLOAT16", "float", "int", "half", "double", "mixed_float32", "bfloat", "", {}, 32,
    Code("tf.float16"), Code("np.float32"), Code("np.dtype('float64')"), Code("float"),
    Code("keras.config.dtype_policy()"), Code("keras.config.floatx()"), "string", "bool",
    {"class_name": "DTypePolicy", "config": {"name": "float16"}},
)  # fmt: skip

OF_ENDING: dict[str, tuple[Any, ...]] = {
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "regularizer": REGULARIZERS,
    "constraint": CONSTRAINTS,
    "dtype": POLICIES,
}


def respelt(case: Case, draw: Draw) -> Case:
    """The case with one or two of its arguments in other words."""
    assert case.made is not None
    made = case.made
    for _ in range(draw.of(1, 1, 2)):
        made = _respell(made, draw)
    if draw.chance(0.3):
        made = _with_base_keyword(made, case, draw)
    prelude = (draw.choice(SETTINGS),) if draw.chance(0.3) else ()
    return replace(case, made=made, prelude=prelude)


def _respell(made: Made, draw: Draw) -> Made:
    places: list[Any] = [*range(len(made.args)), *made.kwargs]
    if not places:
        return made
    place = draw.choice(places)
    if isinstance(place, int):
        args = list(made.args)
        args[place] = _in_other_words("", args[place], draw)
        return replace(made, args=tuple(args))
    other = _in_other_words(place, made.kwargs[place], draw)
    return replace(made, kwargs={**made.kwargs, place: other})


def _in_other_words(name: str, value: Any, draw: Draw) -> Any:
    if isinstance(value, Made):
        return _respell(value, draw)
    if isinstance(value, list) and value and all(isinstance(item, Made) for item in value):
        return draw.of(tuple(value), [_respell(item, draw) for item in value], list(value))
    for ending, choices in OF_ENDING.items():
        if name.endswith(ending):
            return draw.choice(choices)
    return draw.choice(list(_spellings(value)))


def _spellings(value: Any) -> Any:
    written = text(value)
    if isinstance(value, bool):
        return (int(value), str(value), Code(f"np.bool_({written})"), None, not value)
    if isinstance(value, int):
        return (
            float(value), str(value), [value], (value,), value + 0.5, value == 1,
            Code(f"np.int64({written})"), Code(f"np.array({written})"),
            Code(f"np.float32({written})"), Code(f"tf.constant({written})"),
            Code(f"int({float(value)})"), Code(f"np.array([{written}])[0]"),
        )  # fmt: skip
    if isinstance(value, float):
        return (int(value), str(value), [value], Code(f"np.float32({written})"), -value)
    if isinstance(value, str):
        return (
            value.upper(), value.title(), f"{value} ", [value], Code(f"np.str_({written})"),
            value.encode(), value.replace("_", "-"),
        )  # fmt: skip
    if isinstance(value, (list, tuple)):
        numbers = bool(value) and all(isinstance(item, (int, float)) for item in value)
        return (
            list(value), tuple(value), value[::-1], value[:1], [*value, *value[:1]], set_text(value),
            *([Code(f"np.array({written})"), Code(f"tuple(np.array({written}))"),
               Code(f"np.array({written}).tolist()"), [float(item) for item in value],
               Code(f"tf.TensorShape({written})"), Code(f"iter({written})")] if numbers else ()),
        )  # fmt: skip
    return (0, False, "None", (), value)


def set_text(value: Any) -> Any:
    """A generator of the items, which can be gone through once."""
    return Code(f"(item for item in {text(value)})")


def _with_base_keyword(made: Made, case: Case, draw: Draw) -> Made:
    """With a keyword that every layer takes, or took in Keras 2."""
    first = next(iter(case.calls[0].args), None) if case.calls else None
    shape = getattr(first, "shape", (None, 4))
    given = draw.choice((
        {"input_shape": shape[1:]}, {"input_shape": list(shape[1:])}, {"input_shape": 3},
        {"batch_input_shape": shape}, {"input_dim": 4}, {"batch_size": 2}, {"input_dtype": "int32"},
        {"weights": None}, {"weights": []}, {"implementation": 2}, {"autocast": draw.of(0, None)},
        {"name": draw.of("", " ", "a.b", "Ä", Code("'a' + str(1)"), ("a",))},
        {"dtype": draw.choice(POLICIES)}, {"trainable": draw.of(False, 0, None, Code("np.bool_(0)"))},
        {"activity_regularizer": draw.choice(REGULARIZERS)}, {"dynamic": True}, {"batch_shape": shape},
        {"input_length": 3}, {"sparse": True},
    ))  # fmt: skip
    return replace(made, kwargs={**made.kwargs, **given})
