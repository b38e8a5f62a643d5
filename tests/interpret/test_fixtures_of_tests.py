"""What ``unittest`` and ``pytest`` call before a test holds in it."""

from __future__ import annotations

import pytest

from kerashape.api import analyze

PROGRAM = """\
import unittest
import keras

class Test{base}:
    def {fixture}(self):
        self.units = 3
        self.model = keras.Sequential([keras.Input((4,))])

    def test_one(self):
        self.units = 5
        self.model.add(keras.layers.Dense(7))

    def test_other(self):
        x = keras.layers.Dense(self.units)(keras.Input((4,)))
        self.model.add(keras.layers.Dense(2))
        return self.model(keras.Input((4,)))
"""


@pytest.mark.parametrize(
    ("base", "fixture"),
    [("(unittest.TestCase)", "setUp"), ("", "setup_method"), ("", "setup_class")],
)
def test_each_test_starts_from_what_the_fixture_prepared(base: str, fixture: str) -> None:
    calls = analyze(PROGRAM.format(base=base, fixture=fixture)).calls
    assert [str(fact.call.output.shape) for fact in calls] == [
        "(None, 7)", "(None, 3)", "(None, 2)", "(None, 2)"
    ]  # fmt: skip
