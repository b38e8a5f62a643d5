"""Every constructor of keras.applications against real Keras: each layer of one of its sizes."""

import pytest

from kerashape.keras import applications
from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.slow]

SEED = 2015


@pytest.mark.parametrize(("index", "name"), list(enumerate(applications.names())))
def test_a_model_is_the_same_layer_by_layer(index: int, name: str) -> None:
    from tests.oracle.applications import SIZES, generate, keras_answer, our_answer
    from tests.oracle.run import Row, judge

    row = Row(name)
    case = generate(name, SEED, index % SIZES)
    judge(row, case, keras_answer(case), our_answer(case))
    assert row.verdicts["equal"] == 1, differences(row)
