"""A layer put before the last one, wherever the model is written."""

from __future__ import annotations

import pytest

from tests.fixes.programs import Faulty

HEAD = (
    "import keras\nimport numpy as np\nfrom keras import layers\nfrom keras.layers import Dense\n"
)
TAIL = (
    "\nmodel.compile('adam', 'sparse_categorical_crossentropy')\n"
    "model.fit(np.zeros((4, 8, 6)), np.zeros(4, 'int32'))\n"
)
MODELS = {
    "model = keras.Sequential([keras.Input((8, 6)), layers.Dense(3, 'softmax')])": (
        "model = keras.Sequential([keras.Input((8, 6)), layers.Flatten(), "
        "layers.Dense(3, 'softmax')])"
    ),
    "model = keras.Sequential(\n    [\n        keras.Input((8, 6)),\n"
    "        Dense(3, 'softmax'),  # last\n    ]\n)": (
        "model = keras.Sequential(\n    [\n        keras.Input((8, 6)),\n"
        "        layers.Flatten(),\n        Dense(3, 'softmax'),  # last\n    ]\n)"
    ),
    "model = keras.Sequential()\nmodel.add(keras.Input((8, 6)))\n"
    "if True:\n    model.add(layers.Dense(3, 'softmax'))": (
        "model = keras.Sequential()\nmodel.add(keras.Input((8, 6)))\n"
        "if True:\n    model.add(layers.Flatten())\n    model.add(layers.Dense(3, 'softmax'))"
    ),
    "x = keras.Input((None, 6))\nmodel = keras.Model(x, layers.Dense(3, 'softmax')(x))": (
        "x = keras.Input((None, 6))\n"
        "model = keras.Model(x, layers.Dense(3, 'softmax')(layers.GlobalAveragePooling1D()(x)))"
    ),
}


@pytest.mark.parametrize("model", MODELS)
def test_where_it_goes(model: str) -> None:
    program = Faulty("head", "KS403", f"{HEAD}{model}{TAIL}".encode())
    fixed, left = program.fixed()
    assert fixed is not None
    assert fixed.after.decode() == f"{HEAD}{MODELS[model]}{TAIL}"
    assert "KS403" not in {d.code for d in left}
