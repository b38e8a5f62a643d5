"""Every loss with every activation, encoding of labels and metric, compared with Keras."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kerashape.checks import check
from kerashape.diagnostic import Severity
from kerashape.interpret import interpret
from kerashape.rulebook import RuleSet
from kerashape.source import Source

pytestmark = pytest.mark.keras

ACTIVATIONS = ("linear", "sigmoid", "softmax", "relu", "tanh")
LOSSES = (
    "'binary_crossentropy'",
    "'categorical_crossentropy'",
    "'sparse_categorical_crossentropy'",
    "'kl_divergence'",
    "'hinge'",
    "'poisson'",
    "'mse'",
    "keras.losses.BinaryCrossentropy(from_logits=True)",
    "keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
)
LABELS = {
    "numbers": "np.array({numbers})",
    "column": "np.array({numbers}).reshape(6, 1)",
    "one-hot": "keras.utils.to_categorical({numbers}, {classes})",
    "one-hot, of more classes": "keras.utils.to_categorical({numbers}, 5)",
}
METRICS = (
    "'accuracy'", "'binary_accuracy'", "'categorical_accuracy'", "'sparse_categorical_accuracy'",
    "'mae'", "'AUC'",
)  # fmt: skip
UNITS = (1, 3)


@dataclass(frozen=True)
class Case:
    """One model with its loss, its metric and its labels."""

    loss: str
    activation: str
    units: int
    labels: str
    metric: str

    @property
    def program(self) -> str:
        """As somebody would write it."""
        return (
            "import keras\nimport numpy as np\n"
            "model = keras.Sequential([keras.Input((4,)), "
            f"keras.layers.Dense({self.units}, activation='{self.activation}')])\n"
            f"model.compile('sgd', {self.loss}, metrics=[{self.metric}])\n"
            f"model.fit(np.zeros((6, 4)), {self.labels_as_code})\n"
        )

    @property
    def labels_as_code(self) -> str:
        """Six labels."""
        classes = max(self.units, 2)
        numbers = [number % classes for number in range(6)]
        return LABELS[self.labels].format(numbers=numbers, classes=classes)

    def reported(self) -> set[Severity]:
        """How severe what kerashape says is."""
        found = check(interpret(Source.from_text(self.program)), RuleSet.of())
        return {diagnostic.severity for diagnostic in found}

    def raises(self) -> str:
        """What Keras says to outputs and labels like these; nothing if it takes them."""
        import keras
        import numpy as np
        from keras.src.trainers.compile_utils import CompileLoss, CompileMetrics

        names = {"keras": keras, "np": np}
        y = eval(self.labels_as_code, names)
        logits = np.linspace(-2, 2, 6 * self.units, dtype="float32").reshape(6, self.units)
        outputs = keras.activations.get(self.activation)(logits)
        labels: Any = keras.ops.convert_to_tensor(y)
        try:
            CompileLoss(eval(self.loss, names))(labels, outputs)
            CompileMetrics([eval(self.metric, names)], None).update_state(labels, outputs)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""


def cases(loss: str) -> Iterator[Case]:
    for values in itertools.product(ACTIVATIONS, UNITS, LABELS, METRICS):
        yield Case(loss, *values)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("loss", LOSSES)
def test_keras_raises_where_an_error_is_reported_and_nowhere_without_a_word(loss: str) -> None:
    wrong = {}
    for case in cases(loss):
        raised = case.raises()
        reported = case.reported()
        if (Severity.ERROR in reported and not raised) or (raised and not reported):
            wrong[case] = raised
    assert not wrong
