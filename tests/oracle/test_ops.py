"""Every function of keras.ops against real Keras, on random cases with a fixed seed."""

import pytest

from kerashape.keras import ops
from tests.oracle.exports import NOT_SYMBOLIC, TAKES_CODE
from tests.oracle.report import differences

pytestmark = pytest.mark.keras

SEED = 2015
CASES = 15
GENERATED = sorted(set(ops.names()) - TAKES_CODE - NOT_SYMBOLIC)


@pytest.mark.parametrize("name", GENERATED)
def test_a_function_answers_as_keras_does(name: str) -> None:
    from tests.oracle.run import run_op

    row = run_op(name, CASES, SEED)
    assert row.cases == CASES
    assert not row.wrong, differences(row)
    assert row.verdicts["unknown"] <= CASES // 5, differences(row)
