"""Every function of keras.ops against real Keras, on random cases with a fixed seed."""

import pytest

from kerashape.keras import ops
from tests.oracle.exports import KILLS_THE_PROCESS, NOT_SYMBOLIC, TAKES_CODE
from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = 2015
CASES = 15
OFTEN_UNKNOWN = {"shape": "a None among the sizes is a size that only run time tells"}
"""Functions whose answer kerashape calls unknown where Keras says None."""
GENERATED = sorted(set(ops.names()) - TAKES_CODE - NOT_SYMBOLIC)


@pytest.mark.parametrize("name", GENERATED)
def test_a_function_answers_as_keras_does(name: str) -> None:
    from tests.oracle.run import run_op

    row = run_op(name, CASES, SEED)
    assert row.cases == CASES
    assert row.wrong == row.verdicts["missed fault"], differences(row)
    assert row.verdicts["missed fault"] <= CASES // 6, differences(row)
    assert row.verdicts["unknown"] <= CASES // 6 or name in OFTEN_UNKNOWN, differences(row)


@pytest.mark.parametrize("mode", ["eager", "traced"])
@pytest.mark.parametrize("name", GENERATED)
def test_nothing_is_wrong_on_data_and_within_a_layer(name: str, mode: str) -> None:
    """What depends on the data, and what only TensorFlow's kernels refuse, may be unknown."""
    if mode == "eager" and name in KILLS_THE_PROCESS:
        pytest.skip("TensorFlow's process would die")
    from tests.oracle.run import run_op

    row = run_op(name, CASES // 5, SEED, mode=mode)
    assert row.wrong == row.verdicts["missed fault"], differences(row)


def test_little_is_unknown_or_missed_within_a_layer() -> None:
    from tests.oracle.run import run_op

    rows = [run_op(name, CASES // 5, SEED, mode="traced") for name in GENERATED]
    for verdict in ("unknown", "missed fault"):
        count = sum(row.verdicts[verdict] for row in rows)
        limit = sum(row.cases for row in rows) // 100
        assert count <= limit, [row.name for row in rows if row.verdicts[verdict]]
