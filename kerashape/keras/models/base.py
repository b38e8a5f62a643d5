"""What all models have in common."""

from __future__ import annotations

from typing import Any

from kerashape.keras.layers import find
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Undecided


class Model(Layer):
    """What Functional, Sequential and subclassed models have in common."""

    call_signature = "inputs, training=None, mask=None"
    accepts_values = True
    single_output = False
    inputs: Any = None
    """The symbolic inputs, nested as they were given; Unknown or None if there are none yet."""
    outputs: Any = None
    compiled: Any = None
    """The fact of the last ``compile``; None if there was none, Unknown if that is not known."""
    distributed: bool = False
    """Whether it is trained on several devices, each of which gets a part of every batch."""
    custom_training: bool = False
    """Whether a class of the user's changes what ``fit`` does (``train_step``...)."""

    @property
    def is_model(self) -> bool:
        """Whether it is a model; a layer that the user defines need not be."""
        return True

    @property
    def callee(self) -> str:  # type: ignore[override]
        return f"keras.{self.class_name}"

    def output_within(self, inputs: Any, *, when_run: bool = False) -> Any:
        self.check_inputs(inputs)
        return super().output_within(inputs, when_run=when_run)

    def bind_call(self, arguments: Arguments) -> dict[str, Any]:
        try:
            return super().bind_call(arguments)
        except Fault as fault:
            if fault.argument in (arguments.keywords or {}) and not self._is_plain():
                raise Undecided("an argument that a layer of the user may take") from fault
            raise

    def _is_plain(self) -> bool:
        """Whether all its layers are Keras's own: they take no arguments but the usual ones."""
        try:
            return all(find(layer.class_name) is type(layer) for layer in self.sublayers)
        except Undecided:
            return False

    @property
    def layers(self) -> list[Layer]:
        """``model.layers``. Raises :class:`Undecided` where they are not known."""
        return list(self.sublayers)

    def get_layer(self, name: Any = None, index: Any = None) -> Layer:
        """``model.get_layer(...)``.

        Raises:
            Fault: ``unknown-layer``.
            Undecided: if the layers, their names or the arguments are not known.
        """
        if index is not None and name is not None:
            raise Fault(
                "bad-argument",
                "Provide only a layer name or a layer index. Received: "
                f"index={index}, name={name}.",
                expected="a name or an index",
                found="both",
            )
        layers = self.layers
        if index is not None:
            if isinstance(index, (float, str, list, tuple)):
                raise Fault(
                    "bad-argument",
                    "",
                    argument="index",
                    expected="an integer",
                    found=index,
                )
            if index < -len(layers):
                raise Fault(
                    "unknown-layer",
                    "list index out of range",
                    expected=f"an index from {-len(layers)} to {len(layers) - 1}",
                    found=index,
                )
            if len(layers) <= index:
                raise Fault(
                    "unknown-layer",
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(layers)} layers.",
                    expected=f"an index below {len(layers)}",
                    found=index,
                )
            found: Layer = layers[index]
            return found
        if name is None:
            raise Fault(
                "bad-argument",
                "Provide either a layer name or layer index at `get_layer`.",
                expected="a name or an index",
            )
        for layer in layers:
            if layer.name == name:  # undecided where a name before it is not known
                return layer
        listed = [str(layer.name) for layer in layers]
        raise Fault(
            "unknown-layer",
            f"No such layer: {name}. Existing layers are: {listed}.",
            expected="the name of a layer of the model",
            found=name,
        )
