"""The tables about the migration against the installed Keras, and Keras 2 where it is installed."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import re
from typing import Any

import pytest

from kerashape.keras.migration import arguments, members, names, table

pytestmark = pytest.mark.keras

EVERY = sorted(names._removed().values(), key=lambda entry: entry.path)


def resolve(path: str, root: str) -> Any:
    """The object of that path, imported the way that programs do."""
    package = {"keras": "keras", "tf.keras": "keras._tf_keras.keras"}[root]
    parts = path.split(".") if path else []
    value = importlib.import_module(package)
    for index, part in enumerate(parts):
        if not hasattr(value, part):
            importlib.import_module(".".join([package, *parts[: index + 1]]))
        value = getattr(value, part)
    return value


def exists(path: str, root: str) -> bool:
    try:
        resolve(path, root)
    except (AttributeError, ImportError):
        return False
    return True


def test_the_table_is_what_the_comparison_gives() -> None:
    if importlib.util.find_spec("tf_keras") is None:
        pytest.skip("tf-keras is not installed: there is no Keras 2 to compare with")
    from tests.oracle import keras2

    assert keras2.PATH.read_text(encoding="utf-8") == keras2.text()


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.path)
def test_a_removed_name_is_gone(entry: names.Removed) -> None:
    assert not exists(entry.path, "keras")
    assert exists(entry.path, "tf.keras") == entry.only_tf
    assert exists(entry.module, "keras")


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.path)
def test_what_the_help_names_is_there(entry: names.Removed) -> None:
    for path in re.findall(r"`keras\.([\w.]+)", entry.help("keras")):
        if path.removeprefix("wrappers.") == path:
            assert exists(path.rstrip("."), "keras"), path


PREPROCESSING = [
    "RandomFlip",
    "Rescaling",
    "Resizing",
    "TextVectorization",
    "Normalization",
    "StringLookup",
]


@pytest.mark.parametrize("name", PREPROCESSING)
def test_the_preprocessing_layers_are_found_where_they_are_now(name: str) -> None:
    entry = names.removed("keras.layers.experimental", "tf.keras")
    assert entry is not None
    assert entry.help("tf.keras", f"preprocessing.{name}") == f"use `tf.keras.layers.{name}`"
    assert exists(f"layers.{name}", "keras")


# -- members -------------------------------------------------------------------------------


@functools.cache
def instances() -> dict[str, list[Any]]:
    import keras

    from tests.oracle.keras2 import instances_of_keras_3

    return {**instances_of_keras_3(), "Tensor": [keras.Input((3,))]}


@pytest.mark.parametrize("kind", members.EARLIER)
def test_no_object_has_a_removed_member(kind: str) -> None:
    for value in instances()[kind]:
        found = [name for name in members.names_of(kind) if hasattr(type(value), name)]
        assert not found, type(value)


def test_members_that_the_help_names_are_there() -> None:
    for kind, words in (("Model", "fit evaluate predict to_json"), ("Metric", "reset_state"),
                        ("Optimizer", "learning_rate variables apply_gradients")):  # fmt: skip
        assert all(hasattr(instances()[kind][0], name) for name in words.split())


# -- arguments -----------------------------------------------------------------------------


def calls() -> list[Any]:
    paths = sorted({*arguments.CALLS, *table()["parameters"]})
    paths += [f"keras.optimizers.{name}" for name in arguments.OPTIMIZERS]
    return [
        pytest.param(path, old, new, id=f"{path}-{old}")
        for path in dict.fromkeys(paths)
        for old, new in arguments._of_call(path).items()
    ]


@pytest.mark.parametrize(("path", "old", "new"), calls())
def test_a_call_rejects_the_old_argument_and_takes_the_new(path: str, old: str, new: str) -> None:
    import keras

    function = resolve(path.removeprefix("keras."), "keras")
    taken = inspect.signature(function).parameters
    assert not new or new in taken or path == "keras.Model"
    assert old not in taken
    if path.startswith("keras.optimizers.") and old in arguments.IGNORED:
        with pytest.warns(UserWarning, match=re.escape(arguments.IGNORED[old])):
            function(**{old: 0.1})
    elif path.startswith("keras.optimizers."):
        with pytest.raises((TypeError, ValueError), match="not recognized"):
            function(**{old: 0.1})
    elif path == "keras.Model":
        x = keras.Input((3,))
        with pytest.raises(ValueError, match="Unrecognized keyword"):
            function(**{old: x})
    else:
        kinds = {parameter.kind for parameter in taken.values()}
        assert inspect.Parameter.VAR_KEYWORD not in kinds


@functools.cache
def layer_classes() -> list[Any]:
    from kerashape.keras import layers

    return [record for name in layers.names() if (record := layers.find(name)) is not None]


@pytest.mark.parametrize("old", sorted({*arguments.LAYERS, *arguments._OF_LAYERS}))
def test_no_layer_takes_an_argument_that_was_renamed_for_it(old: str) -> None:
    import keras

    from kerashape.keras.signature import Signature

    renamed = 0
    for record in layer_classes():
        cls = getattr(keras.layers, record.__name__, None)
        accepted = {
            *Signature.parse(record.signature).names,
            *Signature.parse(f"*, {record.keywords or 'name=None'}").names,
        }
        if cls is None or arguments.of_layer(old, accepted) is None:
            continue
        renamed += 1
        assert old not in inspect.signature(cls).parameters
    assert renamed


CONSTRUCTED = {
    "Dense": {"units": 2},
    "Conv2D": {"filters": 2, "kernel_size": 3},
    "Embedding": {"input_dim": 5, "output_dim": 2},
    "LSTM": {"units": 2},
    "GRU": {"units": 2},
    "MaxPooling2D": {"pool_size": 2},
    "BatchNormalization": {},
    "Dropout": {"rate": 0.5},
    "Softmax": {},
    "MultiHeadAttention": {"num_heads": 1, "key_dim": 2},
    "GaussianNoise": {"stddev": 0.5},
    "UpSampling1D": {},
    "PReLU": {},
}


@pytest.mark.parametrize("name", CONSTRUCTED)
def test_a_layer_raises_for_every_argument_that_is_told_renamed(name: str) -> None:
    import keras

    from kerashape.keras import layers
    from kerashape.keras.signature import Signature

    record = layers.find(name)
    assert record is not None
    accepted = {
        *Signature.parse(record.signature).names,
        *Signature.parse(f"*, {record.keywords or 'name=None'}").names,
    }
    found = [
        o for o in (*arguments.LAYERS, *arguments._OF_LAYERS) if arguments.of_layer(o, accepted)
    ]
    assert found
    for old in found:
        with pytest.raises((TypeError, ValueError)):
            getattr(keras.layers, name)(**CONSTRUCTED[name], **{old: 1})
