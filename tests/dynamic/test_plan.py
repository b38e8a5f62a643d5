"""From facts to steps: nothing of the program's own gets into a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kerashape.api import analyze
from kerashape.dynamic.minimal import program
from kerashape.dynamic.plan import Plan, plan
from kerashape.dynamic.sizes import Sizes

HEAD = "import os, keras, tensorflow as tf\nfrom keras import layers, ops\n"


def planned(text: str, **sizes: int) -> Plan:
    made = plan(analyze(HEAD + text), Sizes(sizes))
    assert json.loads(json.dumps(made.steps)) == made.steps
    return made


def does(made: Plan) -> list[str]:
    return [step["do"] for step in made.steps]


def names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[key] for key in ("path", "$name") if key in value)
        yield from (name for item in value.values() for name in names(item))
    elif isinstance(value, list):
        yield from (name for item in value for name in names(item))


def test_layers_functions_models_and_trainings_have_steps() -> None:
    made = planned(
        "x = keras.Input((4, 6))\n"
        "y = layers.Bidirectional(layers.LSTM(3))(x)\n"
        "z = ops.relu(y[:, :2]) + 1\n"
        "m = keras.Model(x, layers.Dense(1, activation=tf.nn.relu)(z))\n"
        "m.compile('adam', keras.losses.MeanSquaredError())\n"
        "import numpy as np\n"
        "m.fit(np.zeros((50, 4, 6)), np.zeros((50, 1)))\n"
    )
    assert not made.reasons
    assert does(made).count("call") == 5
    assert does(made)[-4:] == ["model", "check", "compile", "train"]
    assert made.steps[-1]["data"]["x"] == {"$zeros": [[2, 4, 6], "float64", 0]}


@pytest.mark.parametrize(
    "argument",
    [
        "activation=lambda t: t",
        "activation=os.system",
        "kernel_initializer=print, activation=my_function",
        "activation=keras.utils.get_file",
        "activation={'class_name': 'function', 'module': 'os', 'config': 'system'}",
        "activation=keras.activations.deserialize({'class_name': 'function', 'config': 'x'})",
        "activation=keras.layers.__loader__.load_module",
        "activation=keras.activations._sys.exit",
        "dtype={'module': 'os', 'class_name': 'function', 'config': 'system'}",
    ],
)
def test_a_layer_with_something_of_the_programs_own_gets_a_stand_in(argument: str) -> None:
    made = planned(
        "def my_function(t): return t\n"
        "x = keras.Input((4,))\n"
        f"y = layers.Dense(3, {argument})(x)\n"
        "z = layers.Dense(2)(y)\n"
    )
    assert does(made) == ["input", "stand-in", "layer", "call"]
    assert ("call", 0) in made.reasons
    assert set(names(made.steps)) == {"keras.layers.Dense"}


def test_a_saved_model_is_not_loaded() -> None:
    for path in ("'saved'", "filepath='saved', call_endpoint='serve'"):
        made = planned(f"x = keras.Input((4,))\ny = layers.TFSMLayer({path})(x)\n")
        assert "TFSMLayer" not in json.dumps(made.steps)
        assert ("call", 0) in made.reasons


def test_what_only_weights_depend_on_is_left_out_where_it_is_not_known() -> None:
    made = planned("layers.Dense(3, kernel_initializer=mine())(keras.Input((4,)))\n")
    assert does(made) == ["input", "layer", "call"]
    assert "kernel_initializer" not in made.steps[1]["arguments"]


def test_the_layout_that_the_program_makes_the_default_is_that_of_its_layers() -> None:
    made = planned(
        "keras.config.set_image_data_format('channels_first')\n"
        "x = layers.TimeDistributed(layers.Conv2D(2, 3))(keras.Input((5, 3, 9, 9)))\n"
        "y = layers.Conv2D(2, 3, data_format='channels_last')(keras.Input((9, 9, 3)))\n"
    )
    formats = [
        step["arguments"].get("data_format") for step in made.steps
        if step["do"] == "layer" and step["path"].endswith("Conv2D")
    ]  # fmt: skip
    assert formats == ["channels_first", "channels_last"]


def test_sizes_of_inputs_that_are_not_known_get_numbers() -> None:
    text = (
        "n = int(os.environ['N'])\nx = keras.Input((n, 3), name='a')\ny = layers.Conv1D(4, 3)(x)\n"
    )
    for sizes, expected in (({}, 8), ({"a.1": 5}, 5), ({"b.1": 5}, 8)):
        made = planned(text, **sizes)
        assert made.steps[0]["shape"] == [None, expected, 3]
        assert made.steps[-1]["expected"] == [[None, expected - 2, 4]]


def test_a_call_becomes_a_program_to_send() -> None:
    made = planned(
        "x = keras.Input((4,), name='a')\n"
        "y = layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1), name='d')(x)\n"
        "z = layers.Concatenate(axis=-1)([x, y])\n"
    )
    text = program(made, 1)
    assert text is not None
    scope: dict[str, Any] = {}
    compile(text, "minimal", "exec")
    assert "keras.layers.Concatenate(axis=-1)([x0, x1])" in text
    assert "x1 = keras.Input(batch_shape=(None, 3), dtype='float32')" in text
    assert "keras.regularizers.L2(0.1)" in (program(made, 0) or "")
    assert not scope
