"""What a program finds around it: no network, no data, trainings of a single step.

Weights that would be downloaded stay random. Data sets have their real shapes, and hold
zeros. A training sees :data:`SAMPLES` samples once.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
import os
from collections.abc import Iterator
from typing import Any

from kerashape.dynamic.recorder import leaves

SAMPLES = 2


@contextlib.contextmanager
def surroundings(keras: Any, *, train: bool = True, callbacks: bool = True) -> Iterator[None]:
    """In place within.

    Args:
        train: whether a fit trains; else it goes forward only, to the loss and the metrics.
        callbacks: whether trainings call back.
    """
    with contextlib.ExitStack() as stack:
        patch = functools.partial(_patch, stack)
        _weights(keras, patch)
        _data_sets(keras, patch)
        _sklearn(patch)
        _folders(keras, patch)
        _pictures(keras, patch)
        for method in ("fit", "evaluate", "predict"):
            original = getattr(keras.Model, method)
            small = _small(keras, original, method, callbacks=callbacks)
            patch(keras.Model, method, _forward(keras) if method == "fit" and not train else small)
        yield


def _patch(stack: contextlib.ExitStack, owner: Any, name: str, value: Any) -> None:
    if owner is None or not hasattr(owner, name):
        return
    stack.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)


def _optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


# -- what would be downloaded ---------------------------------------------------------------


def _weights(keras: Any, patch: Any) -> None:
    """Files that would be downloaded do not exist; weights from such files stay random."""
    package = keras.__name__.partition(".")[0]

    @functools.wraps(keras.utils.get_file)
    def get_file(fname: Any = None, origin: Any = None, *args: Any, **kwargs: Any) -> str:
        folder = os.path.join(
            os.path.expanduser("~"), ".keras", kwargs.get("cache_subdir") or "datasets"
        )
        os.makedirs(folder, exist_ok=True)
        name = fname or os.path.basename(str(origin))
        path = os.path.join(folder, os.path.basename(str(name)))
        return path

    patch(keras.utils, "get_file", get_file)
    for module in ("src.utils.file_utils", "src.utils.data_utils"):
        patch(_optional(f"{package}.{module}"), "get_file", get_file)
    for holder in ("src.applications.imagenet_utils",):
        patch(_optional(f"{package}.{holder}"), "decode_predictions", _decode)
    for name in dir(keras.applications):
        patch(getattr(keras.applications, name), "decode_predictions", _decode)

    load = keras.Model.load_weights

    @functools.wraps(load)
    def load_weights(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        if not os.path.exists(str(filepath)):
            return None
        return load(self, filepath, *args, **kwargs)

    patch(keras.Model, "load_weights", load_weights)


def _decode(preds: Any, top: int = 5) -> Any:
    return [[(f"n{i:08}", f"class_{i}", 0.0) for i in range(top)] for _ in range(len(preds))]


# -- data ------------------------------------------------------------------------------------

_IMAGES = {
    "mnist": ((60000, 28, 28), 10000, ()),
    "fashion_mnist": ((60000, 28, 28), 10000, ()),
    "cifar10": ((50000, 32, 32, 3), 10000, (1,)),
    "cifar100": ((50000, 32, 32, 3), 10000, (1,)),
}


def _data_sets(keras: Any, patch: Any) -> None:
    import numpy as np

    def images(shape: tuple[int, ...], test: int, label: tuple[int, ...], classes: int) -> Any:
        def part(n: int) -> Any:
            labels = (np.arange(n) % classes).astype("uint8").reshape((n, *label))
            return np.zeros((n, *shape[1:]), "uint8"), labels

        return lambda *a, **k: (part(shape[0]), part(test))

    def words(num_words: Any, classes: int, n: int, test: int) -> Any:
        top = num_words or 10000
        rng = np.random.default_rng(0)

        def part(n: int) -> Any:
            some = np.empty(n, dtype=object)
            some[:] = [rng.integers(1, top, 10 + i % 50).tolist() for i in range(n)]
            return some, (np.arange(n) % classes).astype("int64")

        return part(n), part(test)

    sets = keras.datasets
    for name, (shape, test, label) in _IMAGES.items():
        classes = 100 if name == "cifar100" else 10
        patch(getattr(sets, name, None), "load_data", images(shape, test, label, classes))
    patch(
        getattr(sets, "imdb", None),
        "load_data",
        lambda path="", num_words=None, *a, **k: words(num_words, 2, 25000, 25000),
    )
    patch(
        getattr(sets, "reuters", None),
        "load_data",
        lambda path="", num_words=None, *a, **k: words(num_words, 46, 8982, 2246),
    )
    index = {f"word{i}": i for i in range(1, 10000)}
    for name in ("imdb", "reuters"):
        patch(getattr(sets, name, None), "get_word_index", lambda *a, **k: dict(index))
    for name, columns, rows in (("boston_housing", 13, 506), ("california_housing", 8, 20640)):

        def table(
            *a: Any, columns: int = columns, rows: int = rows, test_split: float = 0.2, **k: Any
        ) -> Any:
            total = 600 if "small" in (*a[:1], k.get("version")) else rows
            train = int(total * (1 - test_split))
            return tuple((np.zeros((n, columns)), np.zeros(n)) for n in (train, total - train))

        patch(getattr(sets, name, None), "load_data", table)


def _sklearn(patch: Any) -> None:
    """The data set that scikit-learn downloads and that programs for Keras use."""
    datasets = _optional("sklearn.datasets")
    if datasets is None:
        return
    import numpy as np

    columns = [
        "MedInc",
        "HouseAge",
        "AveRooms",
        "AveBedrms",
        "Population",
        "AveOccup",
        "Latitude",
        "Longitude",
    ]

    def housing(*, return_X_y: bool = False, as_frame: bool = False, **_: Any) -> Any:
        x, y, frame = np.zeros((20640, 8)), np.zeros(20640), None
        if as_frame:
            pandas = importlib.import_module("pandas")
            frame = pandas.DataFrame(np.c_[x, y], columns=[*columns, "MedHouseVal"])
            x, y = frame[columns], frame["MedHouseVal"]
        names = {"feature_names": columns, "target_names": ["MedHouseVal"], "DESCR": ""}
        found = importlib.import_module("sklearn.utils").Bunch(
            data=x, target=y, frame=frame, **names
        )
        return (x, y) if return_X_y else found

    patch(datasets, "fetch_california_housing", housing)


def _folders(keras: Any, patch: Any) -> None:
    """Loaders of folders of images or texts: batches of zeros where the folder has no files."""
    for name, make in (
        ("image_dataset_from_directory", _image_folder),
        ("text_dataset_from_directory", _text_folder),
        ("audio_dataset_from_directory", _audio_folder),
    ):
        original = getattr(keras.utils, name, None)
        if original is None:
            continue
        replaced = _if_missing(original, make)
        patch(keras.utils, name, replaced)
        preprocessing = getattr(keras, "preprocessing", None)
        patch(preprocessing, name, replaced)
        for part in ("image", "text", "audio"):
            patch(getattr(preprocessing, part, None), name, replaced)
    _generators(keras, patch)


def _if_missing(original: Any, make: Any) -> Any:
    import inspect

    signature = inspect.signature(original)

    @functools.wraps(original)
    def loader(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        if any(files for _, _, files in os.walk(str(bound.arguments["directory"]))):
            return original(*args, **kwargs)
        bound.apply_defaults()
        return make(bound.arguments)

    return loader


def _labelled(given: dict[str, Any], elements: Any) -> Any:
    """A data set of such elements, with labels as ``label_mode`` says, in batches."""
    import numpy as np

    tf = importlib.import_module("tensorflow")
    names = given.get("class_names") or ["class_a", "class_b"]
    mode = given.get("label_mode") if given.get("labels") is not None else None
    n = len(elements)
    indices = np.arange(n) % len(names)
    labels: Any = {
        "int": indices.astype("int32"),
        "binary": indices.astype("float32").reshape(-1, 1),
        "categorical": np.eye(len(names), dtype="float32")[indices],
    }.get(str(mode))
    parts = elements if labels is None else (elements, labels)
    found = tf.data.Dataset.from_tensor_slices(parts)
    if given.get("batch_size") is not None:
        found = found.batch(min(int(given["batch_size"]), n))
    found.class_names = names
    found.file_paths = [f"{names[i]}/{k}" for k, i in enumerate(indices)]
    return (found, found) if given.get("subset") == "both" else found


def _image_folder(given: dict[str, Any]) -> Any:
    import numpy as np

    channels = {"grayscale": 1, "rgba": 4}.get(given.get("color_mode", "rgb"), 3)
    return _labelled(given, np.zeros((4, *given["image_size"], channels), "float32"))


def _text_folder(given: dict[str, Any]) -> Any:
    import numpy as np

    return _labelled(given, np.array(["some words of text"] * 4))


def _audio_folder(given: dict[str, Any]) -> Any:
    import numpy as np

    length = given.get("output_sequence_length") or 16000
    return _labelled(given, np.zeros((4, length, 1), "float32"))


def _generators(keras: Any, patch: Any) -> None:
    """``ImageDataGenerator.flow_from_directory`` of a missing folder: batches of zeros."""
    image = getattr(getattr(keras, "preprocessing", None), "image", None)
    if image is None:
        package = _optional(f"{keras.__name__.partition('.')[0]}.src.legacy.preprocessing.image")
        image = package
    generator = getattr(image, "ImageDataGenerator", None)
    if generator is None:
        return
    import numpy as np

    def folder(
        self: Any, directory: Any, target_size: Any = (256, 256), color_mode: str = "rgb",
        classes: Any = None, class_mode: Any = "categorical", batch_size: int = 32, *a: Any, **k: Any,
    ) -> Any:  # fmt: skip
        names = classes or ["class_a", "class_b"]
        channels = {"grayscale": 1, "rgba": 4}.get(color_mode, 3)
        n = 4
        indices = np.arange(n) % len(names)
        x = np.zeros((n, *target_size, channels), "float32")
        y: Any = {
            "categorical": np.eye(len(names))[indices],
            "binary": indices,
            "sparse": indices,
        }.get(str(class_mode))
        flow = self.flow(x, x if class_mode == "input" else y, batch_size=min(batch_size, n))
        flow.class_indices = {name: i for i, name in enumerate(names)}
        flow.classes, flow.samples, flow.num_classes = indices, n, len(names)
        flow.filenames = [str(i) for i in range(n)]
        return flow

    patch(generator, "flow_from_directory", folder)


def _pictures(keras: Any, patch: Any) -> None:
    """Nothing is drawn."""
    package = keras.__name__.partition(".")[0]

    def nothing(*args: Any, **kwargs: Any) -> None:
        """No picture."""

    patch(keras.utils, "plot_model", nothing)
    for module in ("src.utils.model_visualization", "src.utils.vis_utils"):
        patch(_optional(f"{package}.{module}"), "plot_model", nothing)


# -- trainings -------------------------------------------------------------------------------


def _small(keras: Any, original: Any, method: str, *, callbacks: bool) -> Any:
    """``fit``, ``evaluate`` or ``predict`` once, on a few samples, without validation."""

    @functools.wraps(original)
    def small(self: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        names = {
            "fit": ("y", "batch_size", "epochs"),
            "evaluate": ("y", "batch_size"),
            "predict": ("batch_size",),
        }
        kwargs.update(zip(names[method], args))
        args = args[len(names[method]) :]
        data = {"x": x, "y": kwargs.pop("y", None)} if method != "predict" else {"x": x}
        arrays = all(_is_array(leaf) for leaf in leaves(data["x"]))
        count, batch = _sizes(self, method, x if arrays else None, kwargs)
        if method == "fit":
            kwargs |= {"epochs": 1, "validation_split": 0.0}
            for name in ("initial_epoch", "validation_steps", "validation_freq"):
                kwargs.pop(name, None)
            if not callbacks:
                kwargs.pop("callbacks", None)
            held_out = kwargs.get("validation_data")
            if isinstance(held_out, (list, tuple)):
                kwargs["validation_data"] = _mapped(functools.partial(_few, count), held_out)
                kwargs["validation_batch_size"] = count
            elif held_out is not None:
                kwargs |= {"validation_data": _first_batch(held_out, count), "validation_steps": 1}
        kwargs.pop("steps_per_epoch", None)
        kwargs.pop("steps", None)
        if arrays and not _alike(data, kwargs.get("sample_weight")):
            kwargs.pop("batch_size", None)  # Keras says so
        elif arrays:
            data = _mapped(functools.partial(_few, count), data)
            kwargs["batch_size"] = batch
            if count > batch:
                kwargs["steps_per_epoch" if method == "fit" else "steps"] = 1
            if kwargs.get("sample_weight") is not None:
                kwargs["sample_weight"] = _mapped(
                    functools.partial(_few, count), kwargs["sample_weight"]
                )
        else:
            data["x"] = _first_batch(x, count)
            kwargs["steps_per_epoch" if method == "fit" else "steps"] = 1
        with _eagerly(keras, self):
            history = original(self, *args, **data, **{**kwargs, "verbose": 0})
        if method == "fit" and hasattr(history, "history"):
            for name in [*history.history]:
                history.history.setdefault(f"val_{name}", history.history[name])
        return history

    return small


@contextlib.contextmanager
def _eagerly(keras: Any, model: Any) -> Iterator[None]:
    """A large model is not traced: that takes longer than its one step.

    One that is not built yet is: the batch axis that it gets depends on it.
    """
    large = _is_built(model) and len(list(model._flatten_layers())) > _LARGE
    if not large or keras.backend.backend() != "tensorflow":
        yield
        return
    tf = importlib.import_module("tensorflow")
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


_LARGE = 30


def _forward(keras: Any) -> Any:
    """``fit``, but only as far as the loss."""

    def forward(self: Any, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        values = self.evaluate(x, y, return_dict=True)
        history = keras.callbacks.History()
        history.history = {f"{part}{k}": [v] for part in ("", "val_") for k, v in values.items()}
        return history

    return forward


def _sizes(model: Any, method: str, x: Any, given: dict[str, Any]) -> tuple[int, int]:
    """How many samples to keep, in batches of how many.

    The batch axis of a model that a training builds is None only if the last batch of the real
    training would be smaller than the others.
    """
    count = _batch_of(model) or _few_for(model)
    first = next((leaf for leaf in leaves(x) if leaf is not None), None)
    if _is_built(model) or first is None:
        return count, count
    batch = int(given.get("batch_size") or 32)
    rows = math.floor(len(first) * (1.0 - (given.get("validation_split") or 0.0)))
    if method == "predict":
        return min(rows, batch), batch
    return (batch, batch) if rows and rows % batch == 0 else (SAMPLES + 1, SAMPLES)


def _is_built(model: Any) -> bool:
    """Whether the training builds nothing: ``model.build(shape)`` of a model with a ``call`` of
    its own builds no layer of it."""
    return model.built and all(layer.built for layer in model._flatten_layers())


def _few_for(model: Any) -> int:
    """Not as many as there are outputs: Keras would take one array of labels for several."""
    outputs = len(getattr(model, "output_names", None) or ())
    return SAMPLES if outputs < SAMPLES else outputs + 1


def _batch_of(model: Any) -> int | None:
    """The batch size that the model's Inputs fix."""
    try:
        sizes = {tensor.shape[0] for tensor in model.inputs}
    except Exception:  # not built, or a model of the user's own
        return None
    sizes.discard(None)
    return int(sizes.pop()) if len(sizes) == 1 else None


def _first_batch(x: Any, count: int) -> Any:
    """A data set cut down to its first samples; anything else is left as it is."""
    if hasattr(x, "take") and hasattr(x, "element_spec"):
        return x.take(1)
    return x


def _alike(*data: Any) -> bool:
    """Whether all arrays have as many samples."""
    found = [leaf for leaf in leaves(list(data)) if _is_array(leaf) and leaf is not None]
    return len({len(leaf) for leaf in found if getattr(leaf, "ndim", 1)}) <= 1


def _is_array(leaf: Any) -> bool:
    return leaf is None or (hasattr(leaf, "shape") and hasattr(leaf, "__getitem__"))


def _mapped(function: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(function, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(function, item) for item in value)
    return function(value)


def _few(count: int, leaf: Any) -> Any:
    return leaf[:count] if getattr(leaf, "ndim", None) or getattr(leaf, "shape", ()) else leaf
