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


OWN_LAYERS = {
    "masks_of_the_programs_own_layers": """
import keras
from keras import layers, ops

class Pool(layers.Layer):
    def call(self, x, mask=None):
        if mask is None:
            raise ValueError("needs a mask")
        m = ops.expand_dims(ops.cast(mask, x.dtype), -1)
        return ops.sum(x * m, 1) / ops.sum(m, 1)

class Emb(layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.e = layers.Embedding(10, 4, mask_zero=True)
    def call(self, x):
        return self.e(x)
    def compute_mask(self, *args, **kwargs):
        return self.e.compute_mask(*args, **kwargs)

class Plain(layers.Layer):
    def call(self, x):
        return x * 2

class Passing(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
        self.d = layers.Dense(4)
    def call(self, x):
        return self.d(x)

class Own(layers.Layer):
    def call(self, x, mask=None):
        return x + 1.0
    def compute_mask(self, inputs, mask=None):
        if mask is None:
            return None
        return ops.logical_not(mask)

class MyGru(layers.GRU):
    pass

x = keras.Input((5,))
h = layers.Embedding(10, 4, mask_zero=True)(x)
a = Pool()(h)
e = Emb()(x)
b = Pool()(e)
c = layers.LSTM(3)(Plain()(e))
d = layers.LSTM(3)(Passing()(e))
f = layers.GRU(3)(Own()(e))
g = layers.GRU(3)(Own()(Plain()(e)))
k = layers.SimpleRNN(3)(MyGru(4, return_sequences=True)(h))
s = keras.Sequential([keras.Input((5,)), Emb(), Passing(), Own(), layers.LSTM(2)])
t = s(x)
model = keras.Model(x, [a, b, c, d, f, g, k, t])
""",
    "masks_and_a_policy": """
import keras
from keras import layers, ops
keras.config.set_dtype_policy("mixed_float16")
class Own(layers.Layer):
    supports_masking = True
    def call(self, x, mask=None):
        return ops.where(ops.expand_dims(mask, -1), x, 0.0) if mask is not None else x
class Threshold(layers.Layer):
    def call(self, x):
        return x
    def compute_mask(self, x, mask=None):
        return ops.any(ops.not_equal(x, 0.0), axis=-1)
x = keras.Input((5, 3))
h = Own()(layers.Masking()(x))
y = Threshold()(x)
z = layers.Concatenate()([h, y])
model = keras.Model(x, [layers.GRU(2)(h), layers.GRU(2)(y), layers.GRU(2)(z)])
""",
    "masks_in_a_stack": """
import keras
from keras import layers, ops
class Own(layers.Layer):
    supports_masking = True
    def call(self, x, mask=None):
        return ops.where(ops.expand_dims(mask, -1), x, 0.0) if mask is not None else x
class Threshold(layers.Layer):
    def call(self, x):
        return x
    def compute_mask(self, x, mask=None):
        return ops.any(ops.not_equal(x, 0.0), axis=-1)
m = keras.Sequential([keras.Input((5,3)), layers.Masking(), Own(), layers.Dense(2), Threshold(), layers.GRU(3)])
model = m
""",
    "layers_of_the_program_under_a_policy": """
import keras
from keras import layers, ops
keras.config.set_dtype_policy("mixed_float16")
class Own(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.units = units
        self.inner = layers.Dense(units)
    def call(self, x):
        return self.inner(x) * 2.0 + ops.cast(x[..., :1], self.compute_dtype)
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = Own(4)
        self.b = layers.Dense(2, dtype="float32")
    def call(self, x):
        return self.b(self.a(x))
x = keras.Input((5, 3))
h = Own(3)(x)
k = Own(3, autocast=False, dtype="mixed_float16")(x)
y = Model()(x)
model = keras.Model(x, [h, k, y])
""",
    "layers_of_the_program_with_a_dtype": """
import keras
from keras import layers, ops
class Own(layers.Layer):
    def call(self, x):
        return x * 2
class MyDense(layers.Dense):
    pass
x = keras.Input((5, 3), dtype="float64")
h = Own(dtype="float16")(x)
k = Own(autocast=False)(x)
y = MyDense(3)(h)
z = MyDense(3, dtype="mixed_bfloat16")(h)
model = keras.Model(x, [h, k, y, z])
""",
}


@pytest.mark.parametrize("name", OWN_LAYERS)
def test_layers_of_the_programs_own(name: str) -> None:
    from tests.oracle.case import Source
    from tests.oracle.graphs import keras_answer, our_answer

    case = Source("graphs", OWN_LAYERS[name])
    theirs, ours = keras_answer(case), our_answer(case)
    assert (theirs.stage, ours.outputs) == ("", theirs.outputs)
