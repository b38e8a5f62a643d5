"""Random models against real Keras: the summary agrees, line by line."""

import pytest

from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = 2015
CASES = 60


def test_the_summaries_of_random_models() -> None:
    from tests.oracle.run import run_graphs

    row = run_graphs("graphs", CASES, SEED)
    assert row.verdicts["equal"] == CASES, differences(row)
