"""Names of Keras that are gone in Keras 3: modules, classes, functions."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from kerashape.keras import migration
from kerashape.keras.public import OLD_COPY

EARLIER = {
    "": "engine initializations objectives",
    "layers": "advanced_activations convolutional convolutional_recurrent core cudnn_recurrent "
    "embeddings local merge noise normalization pooling recurrent wrappers "
    "AtrousConv1D AtrousConv2D AtrousConvolution1D AtrousConvolution2D ConvRecurrent2D CuDNNGRU "
    "CuDNNLSTM Deconv2D Deconv3D Deconvolution2D Deconvolution3D Highway MaxoutDense Merge "
    "ParametricSoftplus Recurrent SReLU TimeDistributedDense",
    "models": "Graph",
    "wrappers": "scikit_learn",
    "utils": "conv_utils data_utils generic_utils io_utils layer_utils np_utils training_utils "
    "vis_utils visualize_util HDF5Matrix convert_all_kernels_in_model multi_gpu_model "
    "print_summary",
    "backend": "common get_session image_dim_ordering set_image_dim_ordering set_session "
    "tensorflow_backend tf theano_backend",
    "callbacks": "callbacks",
    "constraints": "maxnorm nonneg unitnorm",
    "losses": "cosine_proximity",
    "metrics": "cosine_proximity fbeta_score fmeasure matthews_correlation",
    "optimizers": "TFOptimizer",
    "regularizers": "ActivityRegularizer EigenvalueRegularizer WeightRegularizer activity_l1 "
    "activity_l1l2 activity_l2 l1l2",
    "applications.mobilenet": "DepthwiseConv2D relu6",
}
"""Names that were gone before the last Keras 2, by the module that they are missing from."""

_LAYERS = "import the layers from `{root}.layers`"
_MOVED = {
    **dict.fromkeys(
        [f"layers.{name}" for name in EARLIER["layers"].split() if name.islower()], "layers"
    ),
    "engine": "layers",
    "layers.experimental": "layers",
    "layers.experimental.preprocessing": "layers",
    "initializations": "initializers",
    "objectives": "losses",
    "optimizers.experimental": "optimizers",
    "optimizers.legacy": "optimizers",
    "callbacks.callbacks": "callbacks",
    "callbacks.experimental": "callbacks",
    "experimental": "optimizers.schedules",
    "applications.mobilenet": "layers",
    **dict.fromkeys(
        [f"utils.{name}" for name in EARLIER["utils"].split() if "_util" in name], "utils"
    ),
}
"""Modules whose names are found in another one now."""

_SAME = {
    "applications.mobilenet.relu6": "keras.ops.relu6",
    "constraints.maxnorm": "constraints.MaxNorm",
    "constraints.nonneg": "constraints.NonNeg",
    "constraints.unitnorm": "constraints.UnitNorm",
    "layers.AtrousConv1D": "layers.Conv1D(..., dilation_rate=...)",
    "layers.AtrousConv2D": "layers.Conv2D(..., dilation_rate=...)",
    "layers.AtrousConvolution1D": "layers.Conv1D(..., dilation_rate=...)",
    "layers.AtrousConvolution2D": "layers.Conv2D(..., dilation_rate=...)",
    "layers.CuDNNGRU": "layers.GRU",
    "layers.CuDNNLSTM": "layers.LSTM",
    "layers.Deconv2D": "layers.Conv2DTranspose",
    "layers.Deconv3D": "layers.Conv3DTranspose",
    "layers.Deconvolution2D": "layers.Conv2DTranspose",
    "layers.Deconvolution3D": "layers.Conv3DTranspose",
    "layers.Merge": "layers.Concatenate, Add, Multiply, Average or Dot",
    "layers.merge": "layers.Concatenate, Add, Multiply, Average or Dot",
    "layers.MaxoutDense": "layers.Dense, layers.Reshape and keras.ops.max",
    "layers.ParametricSoftplus": "layers.PReLU",
    "layers.Recurrent": "layers.RNN",
    "layers.SReLU": "layers.PReLU",
    "layers.ThresholdedReLU": "layers.ReLU(threshold=...)",
    "layers.TimeDistributedDense": "layers.TimeDistributed(layers.Dense(...))",
    "layers.AbstractRNNCell": "layers.Layer",
    "layers.DenseFeatures": "utils.FeatureSpace",
    "layers.RandomHeight": "layers.RandomZoom",
    "layers.RandomWidth": "layers.RandomZoom",
    "layers.experimental.SyncBatchNormalization": "layers.BatchNormalization(synchronized=True)",
    "losses.KLD": "losses.kl_divergence",
    "losses.MAE": "losses.mean_absolute_error",
    "losses.MAPE": "losses.mean_absolute_percentage_error",
    "losses.MSE": "losses.mean_squared_error",
    "losses.MSLE": "losses.mean_squared_logarithmic_error",
    "losses.cosine_proximity": "losses.cosine_similarity",
    "losses.kld": "losses.kl_divergence",
    "losses.kullback_leibler_divergence": "losses.kl_divergence",
    "losses.logcosh": "losses.log_cosh",
    "losses.mae": "losses.mean_absolute_error",
    "losses.mape": "losses.mean_absolute_percentage_error",
    "losses.mse": "losses.mean_squared_error",
    "losses.msle": "losses.mean_squared_logarithmic_error",
    "metrics.cosine_proximity": "metrics.CosineSimilarity",
    "metrics.fbeta_score": "metrics.FBetaScore",
    "metrics.fmeasure": "metrics.F1Score",
    "models.Graph": "Model",
    "models.model_from_config": "Model.from_config",
    "models.model_from_yaml": "models.model_from_json",
    "optimizers.TFOptimizer": "optimizers.Optimizer",
    "regularizers.WeightRegularizer": "regularizers.L1L2",
    "regularizers.l1l2": "regularizers.L1L2",
    "utils.OrderedEnqueuer": "utils.PyDataset",
    "utils.GeneratorEnqueuer": "utils.PyDataset",
    "utils.SequenceEnqueuer": "utils.PyDataset",
    "utils.convert_all_kernels_in_model": "",
    "utils.multi_gpu_model": "distribution.DataParallel, or tf.distribute.MirroredStrategy",
    "utils.print_summary": "Model.summary",
    "utils.np_utils": "utils.to_categorical",
    "utils.vis_utils": "utils.plot_model",
    "utils.visualize_util": "utils.plot_model",
    "preprocessing.image.ImageDataGenerator": "utils.image_dataset_from_directory, with layers "
    "such as RandomFlip for the augmentation",
    "preprocessing.image.DirectoryIterator": "utils.image_dataset_from_directory",
    "preprocessing.image.NumpyArrayIterator": "utils.PyDataset",
    "preprocessing.image.Iterator": "utils.PyDataset",
    "preprocessing.sequence.TimeseriesGenerator": "utils.timeseries_dataset_from_array",
    "preprocessing.text": "layers.TextVectorization",
    "initializations": "initializers",
    "objectives": "losses",
    "optimizers.experimental": "optimizers",
    "backend.image_dim_ordering": "backend.image_data_format",
    "backend.set_image_dim_ordering": "backend.set_image_data_format",
}
"""What to use instead, below ``keras``; words may follow a path."""

for _name in ("KLD", "MAE", "MAPE", "MSE", "MSLE", "kld", "kullback_leibler_divergence", "logcosh",
              "mae", "mape", "mse", "msle"):  # fmt: skip
    _SAME[f"metrics.{_name}"] = _SAME[f"losses.{_name}"].replace("losses.", "metrics.")

_BACKEND = {
    "batch_dot": "ops.matmul, ops.einsum or layers.Dot",
    "batch_flatten": "layers.Flatten",
    "bias_add": "ops.add",
    "binary_focal_crossentropy": "losses.binary_focal_crossentropy",
    "cast_to_floatx": "ops.cast",
    "categorical_focal_crossentropy": "losses.categorical_focal_crossentropy",
    "constant": "ops.convert_to_tensor",
    "conv1d": "ops.conv",
    "conv2d": "ops.conv",
    "conv2d_transpose": "ops.conv_transpose",
    "conv3d": "ops.conv",
    "ctc_batch_cost": "ops.ctc_loss",
    "depthwise_conv2d": "ops.depthwise_conv",
    "dropout": "random.dropout",
    "eval": "ops.convert_to_numpy",
    "flatten": "ops.ravel",
    "foldl": "ops.scan",
    "gather": "ops.take",
    "get_value": "ops.convert_to_numpy",
    "l2_normalize": "ops.normalize",
    "map_fn": "ops.map",
    "name_scope": "name_scope",
    "permute_dimensions": "ops.transpose",
    "placeholder": "Input",
    "pool2d": "ops.max_pool or ops.average_pool",
    "pool3d": "ops.max_pool or ops.average_pool",
    "pow": "ops.power",
    "random_bernoulli": "random.binomial",
    "random_binomial": "random.binomial",
    "random_normal": "random.normal",
    "random_uniform": "random.uniform",
    "repeat": "layers.RepeatVector",
    "repeat_elements": "ops.repeat",
    "resize_images": "ops.image.resize",
    "reverse": "ops.flip",
    "rnn": "layers.RNN",
    "separable_conv2d": "ops.separable_conv",
    "spatial_2d_padding": "ops.pad",
    "spatial_3d_padding": "ops.pad",
    "switch": "ops.where or ops.cond",
    "temporal_padding": "ops.pad",
    "truncated_normal": "random.truncated_normal",
    "variable": "Variable",
}
_ADVICE = {
    "backend.count_params": "use `math.prod(x.shape)`",
    "backend.dtype": "use `x.dtype`",
    "backend.function": "make a model of the same tensors: `keras.Model(inputs, outputs)`",
    "backend.get_session": "there is no session: TensorFlow 2 runs at once",
    "backend.set_session": "there is no session: use tf.config for what was set in it",
    "backend.gradients": "use `tf.GradientTape`",
    "backend.in_train_phase": "use the `training` argument of `call()`",
    "backend.in_test_phase": "use the `training` argument of `call()`",
    "backend.int_shape": "use `x.shape`",
    "backend.learning_phase": "use the `training` argument of `call()`",
    "backend.learning_phase_scope": "use the `training` argument of `call()`",
    "backend.ndim": "use `len(x.shape)`",
    "backend.set_learning_phase": "use the `training` argument of calls; trainable=False for layers",
    "backend.set_value": "use `variable.assign(value)`",
    "backend.batch_set_value": "use `variable.assign(value)`",
    "backend.batch_get_value": "use `[keras.ops.convert_to_numpy(v) for v in variables]`",
    "backend.update": "use `variable.assign(value)`",
    "backend.update_add": "use `variable.assign_add(value)`",
    "backend.update_sub": "use `variable.assign_sub(value)`",
    "backend.moving_average_update": "use `variable.assign(value)`",
    "backend.print_tensor": "use `print`, or `tf.print`",
    "backend.tf": "import tensorflow itself",
    "backend.tensorflow_backend": "use `keras.ops`, or TensorFlow itself",
    "wrappers.scikit_learn": "use `keras.wrappers.SKLearnClassifier` or the package scikeras",
    "layers.LocallyConnected1D": "there is none: write it as a layer of your own",
    "layers.LocallyConnected2D": "there is none: write it as a layer of your own",
    "engine": _LAYERS + ", models from `{root}`",
    "losses.Reduction": "pass a string: reduction='sum_over_batch_size', 'sum' or 'none'",
}


@dataclass(frozen=True, slots=True)
class Removed:
    """A name that is gone: ``name`` of ``module``, both below ``keras``."""

    module: str
    name: str
    only_tf: bool
    """Whether ``tf.keras`` has kept it."""

    @property
    def path(self) -> str:
        """The path below ``keras``."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def in_module(self) -> str:
        """The module that it is missing from."""
        return f"keras.{self.module}" if self.module else "keras"

    def help(self, root: str, rest: str = "") -> str:
        """What to do instead; ``rest`` is what is imported from it, if it is a module."""
        found = replacement(f"{self.path}.{rest}" if rest else self.path)
        if found:
            return f"use `{root}.{found}`"
        advice = _ADVICE.get(self.path, "").replace("{root}", root)
        target = _MOVED.get(self.path)
        if not advice and target is not None:
            advice = f"import from `{root}.{target}` instead"
        if self.only_tf and root == "keras":
            kept = f"`tf.keras.{self.path}` is still there"
            return f"{advice}; {kept}" if advice else kept
        return advice


def replacement(path: str) -> str:
    """What does the same as the removed ``path``, as words that start with a path; or nothing."""
    if path in _SAME:
        return _SAME[path].removeprefix("keras.")
    module, _, name = path.rpartition(".")
    if module == "backend":
        if name in _BACKEND:
            return _BACKEND[name]
        from kerashape.keras import ops

        return f"ops.{name}" if f"backend.{name}" not in _ADVICE and ops.find(name) else ""
    parent = module
    while parent and parent not in _MOVED:
        parent = parent.rpartition(".")[0]
    if not parent or (name.islower() and parent == "engine"):
        return ""
    target = _MOVED[parent]
    if target == "layers":
        from kerashape.keras import layers

        if name in ("Model", "Sequential", "Input"):
            return name
        functions = ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply",
                     "subtract")  # fmt: skip
        if layers.find(name) is None and name not in (*functions, "InputSpec"):
            return _SAME.get(f"layers.{name}", "")
    if target == "utils" and name not in ("to_categorical", "plot_model", "model_to_dot",
                                          "get_file", "Sequence", "Progbar", "normalize"):  # fmt: skip
        return ""
    return {"utils.Sequence": "utils.PyDataset"}.get(f"{target}.{name}", f"{target}.{name}")


def was_module(path: str) -> bool:
    """Whether a removed name was that of a module."""
    return path in _MOVED


@functools.cache
def _removed() -> dict[str, Removed]:
    found: dict[str, Removed] = {}
    for part, only_tf in ((EARLIER, False), (migration.table()["removed"], False),
                          (migration.table()["only in tf.keras"], True)):  # fmt: skip
        for module, names in part.items():
            for name in names.split():
                entry = Removed(module, name, only_tf)
                found[entry.path] = entry
    return found


def removed(path: str, root: str) -> Removed | None:
    """The part of ``keras.<...>`` that is gone from ``root`` (``keras`` or ``tf.keras``), if any."""
    if root == OLD_COPY:
        return None
    table = _removed()
    parts = path.split(".")[1:]
    for count in range(1, len(parts) + 1):
        entry = table.get(".".join(parts[:count]))
        if entry is not None and not (entry.only_tf and root != "keras"):
            return entry
    return None
