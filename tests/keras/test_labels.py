"""Labels against outputs: the laws, compared with the real losses on every pair of shapes."""

from __future__ import annotations

import itertools
import math

import pytest

from kerashape.keras.labels import broadcast_with, check_labels
from kerashape.keras.losses import LOSSES, Loss
from kerashape.shapes import Fault, Shape, Undecided, unknown_dim
from kerashape.shapes.symbol import Dim

BATCH = 7  # a size that no other axis has
OUTPUTS = [(1,), (2,), (3,), (5, 1), (5, 3), (1, 1), (4, 4, 1), (4, 4, 3)]
LABELS = [*OUTPUTS, (), (5,), (4, 4), (4, 1), (3, 1), (1, 3)]
COMPARED = [loss for loss in LOSSES if loss.compares]


def law(compares: str, labels: tuple[int, ...], outputs: tuple[int, ...]) -> str | bool:
    """What is said to become of them: Keras's words, or whether they fit."""
    try:
        return check_labels(compares, Shape((BATCH, *labels)), Shape((BATCH, *outputs)))
    except Fault as fault:
        return fault.text.removesuffix(".")


@pytest.mark.keras
@pytest.mark.parametrize("loss", COMPARED, ids=lambda loss: loss.name)
def test_the_law_of_labels_is_that_of_keras(loss: Loss) -> None:
    import keras
    import numpy as np
    from keras.src.losses.losses import LossFunctionWrapper

    compiled = LossFunctionWrapper(keras.losses.get(loss.name))
    differing = []
    for labels, outputs in itertools.product(LABELS, OUTPUTS):
        prediction = np.full((BATCH, *outputs), 0.5, "float32")
        said = law(loss.compares, labels, outputs)
        try:
            compiled(np.zeros((BATCH, *labels), "float32"), prediction)
        except Exception as error:  # Keras's own and TensorFlow's
            agrees = isinstance(said, str) and said in str(error)
        else:
            agrees = isinstance(said, bool)
        if not agrees:
            differing.append((labels, outputs, said))
    assert not differing


@pytest.mark.keras
def test_a_batch_of_the_very_size_is_broadcast() -> None:
    import keras
    import numpy as np
    from keras.src.losses.losses import LossFunctionWrapper

    compiled, found = LossFunctionWrapper(keras.losses.get("mse")), 0
    for labels, outputs in itertools.product(LABELS, OUTPUTS):
        shapes = Shape((BATCH, *labels)), Shape((BATCH, *outputs))
        size = broadcast_with("broadcast", *shapes)
        if size is None or not isinstance(law("broadcast", labels, outputs), str):
            continue
        found += 1
        compiled(np.zeros((size, *labels), "float32"), np.zeros((size, *outputs), "float32"))
    assert found > 10


@pytest.mark.parametrize(("labels", "outputs"), [*itertools.product(LABELS, OUTPUTS)])
def test_what_is_broadcast_is_what_numpy_broadcasts(
    labels: tuple[int, ...], outputs: tuple[int, ...]
) -> None:
    """Labels that do not fit as they are make more comparisons than there are outputs."""
    said = law("broadcast", labels, outputs)
    if said is True:
        assert BATCH * _size(labels) == BATCH * _size(outputs)


def _size(shape: tuple[int, ...]) -> int:
    return math.prod(shape)


@pytest.mark.parametrize("compares", ["same", "sparse", "broadcast"])
@pytest.mark.parametrize("labels", [(), (3,), (unknown_dim(),), (unknown_dim(), 3)])
def test_what_is_not_known_is_not_decided(compares: str, labels: tuple[Dim, ...]) -> None:
    """Whatever the unknown size of the outputs, no answer is given that another would refute."""
    size = unknown_dim()
    try:
        said = check_labels(compares, Shape((None, *labels)), Shape((None, 4, size)))
    except Undecided:
        return
    except Fault as fault:
        said = fault.text
    answers = [law(compares, tuple(5 for _ in labels), (4, n)) for n in (1, 3, 5)]
    assert all(type(answer) is type(said) for answer in answers), answers
