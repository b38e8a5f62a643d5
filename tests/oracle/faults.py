"""The silent faults, shown by a computation: what the warnings of the rules promise.

Each function takes what became of a program that ran, with its model in ``model``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

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


def name_of(loss: Any) -> str:
    """The name of the function in ``keras.losses``."""
    name = getattr(loss, "name", None) or getattr(loss, "func", loss).__name__
    kinds = {"sparse_softmax": "sparse_categorical", "softmax": "categorical", "sigmoid": "binary"}
    kind = next((kind for part, kind in kinds.items() if name.startswith(part)), None)
    return f"{kind}_crossentropy" if kind and "with_logits" in name else str(name)


def takes_logits(loss: Any) -> bool:
    """Whether the loss is declared to take logits."""
    if "with_logits" in getattr(loss, "__name__", ""):
        return True
    options = getattr(loss, "keywords", None) or getattr(loss, "get_config", dict)()
    return bool(options.get("from_logits", False))


def labels_for(loss: Any, prediction: Any) -> Any:
    rng = np.random.default_rng(2)
    classes = rng.integers(0, prediction.shape[-1], prediction.shape[:-1])
    return (
        classes
        if "sparse" in name_of(loss)
        else np.eye(prediction.shape[-1], dtype="float32")[classes]
    )


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
        if prediction.shape[-1] == 1 and "categorical" in name_of(loss):
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
        declared = takes_logits(loss)
        assert declared == bool(((array >= 0) & (array <= 1)).all())
        function = getattr(keras.losses, name_of(loss))
        wrong = np.mean(function(labels, array, from_logits=declared))
        right = np.mean(function(labels, array, from_logits=not declared))
        found.append(abs(wrong - right) > 1e-3)
        trained = value(loss, labels, prediction)
        noticed = declared and np.isclose(trained, right, rtol=1e-2)
        assert noticed or np.isclose(trained, wrong, rtol=1e-2)
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


def outputs_without_a_logarithm(outcome: Outcome) -> None:
    """KS306: outputs that are no probabilities, or logits that leave most of them out.

    Or targets that the outputs do not reach.
    """
    model = model_of(outcome)
    loss, labels, prediction = next(trained_outputs(model))
    array = np.array(prediction)
    if name_of(loss) in ("mse", "mae", "mean_squared_error", "mean_absolute_error"):
        assert np.min(model.fed["y"]) > np.abs(array).max()
        return
    if takes_logits(loss):
        assert array.min() >= 0 or np.abs(array).max() <= 1
        return
    outside = (array <= 0) | (array >= 1)
    assert outside.any()
    if "categorical" not in name_of(loss):
        variable = tf.Variable(array)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(loss(labels.astype("float32"), variable))
        gradient = np.array(tape.gradient(total, variable))
        assert np.isnan(float(total)) or (gradient[outside] == 0).any()


def a_figure_that_says_nothing(outcome: Outcome) -> None:
    """KS307: nearly perfect predictions do not count as hits, or wrong ones do."""
    from keras.src.trainers.compile_utils import get_metric

    model = model_of(outcome)
    loss = compiled_losses(model)[0]
    units = model.outputs[0].shape[-1]
    rng = np.random.default_rng(0)
    if "crossentropy" not in name_of(loss):
        labels = 10 * rng.random((8, units), dtype="float32")
        good = bad = labels + 1e-3
    elif units == 1:
        labels = np.array([[0.0], [1.0]] * 4, dtype="float32")
        logits = takes_logits(loss)
        good = labels * 0.8 - 0.4 if logits else labels * 0.8 + 0.1
        bad = 1 - good
    else:
        labels = np.eye(units, dtype="float32")[rng.integers(0, units, 8)]
        good, bad = labels * 0.8 + 0.1 / units, 1 - labels

    def figure(prediction: Any) -> float:
        metric = get_metric(model._compile_metrics._user_metrics[0], labels, prediction)
        metric.update_state(labels, prediction)
        return float(np.mean(metric.result()))

    assert figure(good) < 1 or figure(good) == figure(bad)


def a_loss_without_a_bottom(outcome: Outcome) -> None:
    """KS305: where classes above 1 meet one sigmoid, the loss falls below 0."""
    model = model_of(outcome)
    labels = np.array(model.fed["y"], dtype="float32").reshape(-1, 1)
    assert labels.max() > 1
    assert value(compiled_losses(model)[0], labels, np.full((len(labels), 1), 0.999)) < 0


def labels_against_every_output(outcome: Outcome) -> None:
    """KS407: the loss compares more pairs than there are outputs, or labels."""
    from keras.src.losses.loss import squeeze_or_expand_to_same_rank

    model = model_of(outcome)
    labels = np.array(model.fed["y"], dtype="float32")
    prediction = np.array(model(np.array(model.fed["x"])))
    assert labels.shape != prediction.shape
    loss = keras.losses.get(compiled_losses(model)[0])
    labels, prediction = map(np.array, squeeze_or_expand_to_same_rank(labels, prediction))
    one, other = np.broadcast_arrays(labels, prediction)
    assert max(labels.size, prediction.size) <= one.size
    assert np.isclose(value(loss, labels, prediction), value(loss, one, other), rtol=1e-4)


def one_layer_does_as_well(outcome: Outcome) -> None:
    """KS505: two of the layers are one matrix and one bias together."""
    layers_ = [layer for layer in model_of(outcome).layers if isinstance(layer, keras.layers.Dense)]
    found = []
    for first, second in itertools.pairwise(layers_):
        x = np.random.default_rng(0).standard_normal((5, first.kernel.shape[0]), dtype="float32")
        kernel = np.matmul(first.kernel, second.kernel)
        bias = np.matmul(first.bias, second.kernel) + np.array(second.bias)
        activation = second.activation
        found.append(np.allclose(second(first(x)), activation(x @ kernel + bias), atol=1e-4))
    assert any(found)


def a_bias_without_effect(outcome: Outcome) -> None:
    """KS506: what comes out of the normalization does not depend on the bias before it."""
    model = model_of(outcome)
    pairs = list(zip(model.layers, model.layers[1:]))
    biased, norm = next(p for p in pairs if isinstance(p[1], keras.layers.BatchNormalization))
    x = np.random.default_rng(0).standard_normal((4, *biased.input.shape[1:]), dtype="float32")
    before = np.array(norm(biased(x), training=True))
    biased.bias.assign(biased.bias + 3.0)
    assert np.allclose(before, norm(biased(x), training=True), atol=1e-2)


def images_next_to_black(outcome: Outcome) -> None:
    """KS511: white pixels are less than 1/100 from black ones before the first convolution."""
    model = model_of(outcome)
    base = next((layer for layer in model.layers if isinstance(layer, keras.Model)), model)
    inner = next(la for la in base.layers if isinstance(la, keras.layers.Rescaling))
    rescaling = [la for la in model.layers if isinstance(la, keras.layers.Rescaling)]
    if base is not model and rescaling:
        white = np.array(rescaling[0](np.full((1, 2, 2, 3), 255.0, dtype="float32")))
    else:
        given = model.fed["x"]
        white = np.array(given if isinstance(given, np.ndarray) else next(iter(given))[0])
        assert 0.9 < white.max() <= 1
    assert np.abs(np.array(inner(white)) - np.array(inner(white * 0))).max() < 0.01


def places_that_are_skipped(outcome: Outcome) -> None:
    """KS513: with the kernel alone, the output is as many times larger as the kernel is."""
    layers_ = list(model_of(outcome)._flatten_layers(include_self=False))
    layer = next(la for la in layers_ if isinstance(la, keras.layers.Conv2D))
    other = type(layer).from_config({**layer.get_config(), "strides": 1})
    shape = layer.input.shape
    size, kernel = other.compute_output_shape(shape)[1], layer.kernel_size[0]
    assert layer.strides == layer.kernel_size
    assert layer.compute_output_shape(shape)[1] == (size - 1) // kernel + 1


def a_callback_that_does_nothing(outcome: Outcome) -> None:
    """KS311: Keras warns that there is nothing to watch."""
    said = ("which is not available", "Can save best model only with")
    assert any(words in warning for words in said for warning in outcome.warnings)


def a_training_that_stays_as_it_was(outcome: Outcome) -> None:
    """KS312: after a first training it does not matter any more what is trainable."""
    model = model_of(outcome)
    leaves = [part for part in model._flatten_layers(include_self=False) if part.weights]
    wanted = {id(variable) for variable in model.trainable_variables}
    for part in leaves:
        part.trainable = True
    model.compile("sgd", "mse")
    x = np.ones((4, *model.inputs[0].shape[1:]), "float32")
    y = np.ones((4, model.outputs[0].shape[-1]), "float32")
    model.fit(x, y, verbose=0)
    for part in leaves:
        part.trainable = False
    before = [np.array(variable) for variable in model.weights]
    model.fit(x, y, verbose=0)
    assert wanted
    assert not model.trainable_variables
    assert any(not np.allclose(a, b) for a, b in zip(before, model.weights))


def a_model_without_trainable_weights(outcome: Outcome) -> None:
    """KS313: Keras warns that there is nothing to train."""
    said = "The model does not have any trainable weights"
    assert any(said in warning for warning in outcome.warnings)


def weights_of_no_class(outcome: Outcome) -> None:
    """KS408: of the weights that are given some are used for no class."""
    from keras.src.trainers.data_adapters.data_adapter_utils import class_weight_to_sample_weights

    model = model_of(outcome)
    weights = model.class_weight
    classes = np.arange(max(2, model.outputs[0].shape[-1]))
    used = class_weight_to_sample_weights(classes, weights)
    assert [w for key, w in weights.items() if key not in classes.tolist()]
    assert [w for number, w in zip(classes, used) if number not in weights and w == 1.0]


def a_mask_that_is_lost(outcome: Outcome) -> None:
    """KS512: Keras warns of it, and what stands in the padding makes a difference."""
    assert any("destroy the mask information" in warning for warning in outcome.warnings)


def a_learning_rate_that_stays(outcome: Outcome) -> None:
    """KS602: with the decay that Keras ignores the learning rate is the same at every step."""
    optimizer = model_of(outcome).optimizer
    first = float(optimizer.learning_rate)
    optimizer.iterations.assign(10**9)
    assert float(optimizer.learning_rate) == first > 0


DEMONSTRATIONS: dict[str, Callable[[Outcome], None]] = {
    "KS220": the_shapes_that_there_are,
    "KS103": an_input_without_effect,
    "KS105": an_array_thrown_away,
    "KS301": a_loss_of_something_else,
    "KS302": a_constant_softmax,
    "KS303": logits_for_probabilities,
    "KS305": a_loss_without_a_bottom,
    "KS306": outputs_without_a_logarithm,
    "KS307": a_figure_that_says_nothing,
    "KS311": a_callback_that_does_nothing,
    "KS408": weights_of_no_class,
    "KS312": a_training_that_stays_as_it_was,
    "KS313": a_model_without_trainable_weights,
    "KS407": labels_against_every_output,
    "KS502": randomness_at_prediction,
    "KS505": one_layer_does_as_well,
    "KS506": a_bias_without_effect,
    "KS511": images_next_to_black,
    "KS512": a_mask_that_is_lost,
    "KS513": places_that_are_skipped,
    "KS602": a_learning_rate_that_stays,
}
