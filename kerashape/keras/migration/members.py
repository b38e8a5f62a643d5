"""Attributes and methods of layers, models, optimizers and metrics that are gone in Keras 3."""

from __future__ import annotations

import functools

from kerashape.keras import migration

EARLIER = {
    "Layer": "uses_learning_phase",
    "Model": "predict_classes predict_proba uses_learning_phase",
    "Optimizer": "",
    "Metric": "",
    "Tensor": "_keras_shape _uses_learning_phase get_shape set_shape",
}
"""What was gone before the last Keras 2; ``Tensor`` is the symbolic tensor."""

_HELP = {
    "Model": {
        "fit_generator": "use `fit`, which takes generators too",
        "evaluate_generator": "use `evaluate`, which takes generators too",
        "predict_generator": "use `predict`, which takes generators too",
        "predict_classes": "use `predict(x).argmax(axis=-1)`, or `predict(x) > 0.5` for one unit",
        "predict_proba": "use `predict`",
        "to_yaml": "use `to_json`",
        "reset_states": "call `reset_state()` on the layers that are stateful",
    },
    "Layer": {
        "output_shape": "use `layer.output.shape`, or `compute_output_shape(input_shape)`",
        "input_shape": "use `layer.input.shape`",
        "get_output_at": "use `layer.output`, or keep what the call returned",
        "get_input_at": "use `layer.input`, or keep what was passed to the call",
        "get_output_shape_at": "use `layer.output.shape`",
        "get_input_shape_at": "use `layer.input.shape`",
        "inbound_nodes": "keep the tensors that the calls return",
        "outbound_nodes": "keep the tensors that the calls return",
        "add_update": "call `variable.assign(...)` in `call()`",
        "updates": "call `variable.assign(...)` in `call()`",
    },
    "Optimizer": {
        "lr": "use `learning_rate`",
        "minimize": "use `apply_gradients` with `tf.GradientTape`",
        "get_updates": "use `apply_gradients` with `tf.GradientTape`",
        "get_gradients": "use `tf.GradientTape`",
        "compute_gradients": "use `tf.GradientTape`",
        "get_weights": "use `variables`",
        "weights": "use `variables`",
    },
    "Metric": {"reset_states": "use `reset_state`"},
    "Tensor": {
        "get_shape": "use `x.shape`",
        "_keras_shape": "use `x.shape`",
        "set_shape": "give the shape where the tensor is made",
    },
}


@functools.cache
def names_of(kind: str) -> frozenset[str]:
    """The names that an object of that kind had once."""
    now = migration.table()["members"].get(kind, "")
    return frozenset([*now.split(), *EARLIER[kind].split()])


def help_for(kind: str, name: str) -> str:
    """What to do instead."""
    kinds = (kind, "Layer") if kind == "Model" else (kind,)
    return next((_HELP[k][name] for k in kinds if name in _HELP[k]), "")
