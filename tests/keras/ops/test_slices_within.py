"""Slices that tensors bound, within a layer's call: what TensorFlow infers of their sizes."""

from __future__ import annotations

import textwrap

import pytest

from kerashape.api import analyze

HEAD = """
import keras, numpy as np, tensorflow as tf
class Cut(keras.layers.Layer):
    def __init__(self, cut):
        super().__init__()
        self.cut = cut
        self.w = self.add_weight(shape=(50, 16))
        self.c = tf.constant(np.zeros((50, 16), "float32"))
    def call(self, x):
        return self.cut(self, x, tf.shape(x))
"""
CUTS = (
    "s.w[:n[1]]", "s.c[:n[1]]", "s.w[n[1]:]", "s.c[n[1]:]", "s.w[:n[1] + 1]", "s.c[-n[1]:]",
    "s.c[1:n[1] + 1, :4]", "s.c[:4, :n[1]]", "s.w[1:, n[1]:]", "s.w[3, :n[1]]", "s.c[::2, :n[1]]",
    "x[:, :n[1] // 2]", "x[:, -n[1]:]", "x[:, 2:, :n[1]]", "x[:, :tf.reduce_max(n)]",
    "s.c[tf.newaxis, :n[1], :]", "s.c[tf.newaxis, :n[1], :] + x", "s.w[:keras.ops.shape(x)[1]]",
    "s.c[:keras.ops.shape(x)[1]]", "s.c[:x.shape[1]]", "s.w[:, n[2] - 2:]", "s.c[..., :n[-1] // 4]",
    "s.c[:n[0]]", "s.c[:tf.math.minimum(n[1], 3)]", "x + s.c[:n[1]]", "x[:, :n[-2], :n[-1]]",
)  # fmt: skip
PROGRAM = HEAD + "".join(
    f"y.append(Cut(lambda s, x, n: {cut})(keras.Input(({size}, 16))))\n" if cut else "y = []\n"
    for size in (None, 20)
    for cut in (("", *CUTS) if size is None else CUTS)
)


@pytest.mark.keras
def test_what_is_known_of_a_slice_is_what_keras_gives() -> None:
    scope: dict[str, list[object]] = {}
    exec(compile(PROGRAM, "<program>", "exec"), scope)
    calls = [f.call for f in analyze(PROGRAM).calls if f.call.operation.class_name == "Cut"]
    known = 0
    for cut, call, y in zip(CUTS * 2, calls, scope["y"], strict=True):
        sizes = call.output.shape.dims
        assert len(sizes) == len(y.shape), cut
        for ours, theirs in zip(sizes, y.shape):
            if ours is None or isinstance(ours, int):
                assert ours == theirs, cut
                known += 1
    assert known >= 100


def test_a_position_that_is_decided_at_run_time_leaves_its_size_open() -> None:
    program = textwrap.dedent("""
        class Position(keras.layers.Layer):
            def __init__(self, length, width):
                super().__init__()
                self.table = tf.constant(np.zeros((1, length, width), "float32"))
            def call(self, x):
                return x + self.table[:, :tf.shape(x)[1], :]
        a = Position(50, 16)(keras.Input((None, 16)))
        b = Position(50, 16)(keras.Input((20, 16)))
    """)
    calls = analyze(HEAD + program).calls
    found = [str(f.call.output.shape) for f in calls if f.call.operation.class_name == "Position"]
    assert found == ["(None, None, 16)", "(None, 20, 16)"]
