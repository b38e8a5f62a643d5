"""Programs that Keras runs to their end, and of which nothing is to be said."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerashape.diagnostic import Severity
from tests.checks.test_checks import diagnostics

HEAD = """
from collections import namedtuple
import keras
import numpy as np
from keras import layers, ops
"""
PROGRAMS = {
    "attention over data of one step": """
        class Attention(layers.Layer):
            def call(self, x):
                scores = ops.softmax(ops.matmul(x, ops.transpose(x, (0, 2, 1))))
                return ops.matmul(scores, x)

        Attention()(np.zeros((2, 1, 3), "float32"))
        """,
    "lists that are filled where it is not seen": """
        import json

        groups = [[] for _ in range(3)]
        for index, row in json.loads("[[0, [1, 2]], [1, [3, 4]], [2, [5, 6]]]"):
            groups[index].append(np.array(row))
        for group in groups:
            np.mean(group, axis=0).reshape(2, 1)
        """,
    "arrays of a shape that is computed from what is not known": """
        import json
        import tensorflow as tf

        x = tf.constant(json.loads("[[1.0, 2.0], [3.0, 4.0]]"))
        sizes = np.array(json.loads("[2, 2]"))
        made = [
            tf.broadcast_to(tf.range(2.0), tf.shape(x)), tf.zeros(tf.shape(x)),
            tf.reshape(tf.range(4), tf.shape(x)), tf.random.uniform(tf.shape(x)),
            tf.fill(tf.shape(x), 1.0), np.zeros(sizes), np.broadcast_to(np.zeros(2), sizes),
        ]
        for each in made:
            each[:, 1:]
        """,
    "a subclass whose ends are not known, and a layer besides": """
        class Net(keras.Model):
            def __init__(self, *ends):
                super().__init__(*ends)
                self.head = layers.Dense(3, name="head")

        x = keras.Input((4,))
        y = layers.Dense(2, name="first")(x)
        net = Net(*eval("(x, y)"))
        net.get_layer("first")
        net.get_layer(index=1)
        net.layers[1]
        """,
    "a function nobody calls, and names that are assigned again": """
        classes = 2
        labels = keras.utils.to_categorical(np.zeros(8, "int32"), classes)

        def train():
            model = keras.Sequential([keras.Input((4,)), layers.Dense(classes, "softmax")])
            model.compile("sgd", "categorical_crossentropy")
            model.fit(np.zeros((8, 4)), labels)

        classes = 10
        """,
    "a list of tensors whose rank is not known": """
        import json
        import tensorflow as tf

        def turned(x):
            first = tf.reshape(tf.convert_to_tensor([2, 2]), json.loads("[1, 2]"))[:, 0]
            return tf.transpose([first, first - tf.shape(x)[1]], [1, 0])

        layers.Lambda(turned)(keras.Input((4, 3)))
        """,
    "what call() of Keras's own layers is given by position": """
        class Normal(layers.BatchNormalization):
            def call(self, x, training=False):
                return super().call(x, training)

        class Always(layers.Dropout):
            def call(self, x):
                return super().call(x, True)

        class Recurrent(layers.LSTM):
            def call(self, sequences, initial_state=None, mask=None, training=None):
                return super().call(sequences, initial_state, mask, training)

        class Net(keras.Model):
            def call(self, x, training=None):
                return super().call(x, training)

        x = keras.Input((4, 8))
        Net(x, layers.Dense(3)(Recurrent(3)(Always(0.5)(Normal()(x)))))(x)
        layers.Dropout(0.5).call(np.zeros((2, 3)), True)
        """,
    "a functional subclass with a name that is not known": """
        class Net(keras.Model):
            def __init__(self, **kwargs):
                x = keras.Input((4,))
                super().__init__(inputs=x, outputs=layers.Dense(2)(x), **kwargs)

        def build(name):
            return Net(name=name)(keras.Input((4,)))

        class Registry:
            def from_config(self, config):
                return Net(**config)(np.zeros((3, 4)))

        build("net")
        Registry().from_config({"name": "other"})
        """,
    "a functional subclass that takes a dict of data": """
        class Net(keras.Model):
            def __init__(self):
                a, b = keras.Input((None,), name="a"), keras.Input((None,), name="b")
                super().__init__({"a": a, "b": b}, layers.Add()([a, b]))

        Net()({"a": np.zeros((2, 5)), "b": np.zeros((2, 5))})
        """,
    "a functional subclass that takes a list of data": """
        class Base(keras.Model):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)

        class Net(Base):
            def __init__(self):
                a, b = keras.Input((5,)), keras.Input((5,))
                super().__init__(inputs=[a, b], outputs=layers.Add()([a, b]))

        Net()([np.zeros((2, 5)), np.zeros((2, 5))])
        """,
    "arguments of a layer that are not known": """
        class Sum(layers.Layer):
            def __init__(self):
                super().__init__()
                self.dense = layers.Dense(4)

            def call(self, a, b):
                return self.dense(a) + self.dense(b)

        a, b = keras.Input((5,)), keras.Input((5,))
        keras.Model([a, b], Sum()(**eval("{'a': a, 'b': b}")))
        """,
    "a layer that looks at its data": """
        class Looks(layers.Layer):
            def build(self, shape):
                self.built = True

            def call(self, x):
                if ops.sum(x) > 0:
                    x = x + 1
                for row in x:
                    print(row.shape)
                first, second, third = x
                scale = float(ops.mean(x)) + int(x[0, 0])
                return ops.matmul(x, np.eye(ops.shape(x)[-1])) * scale * len(np.asarray(first))

        Looks()(np.zeros((3, 4), "float32"))
        """,
    "outputs in a named tuple": """
        Pair = namedtuple("Pair", ["mean", "scale"])
        x = keras.Input((3,))
        model = keras.Model(x, Pair(layers.Dense(1)(x), layers.Dense(1)(x)))
        """,
    "a part that is compiled, but trained with the whole": """
        maker = keras.Sequential([keras.Input((4,)), layers.Dense(6, activation="tanh")])
        maker.compile(loss="binary_crossentropy", optimizer="adam")
        judge = keras.Sequential([keras.Input((6,)), layers.Dense(1, activation="sigmoid")])
        noise = keras.Input((4,))
        both = keras.Model(noise, judge(maker(noise)))
        both.compile(loss="binary_crossentropy", optimizer="adam")
        both.fit(np.ones((8, 4)), np.ones((8, 1)))
        """,
    "branches that tell elements of a list apart": """
        takes_two = eval("[False, True]")
        x = keras.Input((5, 4))
        for index, layer in enumerate([layers.ReLU(), layers.Dot(axes=1)]):
            if takes_two[index]:
                layer([x, x])
            else:
                layer(x)
        """,
    "a stack that is built on data which are not known": """
        model = keras.Sequential([layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(eval("np.zeros((8, 1))"), np.zeros(8), verbose=0)
        model.predict(np.zeros(5), verbose=0)
        """,
    "a setting that TensorFlow takes in capitals": """
        images = np.zeros((2, 8, 8, 3), "float32")
        layers.MaxPooling2D((2, 2), padding="SAME")(images)
        layers.AveragePooling2D(2, padding="VALID")(images)
        """,
    "marks in a list of sizes": """
        pool = eval("'M'")
        x = keras.Input((16, 16, 3))
        for size in [8, "M", 16]:
            if size == pool:
                x = layers.MaxPooling2D()(x)
            else:
                x = layers.Conv2D(size, 3)(x)
        """,
    "a helper for tensors of another size": """
        def step(t):
            return ops.squeeze(t, axis=1)

        steps = len(eval("[1, 2]"))
        x = keras.Input((5, 4))
        if steps == 1:
            y = step(x)
        else:
            y = layers.Flatten()(x)
        z = step(x) if steps == 1 else x
        w = steps == 1 and step(x)
        """,
    "a layer that gets an attribute on one branch": """
        head = layers.Dense(3)
        if eval("False"):
            head.marked = 1
        head.other = 2
        """,
    "a model that is made in two ways": """
        class Net(keras.Model):
            def __init__(self, deep):
                x = keras.Input((4,))
                if deep:
                    super().__init__(x, layers.Dense(3)(layers.Dense(2)(x)))
                else:
                    super().__init__(x, layers.Dense(3)(x))

        net = Net(eval("True"))
        print(net.layers, net.output_shape, net.name)
        net(keras.Input((4,)))
        """,
    "a layer of a dtype that is not known, frozen on one branch": """
        head = layers.Dense(3, dtype=eval("None"))
        if eval("True"):
            head(keras.Input((4,)))
            head.trainable = False
        else:
            head(keras.Input((4,)))
        head(keras.Input((4,)))
        """,
    "a copy of the attributes": """
        import copy

        class Settings:
            def __init__(self):
                self.units = 3

        layers.Dense(copy.deepcopy(Settings().__dict__)["units"])(keras.Input((4,)))
        """,
    "a global setting of another method": """
        class Checks:
            def first(self):
                keras.config.set_image_data_format("channels_first")
                layers.Conv2D(2, 3)(keras.Input((3, 8, 50)))
                keras.config.set_image_data_format("channels_last")

            def second(self):
                layers.MaxPooling2D(4)(keras.Input((8, 50, 3)))

        checks = Checks()
        checks.first()
        checks.second()
        """,
    "a layer whose law says lists of shapes that are not known": """
        class Split(layers.Layer):
            def __init__(self, parts, **kwargs):
                super().__init__(**kwargs)
                self.parts = parts

            def compute_output_shape(self, shape):
                return [shape for _ in self.parts]

            def call(self, x):
                return [x * part for part in self.parts]

        def use(parts):
            return Split(parts)(keras.Input((4,)))[:-1]

        use([1.0, 2.0])
        """,
    "a law that says something else than the call": """
        class Halves(layers.Layer):
            def compute_output_shape(self, shape):
                return shape

            def call(self, x):
                return ops.split(x, 2, axis=0)[0]

        Halves()(keras.Input((4,), batch_size=1))
        """,
    "a list that another method fills": """
        class Rows:
            def __init__(self):
                self.rows = []

            def add(self, row):
                self.rows.append(row)

            def first(self):
                return np.array(self.rows)[:, 0]

        rows = Rows()
        rows.add([1.0, 2.0])
        """,
    "conditions that exclude each other": """
        def dot(a, b):
            if a.ndim == 3:
                return a
            a_rank, b_rank = len(a.shape), len(b.shape)
            if a_rank == b_rank:
                return a @ b
            elif a_rank == 2:
                return ops.transpose(b, (1, 2, 0))
            return b

        def use(a):
            return dot(a, np.zeros((3, 4)))

        use(np.zeros((2, 3)))
        """,
    "a layer that raises on what it cannot take, and data of another shape": """
        class Single(layers.Layer):
            def call(self, x):
                if x.shape[0] not in (None, 1):
                    raise ValueError("one at a time")
                return x * 2.0

        x = keras.Input((3,))
        model = keras.Model(x, layers.Dense(2)(Single()(x)))
        model.compile("sgd", "mse")
        try:
            model.predict(np.zeros((4, 5)), verbose=0)
        except ValueError:
            pass
        """,
    "a comment about the sizes of a picture": """
        def upsample(x, filters):
            return layers.Conv2DTranspose(filters, 3, strides=2)(x)  # 64x64 -> 128x128

        upsample(keras.Input((None, None, 3)), 4)
        """,
    "the order of a single number": "order = np.argsort(np.array(1))",
    "text or nothing": """
        def join(words=None):
            return "a" + words if words else None

        join("b")
        """,
}


def test_there_is_nothing_to_report() -> None:
    for name, program in PROGRAMS.items():
        found = diagnostics(program, HEAD)
        assert [d for d in found if d.severity is not Severity.INFO] == [], name


@pytest.mark.keras
@pytest.mark.parametrize("name", PROGRAMS)
def test_keras_runs_it(name: str) -> None:
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(HEAD + textwrap.dedent(PROGRAMS[name]), namespace)
