"""What is drawn of a model: every layer, what is connected to what, and the faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.picture.programs import FAULTY, chain, marked, pictures


def test_a_graph(tmp_path: Path) -> None:
    [picture] = pictures(
        """
i = keras.Input((8,), name="i")
a = layers.Dense(4, name="a")(i)
b = layers.Dense(4, name="b", trainable=False)(i)
model = keras.Model(i, layers.Add(name="sum")([a, b]), name="net")
""",
        tmp_path,
    ).values()
    assert (picture.title, picture.model.name, picture.model.kind) == ("model", "net", "Functional")
    assert chain(picture) == {
        ("i", "a", "(None, 8)"),
        ("i", "b", "(None, 8)"),
        ("a", "sum", "(None, 4)"),
        ("b", "sum", "(None, 4)"),
    }
    facts = {box.name: (box.kind, box.output, box.params, box.trainable) for box in picture.boxes}
    assert facts["a"] == ("Dense", "(None, 4)", "36", "yes")
    assert facts["b"] == ("Dense", "(None, 4)", "36", "no")
    assert facts["sum"] == ("Add", "(None, 4)", "0", "-")
    [a] = [box for box in picture.boxes if box.name == "a"]
    assert a.span is not None
    assert (a.span.line, a.source) == (5, 'a = layers.Dense(4, name="a")(i)')
    assert a.inputs == ("(None, 8)",)
    assert not picture.faults


STACK = """
model = keras.Sequential([
    {entry}
    layers.Dense(4, name="a"),
    layers.ReLU(name="b"),
    layers.Dense(2, name="c"),
])
"""


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            'keras.Input((8,), name="i"),',
            {("i", "a", "(None, 8)"), ("a", "b", "(None, 4)"), ("b", "c", "(None, 4)")},
        ),
        ("", {("a", "b", "?"), ("b", "c", "?")}),  # not built: a stack all the same
    ],
)
def test_a_stack(tmp_path: Path, entry: str, expected: set[tuple[str, str, str]]) -> None:
    [picture] = pictures(STACK.format(entry=entry), tmp_path).values()
    assert chain(picture) == expected


NESTED = """
i = keras.Input((8,), name="i")
body = keras.Sequential([keras.Input((8,), name="e"), layers.Dense(8, name="d")], name="body")
j = keras.Input((8,), name="j")
head = keras.Model(j, layers.Dense(2, name="h")(body(j)), name="head")
model = keras.Model(i, layers.ReLU(name="r")(head(i)), name="whole")
"""


def test_nested_models_are_groups(tmp_path: Path) -> None:
    picture = pictures(NESTED, tmp_path)["model"]
    [head] = picture.model.groups
    assert (head.name, [box.name for box in head.boxes]) == ("head", ["j", "h"])
    [body] = head.groups
    assert (body.name, [box.name for box in body.boxes]) == ("body", ["e", "d"])
    # Arrows go to the Input within, and come from the layer within that makes the output.
    assert chain(picture) == {
        ("i", "j", "(None, 8)"),
        ("j", "e", "(None, 8)"),
        ("e", "d", "(None, 8)"),
        ("d", "h", "(None, 8)"),
        ("h", "r", "(None, 2)"),
    }


def test_nested_models_may_stay_closed(tmp_path: Path) -> None:
    picture = pictures(NESTED, tmp_path, expand_nested=False)["model"]
    assert chain(picture) == {("i", "head", "(None, 8)"), ("head", "r", "(None, 2)")}
    [head] = [box for box in picture.boxes if box.name == "head"]
    assert (head.family, head.note, head.params) == ("model", "3 layers", "90")


def test_large_models_stay_closed(tmp_path: Path) -> None:
    text = """
base = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(64, 64, 3))
i = keras.Input((64, 64, 3), name="i")
model = keras.Model(i, base(i))
"""
    picture = pictures(text, tmp_path)["model"]
    assert [box.name for box in picture.boxes] == ["i", "resnet50"]
    opened = pictures(text, tmp_path, expand_nested=True)["model"]
    assert len(opened.boxes) > 150


def test_shared_layers_are_one_box(tmp_path: Path) -> None:
    text = """
i, j = keras.Input((8,), name="i"), keras.Input((8,), name="j")
d = layers.Dense(4, name="d")
model = keras.Model([i, j], layers.Add(name="s")([d(i), d(j)]))
"""
    [picture] = pictures(text, tmp_path).values()
    assert [box.name for box in picture.boxes].count("d") == 1
    assert ("i", "d", "(None, 8)") in chain(picture)
    assert ("j", "d", "(None, 8)") in chain(picture)


@pytest.mark.parametrize(
    ("text", "expected", "arrow"),
    [
        (FAULTY, {"c": ["KS203"]}, ("a", "c")),
        (  # in a stack
            """
model = keras.Sequential([
    keras.Input((5, 3), name="i"), layers.LSTM(4, name="a"), layers.LSTM(4, name="b"),
    layers.Dense(1, name="d"),
])
""",
            {"b": ["KS208"]},
            ("a", "b"),
        ),
        (  # the fault of an operation
            """
i = keras.Input((5, 3), name="i")
a = layers.Dense(4, name="a")(i)
m = keras.ops.matmul(a, a)
model = keras.Model(i, layers.Dense(1, name="d")(m))
""",
            {"?": ["KS209"]},
            ("a", "?"),
        ),
        (  # the call of a nested model
            """
n = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name="n")
i = keras.Input((5,), name="i")
model = keras.Model(i, layers.Dense(1, name="d")(n(i)))
""",
            {"n": ["KS202"]},
            ("i", "n"),
        ),
    ],
)
def test_a_fault_is_at_its_layer(
    tmp_path: Path, text: str, expected: dict[str, list[str]], arrow: tuple[str, str]
) -> None:
    picture = pictures(text, tmp_path)["model"]
    found = {("?" if k.startswith("matmul") else k): v for k, v in marked(picture).items()}
    assert found == expected
    names = {b.id: "?" if b.name.startswith("matmul") else b.name for b in picture.boxes}
    broken = {(names[a.source], names[a.target]) for a in picture.arrows if a.broken}
    assert arrow in broken
    # What comes after the fault is drawn too.
    assert "d" in names.values()
    assert all(any(a.target == box.id for a in picture.arrows) for box in picture.boxes
               if box.kind != "InputLayer")  # fmt: skip


def test_a_model_from_an_intermediate_tensor_says_so(tmp_path: Path) -> None:
    text = """
i = keras.Input((8,), name="i")
a = layers.Dense(4, name="a")(i)
model = keras.Model(a, layers.Dense(2, name="b")(a))
"""
    [picture] = pictures(text, tmp_path).values()
    assert marked(picture) == {"copy of a": ["KS101"]}
    assert chain(picture) == {("copy of a", "b", "(None, 4)")}


def test_a_model_that_keras_refuses_is_drawn(tmp_path: Path) -> None:
    text = """
i, j = keras.Input((8,), name="i"), keras.Input((8,), name="j")
model = keras.Model(i, layers.Add(name="s")([i, j]), name="half")
"""
    [picture] = pictures(text, tmp_path).values()
    assert picture.title == "half"
    assert chain(picture) == {("i", "s", "(None, 8)"), ("j", "s", "(None, 8)")}
    assert [mark.code for mark in picture.faults] == ["KS102"]
    assert picture.gap is not None


def test_a_subclassed_model_is_drawn_by_its_calls(tmp_path: Path) -> None:
    text = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(4, name="a")
        self.b = layers.Dense(2, name="b")

    def call(self, x):
        return self.b(self.a(x))

model = Net()
y = model(keras.Input((8,)))
"""
    picture = pictures(text, tmp_path)["model"]
    assert ("a", "b", "(None, 4)") in chain(picture)


def test_what_is_suppressed_is_not_drawn(tmp_path: Path) -> None:
    text = FAULTY.replace("([a, j])", "([a, j])  # kerashape: ignore")
    assert not marked(pictures(text, tmp_path)["model"])
