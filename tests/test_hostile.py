"""Programs that stopped the analysis once; the long search for more is ``tests.fuzz``."""

from __future__ import annotations

import ast
import contextlib
import random
from typing import Any

import pytest

from kerashape.diagnostic import Diagnostic
from kerashape.files import Target
from kerashape.linter import Linter
from tests.programs import bugs, fixtures, pages

HOSTILE = {
    "a layer of Keras that a branch decides on": """\
class Pool(keras.layers.GlobalAveragePooling2D):
    def __init__(self, **kwargs):
        if unknown:
            super().__init__(keepdims=True)
        else:
            super().__init__(**kwargs)

    def call(self, x):
        return super().call(x) if unknown else x

x = keras.Input((4, 4, 3))
m = keras.Model(x, Pool()(x))
m.layers[1].weights, m.count_params(), Pool().get_config(), Pool()(np.zeros((2, 4, 4, 3)))
""",
    "modules with names longer than those of files": f"""\
import {"a" * 300}
import {".".join(["b" * 200] * 30)}
from {"c" * 300}.d import e
from . import {"f" * 300}
""",
    "an option whose type changes its parser": """\
import argparse
parser = argparse.ArgumentParser()

def kind(text):
    unknown(parser)

parser.add_argument("--size", type=kind, default="3")
""",
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


class Forgetful(ast.NodeTransformer):
    """Puts something that nobody knows in place of some of the constants of a program."""

    def __init__(self, seed: str, numbers: bool) -> None:
        self.random = random.Random(seed)
        self.share = self.random.choice([0.05, 0.1, 0.3, 0.6, 1.0])
        self.numbers = numbers
        self.names: list[str] = []

    def program(self, tree: ast.Module) -> str:
        """The program, and before it the names that stand for the constants."""
        code = ast.unparse(ast.fix_missing_locations(self.visit(tree)))
        given = [
            f"{name} = {'int(input())' if self.numbers else 'unknown()'}" for name in self.names
        ]
        return "\n".join(["from somewhere import unknown", *given, code])

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        wanted = type(node.value) is int or not self.numbers
        if not wanted or self.random.random() >= self.share:
            return node
        self.names.append(f"unknown_{len(self.names)}")
        return ast.copy_location(ast.Name(self.names[-1], ast.Load()), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_match_case(self, node: Any) -> Any:
        return node


def programs() -> dict[str, ast.Module]:
    files = [each for each in (*fixtures(), *bugs()) if each.path.suffix == ".py"]
    texts = {each.name: each.path.read_text(encoding="utf-8") for each in files}
    for page in pages():
        texts.update({str(block): block.text for block in (*page.bad, *page.good)})
    found = {}
    for name, text in texts.items():
        with contextlib.suppress(SyntaxError):  # the examples of KS901
            found[name] = ast.parse(text)
    return found


def diagnostics(text: str) -> list[Diagnostic]:
    return Linter(debug=True).examine(Target.of_name("p.py"), text.encode()).diagnostics


@pytest.mark.parametrize("numbers", [True, False], ids=["numbers", "anything"])
def test_what_is_not_known_is_no_obstacle_and_no_fault(numbers: bool) -> None:
    """It may not be compared as if it were known, and it may be what makes a program right."""
    for name, tree in list(programs().items())[numbers::2]:
        is_right = not diagnostics(ast.unparse(tree))
        found = diagnostics(Forgetful(name, numbers).program(tree))
        assert not (is_right and found), name
