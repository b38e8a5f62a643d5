"""Comprehensions over many sequences: data that are not visited one by one."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.keras.layers.base import Array
from kerashape.source import Source

HEAD = """
import keras
(x, y), _ = keras.datasets.imdb.load_data(num_words=100)
"""
PADDED = {
    "reversed": ("x = [each[::-1] for each in x]", "(25000, 20)"),
    "cut": ("x = [each[1:] for each in [each for each in x]]", None),
    "twice": ("x = [each[1:] for each in x]\nx = [each[::2] for each in x]", "(25000, 20)"),
    "in another name": ("other = [each[1:] for each in x]\nx = other", "(25000, 20)"),
    "some of them": ("x = [each for each in x if len(each) > 3]", None),
    "more of them": ("x = [each[1:] for each in x]\nx.append([1])", None),
    "no sequences": ("x = [len(each) for each in x]", None),
    "of texts": ("x = [keras.preprocessing.text.one_hot(t, 50) for t in ('a b', 'c')]", "(2, 20)"),
    "something unknown": ("x = [unknown(each) for each in x]", None),
}


@pytest.mark.parametrize("name", PADDED)
def test_what_is_padded(name: str) -> None:
    change, expected = PADDED[name]
    text = f"{HEAD}{change}\npadded = keras.utils.pad_sequences(x, maxlen=20)\n"
    source = Source.from_text(text)
    machine = Machine(source, Analysis(source))
    run_module(machine)
    padded: Any = machine.module_scope.variables["padded"]
    rows = isinstance(padded, Array) and isinstance(padded.shape[0], int)
    assert (str(padded.shape) if rows else None) == expected
