"""Keras 2 (``keras-version = 2``) against the package tf-keras, where it is installed."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

import kerashape
from kerashape.keras import layers
from kerashape.keras.graph import Tensor, flatten
from tests.oracle.exports import LAYERS_NOT_GENERATED
from tests.oracle.report import differences

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        importlib.util.find_spec("tf_keras") is None,
        reason="tf-keras is not installed: there is no Keras 2 to compare with",
    ),
]

SEED = 2019
CASES = 12
NOT_IN_KERAS_2 = frozenset(
    ["AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
     "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AugMix",
     "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization",
     "GroupQueryAttention", "MaxNumBoundingBoxes", "MelSpectrogram", "MixUp", "Pipeline",
     "RMSNormalization", "RandAugment", "RandomColorDegeneration", "RandomColorJitter",
     "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur", "RandomGrayscale",
     "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomSaturation",
     "RandomSharpness", "RandomShear", "ReversibleEmbedding", "STFTSpectrogram", "Solarization",
     "StackedRNNCells"]
)  # fmt: skip
GENERATED = sorted(set(layers.names()) - LAYERS_NOT_GENERATED - NOT_IN_KERAS_2 - {*layers.ALIASES})


@pytest.mark.parametrize("name", GENERATED)
def test_a_layer_answers_as_keras_2_does(name: str) -> None:
    from tests.oracle.run import run_layer_of_keras_2

    row = run_layer_of_keras_2(name, CASES, SEED)
    assert row.cases == CASES
    assert not row.verdicts["invented fault"], differences(row)
    assert not row.verdicts["crash"], differences(row)
    assert row.wrong - row.verdicts["missed fault"] <= 1, differences(row)


PROGRAMS = {
    "functional": """
x = keras.Input((32, 32, 3))
y = keras.layers.Conv2D(8, 3, 3, name="block/conv")(x)
y = keras.layers.BatchNormalization(fused=True, renorm=False)(y)
y = keras.layers.LeakyReLU(0.1)(y)
y = keras.layers.GlobalAveragePooling2D()(y)
model = keras.Model(x, keras.layers.Dense(4)(y))
""",
    "functions of TensorFlow between layers": """
x = keras.Input((20, 8))
y = tf.reduce_mean(x, axis=1)
y = tf.concat([y, tf.nn.relu(y)], axis=-1)
y = keras.layers.Dense(5)(y)
y = tf.expand_dims(y, 1)
model = keras.Model(x, y)
""",
    "functions of the backend between layers": """
x = keras.Input((20, 8))
y = keras.backend.mean(x, axis=-1, keepdims=True)
y = keras.backend.squeeze(y, 2)
y = keras.backend.expand_dims(y, 1)
model = keras.Model(x, keras.layers.Dense(3)(y))
""",
    "locally connected": """
x = keras.Input((10, 12, 3))
y = keras.layers.LocallyConnected2D(4, (3, 2), strides=(2, 1))(x)
y = keras.layers.ThresholdedReLU(0.5)(y)
model = keras.Model(x, y)
""",
    "locally connected sequence": """
x = keras.Input((10, 3))
model = keras.Model(x, keras.layers.LocallyConnected1D(4, 3)(x))
""",
    "an embedding starts the stack": """
model = keras.Sequential([
    keras.layers.Embedding(100, 8, input_length=7),
    keras.layers.Flatten(),
    keras.layers.Dense(1),
])
""",
    "an embedding of any length": """
model = keras.Sequential([keras.layers.Embedding(100, 8), keras.layers.GRU(3)])
""",
    "the batch shape": """
model = keras.Sequential([
    keras.layers.LSTM(4, batch_input_shape=(2, 5, 3), stateful=True),
    keras.layers.Dense(1, weights=None),
])
""",
    "the input by its dimension": """
model = keras.Sequential([
    keras.layers.Dense(4, input_dim=6, implementation=2),
    keras.layers.Dropout(0.5),
])
""",
    "recurrent input": """
model = keras.Sequential([keras.layers.LSTM(4, input_dim=6, input_length=9)])
""",
    "experimental": """
model = keras.Sequential([
    keras.Input((28, 28, 3)),
    keras.layers.experimental.preprocessing.Resizing(14, 14),
    keras.layers.experimental.preprocessing.RandomHeight(0.1),
    keras.layers.experimental.SyncBatchNormalization(),
])
""",
    "sizes that are not known": """
x = keras.Input((None, None, 3))
y = keras.layers.UpSampling2D(2)(x)
z = keras.Input((8, 8, 3))
model = keras.Model([x, z], keras.layers.Add()([y, z]))
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_makes_the_model_that_keras_2_makes(name: str) -> None:
    import tensorflow as tf
    import tf_keras

    tf_keras.backend.clear_session()
    namespace: dict[str, Any] = {"tf": tf, "keras": tf_keras}
    exec(PROGRAMS[name], namespace)
    theirs = namespace["model"]
    text = "import tensorflow as tf\nimport tf_keras as keras\n" + PROGRAMS[name]
    ours = kerashape.analyze(text).models[-1].model
    [output] = [tensor for tensor in flatten(ours.outputs) if isinstance(tensor, Tensor)]
    assert tuple(output.shape.dims) == theirs.output_shape
    assert ours.count_params() == theirs.count_params()
    assert ours.name == theirs.name


FAULTS = {
    "an unknown argument": "keras.layers.Dense(3, nosuch=1)",
    "an argument of Keras 1": "keras.layers.Conv2D(3, 3, border_mode='same')",
    "a missing one": "keras.layers.Conv2D(3)",
    "a rank": "keras.layers.LSTM(3)(keras.Input((4,)))",
    "nothing left": "keras.layers.Conv2D(3, 9)(keras.Input((4, 4, 3)))",
    "a concatenation": "keras.layers.Concatenate()([keras.Input((4, 3)), keras.Input((5, 3))])",
    "an addition": "keras.layers.Add()([keras.Input((4,)), keras.Input((5,))])",
    "a reshape": "keras.layers.Reshape((5,))(keras.Input((4,)))",
    "an activation": "keras.layers.Dense(3, activation='sofmax')",
    "a length that is not known": "keras.layers.Dense(3)(keras.Input((4, None)))",
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_where_keras_2_raises(name: str) -> None:
    import tf_keras

    with pytest.raises((TypeError, ValueError)):
        eval(FAULTS[name], {"keras": tf_keras})
    analysis = kerashape.analyze(f"import tf_keras as keras\nx = {FAULTS[name]}\n")
    faults = [fact.fault for fact in analysis.faults]
    assert faults or any(fact.call.fault for fact in analysis.calls)


GOOD = {
    "a shared layer": "d = keras.layers.Dense(3)\ny = d(keras.Input((4,)))\nd(keras.Input((4,)))",
    "upper case": "keras.layers.MaxPooling2D(2, padding='SAME')(keras.Input((4, 4, 3)))",
    "a slash": "keras.layers.Dense(3, name='block1/dense')(keras.Input((4,)))",
    "old keywords": "keras.layers.LSTM(3, implementation=2, time_major=False)",
    "a model on another size": "x = keras.Input((8, 8, 3))\n"
    "m = keras.Model(x, keras.layers.Conv2D(3, 3)(x))\nm(keras.Input((9, 9, 3)))",
    "pooling without sizes": "keras.layers.AveragePooling2D()(keras.Input((4, 4, 3)))",
    "a branch of batch axes": "keras.layers.Conv2D(3, 3)(keras.Input((5, 8, 8, 3)))",
}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_reported_where_keras_2_does_not_raise(name: str) -> None:
    import tf_keras

    exec(GOOD[name], {"keras": tf_keras})
    analysis = kerashape.analyze(f"import tf_keras as keras\n{GOOD[name]}\n")
    assert not analysis.faults
    assert not any(fact.call.fault for fact in analysis.calls)
