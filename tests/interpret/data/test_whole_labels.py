"""What the labels of a whole data set give, against numpy on labels that have every class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kerashape.interpret import interpret
from kerashape.source import Source

LABELS: dict[str, Any] = {
    "mnist": np.arange(60000, dtype="uint8") % 10,
    "cifar10": np.arange(50000, dtype="uint8").reshape(-1, 1) % 10,
}
KNOWN = [
    "len(np.unique(y))", "np.unique(y).shape[0]", "np.unique(y).size", "np.max(y) + 1", "y.max() + 1",
    "np.amax(y) + 1", "int(y.max()) + 1", "len(set(y.flatten()))", "max(y.ravel()) + 1",
    "len(np.unique(y, return_counts=True)[1])", "len(set(y.reshape(-1)))",
    "y.astype('int32').max() + 1", "len(np.unique(y.squeeze()))", "min(y.flatten()) + 3",
]  # fmt: skip
UNKNOWN = [
    "np.max(y[:50]) + 1",
    "len(set(y.flatten()[:50]))",
    "(y + 1).max()",
    "len(np.unique(y % 3))",
]


def units(expression: str, name: str) -> Any:
    """What a program makes of its labels."""
    program = (
        "import numpy as np\nimport keras\n"
        f"(x, y), _ = keras.datasets.{name}.load_data()\n"
        f"keras.layers.Dense({expression})(keras.Input((4,)))\n"
    )
    (fact,) = interpret(Source.from_text(program)).calls
    size = fact.call.output.shape.dims[-1]
    return size if isinstance(size, int) else None


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("expression", KNOWN)
def test_known(expression: str, name: str) -> None:
    assert units(expression, name) == eval(expression, {"np": np, "y": LABELS[name]})


@pytest.mark.parametrize("expression", UNKNOWN)
def test_unknown(expression: str) -> None:
    assert units(expression, "mnist") is None


def test_a_rare_topic_may_be_missing_in_the_smaller_part() -> None:
    program = (
        "import numpy as np\nimport keras\n_, (x, y) = keras.datasets.reuters.load_data()\n"
        "keras.layers.Dense(len(np.unique(y)))(keras.Input((4,)))\n"
        "keras.layers.Dense(max(y) + 1)(keras.Input((4,)))\n"
    )
    sizes = [fact.call.output.shape.dims[-1] for fact in interpret(Source.from_text(program)).calls]
    assert not isinstance(sizes[0], int)
    assert sizes[1] == 46
