"""The comparison itself: what each pair of answers is called."""

import pytest

from tests.oracle.case import BACKEND, Answer, Out
from tests.oracle.compare import compare, same_words

SHAPE = Out((None, 3), "float32")
KNOWN = Answer(outputs=(SHAPE,), weights=(((2, 3), True),), params=6)
FAULT = Answer("call", "ValueError: the \x1b[1msizes differ\x1b[0m: 2 and 3")


@pytest.mark.parametrize(
    ("keras", "ours", "verdict"),
    [
        (KNOWN, KNOWN, "equal"),
        (KNOWN, Answer(outputs=(Out((None, 4), "float32"),), weights=KNOWN.weights), "wrong shape"),
        (KNOWN, Answer(outputs=(Out((None,), "float32"),), weights=KNOWN.weights), "wrong shape"),
        (KNOWN, Answer(outputs=([SHAPE],), weights=KNOWN.weights), "wrong shape"),
        (KNOWN, Answer(outputs=(Out((None, 3), "int32"),), weights=KNOWN.weights), "wrong dtype"),
        (KNOWN, Answer(outputs=(SHAPE,), weights=(((3, 2), True),), params=6), "wrong weights"),
        (KNOWN, Answer(outputs=(SHAPE,), weights=(((2, 3), False),), params=6), "wrong weights"),
        (KNOWN, Answer(outputs=(SHAPE,), weights=KNOWN.weights, params=7), "wrong weights"),
        (KNOWN, Answer(outputs=(SHAPE,)), "unknown"),
        (KNOWN, Answer(outputs=(Out((None, "?"), "float32"),), weights=KNOWN.weights), "unknown"),
        (KNOWN, Answer(outputs=(Out(("?", 4), "float32"),), weights=KNOWN.weights), "wrong shape"),
        (KNOWN, Answer(outputs=(Out(None, "?"),), weights=KNOWN.weights), "unknown"),
        (KNOWN, FAULT, "invented fault"),
        (FAULT, KNOWN, "missed fault"),
        (FAULT, FAULT, "equal"),
        (FAULT, Answer("call", "sizes differ", (SHAPE,)), "missed fault"),
        (Answer("call", "later", (SHAPE,)), Answer("call", "later"), "invented fault"),
        (Answer(BACKEND, "no kernel"), KNOWN, "backend"),
        (KNOWN, Answer(crash="Traceback"), "crash"),
    ],
)
def test_a_pair_of_answers_has_a_verdict(keras: Answer, ours: Answer, verdict: str) -> None:
    assert compare(keras, ours) == verdict


def test_words_are_compared_without_colours_and_by_stage() -> None:
    assert same_words(FAULT, Answer("call", "the sizes differ: 2"))
    assert not same_words(FAULT, Answer("call", "the sizes are equal"))
    assert not same_words(FAULT, Answer("constructor", "the sizes differ: 2"))
