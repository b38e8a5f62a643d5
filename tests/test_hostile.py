"""Programs that stopped the analysis once; the long search for more is ``tests.fuzz``."""

from __future__ import annotations

import pytest

from kerashape.files import Target
from kerashape.linter import Linter

HOSTILE = {
    "a range longer than any list": "for i in range(10**30):\n    pass\nn = len(range(10**30))\n",
    "an index that is none": """\
m = keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(3) for _ in range(3))])
m.get_layer(index=1.5)
""",
    "an index before the first": "m = keras.Sequential([keras.Input((4,))])\nm.get_layer(index=-9)\n",
    "a prefix of a newer grammar alone": "x = t'x'.of(y)\n",
    "sizes that are not known, for one label": """\
steps, tags = int(input()), int(input())
m = keras.Sequential([keras.Input((steps, 3)), keras.layers.LSTM(8, return_sequences=True)])
m.add(keras.layers.Dense(tags, "softmax"))
m.compile("sgd", "categorical_crossentropy")
m.fit(np.zeros((8, 12, 3)), np.eye(4)[np.arange(8) % 4])
m.compile("sgd", "sparse_categorical_crossentropy")
m.fit(np.zeros((8, 12, 3)), np.zeros((8, 12, tags, 2)))
""",
    "comments on sizes that are not known": """\
n = int(input())
x = keras.Input((n, 3))  # (None, 4, 5)
y = keras.layers.Conv1D(n, 1)(x)  # 4x4x4
z = keras.layers.Reshape((n, 3, 1))(x)  # (None, 4, 3, 2)
w = keras.layers.UpSampling2D((2, n))(z)  # [B, 8, 3, 2]
v = keras.layers.Conv2D(4, (n, n))(w)  # 3x3x4
""",
    "a stack whose sizes are not known": """\
class Net(keras.Model):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.head = keras.layers.Dense(1)

    def call(self, x):
        return self.head(x)

def train(size):
    net = Net(size)
    net(keras.Input((size,)))
    net.compile("sgd", "mse")
    net.fit(np.zeros((8, 3)), np.zeros((8, 1)))
""",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_program_stops_the_analysis(name: str) -> None:
    text = "import keras\nimport numpy as np\n" + HOSTILE[name]
    Linter(debug=True).examine(Target.of_name("p.py"), text.encode())  # raises what it meets
