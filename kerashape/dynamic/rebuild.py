"""The rebuilder: a plan (:mod:`kerashape.dynamic.plan`) carried out with real Keras.

Runs in the nursery. It knows nothing of the analysis, and no code of the program comes here.
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable
from typing import Any

from kerashape.dynamic.devices import Devices
from kerashape.dynamic.events import Event, Finished, Replayed
from kerashape.dynamic.recorder import shape_of

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_SIZES = (32, 64, 16, 8, 128, 96, 224, 5, 3, 1)
"""What is tried in turn for the sizes that Keras leaves open: those of a picture."""
_LENGTHS = (8, 32, 64, 16, 128, 96, 224, 5, 3, 1)
"""The same for sequences, which recurrent layers go through one by one."""
_VOLUMES = (8, 16, 32, 5, 3, 1)
"""The same where three axes or more are open: attention over all of them squares their product."""
_MODERATE = 64
_TOO_SMALL = re.compile(r"negative|at least|too small", re.IGNORECASE)
"""What is said where a larger size may help: otherwise it would cost memory alone."""
SAMPLES = 2


class Missing(Exception):
    """Something that an earlier step did not make."""


class Rebuilder:
    """Carries out steps, and notes what came of each.

    Args:
        keras: the module, ``keras`` or ``tf_keras``.
        devices: where the models run.
        note: takes the events.
    """

    def __init__(self, keras: Any, devices: Devices, note: Callable[[Event], None]) -> None:
        self.keras = keras
        self.devices = devices
        self.note = note
        self.tensors: dict[int, Any] = {}
        self.layers: dict[int, Any] = {}
        self.sizes: dict[str, int] = {}
        """What was asked for, by Input and axis."""
        self._batches: dict[int, tuple[Any, list[Any]]] = {}
        """What models took, and the shapes that came out."""
        self._compiled: set[int] = set()
        self._substitute = _stand_in_class(keras)
        self.nest = getattr(keras, "tree", None) or importlib.import_module("tensorflow").nest

    def run(self, steps: list[dict[str, Any]]) -> None:
        """All steps; one that fails does not stop the others."""
        begun = time.perf_counter()
        self.keras.utils.set_random_seed(1)
        with self.devices.scope(self.keras):
            for number, step in enumerate(steps):
                found = Replayed(number)
                try:
                    getattr(self, "_" + step["do"].replace("-", "_"))(step, found)
                except Missing as missing:
                    found.skipped = str(missing)
                except Exception as error:
                    found.error = f"{type(error).__name__}: {_COLOUR.sub('', str(error))}"
                self.note(found)
        backend = str(self.keras.backend.backend())
        self.note(Finished(time.perf_counter() - begun, self.keras.__version__, backend))

    # -- steps --------------------------------------------------------------------------

    def _input(self, step: dict[str, Any], found: Replayed) -> None:
        values = {"batch_shape": tuple(step["shape"]), "dtype": step["dtype"], "name": step["name"]}
        if step["sparse"]:
            values["sparse"] = True
        self.sizes.update(step["asked"])
        self._define(step["outputs"], self.keras.Input(**values))

    def _layer(self, step: dict[str, Any], found: Replayed) -> None:
        arguments = {name: self.value(value) for name, value in step["arguments"].items()}
        if step["name"] is not None:
            arguments["name"] = step["name"]
        self.layers[step["layer"]] = self._named(step["path"])(**arguments)

    def _model(self, step: dict[str, Any], found: Replayed) -> None:
        inputs, outputs = self.value(step["inputs"]), self.value(step["outputs"])
        model = self.keras.Model(inputs, outputs, name=step["name"])
        if step["layer"] is not None:
            self.layers[step["layer"]] = model

    def _stack(self, step: dict[str, Any], found: Replayed) -> None:
        layers = self.value(step["layers"])
        self.layers[step["layer"]] = self.keras.Sequential(layers, name=step["name"])

    def _call(self, step: dict[str, Any], found: Replayed) -> None:
        values = [(name, self.value(value)) for name, value in step["values"]]
        if "layer" in step:
            layer = self._made(step["layer"])
            first = [value for _, value in values[:1]]
            output = layer(*first, **dict(values[1:]))
        else:
            output = self._function(step["path"], values)
        found.output = _shapes(output)
        self._define(step["outputs"], output)

    def _function(self, path: str, values: list[tuple[str, Any]]) -> Any:
        if path == "keras.ops.get_item":
            given = dict(values)
            return given["x"][given["key"]]
        return self._named(path)(**dict(values))

    def _stand_in(self, step: dict[str, Any], found: Replayed) -> None:
        inputs = [self._value_tensor(number) for number in step["inputs"]]
        outputs = self._substitute(step["shapes"], step["dtypes"])(inputs)
        self._define(step["outputs"], outputs)

    def _refused(self, step: dict[str, Any], found: Replayed) -> None:
        positional = [self.value(value) for value in step["positional"]]
        keywords = {name: self.value(value) for name, value in step["keywords"].items()}
        if step["path"].startswith("keras.applications."):
            keywords["weights"] = None
        function = self._named(step["path"]) if "on" not in step else self._method(step)
        function(*positional, **keywords)

    def _method(self, step: dict[str, Any]) -> Any:
        model = self._made(step["on"])
        names = [layer.name for layer in model.layers]
        if step["names"] is not None and sorted(names) != sorted(step["names"]):
            raise Missing("its layers have other names here")
        return getattr(model, step["path"].rpartition(".")[2])

    def _check(self, step: dict[str, Any], found: Replayed) -> None:
        model = self._made(step["layer"])
        if not model.built:
            model.build(tuple(step["inputs"][0]))
        found.inputs = [shape_of(tensor) for tensor in model.inputs]
        found.output = [shape_of(tensor) for tensor in model.outputs]
        partly = any(isinstance(layer, self._substitute) for layer in model._flatten_layers())
        found.params = None if partly else int(model.count_params())
        try:
            self._forward(model, found)
        except Exception:
            if not partly:
                raise
            found.skipped = "a part of it is the program's own"

    def _forward(self, model: Any, found: Replayed) -> None:
        """A batch of zeros; twice on a card, which compiles and finds its best kernels once."""
        forward = self.devices.forward(model)
        self.devices.forget_peak()
        given, output = self._batch_for(model, forward, found)
        if self.devices.compiles:
            start = time.perf_counter()
            output = forward(given)
            self.devices.wait(output)
            found.seconds = time.perf_counter() - start
        found.peak = self.devices.peak()
        found.batch = [shape_of(leaf) for leaf in self.nest.flatten(output)]

    def _batch_for(self, model: Any, forward: Callable[[Any], Any], found: Replayed) -> Any:
        """A batch, and what the model makes of it: open sizes are tried until it takes them."""
        error: Exception | None = None
        small = False
        for size in _sizes(model):
            if size > _MODERATE and not small:
                continue
            try:
                batch = [self._zeros(tensor, size) for tensor in model.inputs]
                given = self.nest.pack_sequence_as(_structure(model), batch)
                start = time.perf_counter()
                output = forward(given)
                self.devices.wait(output)
                found.seconds = time.perf_counter() - start
            except Exception as problem:
                error = error or problem
                small = small or _TOO_SMALL.search(str(problem)) is not None
            else:
                shapes = [shape_of(leaf) for leaf in self.nest.flatten(output)]
                self._batches[id(model)] = given, shapes
                return given, output
        assert error is not None
        raise error

    def _compile(self, step: dict[str, Any], found: Replayed) -> None:
        model = self._made(step["layer"])
        arguments = {name: self.value(value) for name, value in step["arguments"].items()}
        # One step is not worth tracing, but JAX would compile every operation of it.
        eagerly = self.devices.backend != "jax"
        model.compile(**{"optimizer": "sgd", "run_eagerly": eagerly, **arguments})
        self._compiled.add(step["layer"])

    def _train(self, step: dict[str, Any], found: Replayed) -> None:
        model = self._made(step["layer"])
        data = {name: self.value(value) for name, value in step["data"].items()}
        predicts, how = step["how"].startswith("predict"), step["how"]
        if not predicts and not step["bare"] and step["layer"] not in self._compiled:
            raise Missing("the model is not compiled: its loss is the program's own")
        if step.get("labels") is not None:
            data = self._zeros_and_labels(model, step["labels"])
        quiet = {} if how.endswith("_on_batch") else {"verbose": 0}
        self.devices.forget_peak()
        start = time.perf_counter()
        output = getattr(model, how)(**data, **quiet)
        found.seconds = time.perf_counter() - start
        found.peak = self.devices.peak()
        if predicts:
            found.batch = [shape_of(leaf) for leaf in self.nest.flatten(output)]

    def _zeros_and_labels(self, model: Any, labels: Any) -> dict[str, Any]:
        """A batch for the Inputs, and what the losses take beside the outputs of it."""
        if id(model) not in self._batches:
            self._batch_for(model, self.devices.forward(model), Replayed(0))
        batch, outputs = self._batches[id(model)]
        kinds = self.value(labels)
        names = list(model.output_names) if isinstance(kinds, dict) else None
        if isinstance(kinds, bool):
            kinds = [kinds] * len(outputs)
        wanted = list(kinds.values()) if isinstance(kinds, dict) else kinds
        if names is not None:
            shapes = [outputs[names.index(name)] for name in kinds if name in names]
        else:
            shapes = outputs
        if len(wanted) != len(shapes):
            raise Missing("the losses are not one for each output")
        made = [
            _zeros(shape[:-1] if sparse else shape, "int32" if sparse else "float32")
            for sparse, shape in zip(wanted, shapes)
        ]
        y = dict(zip(kinds, made)) if isinstance(kinds, dict) else made
        return {"x": batch, "y": made[0] if len(made) == 1 and names is None else y}

    # -- values -------------------------------------------------------------------------

    def value(self, value: Any) -> Any:
        """A value of a step. Raises :class:`Missing`."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        [(kind, content)] = value.items()
        return getattr(self, "_value_" + kind[1:])(content)

    def _value_tensor(self, number: int) -> Any:
        if number not in self.tensors:
            raise Missing("a tensor before it could not be made")
        return self.tensors[number]

    def _value_layer(self, number: int) -> Any:
        return self._made(number)

    def _value_tuple(self, items: list[Any]) -> Any:
        return tuple(self.value(item) for item in items)

    def _value_dict(self, items: list[Any]) -> Any:
        if any(key == "class_name" for key, _ in items):
            raise Missing("a serialized object is not made")
        return {self.value(key): self.value(item) for key, item in items}

    def _value_slice(self, items: list[Any]) -> Any:
        return slice(*(self.value(item) for item in items))

    def _value_ellipsis(self, _: Any) -> Any:
        return Ellipsis

    def _value_name(self, path: str) -> Any:
        return self._named(path)

    def _value_make(self, content: list[Any]) -> Any:
        path, positional, keywords = content
        made = self._named(path)
        return made(
            *(self.value(item) for item in positional),
            **{name: self.value(item) for name, item in keywords.items()},
        )

    def _value_zeros(self, content: list[Any]) -> Any:
        """Zeros; the last one is the last class, where they are labels."""
        shape, dtype, last = content
        made = _zeros(shape, dtype)
        if last and made.size:
            made[(-1,) * made.ndim] = last
        return made

    def _made(self, number: int) -> Any:
        if number not in self.layers:
            raise Missing("the layer could not be made")
        return self.layers[number]

    def _named(self, path: str) -> Any:
        """A public name of Keras, or a function of TensorFlow."""
        root, *names = path.split(".")
        if root in ("builtins", "numpy"):
            return getattr(importlib.import_module(root), names[0])
        if root != "keras" and self.devices.backend != "tensorflow":
            raise Missing(f"{path} needs TensorFlow, and the backend is {self.devices.backend}")
        found = self.keras if root == "keras" else importlib.import_module("tensorflow")
        for name in names:
            if not hasattr(found, name):
                raise Missing(f"{path} is not there")
            found = getattr(found, name)
        return found

    def _zeros(self, tensor: Any, size: int) -> Any:
        places = [f"{tensor.name}.{axis}" for axis in range(len(tensor.shape))]
        sizes = [
            self.sizes.get(place, size) if n is None else n
            for n, place in zip(tensor.shape, places)
        ]
        if places and tensor.shape[0] is None and places[0] not in self.sizes:
            sizes[0] = SAMPLES
        return _zeros(sizes, str(getattr(tensor.dtype, "name", tensor.dtype)))

    def _define(self, numbers: list[int | None], output: Any) -> None:
        for number, tensor in zip(numbers, self.nest.flatten(output)):
            if number is not None:
                self.tensors[number] = tensor


def _stand_in_class(keras: Any) -> Any:
    """The class of layers that return zeros of given shapes, whatever they are called on."""

    class StandIn(keras.layers.Layer):  # type: ignore[misc]
        """In place of what only the program could make."""

        def __init__(self, shapes: list[list[int | None]], dtypes: list[str]) -> None:
            super().__init__()
            self.outputs_like = [*zip(map(tuple, shapes), dtypes)]

        def compute_output_spec(self, inputs: Any) -> Any:
            return [keras.KerasTensor(shape, dtype) for shape, dtype in self.outputs_like]

        def call(self, inputs: Any) -> Any:
            if not hasattr(keras, "ops"):
                return [_legacy_zeros(inputs[0], *like) for like in self.outputs_like]
            batch = keras.ops.shape(inputs[0])[0]
            return [
                keras.ops.zeros(
                    [batch if n is None and i == 0 else n or 1 for i, n in enumerate(shape)], dtype
                )
                for shape, dtype in self.outputs_like
            ]

    return StandIn


def _legacy_zeros(like: Any, shape: tuple[int | None, ...], dtype: str) -> Any:
    """The same in Keras 2, which infers the shape from the tensor."""
    tf = importlib.import_module("tensorflow")
    batch = tf.shape(like)[0]
    sizes = [batch if n is None and i == 0 else n or 1 for i, n in enumerate(shape)]
    return tf.raw_ops.PlaceholderWithDefault(input=tf.zeros(sizes, dtype), shape=list(shape))


def _zeros(shape: list[int], dtype: str) -> Any:
    import numpy as np

    if dtype in ("string", "str"):
        return np.full(shape, "", dtype=object)
    return np.zeros(shape, "float32" if dtype == "bfloat16" else dtype)


def _shapes(output: Any) -> Any:
    if isinstance(output, (dict, list, tuple)) and not output:
        return None  # [] is the shape of a single number
    if isinstance(output, dict):
        return {str(key): _shapes(item) for key, item in output.items()}
    if isinstance(output, (list, tuple)):
        return [_shapes(item) for item in output]
    return shape_of(output)


def _sizes(model: Any) -> tuple[int, ...]:
    """What to try for the sizes of a model's inputs that are open."""
    open_ = [tuple(t.shape) for t in model.inputs if None in tuple(t.shape)[1:]]
    if not open_:
        return (1,)
    if max(shape[1:].count(None) for shape in open_) > 2:
        return _VOLUMES
    return _SIZES if max(map(len, open_)) > 3 else _LENGTHS


def _structure(model: Any) -> Any:
    structure = getattr(model, "_inputs_struct", None)
    return model.inputs[0] if structure is None else structure
