"""Layers around a model of another framework, of which nothing is known without running it."""

from __future__ import annotations

from typing import Any, ClassVar

from kerashape.keras.layers.arguments import settle
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import plain
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Undecided


class _Foreign(Layer):
    """A layer whose output and weights are those of a model outside the program."""

    single_output = False
    reason: ClassVar[str]

    def build(self, inputs: Any) -> None:
        raise Undecided(self.reason)

    def output(self, inputs: Any) -> Any:
        raise Undecided(self.reason)


class JaxLayer(_Foreign):
    """A function of JAX."""

    signature = (
        "call_fn, init_fn=None, params=None, state=None, seed=None, "
        "native_serialization_platforms=None"
    )
    call_signature = "inputs, training=False"
    reason = "what a JAX function returns is not inferred"


class FlaxLayer(_Foreign):
    """A module of Flax."""

    signature = "module, method=None, variables=None"
    keywords = "seed=None, native_serialization_platforms=None"
    call_signature = "inputs, training=False"
    reason = "what a Flax module returns is not inferred"


class TFSMLayer(_Foreign):
    """A SavedModel, read from disk when the layer is made."""

    signature = (
        "filepath, call_endpoint='serve', call_training_endpoint=None, trainable=True, name=None, "
        "dtype=None"
    )
    call_signature = "inputs, training=False, **kwargs"
    takes_base_arguments = False
    reason = "what a SavedModel returns is not inferred"


class TorchModuleWrapper(_Foreign):
    """A module of PyTorch; ``output_shape`` says what it returns."""

    signature = "module, name=None, output_shape=None"
    call_signature = "*args, training=None, **kwargs"
    reason = "what a PyTorch module returns is not inferred"
    output_shape: Any

    def check(self) -> None:
        settle(self, "output_shape")

    def output(self, inputs: Any) -> Any:
        if isinstance(self.output_shape, (list, tuple)) and plain(self.output_shape):
            return standardize_shape(self.output_shape)
        raise Undecided(self.reason)
