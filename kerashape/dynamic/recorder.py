"""Notes every layer call, model and training that a program makes.

Keras's own methods are wrapped; the wrappers call them, look where they were called from, and
write down what came out. Works with Keras 3 and with tf-keras.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Any

from kerashape.dynamic.events import (
    Event,
    LayerCall,
    Line,
    MethodCalled,
    ModelBuilt,
    Shapes,
)
from kerashape.dynamic.frames import Frames

_PASSED_THROUGH = frozenset(
    {"__call__", "__init__", "__new__", "error_handler", "wrapper", "noted"}
)
"""Frames of Keras that stand between the program and the method that is wrapped."""
_METHODS = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch",
            "predict_on_batch")  # fmt: skip
_MANY_MODELS = 300

Made = tuple[int, Line | None, tuple[int, int] | None]
"""A layer's number, the line that made it, and where that expression ends."""


class Recorder:
    """Records into ``note`` while :meth:`recording`.

    Args:
        keras: the module, ``keras`` or ``tf_keras``.
        frames: what is the program's own.
        note: takes the events.
    """

    def __init__(self, keras: Any, frames: Frames, note: Callable[[Event], None]) -> None:
        self.keras = keras
        self.frames = frames
        self.note = note
        self._made: weakref.WeakKeyDictionary[Any, Made] = weakref.WeakKeyDictionary()
        self._count = 0
        self._models: list[tuple[Any, Line, bool]] = []
        self._told: dict[int, ModelBuilt] = {}
        self._interrupted: weakref.WeakSet[Any] = weakref.WeakSet()
        self._package = keras.__name__.partition(".")[0]
        self._symbolic_scope = _symbolic_scope(self._package)

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """The wrappers are in place within."""
        layer = self.keras.layers.Layer
        with contextlib.ExitStack() as stack:
            self._wrap(stack, layer, "__call__", self._layer_call)
            self._wrap(stack, layer, "__init__", self._layer_made)
            functional = _functional(self.keras)
            if functional is not None:
                self._wrap(stack, functional, "__init__", self._graph_made)
            operation = getattr(self.keras, "Operation", None)
            if operation is not None:
                self._wrap(stack, operation, "symbolic_call", self._operation_call)
            for method in _METHODS:
                self._wrap(stack, self.keras.Model, method, self._method(method))
            yield

    @staticmethod
    def _wrap(
        stack: contextlib.ExitStack,
        owner: Any,
        name: str,
        around: Callable[..., Any],
    ) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
            return around(original, self, *args, **kwargs)

        # Keras asks for it in two ways, of which one does not look behind the wrapper.
        noted.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        own = owner.__dict__.get(name)
        setattr(owner, name, noted)
        restore = functools.partial(setattr, owner, name, own)
        stack.callback(restore if own is not None else functools.partial(delattr, owner, name))

    # -- calls --------------------------------------------------------------------------

    def _layer_call(self, original: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(layer, *args, **kwargs)
        frame = self._caller(sys._getframe(2))
        if frame is None or not self._is_direct(layer):
            return output
        if self.frames.own(frame.f_code):
            self._note_call(layer, frame, args, kwargs, output)
        elif self._is_stack(frame) and not self._restores(frame):
            self._note_call(layer, frame, args, kwargs, output, stacked=True)
        return output

    def _is_direct(self, layer: Any) -> bool:
        return type(layer).__name__ != "InputLayer"

    def _operation_call(self, original: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(operation, *args, **kwargs)
        if isinstance(operation, self.keras.layers.Layer):
            return output
        # The function of keras.ops, and perhaps an operator method, stand between.
        frame: FrameType | None = sys._getframe(2)
        for _ in range(6):
            if frame is None or self.frames.own(frame.f_code):
                break
            if frame.f_code.co_name in ("call", "compute_output_spec"):
                return output  # a layer of Keras asked
            frame = frame.f_back
        if frame is not None and self.frames.own(frame.f_code):
            self._note_call(operation, frame, args, kwargs, output, operation=True)
        return output

    def _caller(self, frame: FrameType | None) -> FrameType | None:
        """The frame that asked, past those that Keras puts around a method."""
        while frame is not None and not self.frames.own(frame.f_code):
            if frame.f_code.co_name not in _PASSED_THROUGH:
                return frame
            frame = frame.f_back
        return frame

    def _is_stack(self, frame: FrameType) -> bool:
        """Whether Sequential calls its layers, one on the other's output, to build itself."""
        return frame.f_code.co_name in ("build", "_maybe_rebuild", "add") and frame.f_globals.get(
            "__name__", ""
        ).endswith("sequential")

    def _restores(self, frame: FrameType | None) -> bool:
        """Whether Keras makes a model again, which was saved or is cloned."""
        while frame is not None and not self.frames.own(frame.f_code):
            if frame.f_code.co_name in ("from_config", "clone_model"):
                return True
            frame = frame.f_back
        return False

    def _note_call(
        self,
        layer: Any,
        frame: FrameType,
        args: Any,
        kwargs: Any,
        output: Any,
        *,
        stacked: bool = False,
        operation: bool = False,
    ) -> None:
        lines = list(self.frames.stack(frame))
        number, made, end = self._made.get(layer, (0, None, None))
        where = made if stacked else (lines[0] if lines else None)
        if where is None:
            return
        inputs = [self._shapes(value) for value in (*args, *kwargs.values())]
        self.note(
            LayerCall(
                where,
                type(layer).__name__,
                self._is_library(type(layer)),
                self._mode((args, kwargs)),
                [shape for shape in inputs if shape is not None],
                self._shapes(output),
                str(getattr(layer, "name", "")),
                stacked,
                operation,
                number,
                end if stacked else self.frames.end(frame),
                lines,
                layer in self._interrupted,
            )
        )

    def _is_library(self, kind: type) -> bool:
        return kind.__module__.partition(".")[0] in (self._package, "keras", "tf_keras")

    def _mode(self, values: Any) -> str:
        mode = "eager"
        for leaf in leaves(values):
            if self._is_symbolic(leaf):
                return "symbolic"
            if mode == "eager" and not hasattr(leaf, "numpy") and self._in_scratch(leaf):
                mode = "traced"
        return mode

    def _is_symbolic(self, leaf: Any) -> bool:
        try:
            return bool(self.keras.backend.is_keras_tensor(leaf))
        except ValueError:  # Keras 2 asks it of tensors only
            return False

    def _in_scratch(self, leaf: Any) -> bool:
        """Whether Keras traces the call of a layer for its shape (not a step of training)."""
        if self._symbolic_scope is not None:
            return type(leaf).__name__ != "ndarray" and bool(self._symbolic_scope())
        return "keras_graph" in str(getattr(getattr(leaf, "graph", None), "name", ""))

    def _shapes(self, value: Any) -> Shapes:
        if isinstance(value, dict):
            return {str(key): self._shapes(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            found = [self._shapes(item) for item in value]
            return found if any(item is not None for item in found) else None
        return shape_of(value)

    # -- layers and models --------------------------------------------------------------

    def _layer_made(self, original: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(layer, *args, **kwargs)
        lines = self.frames.stack(sys._getframe(2))
        where = next(lines, None)
        if self._within_stack(sys._getframe(2)):
            return result
        # A user's class calls super().__init__ itself: the layer is made where that is.
        if where is not None and layer not in self._made:
            frame = self._construction(sys._getframe(2), layer)
            end = None
            if frame is not None:
                where, end = (frame.f_code.co_filename, frame.f_lineno), self.frames.end(frame)
            self._count += 1
            self._made[layer] = self._count, where, end
            if isinstance(layer, self.keras.Model) and len(self._models) < _MANY_MODELS:
                caller = self._caller(sys._getframe(2))
                library = caller is None or not self.frames.own(caller.f_code)
                self._models.append((layer, where, library))
        return result

    def _graph_made(self, original: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        """A functional model that Keras refuses has been a layer already."""
        try:
            return original(model, *args, **kwargs)
        except BaseException:
            self._models = [
                entry if entry[0] is not model else (None, *entry[1:]) for entry in self._models
            ]
            raise

    def _within_stack(self, frame: FrameType | None) -> bool:
        """Whether a Sequential makes it, as the graph that it wraps."""
        while frame is not None and not self.frames.own(frame.f_code):
            if self._is_stack(frame):
                return True
            frame = frame.f_back
        return False

    def _construction(self, frame: FrameType | None, layer: Any) -> FrameType | None:
        """The frame of the call of its class: the first that is not in an ``__init__`` of it."""
        while frame is not None:
            inside = (
                frame.f_code.co_name == "__init__"
                and next(iter(frame.f_locals.values()), None) is layer
            )
            if self.frames.own(frame.f_code) and not inside:
                return frame
            frame = frame.f_back
        return None

    def tell_models(self) -> None:
        """Note every model that is new or has changed."""
        for number, (model, where, library) in enumerate(self._models):
            if model is None:
                continue
            found = ModelBuilt(
                number,
                where,
                library,
                type(model).__name__,
                str(getattr(model, "name", "")),
                _attempt(model, _inputs),
                _attempt(model, _outputs),
                _attempt(model, _params),
            )
            told = self._told.get(number)
            if told != found and self._is_left(model):
                found.interrupted = True
            if told != found:
                self._told[number] = found
                self.note(found)

    def interrupt(self, traceback: TracebackType | None, names: Iterable[str]) -> None:
        """An exception came out of a statement with these names: the models that it was about.

        They are those in the variables of the program that the exception went through, and those
        whose own methods it went through; with all of their layers.
        """
        about: set[int] = set()
        names = list(names)
        for frame, _ in walk_tb(traceback):
            variables = frame.f_locals
            if frame.f_code.co_name == "<module>":
                about.update(id(variables.get(name)) for name in names)
            elif self.frames.own(frame.f_code):
                about.update(map(id, leaves(list(variables.values()))))
            elif frame.f_code.co_varnames:
                about.add(id(variables.get(frame.f_code.co_varnames[0])))
        for model, *_ in self._models:
            if model is not None and id(model) in about:
                self._interrupted.update(_attempt(model, _within) or [model])

    def _is_left(self, model: Any) -> bool:
        """Whether it is, or holds, what an exception left."""
        parts = (_attempt(model, _within) or [model]) if self._interrupted else []
        return any(part in self._interrupted for part in parts)

    def _number_of(self, model: Any) -> int | None:
        """The number under which a model is told."""
        numbers = (i for i, (other, *_) in enumerate(self._models) if other is model)
        return next(numbers, None)

    def _method(self, name: str) -> Callable[..., Any]:
        def around(original: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
            frame = self._caller(sys._getframe(2))
            where = next(self.frames.stack(frame), None)
            direct = frame is not None and self.frames.own(frame.f_code)
            done = False
            try:
                result = original(model, *args, **kwargs)
                done = True
                return result
            finally:
                if direct and where is not None:
                    number, left = self._number_of(model), self._is_left(model)
                    self.note(MethodCalled(where, name, done, number, left))

        return around


def shape_of(value: Any) -> Shapes:
    """The shape of a tensor as a list; None of what has none, or one of unknown rank."""
    shape = getattr(value, "shape", None)
    if shape is None or isinstance(value, type):
        return None
    try:
        return [None if size is None else int(size) for size in shape]
    except (TypeError, ValueError):
        return None


def leaves(value: Any) -> Iterator[Any]:
    """What nested lists, tuples and dicts hold."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def _functional(keras: Any) -> Any:
    """The class of functional models, which Keras does not export."""
    package = keras.__name__.partition(".")[0]
    for module in (f"{package}.src.models.functional", f"{package}.src.engine.functional"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(module).Functional
    return None


def _symbolic_scope(package: str) -> Any:
    """What Keras 3 asks to know whether it only infers shapes; None in Keras 2."""
    with contextlib.suppress(ImportError):
        module = importlib.import_module(f"{package}.src.backend.common.symbolic_scope")
        return module.in_symbolic_scope
    return None


def _inputs(model: Any) -> Shapes:
    return [shape_of(tensor) for tensor in model.inputs]


def _outputs(model: Any) -> Shapes:
    return [shape_of(tensor) for tensor in model.outputs]


def _params(model: Any) -> int | None:
    return int(model.count_params()) if model.built else None


def _within(model: Any) -> list[Any]:
    return list(model._flatten_layers())


def _attempt(model: Any, question: Callable[[Any], Any]) -> Any:
    """The answer; None where Keras has none yet (an unbuilt model)."""
    try:
        return question(model)
    except Exception:
        return None
