"""Where a comment about a shape counts, and what is said about a wrong one."""

from __future__ import annotations

import json
import textwrap

import pytest

from kerashape.checks import check
from kerashape.diagnostic import Diagnostic
from kerashape.files import Target
from kerashape.interpret import interpret
from kerashape.linter import Linter
from kerashape.rulebook import RuleSet
from kerashape.source import Source

HEAD = """\
import numpy as np
import keras
from keras import Input, layers
x = Input((28, 28, 1))
"""


def reported(program: str) -> list[Diagnostic]:
    analysis = interpret(Source.from_text(HEAD + textwrap.dedent(program)))
    return [d for d in check(analysis, RuleSet.of()) if d.code == "KS220"]


@pytest.mark.parametrize(
    "program",
    [
        "y = layers.Flatten()(x)  # (None, 28)",
        "y = layers.Flatten()(\n    x,\n)  # (None, 28)",
        "layers.Flatten()(x)  # shape: (None, 28)",
        "def f(t):\n    return layers.Flatten()(t)  # (None, 28)\ny = f(x)",
        "y = layers.Flatten()(x)\n\n# (None, 28)\nz = layers.Dense(2)(y)",
        "def f(t):\n\n    # (None, 28)\n    y = layers.Flatten()(t)\nf(x)",
        "\n# (None, 28, 28, 1) => (None, 5) => (None, 9)\ny = layers.Flatten()(x)",
        "print(x.shape)  # (28, 28, 1)",
        "x.shape  # => (None, 28, 28, 3)",
        "print('x', x.shape)  # (None, 28, 28)",
        "x_train = np.zeros((10, 3))\nprint(x_train.shape)  # (10, 4)",
        "model = keras.Sequential([\n    Input((3,)),\n    layers.Dense(2)  # (None, 5)\n])",
        "model = keras.Sequential([Input((3,))])\nmodel.add(layers.Dense(2))  # (None, 5)",
        "class A:\n    def __init__(self, t):\n        self.y = layers.Flatten()(t)  # (None, 9)\nA(x)",
        "y = layers.Conv2D(32, 3)(x)  # 28x28x32",
        "y: Float[T, 'b 28 28'] = layers.Flatten()(x)",
        "def f(t: Float[T, 'b 3']):\n    return t\nf(x)",
        "y: jaxtyping.UInt8[T, 'b 28 28'] = layers.Flatten()(x)",
        "def f(t) -> Float[T, 'b 3']:\n    return t\nf(x)",
        "hidden = layers.Dense(3)(x)  # (batch, rows, columns, hidden_size)\n"
        "other = layers.Dense(4)(x)  # (batch, rows, columns, hidden_size)",
    ],
)
def test_a_wrong_comment(program: str) -> None:
    assert len(reported(program)) == 1


@pytest.mark.parametrize(
    "program",
    [
        "y = layers.Flatten()(x)  # (None, 784)",
        "y = layers.Flatten()(x)  # 784 numbers (x, y)",
        "y = layers.Conv2D(32, 3)(x)  # 3x3x32",
        "y = layers.Conv2D(32, (5, 3))(x)  # (5, 3)",
        "y = layers.Flatten()(x)  # (None, 28, 28, 1)",
        "y = layers.Dense(3)(layers.Flatten()(x))  # (None, 784)",
        "y = layers.Flatten()(x)\n# (None, 784)\nz = layers.Dense(2)(y)",
        "y = layers.Flatten()(x)\n# (None, 9)\nz = x",
        "y = x\n\n# (None, 9)\nz = layers.Flatten()(y)\nz = layers.Dense(9)(z)",
        "y = x\n\n# [b, 28, 28, 1] => [b, 784] => [b, 9]\nz = layers.Flatten()(\n    y)\nz = g(z)",
        "def f(t):\n\n    # (None, 9)\n    y = layers.Flatten()(t)\n    return g(y)\nf(x)",
        "\n# (None, 28, 28, 1) => (None, 784) => (None, 5)\ny = layers.Flatten()(x)\n\nz = g(y)",
        "y = layers.Flatten()(x)  # (None, 28, 28, 1) -> (None, 784) -> (None, 5)",
        "y = layers.Flatten()(x)  # z: (None, 9)",
        "y = layers.Dense(unknown)(x)  # (None, 28, 28, 5)",
        "y = unknown(x)  # (None, 28, 28, 5)",
        "if unknown:\n    y = layers.Dense(3)(x)\nelse:\n    y = layers.Dense(4)(x)\n"
        "y = layers.Dropout(0.1)(y)  # (None, 28, 28, 5)",
        "for n in (1, 2):\n    y = layers.Dense(n)(x)  # (None, 28, 28, 2)",
        "def f(t, n=3):\n    return layers.Dense(n)(t)  # (None, 5)\n",
        "y = layers.Dense(3)(x)  # (batch, height, width, channels)\n"
        "y = layers.Dense(4)(y)  # (batch, height, width, channels)",
        "y = layers.Flatten()(x)  # 784",
        "y: Union[T, 'keras.KerasTensor'] = layers.Flatten()(x)",
        "def f(t: typing.Annotated[T, 'a picture']):\n    return t\nf(x)",
        "y: jaxtyping.Float[T, 'b 784'] = layers.Flatten()(x)",
        "steps = layers.Reshape((-1, 4))(x)  # (batch, steps, 4)",
    ],
)
def test_a_comment_that_may_be_right(program: str) -> None:
    assert reported(program) == []


def test_the_words() -> None:
    (found,) = reported(
        "a, b = 500, 32\ny = layers.Dense(544)(layers.Flatten()(x))  # (None, a + b)"
    )
    assert (
        found.message
        == "this comment says (None, a + b) (a + b is 532), but the shape is (None, 544)"
    )
    assert found.help == "write (None, 544)"
    assert (found.span.line, found.span.column) == (6, 45)
    assert found.trace[-1].shape == "(None, 544)"


def test_an_annotation_is_rewritten_as_one() -> None:
    (found,) = reported("y: Float[T, 'b 28 28'] = layers.Flatten()(x)")
    assert found.fix is not None
    assert found.help == "write _ 784"


@pytest.mark.parametrize(
    ("comment", "help"),
    [
        ("[B, H, W]", "[None, 784]"),
        ("(B, 700)", "(B, 784)"),
        ("-> 28x28", "784"),
        ("(batch, 7 * 7)", "(batch, 784)"),
        ("shape: (700,)", "(784,)"),
    ],
)
def test_the_repair_is_written_as_the_comment_is(comment: str, help: str) -> None:
    (found,) = reported(f"y = layers.Flatten()(x)  # {comment}")
    assert found.help == f"write {help}"


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        (["steps = 5", "x = keras.Input((3, 4))  # [batch, steps, 4]"], False),
        (["steps = 4", "steps = 5\nx = keras.Input((3, 4))  # [batch, steps, 4]"], True),
    ],
)
def test_a_name_of_another_cell_may_be_about_other_data(cells: list[str], wrong: bool) -> None:
    code = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": text,
        }
        for text in ["import keras", *cells]
    ]
    notebook = {"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    target = Target.of_name("notebook.ipynb")
    found = Linter(debug=True).examine(target, json.dumps(notebook).encode()).diagnostics
    assert [each.code for each in found] == ["KS220"] * wrong
