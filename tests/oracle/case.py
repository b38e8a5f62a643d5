"""One case: a small Keras program as data, which both sides can run.

Arguments are plain Python values, :class:`T` for a symbolic tensor and :class:`Made` for a
layer that is built on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class T:
    """A symbolic tensor of that shape, batch axis included."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"

    def __str__(self) -> str:
        return f"keras.KerasTensor({self.shape}, {self.dtype!r})"


@dataclass(frozen=True)
class Made:
    """A layer made within an argument, such as the cell of an RNN."""

    layer: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> str:
        """The expression without the module."""
        return f"{self.layer}({arguments_text(self.args, self.kwargs)})"

    def __str__(self) -> str:
        return f"keras.layers.{self.call}"


@dataclass(frozen=True)
class Code:
    """A value as the expression that a program has for it."""

    expression: str

    def __repr__(self) -> str:
        return self.expression

    @property
    def value(self) -> Any:
        """What it is when it runs."""
        import keras
        import numpy as np
        import tensorflow as tf

        return eval(self.expression, {"keras": keras, "np": np, "tf": tf})


@dataclass(frozen=True)
class Source:
    """A case that is a program already."""

    name: str
    program: str


@dataclass(frozen=True)
class CallOf:
    """The arguments of one call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A layer or op, and the calls of it. An op has no constructor: ``made`` is then None."""

    name: str
    made: Made | None
    calls: tuple[CallOf, ...]
    module: str = "layers"
    mode: str = "symbolic"
    """On symbolic tensors, within a layer (``traced``) or, for an op, on data (``eager``)."""
    prelude: tuple[str, ...] = ()
    """Statements that come before everything else."""

    @property
    def program(self) -> str:
        """The case as a Python program."""
        if self.made is None:
            return "\n".join(["import keras", *(self._op_call(call) for call in self.calls)])
        if self.module == "applications":
            return f"import keras\nkeras.applications.{self.made.call}.summary()"
        lines = ["import keras", *self.prelude, f"layer = {self.made}"]
        lines += ["# within a layer's call"] if self.mode == "traced" else []
        lines += [f"print(layer({arguments_text(c.args, c.kwargs)}))" for c in self.calls]
        if self.calls:
            lines.append("print([tuple(w.shape) for w in layer.weights])")
        return "\n".join(lines)

    def _op_call(self, call: CallOf) -> str:
        expression = f"keras.ops.{self.name}({arguments_text(call.args, call.kwargs)})"
        if self.mode == "eager":
            return f"print({expression.replace('keras.KerasTensor(', 'data(')})"
        if self.mode == "traced":
            return f"print({expression})  # within a layer's call"
        return f"print({expression})"


def text(value: Any) -> str:
    """A value as Python source."""
    if isinstance(value, (T, Made)):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(text, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k!r}: {text(v)}' for k, v in value.items())}}}"
    return repr(value)


def arguments_text(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The inside of the parentheses of a call."""
    return ", ".join([*map(text, args), *(f"{k}={text(v)}" for k, v in kwargs.items())])


def realise(value: Any, tensor: Callable[[T], Any], made: Callable[[Made], Any]) -> Any:
    """The value with tensors and layers put in."""
    if isinstance(value, T):
        return tensor(value)
    if isinstance(value, Made):
        return made(value)
    if isinstance(value, Code):
        return value.value
    if isinstance(value, (list, tuple)):
        return type(value)(realise(item, tensor, made) for item in value)
    if isinstance(value, dict):
        return {key: realise(item, tensor, made) for key, item in value.items()}
    return value


def map_tensors(value: Any, change: Callable[[T], Any]) -> Any:
    if isinstance(value, T):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map_tensors(item, change) for item in value)
    if isinstance(value, dict):
        return {key: map_tensors(item, change) for key, item in value.items()}
    return value


def tensors_of(value: Any) -> list[T]:
    found: list[T] = []
    map_tensors(value, found.append)
    return found


@dataclass(frozen=True)
class Out:
    """One tensor of an answer; ``?`` stands for what is unknown."""

    shape: tuple[Any, ...] | None
    dtype: str
    sparse: bool = False

    @property
    def known(self) -> bool:
        return self.shape is not None and "?" not in self.shape and self.dtype != "?"

    def __str__(self) -> str:
        return f"{self.shape} {self.dtype}{' sparse' * self.sparse}"


BACKEND = "backend"
"""The stage of a fault that Keras's backend raises where Keras itself has no objection."""


@dataclass(frozen=True)
class Answer:
    """What came of a case.

    ``stage`` is where it stopped: ``""`` (nowhere), ``"constructor"`` or ``"call"``, with
    ``text``, the message. ``outputs`` are those of the calls that succeeded, nested in lists;
    ``weights`` are ``(shape, trainable)`` in order, None where they are not known.
    ``crash`` is the traceback of an exception that no answer should be.
    """

    stage: str = ""
    text: str = ""
    outputs: tuple[Any, ...] = ()
    weights: tuple[tuple[tuple[int, ...], bool], ...] | None = None
    params: int | None = None
    reason: str = ""
    crash: str = ""

    def __str__(self) -> str:
        if self.crash:
            return f"CRASH\n{self.crash}"
        parts = [f"output {self.show(output)}" for output in self.outputs]
        if self.stage:
            parts.append(f"raises in the {self.stage}: {self.text}")
        elif self.weights:
            parts.append(f"weights {self.weights} ({self.params})")
        if self.reason:
            parts.append(f"unknown: {self.reason}")
        return "\n".join(parts)

    def show(self, output: Any) -> str:
        """A nested output in words."""
        if isinstance(output, list):
            return f"[{', '.join(map(self.show, output))}]"
        if isinstance(output, dict):
            return f"{{{', '.join(f'{k}: {self.show(v)}' for k, v in output.items())}}}"
        return str(output)
