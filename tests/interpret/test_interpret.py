"""Programs and the shapes that are inferred for their layer calls."""

from __future__ import annotations

import textwrap

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret import interpret
from kerashape.source import Source

HEAD = """\
import keras
from keras import layers
"""


def analyse(program: str, *, head: str = HEAD) -> Analysis:
    """The facts of a program given without its imports."""
    return interpret(Source.from_text(head + textwrap.dedent(program)))


def shapes(program: str, *, head: str = HEAD) -> list[str]:
    """The output of every layer call, as text."""
    found = []
    for fact in analyse(program, head=head).calls:
        outputs = [str(tensor.shape) for tensor in fact.call.output_tensors]
        found.append(" ".join(outputs) if fact.call.fault is None else fact.call.fault.rule)
    return found


ALIASES = {
    "keras": "import keras\nDense, Input = keras.layers.Dense, keras.Input",
    "tf.keras": "import tensorflow as tf\nDense, Input = tf.keras.layers.Dense, tf.keras.Input",
    "tensorflow.keras": "from tensorflow.keras.layers import Dense, Input",
    "from tensorflow import keras": "from tensorflow import keras\n"
    "Dense, Input = keras.layers.Dense, keras.layers.Input",
    "layers as L": "from keras import layers as L\nDense, Input = L.Dense, L.Input",
    "star": "from tensorflow.keras.layers import *",
    "many stars": "from keras.models import *\nfrom keras.layers import *\n"
    "from keras.optimizers import *\nfrom keras.callbacks import *\nfrom numpy import *",
    "keras.layers.core": "from keras.layers.core import Dense\nfrom keras.engine import Input",
    "keras.src": "from keras.src.layers.core.dense import Dense\nfrom keras.src.layers import Input",
    "tensorflow.python": "from tensorflow.python.keras.layers import Dense, Input",
    "compat": "import tensorflow.compat.v1 as tf\n"
    "Dense, Input = tf.keras.layers.Dense, tf.keras.Input",
    "import as": "import tensorflow.keras.layers as kl\nDense, Input = kl.Dense, kl.Input",
    "in a try": "try:\n    from tensorflow.keras.layers import Dense, Input\n"
    "except ImportError:\n    from keras.layers import Dense, Input",
}


@pytest.mark.parametrize("alias", ALIASES)
def test_every_way_to_reach_keras(alias: str) -> None:
    program = "y = Dense(4)(Input((3,)))\n"
    analysis = interpret(Source.from_text(f"{ALIASES[alias]}\n{program}"))
    assert [fact.call.operation.callee for fact in analysis.calls] == ["keras.layers.Dense"]
    assert str(analysis.calls[0].call.output.shape) == "(None, 4)"


# Each program with the outputs of its layer calls, in order.
PROGRAMS = {
    "arithmetic": (
        "n = 2 ** 3 // 3 * 4 - 1\ny = layers.Dense(n % 5 + 1)(keras.Input((4,)))",
        ["(None, 3)"],
    ),
    "augmented assignment": (
        "n = 2\nn += 3\nn *= 2\ny = layers.Dense(n)(keras.Input((4,)))",
        ["(None, 10)"],
    ),
    "a training that is longer than anybody follows": (
        """
        import numpy as np
        stack = keras.Sequential([layers.Dense(4), layers.Dense(2)])
        for step in range(5000):
            batch = np.random.rand(16, 3)
            output = stack(batch)
        """,
        ["(16, 4)", "(16, 2)"],
    ),
    "loop over a list": (
        "x = keras.Input((4,))\nfor n in [8, 16]:\n    x = layers.Dense(n)(x)",
        ["(None, 8)", "(None, 16)"],
    ),
    "loop with else and break": (
        """
        x = keras.Input((4,))
        for n in range(10):
            if n == 2:
                break
            x = layers.Dense(n + 1)(x)
        else:
            x = layers.Dense(99)(x)
        """,
        ["(None, 1)", "(None, 2)"],
    ),
    "while": (
        "x, n = keras.Input((4,)), 8\nwhile n > 1:\n    x = layers.Dense(n)(x)\n    n //= 2",
        ["(None, 8)", "(None, 4)", "(None, 2)"],
    ),
    "enumerate, zip, reversed": (
        """
        x = keras.Input((4,))
        for i, (a, b) in enumerate(zip([1, 2], reversed([3, 4])), start=1):
            x = layers.Dense(i * a * b)(x)
        """,
        ["(None, 4)", "(None, 12)"],
    ),
    "comprehension": (
        "x = keras.Input((4,))\nys = [layers.Dense(n)(x) for n in range(1, 6) if n % 2]\n"
        "z = layers.Concatenate()(ys)",
        ["(None, 1)", "(None, 3)", "(None, 5)", "(None, 9)"],
    ),
    "dict of layers": (
        """
        heads = {name: layers.Dense(n) for name, n in {"a": 2, "b": 3}.items()}
        x = keras.Input((4,))
        outputs = {k: layer(x) for k, layer in heads.items()}
        y = layers.Concatenate()(list(outputs.values()))
        """,
        ["(None, 2)", "(None, 3)", "(None, 5)"],
    ),
    "function with defaults and keywords": (
        """
        def block(x, units=8, *, times=1, **options):
            for _ in range(times):
                x = layers.Dense(units, **options)(x)
            return x
        y = block(block(keras.Input((4,))), 5, times=2, activation="relu")
        """,
        ["(None, 8)", "(None, 5)", "(None, 5)"],
    ),
    "star arguments": (
        """
        def two(a, b, *rest):
            return layers.Concatenate()([a, b, *rest])
        x = [keras.Input((n,)) for n in (1, 2, 3)]
        y = two(*x)
        """,
        ["(None, 6)"],
    ),
    "closure and lambda": (
        """
        def maker(n):
            return lambda x: layers.Dense(n)(x)
        y = maker(7)(keras.Input((4,)))
        """,
        ["(None, 7)"],
    ),
    "recursion": (
        """
        def down(x, n):
            return x if n == 0 else down(layers.Dense(n)(x), n - 1)
        y = down(keras.Input((4,)), 3)
        """,
        ["(None, 3)", "(None, 2)", "(None, 1)"],
    ),
    "early return": (
        """
        def f(x, flat):
            if flat:
                return layers.Flatten()(x)
            return layers.Dense(2)(x)
        y = layers.Dense(1)(f(keras.Input((3, 4)), True))
        """,
        ["(None, 12)", "(None, 1)"],
    ),
    "class with methods": (
        """
        class Net:
            width = 6
            def __init__(self, depth):
                self.depth = depth
            def build(self):
                x = keras.Input((4,))
                for _ in range(self.depth):
                    x = layers.Dense(self.width)(x)
                return x
        y = Net(2).build()
        """,
        ["(None, 6)", "(None, 6)"],
    ),
    "inheritance, super, property": (
        """
        class Base:
            def __init__(self, n):
                self.n = n
            @property
            def units(self):
                return self.n * 2
        class Child(Base):
            def __init__(self):
                super().__init__(5)
        y = layers.Dense(Child().units)(keras.Input((4,)))
        """,
        ["(None, 10)"],
    ),
    "shape of a tensor": (
        "x = keras.Input((4, 6))\ny = layers.Dense(x.shape[-1] * 2)(x)\n"
        "b, t, c = y.shape\nz = layers.Reshape((t * c,))(y)",
        ["(None, 4, 12)", "(None, 48)"],
    ),
    "shared layer": (
        "d = layers.Dense(3)\na, b = d(keras.Input((4,))), d(keras.Input((4,)))\n"
        "y = layers.Concatenate()([a, b])",
        ["(None, 3)", "(None, 3)", "(None, 6)"],
    ),
    "model as a layer": (
        "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(3)(i))\ny = m(keras.Input((4,)))",
        ["(None, 3)", "(None, 3)"],
    ),
    "sequential by list": (
        "m = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(8, 3), layers.Flatten()])",
        ["(None, 2, 2, 8)", "(None, 32)"],
    ),
    "sequential by add": (
        "m = keras.Sequential()\nm.add(layers.Dense(8, input_shape=(4,)))\nm.add(layers.Dense(2))",
        ["(None, 8)", "(None, 2)"],
    ),
    "sequential built later": (
        "m = keras.Sequential([layers.Dense(8), layers.Dense(2)])\nm.build((None, 4))",
        ["(None, 8)", "(None, 2)"],
    ),
    "functional subclass": (
        """
        class M(keras.Model):
            def __init__(self, n):
                i = keras.Input((4,))
                super().__init__(i, layers.Dense(n)(i))
        y = M(3).output
        z = layers.Dense(1)(y)
        """,
        ["(None, 3)", "(None, 1)"],
    ),
    "get_layer": (
        "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(1)(layers.Dense(9, name='h')(i)))\n"
        "y = layers.Dense(2)(m.get_layer('h').output)\nz = layers.Dense(5)(m.layers[1].output)",
        ["(None, 9)", "(None, 1)", "(None, 2)", "(None, 5)"],
    ),
    "application": (
        "b = keras.applications.EfficientNetB0(include_top=False, weights=None,"
        " input_shape=(96, 64, 3))\ny = layers.GlobalAveragePooling2D()(b.output)",
        ["(None, 1280)"],
    ),
    "functional merge": (
        "a, b = keras.Input((4,)), keras.Input((4,))\ny = layers.concatenate([a, b], axis=1)",
        ["(None, 8)"],
    ),
    "conditional expression": (
        "big = True\ny = layers.Dense(8 if big else 'x')(keras.Input((4,)))",
        ["(None, 8)"],
    ),
    "main guard": (
        "def main():\n    layers.Dense(2)(keras.Input((4,)))\nif __name__ == '__main__':\n    main()",
        ["(None, 2)"],
    ),
    "walrus and chained comparison": (
        "y = layers.Dense(n)(keras.Input((4,))) if 1 < (n := 3) <= 3 else None",
        ["(None, 3)"],
    ),
    "match": (
        """
        kind = "b"
        match kind:
            case "a":
                n = 1
            case "b" | "c":
                n = 2
            case _:
                n = 3
        y = layers.Dense(n)(keras.Input((4,)))
        """,
        ["(None, 2)"],
    ),
    "partial": (
        "import functools\nD = functools.partial(layers.Dense, units=3)\ny = D()(keras.Input((4,)))",
        ["(None, 3)"],
    ),
    "named tuple and dataclass": (
        """
        from dataclasses import dataclass
        from typing import NamedTuple
        class Stage(NamedTuple):
            width: int
            blocks: int = 1
        @dataclass
        class Config:
            stages: tuple
            bias: bool = True
        x = keras.Input((4,))
        for stage in Config((Stage(3), Stage(5, blocks=2))).stages:
            for _ in range(stage.blocks):
                x = layers.Dense(stage.width)(x)
        width, _ = Stage(7)
        y = layers.Dense(width + Stage(1)[0])(x)
        """,
        ["(None, 3)", "(None, 5)", "(None, 5)", "(None, 8)"],
    ),
    "swap and nested unpacking": (
        "a, (b, *c) = 1, (2, 3, 4)\na, b = b, a\ny = layers.Dense(a + len(c))(keras.Input((4,)))",
        ["(None, 4)"],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_shapes(name: str) -> None:
    program, expected = PROGRAMS[name]
    assert shapes(program) == expected


# What is not known: the shapes that can still be stated.
UNKNOWN = {
    "an unknown branch that agrees": (
        "x = keras.Input((4,))\nif flag():\n    y = layers.Dense(3)(x)\nelse:\n"
        "    y = layers.Dense(3, 'relu')(x)\nz = layers.Dense(2)(y)",
        ["(None, 3)", "(None, 3)", "(None, 2)"],
    ),
    "an unknown branch that differs": (
        "x = keras.Input((4, 4))\nif flag():\n    x = layers.Flatten()(x)\ny = layers.Dense(2)(x)",
        ["(None, 16)", "(..., 2)"],
    ),
    "a loop that nobody counts": (
        "x = keras.Input((4, 4, 3))\nfor _ in range(unknown()):\n"
        "    x = layers.Conv2D(8, 3, padding='same')(x)\ny = layers.Dense(2)(x)",
        ["(None, 4, 4, 8)", "(None, 4, 4, 2)"],
    ),
    "a list that an unknown function may change": (
        "ns = [3, 4]\nmystery(ns)\nfor n in ns:\n    y = layers.Dense(n)(keras.Input((4,)))",
        ["(None, ns)"],
    ),
    "a list changed on one branch": (
        "ns = [3]\nif flag():\n    ns.append(4)\ny = layers.Dense(len(ns))(keras.Input((4,)))",
        ["(None, ns)"],
    ),
}


@pytest.mark.parametrize("name", [n for n in UNKNOWN if "list" not in n])
def test_what_is_not_known(name: str) -> None:
    program, expected = UNKNOWN[name]
    assert shapes(program) == expected


@pytest.mark.parametrize("name", [n for n in UNKNOWN if "list" in n])
def test_what_may_have_changed_is_not_known(name: str) -> None:
    program, _ = UNKNOWN[name]
    facts = analyse(program).calls
    assert [fact.call.status for fact in facts] == ["partial"]


def test_a_function_that_nobody_calls_is_listed_with_its_defaults() -> None:
    program = (
        "def f(n, width=8):\n    return layers.Dense(width)(layers.Dense(n)(keras.Input((4,))))"
    )
    assert shapes(program) == ["(None, n)", "(None, 8)"]


def test_a_fault_that_needs_a_default_is_not_certain() -> None:
    program = (
        "def f(flat=True):\n    x = keras.Input((4, 4))\n    if flat:\n"
        "        x = layers.Flatten()(x)\n    return layers.LSTM(3)(x)"
    )
    analysis = analyse(program)
    faulty = [fact for fact in analysis.calls if fact.call.fault is not None]
    assert faulty
    assert not any(fact.site.certain for fact in faulty)
    assert analysis.general is not None
    assert not any(fact.call.fault for fact in analysis.general.calls)


@pytest.mark.parametrize(
    "program",
    [
        "try:\n    layers.LSTM(3)(keras.Input((4,)))\nexcept ValueError:\n    pass",
        "with self.assertRaises(ValueError):\n    layers.LSTM(3)(keras.Input((4,)))",
        "import pytest\nwith pytest.raises(ValueError):\n    layers.LSTM(3)(keras.Input((4,)))",
        "with np.testing.assert_raises(ValueError):\n    layers.LSTM(3)(keras.Input((4,)))",
    ],
)
def test_an_expected_fault_is_not_certain(program: str) -> None:
    facts = analyse(program).calls
    assert [fact.call.fault is not None for fact in facts] == [True]
    assert not facts[0].site.certain


@pytest.mark.parametrize(
    "program",
    [
        "while True:\n    pass",
        "def f():\n    return f() + f()\nf()",
        "x = []\nx.append(x)\nlayers.Dense(x)",
        "def g():\n    while True:\n        yield g()\nfor _ in g():\n    pass",
        "n = 9 ** 9 ** 9 ** 9\ns = 'a' * 10 ** 12",
        "class A(B):\n    pass\nclass B(A):\n    pass\nB().x.y()[0]",
        "a = lambda f: f(f)\na(a)",
        "for i in range(10 ** 9):\n    for j in range(10 ** 9):\n        pass",
    ],
)
def test_no_program_hangs_or_crashes_it(program: str) -> None:
    analyse(program)
