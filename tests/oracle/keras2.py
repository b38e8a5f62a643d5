"""What Keras 2 has and Keras 3 has not: a table made by comparing the two installed packages.

``python -m tests.oracle.keras2`` writes ``kerashape/keras/migration/keras2.json``. Keras 2 is
the package ``tf-keras``, which has to be importable beside the ``keras`` of the tests.
"""

from __future__ import annotations

import inspect
import json
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.oracle.quiet import quiet

with quiet():
    import keras
    from keras._tf_keras import keras as keras_of_tensorflow

    try:
        import tf_keras
    except ImportError:  # Keras 2 is not always there; its objects are not always needed
        tf_keras = None

PATH = Path(__file__).parent.parent.parent / "kerashape" / "keras" / "migration" / "keras2.json"
_NOISE = ("dtensor", "protobuf", "estimator", "src", "wrappers.experimental")
_DEEPEST = 4
_OPTIMIZERS = ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl")


def table() -> dict[str, Any]:
    """The whole table."""
    two, three = _public(tf_keras), _public(keras)
    through_tensorflow = _public(keras_of_tensorflow)
    gone = set(two) - set(three)
    return {
        "removed": _by_module(gone - set(through_tensorflow)),
        "only in tf.keras": _by_module(gone & set(through_tensorflow)),
        "members": _members(),
        "parameters": _parameters(two, three),
        "signatures": {name: signature_text(cls) for name, cls in _layers().items()},
        "inherited": _inherited(),
    }


def text() -> str:
    """The table as the file has it."""
    return json.dumps(table(), indent=1, ensure_ascii=False) + "\n"


# -- names ----------------------------------------------------------------------------------


def _public(module: types.ModuleType, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Every public name below a package, submodules included."""
    found: dict[str, Any] = {}
    for name in sorted(dir(module)):
        path = f"{prefix}{name}"
        if name.startswith("_") or path in _NOISE:
            continue
        value = getattr(module, name)
        found[path] = value
        if isinstance(value, types.ModuleType) and depth < _DEEPEST:
            found |= _public(value, f"{path}.", depth + 1)
    return found


def _by_module(paths: set[str]) -> dict[str, str]:
    """The names by the module that they are missing from; what is in a missing one is left out."""
    modules: dict[str, list[str]] = {}
    for path in sorted(paths):
        module, _, name = path.rpartition(".")
        parents = [path[: m.start()] for m in re.finditer(r"\.", path)]
        if not any(parent in paths for parent in parents):
            modules.setdefault(module, []).append(name)
    return {module: " ".join(names) for module, names in modules.items()}


# -- members of classes ----------------------------------------------------------------------


def instances_of_keras_3() -> dict[str, list[Any]]:
    """Objects of Keras 3 that show which attributes exist."""
    layers = keras.layers
    x = keras.Input((4, 3))
    model = keras.Model(x, layers.Dense(2)(x))
    stack = keras.Sequential([keras.Input((4, 3)), layers.LSTM(3), layers.Dense(2)])
    for network in (model, stack):
        network.compile("adam", "mse")
    made = [
        layers.LSTM(2), layers.Bidirectional(layers.GRU(2)), layers.Conv2D(2, 2), layers.Lambda(abs),
        layers.BatchNormalization(), layers.Normalization(), layers.Embedding(3, 2),
        layers.InputLayer((3,)), layers.TimeDistributed(layers.Dense(1)), layers.Flatten(),
        layers.Add(), layers.MultiHeadAttention(1, 2), layers.RNN(layers.LSTMCell(2)),
    ]  # fmt: skip
    optimizers = [getattr(keras.optimizers, name)() for name in _OPTIMIZERS]
    return {
        "Layer": [*made, *model.layers, *stack.layers],
        "Model": [model, stack],
        "Optimizer": optimizers,
        "Metric": [keras.metrics.Mean(), keras.metrics.Accuracy(), keras.metrics.AUC()],
    }


def _members() -> dict[str, str]:
    """By class, the public attributes that no object of Keras 3 has any more."""
    old = {
        "Layer": [tf_keras.layers.Layer],
        "Model": [tf_keras.Model, tf_keras.Sequential],
        "Optimizer": [tf_keras.optimizers.Optimizer, tf_keras.optimizers.legacy.Optimizer],
        "Metric": [tf_keras.metrics.Metric],
    }
    of_layers = {*dir(tf_keras.layers.Layer)}
    found = {}
    for kind, instances in instances_of_keras_3().items():
        names = {name for cls in old[kind] for name in dir(cls) if not name.startswith("_")}
        if kind == "Metric":  # in Keras 2 it is a layer, which is of no interest
            names -= of_layers
        gone = sorted(n for n in names if not any(_has(value, n) for value in instances))
        found[kind] = " ".join(gone)
    return found


def _has(value: Any, name: str) -> bool:
    if hasattr(type(value), name):
        return True
    try:
        getattr(value, name)
    except AttributeError as error:
        return "has no attribute" not in str(error)
    except Exception:
        return True  # there is such a property, which has nothing to say here
    return True


# -- parameters ------------------------------------------------------------------------------


def _parameters(two: dict[str, Any], three: dict[str, Any]) -> dict[str, str]:
    """By function or class, the parameters of Keras 2 that Keras 3 certainly rejects."""
    pairs = {
        f"keras.{path}": (value, three[path])
        for path, value in two.items()
        if callable(value) and path in three
    }
    for name in ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch",
                 "save_weights"):  # fmt: skip
        pairs[f"keras.Model.{name}"] = (getattr(tf_keras.Model, name), getattr(keras.Model, name))
    found = {}
    for path, (old, new) in sorted(pairs.items()):
        if re.search(r"\.legacy\.|serialize$", path):
            continue
        gone = [name for name in _named(old) if _rejects(path, new, name)]
        if gone:
            found[path] = " ".join(sorted(gone))
    return found


def _named(function: Callable[..., Any]) -> Iterator[str]:
    signature = _signature(function)
    for parameter in signature.parameters.values() if signature else ():
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            yield parameter.name


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _rejects(path: str, function: Callable[..., Any], name: str) -> bool:
    signature = _signature(function)
    if signature is None or name in signature.parameters or name == "self":
        return False
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        return True
    if path.startswith("keras.optimizers.") and path.count(".") == 2:
        try:
            function(**{name: True})
        except (TypeError, ValueError) as error:
            return "not recognized" in str(error)
    return False


# -- signatures of layers -----------------------------------------------------------------


def _layers() -> dict[str, type]:
    """The layers of Keras 2, without the second names of a class."""
    exported = vars(tf_keras.layers)
    return {
        name: value
        for name, value in sorted(exported.items())
        if isinstance(value, type)
        and issubclass(value, tf_keras.layers.Layer)
        and (name == value.__name__ or value.__name__ not in exported)
    }


def _inherited() -> dict[str, str]:
    """By layer, the parameters of its base classes that ``**kwargs`` passes on to them."""
    found = {}
    for name, cls in _layers().items():
        names: set[str] = set()
        for base in cls.__mro__[1:]:
            if base in (tf_keras.layers.Layer, object):
                break
            names |= {*_named(base)} if "__init__" in vars(base) else set()
        if names - {*_named(cls)}:
            found[name] = " ".join(sorted(names - {*_named(cls)}))
    return found


def signature_text(cls: type) -> str:
    """The parameters after ``self`` as Python source; a default that is no literal is a name."""
    parts = []
    starred = False
    for parameter in inspect.signature(cls).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            parts.append(f"**{parameter.name}")
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            parts.append(f"*{parameter.name}")
            starred = True
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        default = parameter.default
        if default is parameter.empty:
            parts.append(parameter.name)
        else:
            literal = isinstance(default, (int, float, str, tuple, type(None)))
            parts.append(f"{parameter.name}={default!r}" if literal else f"{parameter.name}=object")
    return ", ".join(parts)


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
