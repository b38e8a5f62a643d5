"""What Keras exports beside layers, operations and constructors of models.

Kept apart from the generators, which import Keras.
"""

NOT_LAYERS = frozenset({"Input", "InputSpec", "deserialize", "serialize"})
"""Names in ``keras.layers`` that are no layers: ``Input`` is a function around InputLayer."""

WRAPS_FOREIGN_CODE = frozenset({"FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"})
"""Layers around another framework's module: what they return is not Keras's to say."""

RUNS_CODE = frozenset({"Lambda", "Layer", "Wrapper"})
"""Layers whose call is code: the interpreter's tests cover them."""

NOT_CALLED = frozenset({"InputLayer"})
"""Where a graph starts: it is not called on a tensor."""

LAYERS_NOT_GENERATED = (NOT_LAYERS - {"Input"}) | WRAPS_FOREIGN_CODE | RUNS_CODE | NOT_CALLED

TAKES_CODE = frozenset(
    {
        "associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch",
        "vectorize", "vectorized_map", "while_loop",
    }
)  # fmt: skip
"""Functions of ``keras.ops`` on functions: what they return depends on code."""

NOT_SYMBOLIC = frozenset({"array", "convert_to_numpy", "is_tensor"})
"""Functions of ``keras.ops`` that do not take symbolic tensors, or tell nothing of shapes."""

KILLS_THE_PROCESS = frozenset(
    {
        "adaptive_average_pool",
        "adaptive_max_pool",
        "fft",
        "fft2",
        "ifft2",
        "irfft",
        "istft",
        "rfft",
        "stft",
    }
)
"""Functions that may take TensorFlow 2.21's process down when they are given data: an
adaptive pooling divides by zero, a transform of length zero aborts."""
