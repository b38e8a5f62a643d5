"""Calls: what ``function(*arguments)`` means for every kind of function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import (
    builtins,
    classes,
    functions,
    keras_layers,
    libraries,
    loss_functions,
    methods,
    numbers,
)
from kerashape.interpret.callables import (
    Bound,
    Builtin,
    Decorated,
    External,
    Function,
    GeneratorContext,
    Method,
    Partial,
    Python,
)
from kerashape.interpret.keras_objects import KerasObject, LayerOfKeras2
from kerashape.interpret.libraries import NUMBER_TYPES
from kerashape.interpret.objects import Class, Instance
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Layer
from kerashape.keras.public import OLD_COPY
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

# Libraries whose functions leave lists, dicts and models that they are given as they are.
_HARMLESS = frozenset(
    [
        "numpy",
        "math",
        "os",
        "sys",
        "re",
        "json",
        "logging",
        "time",
        "datetime",
        "random",
        "itertools",
        "functools",
        "collections",
        "matplotlib",
        "seaborn",
        "sklearn",
        "scipy",
        "pandas",
        "cv2",
        "PIL",
        "tensorflow",
        "keras",
        "tqdm",
        "typing",
        "copy",
        "pathlib",
        "pickle",
        "warnings",
        "glob",
        "shutil",
        "argparse",
        "absl",
        "dataclasses",
        "string",
        "operator",
        "statistics",
        "csv",
        "h5py",
        "skimage",
        "imageio",
        "nltk",
        "tensorflow_datasets",
        "tensorflow_hub",
        "kerastuner",
        "keras_tuner",
        "IPython",
        "plotly",
        "requests",
        "urllib",
        "hashlib",
        "pprint",
        "enum",
        "abc",
        "contextlib",
        "types",
        "yaml",
        "io",
        "zipfile",
        "tarfile",
        "wandb",
    ]
)
_MUTATING = frozenset(
    ["random.shuffle", "numpy.random.shuffle", "numpy.putmask", "numpy.place", "numpy.copyto",
     "numpy.put", "numpy.put_along_axis"]
)  # fmt: skip


def call(machine: Machine, function: Any, arguments: Arguments, node: ast.AST) -> Any:
    """``function(*arguments)``."""
    if machine.resolving and isinstance(function, (External, KerasObject)):
        loss = loss_functions.applied(function, arguments)
        if loss is not None:
            return loss
    if isinstance(function, Function):
        return functions.run_function(machine, function, arguments, node)
    if isinstance(function, Bound):
        return call(machine, function.function, _with_first(arguments, function.receiver), node)
    if isinstance(function, (External, Layer)) or not isinstance(
        function, (Builtin, Method, Class, Instance, Partial, Python, Decorated)
    ):
        machine.risks += not (isinstance(function, External) and _is_followed(function.path))
    if isinstance(function, External):
        machine.root = function.root
        result = libraries.call(machine, function.path, arguments, node)
        if function.root == OLD_COPY:
            _mark_old(result)
        root = function.path.partition(".")[0]
        if root not in _HARMLESS or function.path in _MUTATING:
            machine.escape(arguments, f"{function.path} was called with it")
        if machine.resolving and any(result is value for value in arguments.positional):
            return Unknown(f"what {function.path} makes of it")  # not the value itself
        return result
    if isinstance(function, Builtin):
        return builtins.call(machine, function.name, arguments, node)
    if isinstance(function, Method):
        return methods.call(machine, function, arguments, node)
    if isinstance(function, Class):
        return classes.instantiate(machine, function, arguments, node)
    if isinstance(function, Instance):
        method = function.cls.find("__call__")
        if method is not None:
            return call(machine, classes.bind_attribute(machine, function, method), arguments, node)
        return _unknown_call(machine, arguments, "an instance that is not callable")
    if isinstance(function, Layer):
        return keras_layers.call_layer(machine, function, arguments, node)
    if isinstance(function, Partial):
        merged = Arguments(
            [*function.positional, *arguments.positional],
            {**function.keywords, **(arguments.keywords or {})},
            arguments.more_positional,
            arguments.more_keywords,
        )
        return call(machine, function.function, merged, node)
    if isinstance(function, Python):
        return function.function(machine, arguments, node)
    if isinstance(function, Decorated):
        if function.kind == "contextmanager" and isinstance(function.function, Function):
            return GeneratorContext(function.function, arguments)
        value = call(machine, function.function, arguments, node)
        if function.kind == "custom_gradient":  # it returns what it computes, and its gradient
            is_pair = isinstance(value, tuple) and len(value) == 2
            return value[0] if is_pair else Unknown("what a custom gradient belongs to")
        return value
    if isinstance(function, str) and function in NUMBER_TYPES:
        found = numbers.convert(function, arguments)
        if found is not None:
            return found
        return libraries.call(machine, f"numpy.{function}", arguments, node)
    if isinstance(function, LayerOfKeras2):
        return _call_of_keras_2(machine, function, arguments, node)
    machine.forget(function, "a method was called that is not known")
    reason = function.reason if isinstance(function, Unknown) else "what is called is not known"
    return _unknown_call(machine, arguments, reason)


def _mark_old(made: Any) -> None:
    """What TensorFlow's copy of an old Keras makes is of no use to Keras, and the reverse."""
    is_input = isinstance(made, Tensor) and made.is_input and made.call
    operation = made.call.operation if is_input else made
    if isinstance(operation, Layer):
        operation.old_copy = True


def _call_of_keras_2(
    machine: Machine, layer: LayerOfKeras2, arguments: Arguments, node: ast.AST
) -> Unknown:
    """A layer of ``tf_keras`` takes no symbolic tensors of Keras 3."""
    for value in arguments.positional:
        if isinstance(value, Tensor):
            text = "A KerasTensor cannot be used as input to a TensorFlow function."
            machine.refuse_symbolic(value, node, text, "data", layer.path)
    return Unknown("what a layer of Keras 2 returns")


_FOLLOWED = (
    "math.", "itertools.", "functools.", "operator.", "collections.", "copy.", "dataclasses.",
    "typing.", "enum.", "types.", "abc.", "contextlib.",
)  # fmt: skip


def _is_followed(path: str) -> bool:
    """Whether what the function does, and when it raises, is followed precisely."""
    return path.startswith(_FOLLOWED)


def _unknown_call(machine: Machine, arguments: Arguments, reason: str) -> Unknown:
    machine.escape(arguments, "it was passed to a function that is not known")
    return Unknown(reason)


def _with_first(arguments: Arguments, receiver: Any) -> Arguments:
    return Arguments(
        [receiver, *arguments.positional],
        arguments.keywords,
        arguments.more_positional,
        arguments.more_keywords,
    )
