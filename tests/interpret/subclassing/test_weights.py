"""Weights that layers of one's own ask for as Keras 2 took it."""

from __future__ import annotations

import pytest

from tests.checks.test_checks import diagnostics

CALLS = [
    ("add_weight", "'w', (3, 4)"),
    ("add_weight", "'w', shape=(3, 4), initializer='zeros'"),
    ("add_variable", "'w', (3, 4)"),
    ("add_variable", "'w', shape=(3, 4), initializer='zeros'"),
    ("add_variable", "'w'"),
    ("add_variable", "'w', initializer='zeros'"),
]
PROGRAM = """
import keras
class L(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.{}({})
L()
"""


@pytest.mark.parametrize(("method", "arguments"), CALLS)
def test_the_name_does_not_come_first(method: str, arguments: str) -> None:
    (found,) = diagnostics(PROGRAM.format(method, arguments))
    assert found.code == "KS110"
    assert found.message == (
        f"`L.{method}` expects the shape first, and the name as name=..., not 'w'"
    )


@pytest.mark.keras
@pytest.mark.parametrize(("method", "arguments"), CALLS)
def test_keras_says_so(method: str, arguments: str) -> None:
    program = PROGRAM.format(method, arguments)
    (found,) = diagnostics(program)
    with pytest.raises((TypeError, ValueError)) as raised:
        exec(program, {})
    assert found.note.removeprefix("Keras raises: ") in str(raised.value)


def test_an_argument_that_is_gone_is_told_as_such_in_a_subclass() -> None:
    program = """
    class Norm(layers.BatchNormalization):
        def __init__(self, fused=False, **kwargs):
            super().__init__(fused=fused, **kwargs)

    Norm()
    """
    (found,) = diagnostics(program)
    assert (found.code, found.message) == (
        "KS602",
        "`BatchNormalization` does not take `fused` any more",
    )
