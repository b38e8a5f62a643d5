"""Every function of keras.ops against real Keras, on random cases with a fixed seed."""

import pytest

from kerashape.keras import ops
from tests.oracle.exports import NOT_SYMBOLIC, TAKES_CODE
from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = 2015
CASES = 20
GENERATED = sorted(set(ops.names()) - TAKES_CODE - NOT_SYMBOLIC)


@pytest.mark.parametrize("name", GENERATED)
def test_a_function_answers_as_keras_does(name: str) -> None:
    from tests.oracle.run import run_op

    row = run_op(name, CASES, SEED)
    assert row.cases == CASES
    assert row.wrong == row.verdicts["missed fault"], differences(row)
    assert row.verdicts["missed fault"] + row.verdicts["unknown"] <= CASES // 10, differences(row)
