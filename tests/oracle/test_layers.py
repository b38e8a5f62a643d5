"""Every layer against real Keras, on random cases with a fixed seed."""

import pytest

from kerashape.keras import layers
from tests.oracle.exports import LAYERS_NOT_GENERATED
from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = 2015
CASES = 24
FUNCTIONAL = (
    "Input", "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
)  # fmt: skip
"""The functions among the layers: the interpreter knows them, they have no record."""
GENERATED = sorted(set(layers.names()) - LAYERS_NOT_GENERATED)


@pytest.mark.parametrize("name", GENERATED)
def test_a_layer_answers_as_keras_does(name: str) -> None:
    from tests.oracle.run import run_layer

    row = run_layer(name, CASES, SEED)
    assert row.cases == CASES
    assert row.wrong == row.verdicts["missed fault"], differences(row)
    assert row.verdicts["missed fault"] + row.verdicts["unknown"] <= CASES // 6, differences(row)


@pytest.mark.parametrize("name", [*GENERATED, *FUNCTIONAL])
def test_a_layer_in_a_program_answers_as_keras_does(name: str) -> None:
    from tests.oracle.run import run_layer

    row = run_layer(name, CASES // 5, SEED + 1, source=True)
    assert row.wrong == row.verdicts["missed fault"], differences(row)
    assert row.verdicts["missed fault"] <= 1, differences(row)


@pytest.mark.parametrize("name", GENERATED)
def test_nothing_is_wrong_of_a_layer_in_other_words(name: str) -> None:
    """Sizes of numpy's types, objects for names, keywords of old, changed settings of Keras."""
    from tests.oracle.run import run_layer

    row = run_layer(name, CASES // 5, SEED, respelt=True)
    assert row.wrong == row.verdicts["missed fault"], differences(row)


@pytest.mark.parametrize("name", GENERATED)
def test_nothing_is_wrong_within_a_layer(name: str) -> None:
    """There TensorFlow infers what the layer returns, not its shape law."""
    from tests.oracle.run import run_layer

    row = run_layer(name, CASES // 5, SEED, mode="traced")
    assert row.wrong == row.verdicts["missed fault"], differences(row)
