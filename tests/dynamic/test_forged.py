"""Events that a program wrote itself: wrong they may be, but they break nothing."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.dynamic.compare import compare
from kerashape.dynamic.events import _KINDS, Event, Raised, dump, load
from kerashape.dynamic.sandbox import Limits, Ran
from kerashape.dynamic.verify import Verified, trouble
from kerashape.files import Target
from kerashape.linter import Linter
from kerashape.report import Style
from kerashape.report.verification import render, render_json

PROGRAM = """\
import keras
x = keras.Input((8,))
y = keras.layers.Dense(4)(x)
m = keras.Model(x, y)
z = keras.layers.Conv2D(4, 3)(x)
"""
EXAMINED = Linter().examine(Target.of_name("p.py"), PROGRAM.encode())
CONTROL = {chr(n) for n in (*range(32), *range(127, 160))} - {"\t", "\n"}
_NUMBERS = st.one_of(st.integers(-2, 8), st.integers())
_TEXTS = st.one_of(
    st.sampled_from(["p.py", "other.py", "", "fit", "Dense"]), st.text(st.characters(), max_size=5)
)
_SHAPES = st.recursive(
    st.one_of(st.none(), _NUMBERS, _TEXTS, st.booleans(), st.floats()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=6,
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, as they are in JSON."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(values, arguments))
    if origin is list:
        return st.lists(values(arguments[0]), max_size=3)
    if origin is tuple:
        return st.tuples(*map(values, arguments)).map(list)
    return {
        Any: _SHAPES, int: _NUMBERS, float: st.floats(), str: _TEXTS, bool: st.booleans(),
        type(None): st.none(),
    }[hint]  # fmt: skip


def lines(kind: type[Any]) -> st.SearchStrategy[str]:
    hints = typing.get_type_hints(kind)
    fields = {field.name: values(hints[field.name]) for field in dataclasses.fields(kind)}
    made = st.fixed_dictionaries(fields)
    return made.map(lambda each: json.dumps({"event": kind.kind, **each}))


LINES = st.one_of(*map(lines, _KINDS.values()))


@given(st.lists(LINES, max_size=8))
def test_no_event_breaks_the_comparison_or_the_report(forged: list[str]) -> None:
    events = list(load(forged))
    ran = Ran("done", events=events)
    found = compare(EXAMINED.source, EXAMINED.analysis, EXAMINED.diagnostics, events)
    one = Verified("p.py", ran, found, None, {"keras": "3", "backend": "x"}, trouble(ran, Limits()))
    said = "".join(render([one], Style())) + "".join(render_json([one]))
    assert not CONTROL & set(said)
    said.encode()


@pytest.mark.parametrize(
    "line",
    ["[1]", "3", "null", "[" * 100_000, "{", '{"event": "call"}', '{"event": []}',
     '{"event": "finished", "seconds": "1", "keras": "3", "backend": "b"}',
     '{"event": "finished", "seconds": 1, "keras": "3", "backend": "b", "more": 1}',
     '{"event": "replayed", "step": 1, "output": ' + "[" * 30 + "]" * 30 + "}"],
)  # fmt: skip
def test_what_is_no_event_is_dropped(line: str) -> None:
    assert list(load([line])) == []


@given(st.text(st.characters()))
def test_what_steers_a_terminal_is_not_told(message: str) -> None:
    event: Event = Raised((1, 1), "E", message + "\x1b[2J\x9b1m", [], "", True)
    [told] = load([dump(event)])
    assert isinstance(told, Raised)
    assert not CONTROL & set(told.message)
    told.message.encode()
