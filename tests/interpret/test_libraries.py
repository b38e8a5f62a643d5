"""What ``import *`` brings from libraries, and what their functions make of lists."""

from __future__ import annotations

import pytest

from kerashape.interpret import interpret
from kerashape.interpret.callables import External
from kerashape.interpret.libraries import exported
from kerashape.source import Source

BROUGHT = {
    ("keras.layers", "Dense"): "keras.layers.Dense",
    ("tensorflow.keras.layers", "concatenate"): "keras.layers.concatenate",
    ("keras.models", "Model"): "keras.Model",
    ("keras", "layers"): "keras.layers",
    ("keras.callbacks", "ModelCheckpoint"): "keras.callbacks.ModelCheckpoint",
    ("keras.losses", "MeanSquaredError"): "keras.losses.MeanSquaredError",
    ("keras.utils", "to_categorical"): "keras.utils.to_categorical",
    ("keras.utils", "OrderedEnqueuer"): "keras.utils.OrderedEnqueuer",
    ("tensorflow.keras.optimizers", "Adam"): "keras.optimizers.Adam",
    ("numpy", "zeros"): "numpy.zeros",
    ("numpy", "sum"): "numpy.sum",
    ("keras.optimizers", "Dense"): None,
    ("keras.optimizers", "Model"): None,
    ("keras.callbacks", "Adam"): None,
    ("keras.backend", "sum"): None,
    ("keras.utils", "_private"): None,
    ("numpy", "Dense"): None,
    ("numpy", "len"): None,
    ("a_library", "Dense"): None,
}


@pytest.mark.parametrize(("module", "name"), BROUGHT)
def test_what_a_star_brings(module: str, name: str) -> None:
    value = exported(module, name)
    path = value.path if isinstance(value, External) else value
    assert path == BROUGHT[module, name]


@pytest.mark.parametrize(
    ("made", "accused"),
    [("np.array([])", True), ("np.array(items)", False), ("np.stack(self.items)", False),
     ("np.array([1.0, 2.0])", True), ("np.array(two)", True), ("np.asarray(given)", False)],
)  # fmt: skip
def test_an_empty_list_is_filled_where_nobody_sees_it(made: str, accused: bool) -> None:
    program = (
        "import numpy as np\nimport keras\n\n\nclass Metric:\n    def __init__(self):\n"
        "        self.items = []\n\n    def result(self, given=()):\n        items = []\n"
        f"        two = [1, 2]\n        return {made}[:, 0]\n"
    )
    analysis = interpret(Source.from_text(program))
    facts = [*analysis.faults, *(analysis.general.faults if analysis.general else ())]
    assert any(fact.site.certain for fact in facts) is accused


@pytest.mark.keras
def test_the_table_is_that_of_the_installed_keras() -> None:
    from tests.oracle import modules

    assert modules.PATH.read_text(encoding="utf-8") == modules.text()
