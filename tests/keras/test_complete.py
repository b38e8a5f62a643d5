"""Every name that Keras exports has a record."""

import pytest

from kerashape.keras import applications, layers, ops
from tests.oracle.exports import NOT_LAYERS

pytestmark = pytest.mark.keras


def exported(module: object) -> set[str]:
    return {name for name in dir(module) if not name.startswith("_")}


def test_every_layer_has_a_record() -> None:
    import keras

    functions = {name for name in exported(keras.layers) if name.islower()}
    expected = exported(keras.layers) - NOT_LAYERS
    missing = [name for name in sorted(expected - functions) if layers.find(name) is None]
    assert not missing


def test_every_operation_has_a_record() -> None:
    import keras

    expected = {name for name in exported(keras.ops) if callable(getattr(keras.ops, name))}
    for module in ("image", "linalg", "nn", "numpy"):
        within = getattr(keras.ops, module)
        expected |= {f"{module}.{name}" for name in exported(within) - exported(keras.ops)}
    missing = [name for name in sorted(expected) if ops.find(name) is None]
    assert not missing


def test_every_application_has_a_record() -> None:
    import keras

    expected = {name for name in exported(keras.applications) if name[0].isupper()}
    missing = [name for name in sorted(expected) if applications.find(name) is None]
    assert not missing


def test_no_record_is_of_a_name_that_keras_does_not_have() -> None:
    import keras

    assert not set(layers.names()) - exported(keras.layers)
    assert not set(applications.names()) - exported(keras.applications)
