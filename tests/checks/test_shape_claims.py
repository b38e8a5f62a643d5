"""What counts as a statement about a shape, and what it says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.checks.shape_claims import Claim, annotation, read

NAMES = {"units": 64, "self.width": 8}

CLAIMS = """
(None, 5, 5, 1280)                      : ? 5 5 1280
[None, 28, 28, 1]                       : ? 28 28 1
shape: (batch, 32)                      : ? 32
Shape = (B, 7*7*64)                     : ? 3136
output shape: (None, 10).               : ? 10
-> 150x150x3                            : 150 150 3
=> (None, 4, 4), after pooling          : ? 4 4
[B, T, C]                               : ? ? ?
(None, 1280 + 32)                       : ? 1312
(N, H/2, W // 2, 2 * units)             : ? ? ? 128
(None, self.width)                      : ? 8
(None, 28, 28, 1) -> (None, 784)        : ? 784
TensorShape([None, 32])                 : ? 32
shape (None, ..., 3)                    : ? ... 3
out: Bx7x7x64                           : ? 7 7 64
28 x 28 x 32                            : 28 28 32
(10,)                                   : 10
(batch_size, 10) because of the pooling : ? 10
x.shape == (None, 3)                    : ? 3
"""

NO_CLAIMS = """
3x3 conv
(None, 3) or (None, 4)
(None, 3) in the first call
see (Smith, 2015)
input shape: (None, 3)
(5)
(a.b(), 3)
(1.5, 3)
("a", 3)
x = f(None, 3)
the sizes (None, 3)
(None, 3
1920x1080p
0x1F
()
"""


def sizes(claim: Claim) -> str:
    """The axes in words: what is not stated is ``?``."""
    return " ".join(
        "..." if axis is None else "?" if axis.size is None else str(axis.size)
        for axis in claim.axes
    )


@pytest.mark.parametrize("row", CLAIMS.strip().splitlines())
def test_what_is_a_claim(row: str) -> None:
    text, _, expected = row.rpartition(" : ")
    claim = read(" " + text.strip(), NAMES)
    assert claim is not None
    assert sizes(claim) == expected.strip()


@pytest.mark.parametrize("text", NO_CLAIMS.strip().splitlines())
def test_what_is_none(text: str) -> None:
    assert read(text, NAMES) is None


@pytest.mark.parametrize(
    ("text", "explicit"),
    [
        ("(None, 3)", True),
        ("-> (8, 3)", True),
        ("returns (x, y)", False),
        ("(3, 3)", False),
        ("(x, y)", False),
        ("shape: (x, y)", True),
        ("[batch, time]", True),
    ],
)
def test_whether_the_words_leave_no_doubt(text: str, explicit: bool) -> None:
    claim = read(text, {})
    assert claim is not None
    assert claim.explicit is explicit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("batch 150 150 3", "? 150 150 3"),
        ("*batch h w", "... ? ?"),
        ("... 3", "... 3"),
        ("b #4 units", "? ? 64"),
        ("rows=4 units+1", "4 65"),
        ("_ 3", "? 3"),
        ("", ""),
    ],
)
def test_annotations(text: str, expected: str) -> None:
    claim = annotation(text, NAMES)
    assert claim is not None
    assert sizes(claim) == expected


shapes = st.lists(st.one_of(st.none(), st.integers(1, 9)), min_size=2, max_size=5)


@given(shapes, st.sampled_from(["()", "[]"]))
def test_a_shape_never_contradicts_itself(shape: list[int | None], brackets: str) -> None:
    text = brackets[0] + ", ".join(map(str, shape)) + brackets[1]
    claim = read(text, {})
    assert claim is not None
    assert not claim.contradicts(tuple(shape), batched=True)
    assert not claim.contradicts((None, *shape), batched=True) or shape[0] is None


@given(shapes, st.data())
def test_another_size_contradicts(shape: list[int | None], data: st.DataObject) -> None:
    stated = [n for n in range(1, len(shape)) if shape[n] is not None]
    if shape[0] is not None or not stated:
        return
    other = list(shape)
    place = data.draw(st.sampled_from(stated))
    other[place] = 10
    claim = read(str(tuple(shape)), {})
    assert claim is not None
    assert claim.contradicts(tuple(other), batched=True)
    assert claim.contradicts((*shape, 3), batched=True)


@given(st.text(alphabet="(None,12 x*+/-[]:>shape.#BTC", max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    claim = read(text, {})
    if claim is not None:
        assert 0 <= claim.start < claim.end <= len(text)
        assert math.isfinite(len(claim.axes))
