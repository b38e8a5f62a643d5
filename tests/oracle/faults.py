"""The silent faults, shown by a computation: what the warnings of the rules promise.

Each function takes what became of a program that ran, with its model in ``model``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from tests.oracle.execution import Outcome

SAMPLES = 6


def model_of(outcome: Outcome) -> Any:
    model = outcome.namespace["model"]
    assert isinstance(model, keras.Model)
    return model


def batch(model: Any, seed: int = 0) -> list[Any]:
    """An array for each input of the model; each sample has a level of its own."""
    rng = np.random.default_rng(seed)
    arrays = []
    for tensor in keras.tree.flatten(model.inputs):
        shape = tuple(size or 6 for size in tensor.shape[1:])
        level = 2 * rng.standard_normal((SAMPLES, *(1 for _ in shape)), dtype="float32")
        arrays.append(level + rng.standard_normal((SAMPLES, *shape), dtype="float32"))
    return arrays


def outputs_of(model: Any, arrays: list[Any]) -> list[Any]:
    """What the model computes, by output, as eager tensors that remember their logits."""
    structure = getattr(model, "_inputs_struct", None)
    given = arrays[0] if structure is None else keras.tree.pack_sequence_as(structure, arrays)
    return keras.tree.flatten(model(given))


def an_input_without_effect(outcome: Outcome) -> None:
    """KS103: the outputs stay the same whatever one of the inputs is."""
    model = model_of(outcome)
    arrays = batch(model)
    before = [np.array(y) for y in outputs_of(model, arrays)]

    def effect(index: int) -> bool:
        changed = [a + 1 if i == index else a for i, a in enumerate(arrays)]
        after = outputs_of(model, changed)
        return any(not np.allclose(a, b) for a, b in zip(before, after))

    assert not all(effect(i) for i in range(len(arrays)))
    assert any(effect(i) for i in range(len(arrays)))


def an_array_thrown_away(outcome: Outcome) -> None:
    """KS105: of the arrays for one Input only the last counts."""
    model = model_of(outcome)
    inputs = keras.tree.flatten(model.inputs)
    first, last = next(
        (i, j) for j, b in enumerate(inputs) for i, a in enumerate(inputs[:j]) if a is b
    )
    arrays, others = batch(model), batch(model, seed=1)
    base = [np.array(y) for y in outputs_of(model, arrays)]
    ignored = [others[i] if i == first else a for i, a in enumerate(arrays)]
    assert all(np.allclose(a, b) for a, b in zip(base, outputs_of(model, ignored)))
    used = [others[i] if i == last else a for i, a in enumerate(arrays)]
    # A siamese network subtracts the array from itself: nothing is left to depend on.
    constant = all(np.ptp(y) == 0 for y in base)
    assert constant or not all(np.allclose(a, b) for a, b in zip(base, outputs_of(model, used)))


def compiled_losses(model: Any) -> list[Any]:
    """The loss of each output, as a function of labels and predictions."""
    given = model.loss
    if isinstance(given, dict):
        given = [given[name] for name in model.output_names]
    return [keras.losses.get(loss) for loss in (given if isinstance(given, list) else [given])]


def labels_for(loss: Any, prediction: Any) -> Any:
    rng = np.random.default_rng(2)
    classes = rng.integers(0, prediction.shape[-1], prediction.shape[:-1])
    name = getattr(loss, "name", None) or loss.__name__
    return classes if "sparse" in name else np.eye(prediction.shape[-1], dtype="float32")[classes]


def value(loss: Any, labels: Any, prediction: Any) -> float:
    return float(np.mean(loss(labels, prediction)))


def trained_outputs(model: Any) -> Iterator[tuple[Any, Any, Any]]:
    """For each output: its loss, labels for it, and the prediction that came fresh from the model."""
    for loss, prediction in zip(compiled_losses(model), outputs_of(model, batch(model))):
        yield loss, labels_for(loss, prediction), prediction


def a_loss_of_something_else(outcome: Outcome) -> None:
    """KS301: the loss that is trained is not the loss of what the model predicts.

    On a single unit it is zero, right or wrong.
    """
    found = []
    for loss, labels, prediction in trained_outputs(model_of(outcome)):
        if prediction.shape[-1] == 1 and "categorical" in str(getattr(loss, "name", loss)):
            found.append(
                value(loss, labels, prediction) == value(loss, 1 - labels, prediction) == 0
            )
        else:
            trained = value(loss, labels, prediction)
            predicted = value(loss, labels, np.array(prediction))
            found.append(abs(trained - predicted) > 1e-4)
    assert any(found)


def a_constant_softmax(outcome: Outcome) -> None:
    """KS302: a layer of the model is 1 everywhere."""
    model = model_of(outcome)
    candidates = [layer.output for layer in model.layers if layer.output.shape[-1] == 1]
    probe = keras.Model(model.inputs, candidates)
    values = keras.tree.flatten(probe(batch(model)))
    assert any(np.all(np.array(v) == 1) for v in values)


def logits_for_probabilities(outcome: Outcome) -> None:
    """KS303: the loss, as it is declared, is not the cross-entropy of the outputs.

    Behind an activation TensorFlow notices, and takes the logits before it.
    """
    found = []
    for loss, labels, prediction in trained_outputs(model_of(outcome)):
        array = np.array(prediction)
        declared = getattr(loss, "get_config", dict)().get("from_logits", False)
        assert declared == bool(((array >= 0) & (array <= 1)).all())
        function = getattr(keras.losses, getattr(loss, "name", None) or loss.__name__)
        wrong = np.mean(function(labels, array, from_logits=declared))
        right = np.mean(function(labels, array, from_logits=not declared))
        found.append(abs(wrong - right) > 1e-3)
        trained = value(loss, labels, prediction)
        assert np.isclose(trained, right if declared else wrong, rtol=1e-2)
    assert any(found)


def randomness_at_prediction(outcome: Outcome) -> None:
    """KS502: a prediction differs from the next, or depends on the rest of the batch."""
    model = model_of(outcome)
    arrays = batch(model)
    whole = np.array(outputs_of(model, arrays)[0])
    again = np.array(outputs_of(model, arrays)[0])
    part = np.array(outputs_of(model, [a[:2] for a in arrays])[0])
    assert not np.allclose(whole, again) or not np.allclose(whole[:2], part)


def the_shapes_that_there_are(outcome: Outcome) -> None:
    """Every shape that is said to be the right one belongs to a tensor that the program made."""
    import gc

    import keras

    from kerashape.checks import check
    from kerashape.interpret import interpret
    from kerashape.rulebook import RuleSet
    from kerashape.source import Source

    assert outcome.namespace
    tensors = [o for o in gc.get_objects() if isinstance(o, keras.KerasTensor)]
    real = {str(tuple(tensor.shape)) for tensor in tensors}
    found = check(interpret(Source.from_text(outcome.text)), RuleSet.of())
    assert found
    assert {diagnostic.label for diagnostic in found} <= real


DEMONSTRATIONS: dict[str, Callable[[Outcome], None]] = {
    "KS220": the_shapes_that_there_are,
    "KS103": an_input_without_effect,
    "KS105": an_array_thrown_away,
    "KS301": a_loss_of_something_else,
    "KS302": a_constant_softmax,
    "KS303": logits_for_probabilities,
    "KS502": randomness_at_prediction,
}
