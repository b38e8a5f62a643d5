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


def test_every_random_function_has_a_record() -> None:
    import keras

    from kerashape.keras.ops import random

    functions = exported(keras.random) - {"SeedGenerator"}  # a class: it makes no tensor
    assert not {name for name in functions if random.find(name) is None}


def test_every_activation_is_known() -> None:
    import keras

    from kerashape.keras.layers.identifiers import ACTIVATIONS

    assert exported(keras.activations) - {"get", "serialize", "deserialize"} <= ACTIVATIONS


@pytest.mark.parametrize("module", ["initializers", "regularizers", "constraints"])
def test_every_identifier_is_known(module: str) -> None:
    """``l1_l2`` is exported, but no identifier: ``get`` says which are."""
    import keras

    from kerashape.keras.layers import identifiers

    table = getattr(identifiers, module.upper())
    for name in exported(getattr(keras, module)):
        try:
            getattr(keras, module).get(name)
        except ValueError:
            assert name not in table
        except (TypeError, KeyError):  # it is one, which wants arguments
            assert name in table
        else:
            assert name in table


def test_every_exported_path_of_an_operation_leads_to_its_record() -> None:
    """``keras.ops.image.resize`` and ``keras.ops.nn.relu``, as programs write them."""
    import keras

    missing = []
    for module in ("image", "linalg", "nn", "numpy"):
        for name in exported(getattr(keras.ops, module)):
            if ops.find(f"{module}.{name}") is None and ops.find(name) is None:
                missing.append(f"{module}.{name}")
    assert not missing
