"""What the diagnostics say: culprit, words, chain of shapes, repair. The rule pages' examples
(``tests/test_rules.py``) test what is reported at all."""

from __future__ import annotations

import textwrap

import pytest

from kerashape.checks import check
from kerashape.diagnostic import Diagnostic
from kerashape.interpret import interpret
from kerashape.rulebook import RuleSet
from kerashape.source import Source

HEAD = "import keras\nimport numpy as np\nfrom keras import layers\n"
STORY = """\
from keras import Input, Model, layers
from keras.applications import EfficientNetB0

effnet = EfficientNetB0(include_top=False, weights=None, input_shape=(150, 150, 3))
x = layers.GlobalAveragePooling2D()(effnet.output)
x = layers.Dropout(0.5)(layers.Dense(512, activation="relu")(x))
sequence = Input(shape=(150, 150))
joined = layers.Concatenate()([x, layers.LSTM(32)(sequence)])
model = Model(
    inputs=[effnet.output, sequence],
    outputs=layers.Dense(2, activation="sigmoid")(joined),
)
"""


def diagnostics(program: str, head: str = HEAD) -> list[Diagnostic]:
    """What is reported about a program given without its imports."""
    analysis = interpret(Source.from_text(head + textwrap.dedent(program)))
    return check(analysis, RuleSet.of())


def test_the_story() -> None:
    (found,) = diagnostics(STORY, head="")
    assert (found.code, str(found.severity)) == ("KS101", "error")
    assert (found.span.line, found.span.column, found.span.end_column) == (10, 13, 26)
    assert found.label == "(None, 5, 5, 1280)"
    assert "`EfficientNetB0(...)` (line 4)" in found.message
    assert "(None, 150, 150, 3)" in found.message
    assert "`effnet.input`" in found.help
    assert [step.shape for step in found.trace] == ["(None, 150, 150, 3)", "(None, 5, 5, 1280)"]
    assert [label.span.line for label in found.related] == [4]


def test_the_story_with_data_says_how_fit_will_fail() -> None:
    data = (
        "import numpy as np\nmodel.compile('adam', 'binary_crossentropy')\n"
        "model.fit([np.zeros((8, 150, 150, 3)), np.zeros((8, 150, 150))], np.zeros((8, 2)))\n"
    )
    (found,) = diagnostics(STORY + data, head="")
    assert "expected shape=(None, 5, 5, 1280), found shape=(None, 150, 150, 3)" in found.note


def test_the_story_mended_is_clean() -> None:
    assert diagnostics(STORY.replace("[effnet.output", "[effnet.input"), head="") == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("M()", "an object of class M"),
        ("M", "the class M"),
        ("f", "the function f"),
        ("lambda x: x", "a lambda"),
        ("print", "the function print"),
        ("[f, 1]", "[the function f, 1]"),
        ("{'a': M}", "{'a': the class M}"),
        ("keras", "`keras`"),
        ("layers.Dense", "`layers.Dense`"),
        ("hub.KerasLayer('handle')", "`tensorflow_hub.KerasLayer`, which is a layer of Keras 2"),
    ],
)
def test_values_are_shown_in_words(value: str, words: str) -> None:
    program = (
        "import tensorflow_hub as hub\n"
        f"class M: pass\ndef f(x): return x\nkeras.Sequential([{value}])\n"
    )
    (found,) = diagnostics(program)
    assert found.message == f"`Sequential` expects a layer, not {words}"


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ("layers.Dense(unit=3)", "write `units=` instead of `unit=`"),
        ("layers.Dense(3, activaton='relu')", "write `activation=` instead of `activaton=`"),
        ("keras.Input(shapes=(3,))", "write `shape=` instead of `shapes=`"),
        (
            "layers.Conv2D(3, 3, nothing_like_it=2)",
            "leave `nothing_like_it` out: it takes `filters`, `kernel_size`, `strides`, `padding`, "
            "`data_format`, `dilation_rate`, ...",
        ),
        ("layers.AveragePooling2D()", "pass pool_size=(2, 2), which Keras 2 took by default"),
        ("layers.AvgPool1D()", "pass pool_size=2, which Keras 2 took by default"),
        ("layers.Dense()", "pass `units`"),
    ],
)
def test_a_misspelt_argument(call: str, help: str) -> None:
    (found,) = diagnostics(f"x = {call}\n")
    assert (found.code, found.help) == ("KS110", help)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("layers.Dense(3, unit=4)", "takes no argument `unit`"),
        ("layers.Dense()", "needs an argument `units`"),
        ("layers.Dense(3, units=4)", "is given the argument `units` twice"),
        ("layers.StringLookup(vocabulry=['a'])", "takes no argument `vocabulry`"),
    ],
)
def test_arguments_that_do_not_bind(call: str, words: str) -> None:
    (found,) = diagnostics(f"x = {call}\n")
    assert words in found.message


@pytest.mark.parametrize(
    ("inputs", "help"),
    [
        ("h", "`x`"),
        ("[h]", "`x`"),
        ("keras.Model(x, h).output", "Input"),
        ("{'a': h}", "`x`"),
        ("unknown.output", "`unknown.input`"),
    ],
)
def test_the_repair_names_the_input(inputs: str, help: str) -> None:
    program = f"x = keras.Input((4,))\nh = layers.Dense(3)(x)\nm = keras.Model({inputs}, h)\n"
    program = program.replace(", h)\n", ", layers.Dense(2)(h))\n")
    found = [d for d in diagnostics(program) if d.code == "KS101"]
    assert len(found) == 1
    assert help in found[0].help


def test_a_fault_is_told_once_and_its_consequences_are_not() -> None:
    program = """
    x = layers.LSTM(3)(keras.Input((4,)))
    y = layers.LSTM(3)(x)
    m = keras.Model(keras.Input((4,)), layers.Dense(1)(y))
    for _ in range(3):
        layers.Conv2D(3, 5)(keras.Input((4, 4, 1)))
    """
    assert [(d.code, d.span.line) for d in diagnostics(program)] == [("KS201", 5), ("KS206", 9)]


def test_a_fault_in_a_helper_says_who_called_it() -> None:
    program = """
    def head(x):
        return layers.LSTM(3)(x)

    y = head(keras.Input((4,)))
    """
    (found,) = diagnostics(program)
    assert found.span.line == 6
    assert ("called from here", 8) in [(label.text, label.span.line) for label in found.related]


def test_the_text_of_keras_is_quoted() -> None:
    (found,) = diagnostics("y = layers.Concatenate()([keras.Input((4, 3)), keras.Input((5, 3))])")
    assert "requires inputs with matching shapes except for the concatenation axis" in found.note


def test_a_rule_that_is_off_reports_nothing() -> None:
    analysis = interpret(Source.from_text(STORY))
    assert check(analysis, RuleSet.of().without(["KS101"])) == []


FINE = {
    "a named tuple of outputs": """\
        from collections import namedtuple

        def make():
            Pair = namedtuple("Pair", ["left", "right"])
            x = keras.Input((3,))
            return keras.Model(x, Pair(layers.Dense(1)(x), layers.Dense(2)(x)))
        """,
    "a class method makes its class": """\
        class Small(keras.Model):
            def __init__(self, **kwargs):
                inputs = keras.Input((4,))
                super().__init__(inputs=inputs, outputs=layers.Dense(1)(inputs), **kwargs)

            @classmethod
            def from_config(cls, config):
                return cls(**config)
        """,
    "a setting that another method changes": """\
        class Tests:
            def test_first(self):
                keras.config.set_image_data_format("channels_first")

            def test_colours(self):
                keras.ops.image.rgb_to_hsv(np.zeros((3, 50, 50), "float32"))
        """,
    "numpy's axis of a scalar": """\
        np.argsort(np.array(1))
        np.cumsum(np.array(1), axis=0)
        """,
    "the backend that is no keras.backend": """\
        from keras.src import backend

        def one_hot(x):
            return backend.one_hot(x, 3, sparse=True), backend.numpy.repeat(x, 3, axis=1)
        """,
    "an activation of the program's own, by name": """\
        class Agent:
            def build(self):
                x = layers.Dense(1, activation="softplusk")(keras.Input((3,)))
                return layers.Activation("softplusk")(x)

        keras.utils.get_custom_objects().update({"softplusk": lambda x: x + 1})
        """,
    "a call with a flag": """\
        class Model(keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = layers.Dense(2)

            def call(self, x, flag):
                return self.dense(x)

        model = Model()
        model(np.zeros((4, 3), "float32"), True)
        model.compile(loss="mse")
        model.fit(np.zeros((4, 3)), np.zeros((4, 2)))
        """,
}


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said(name: str) -> None:
    assert not diagnostics(textwrap.dedent(FINE[name]))


def test_the_element_is_found_where_the_arguments_of_a_model_are_spelled() -> None:
    """``*args, **kwargs`` pass them on; the name is found in its own function."""
    program = """
        class Base(keras.Model):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)

        class Head(Base):
            def __init__(self, size):
                x = keras.Input((size,))
                hidden = layers.Dense(4)(x)
                super().__init__(inputs=[hidden], outputs=layers.Dense(3)(hidden))

        class Other(Base):
            def __init__(self, size):
                x = keras.Input((size,))
                super().__init__(inputs=x, outputs=layers.Dense(3)(x))

        Head(5)
        Other(5)
    """
    (found,) = diagnostics(program)
    assert (found.code, found.span.line, found.span.column) == ("KS101", 13, 34)
    assert "`hidden`" in found.message
    assert "`x`" in found.help


def test_a_first_call_on_data_is_judged() -> None:
    program = """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.conv = layers.Conv1D(8, 3)

            def call(self, x):
                return self.conv(x)

        Net()(np.zeros((4, 32)))
    """
    (found,) = diagnostics(program)
    assert (found.code, found.span.line) == ("KS201", 11)


def test_how_a_layer_returns_more() -> None:
    program = """
        x = keras.Input((6, 4))
        a, b = layers.GRU(3)(x)
        c, d = layers.MultiHeadAttention(2, 3)(x, x)
        e, f = layers.Dense(3)(x)
    """
    helps = [found.help for found in diagnostics(program)]
    assert ["return_state=True" in text for text in helps] == [True, False, False]
    assert ["return_attention_scores=True" in text for text in helps] == [False, True, False]


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ("[a, h]", "`h`"),
        ("(a,) + (h,)", "`h`"),
        ("{'a': a, 'h': h}", "`h`"),
        ("both", "`h`"),
        ("[*both]", "an element of `both`"),
        ("list(both)", "an element of `list(both)`"),
        ("[x for x in both]", "an element of `[x for x in both]`"),
    ],
)
def test_an_element_is_named_by_its_own_expression(inputs: str, named: str) -> None:
    program = f"""
        a = keras.Input((3,))
        h = layers.Dense(3)(a)
        both = [a, h]
        keras.Model({inputs}, layers.Add()([a, h]))
    """
    (found,) = (each for each in diagnostics(program) if each.code == "KS101")
    assert found.message.startswith(f"{named} is not an Input")
    assert (found.fix is None) == named.startswith("an element")


@pytest.mark.parametrize(
    "condition",
    [
        "input() == 'yes'", "os.environ.get('DEEP')", "args.deep", "random.random() < 0.5", "deep",
        "os.path.exists('weights') and deep", "not deep", "settings['deep']",
    ],
)  # fmt: skip
def test_an_option_may_lead_to_any_branch(condition: str) -> None:
    program = f"""
    import argparse, json, os, random
    parser = argparse.ArgumentParser()
    parser.add_argument("--deep", action="store_true")
    args = parser.parse_args()
    settings = json.load(open("settings.json"))

    def build(deep):
        x = keras.Input((5, 4))
        if {condition}:
            layers.Conv2D(3, 3)(x)
    """
    found = [d.code for d in diagnostics(program)]
    assert found == ([] if "settings" in condition else ["KS201"])


def test_a_model_that_is_not_compiled_is_told_once() -> None:
    program = """
        class Net(keras.Model):
            def forward(self, x):
                return x

        Net().fit(np.zeros((4, 2)), np.zeros(4))
    """
    assert [found.code for found in diagnostics(program)] == ["KS309"]


def test_an_input_that_only_a_loss_looks_at_is_used() -> None:
    program = """
        a, b = keras.Input((4,)), keras.Input((2,))
        model = keras.Model([a, b], keras.layers.Dense(3)(a))
        {after}
    """
    for after, expected in (("", ["KS103"]), ("model.add_loss(keras.ops.mean(b))", [])):
        assert [found.code for found in diagnostics(program.format(after=after))] == expected
