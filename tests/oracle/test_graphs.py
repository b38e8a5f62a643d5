"""Random models against real Keras: the summary agrees, line by line."""

import pytest

from tests.oracle.report import differences

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

SEED = 2015
CASES = 60


def test_the_summaries_of_random_models() -> None:
    from tests.oracle.run import run_graphs

    row = run_graphs("graphs", CASES, SEED)
    assert row.verdicts["equal"] == CASES, differences(row)


SETTINGS = (
    "",
    "keras.config.set_dtype_policy('mixed_float16')",
    "keras.config.set_floatx('float64')",
    "keras.config.set_floatx('float16')",
)
MASKED = (
    "x = keras.Input((5, 4)); h = layers.Masking(2.0)(x)",
    "x = keras.Input((5, 4)); h = layers.Masking()(layers.Dense(4, dtype='float64')(x))",
    "x = keras.Input((5,)); h = layers.Embedding(9, 4, mask_zero=True)(x)",
    "x = keras.Input((5,), dtype='float64'); h = layers.Embedding(9, 4, mask_zero=True)(x)",
)
PASSED_ON = (
    "layers.Dense(4)(h)",
    "layers.LayerNormalization()(h)",
    "layers.Add()([h, h])",
    "layers.Multiply()([h, h * 2])",
    "layers.Concatenate()([h, keras.ops.square(h)])",
    "layers.Concatenate(axis=1)([h, h])",
    "layers.Attention()([h, h])",
    "layers.AdditiveAttention()([h, h])",
    "layers.MultiHeadAttention(2, 3)(h, h)",
    "layers.Bidirectional(layers.GRU(3, return_sequences=True))(h)",
    "layers.SimpleRNN(3, return_sequences=True)(h)",
    "layers.TimeDistributed(layers.Dense(3))(h)",
    "keras.Sequential([keras.Input((5, 4)), layers.Dense(3)])(h)",
    "layers.LSTM(3, return_sequences=True, dtype='float16')(h)",
    "layers.Lambda(keras.ops.square)(h)",
    "layers.Conv1D(3, 1)(h)",
    "layers.Dropout(0.5, autocast=False)(h)",
    "keras.ops.cast(h, 'float16')",
)


@pytest.mark.parametrize(("setting", "masked"), [*zip(SETTINGS, MASKED), (SETTINGS[1], MASKED[2])])
def test_masks_and_casts(setting: str, masked: str) -> None:
    """A mask, whatever may pass it on, and layers that would heed it."""
    from tests.oracle.case import Source
    from tests.oracle.graphs import keras_answer, our_answer

    lines = ["import keras", "from keras import layers", setting, masked, "ends = []"]
    lines += [f"ends.append(layers.SimpleRNN(2)({each}))" for each in PASSED_ON]
    lines.append("model = keras.Model(x, ends)")
    case = Source("graphs", "\n".join(lines))
    theirs, ours = keras_answer(case), our_answer(case)
    assert (theirs.stage, ours.outputs) == ("", theirs.outputs)
