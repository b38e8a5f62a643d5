"""Arguments that Keras 3 does not take any more, and what they are called now."""

from __future__ import annotations

import functools
from collections.abc import Container

from kerashape.keras import migration

LAYERS = {
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "kernel_dim1": "kernel_size",
    "kernel_dim2": "kernel_size",
    "kernel_dim3": "kernel_size",
    "nb_row": "kernel_size",
    "nb_col": "kernel_size",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "pool_length": "pool_size",
    "stride": "strides",
    "length": "size",
    "output_dim": "units",
    "init": "kernel_initializer embeddings_initializer alpha_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "bias": "use_bias",
    "W_regularizer": "kernel_regularizer embeddings_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint embeddings_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "p": "rate",
    "sigma": "stddev",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
    "concat_axis": "axis",
}
"""Arguments of layers, by their name before Keras 2: the first name that the layer has."""

WITHOUT_MEANING = ("mode", "consume_less")
"""Arguments of Keras 1 that early Keras 2 dropped without a word."""

_GONE = {
    "batch_input_shape": "start with keras.Input(batch_shape=...)",
    "weights": "call set_weights() once the layer is built",
    "consume_less": "leave it out: Keras chooses",
    "mode": "leave it out",
    "input_length": "leave it out: the Input says it",
    "time_major": "transpose the tensor, so that the batch comes first",
    "fused": "leave it out: Keras chooses",
    "renorm": "leave it out: there is no batch renormalization",
    "virtual_batch_size": "leave it out",
    "adjustment": "leave it out",
    "sparse": "leave it out",
    "dynamic": "leave it out",
    "robust_masking": "leave it out",
    "softmax_robust_masking": "leave it out",
    "max_queue_size": "pass it to the keras.utils.PyDataset",
    "workers": "pass it to the keras.utils.PyDataset",
    "use_multiprocessing": "pass it to the keras.utils.PyDataset",
    "max_q_size": "pass max_queue_size= to the keras.utils.PyDataset",
    "nb_worker": "pass workers= to the keras.utils.PyDataset",
    "pickle_safe": "pass use_multiprocessing= to the keras.utils.PyDataset",
    "show_accuracy": "compile with metrics=['accuracy']",
    "class_mode": "choose the loss for it",
    "sample_weight_mode": "leave it out: the shape of the weights says it",
    "target_tensors": "leave it out: pass the targets to fit",
    "save_format": "leave it out: the ending of the path says it",
    "grayscale": "pass color_mode='grayscale'",
    "period": "use save_freq",
    "epsilon": "use min_delta",
    "jit_compile": "pass jit_compile= to compile",
    "write_grads": "leave it out",
    "alpha": "use negative_slope",
    "decay": "give learning_rate a schedule, as keras.optimizers.schedules.InverseTimeDecay",
}
"""Arguments without a new name: what to do."""

_OF_LAYERS = frozenset(
    ["adjustment", "batch_input_shape", "consume_less", "dynamic", "fused", "input_length", "mode",
     "renorm", "robust_masking", "softmax_robust_masking", "sparse", "time_major",
     "virtual_batch_size", "weights"]
)  # fmt: skip
"""Arguments of those that some layer of Keras 2 took."""

CALLS = {
    "keras.Model": "input->inputs output->outputs",
    "keras.Model.fit": "nb_epoch->epochs samples_per_epoch->steps_per_epoch "
    "nb_val_samples->validation_steps show_accuracy max_q_size nb_worker pickle_safe",
    "keras.Model.compile": "class_mode sample_weight_mode target_tensors lr",
    "keras.utils.to_categorical": "nb_classes->num_classes y->x",
    "keras.regularizers.l1": "l->l1",
    "keras.regularizers.l2": "l->l2",
    "keras.regularizers.L1": "l->l1",
    "keras.regularizers.L2": "l->l2",
    "keras.constraints.MaxNorm": "m->max_value",
    "keras.constraints.max_norm": "m->max_value",
    "keras.callbacks.ModelCheckpoint": "period",
    "keras.callbacks.TensorBoard": "write_grads batch_size",
    "keras.activations.relu": "alpha->negative_slope",
}
"""Arguments that were gone, or hidden in ``**kwargs``, before the last Keras 2; with their new
names."""

IGNORED = {"decay": "Argument `decay` is no longer supported and will be ignored."}
"""Arguments of optimizers that Keras 3 takes, but only warns of."""

OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "AdamW", "Ftrl", "Nadam", "RMSprop", "SGD")


def of_layer(old: str, parameters: Container[str]) -> tuple[str, str] | None:
    """(new name, advice) of an argument that a layer with these ``parameters`` once took."""
    if old in parameters:
        return None
    new = next((name for name in LAYERS.get(old, "").split() if name in parameters), "")
    if new:
        return new, f"write `{new}=`"
    return ("", _GONE[old]) if old in _OF_LAYERS else None


@functools.cache
def _of_call(path: str) -> dict[str, str]:
    """The old arguments of a function, method or class, with their new names."""
    found = dict.fromkeys(migration.table()["parameters"].get(path, "").split(), "")
    for word in CALLS.get(path, "").split():
        old, _, new = word.partition("->")
        found[old] = new
    family, _, name = path.rpartition(".")
    if family == "keras.optimizers" and name in OPTIMIZERS:
        found |= {"lr": "learning_rate", **dict.fromkeys(IGNORED, "")}
    return found


def of_call(path: str, old: str) -> tuple[str, str] | None:
    """(new name, advice) of an argument that ``path`` does not take any more."""
    new = _of_call(path).get(old)
    if new is None:
        return None
    return new, f"write `{new}=`" if new else _GONE.get(old, "leave it out")
