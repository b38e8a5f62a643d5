"""Lambda and Identity, and what keeps a tensor sparse."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Unknown


def call(name: str, inputs: Any, *args: Any, **kwargs: Any) -> Call:
    record = layers.find(name)
    assert record is not None
    return record.construct(Arguments(args, kwargs))(Arguments((inputs,)))


OUTPUT_SHAPES: list[Any] = [
    (3,), (None, 3), (), [3], [], 3, "ab", (3.5,), (-1,), True, ((3,), (4,)), [(3,), (4,)],
    {"a": (3,)}, {}, ((3,), 4), [[3], [4]],
]  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize("output_shape", OUTPUT_SHAPES, ids=repr)
def test_lambda_with_an_output_shape(output_shape: Any) -> None:
    keras = pytest.importorskip("keras")
    layer = keras.layers.Lambda(lambda x: x, output_shape=output_shape)
    result = call("Lambda", Tensor(Shape((None, 4, 3))), len, output_shape=output_shape)
    try:
        expected = layer(keras.KerasTensor((None, 4, 3)))
    except Exception as error:
        message = str(error)
    else:
        assert result.fault is None
        shapes = keras.tree.map_structure(lambda t: list(t.shape), expected)
        assert map_structure(lambda t: list(t.shape), result.output) == shapes
        return
    assert result.fault is not None
    assert result.fault.text in message


@pytest.mark.parametrize(
    "output_shape", [None, Unknown("x"), len, (3, len), (len,), [Unknown("x")]], ids=repr
)
def test_lambda_is_left_to_the_interpreter(output_shape: Any) -> None:
    result = call("Lambda", Tensor(Shape((None, 4))), len, output_shape=output_shape)
    assert result.fault is None
    assert result.status == "unknown"
    assert result.reason


def test_lambda_with_a_symbol() -> None:
    result = call("Lambda", Tensor(Shape((2, 4))), len, output_shape=(Symbol.named("n"), 3))
    assert str(result.output.shape) == "(2, n, 3)"


def test_lambda_keeps_its_arguments_apart_from_the_layers() -> None:
    record = layers.find("Lambda")
    assert record is not None
    layer = record.construct(Arguments((len,), {"arguments": {"axis": 1}}))
    assert layer.arguments["arguments"] == {"axis": 1}


STRUCTURES: list[Any] = ["int32", "float32", "float16", ["int8", "float64"], {"a": "bool"}]


@pytest.mark.keras
@pytest.mark.parametrize("structure", STRUCTURES, ids=repr)
@pytest.mark.parametrize("dtype", [None, "float16"])
def test_identity(structure: Any, dtype: str | None) -> None:
    keras = pytest.importorskip("keras")
    theirs = keras.layers.Identity(dtype=dtype)(
        keras.tree.map_structure(lambda d: keras.KerasTensor((None, 3), d), structure)
    )
    ours = call(
        "Identity", map_structure(lambda d: Tensor(Shape((None, 3)), d), structure), dtype=dtype
    )
    assert [t.dtype for t in flatten(ours.output)] == [t.dtype for t in keras.tree.flatten(theirs)]


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "args"),
    [("Flatten", ()), ("Reshape", ((3, 2),)), ("Permute", ((2, 1),)), ("Identity", ()),
     ("Dropout", (0.5,)), ("RepeatVector", (2,)), ("Activation", ("relu",))],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_sparse(name: str, args: Any, dtype: str) -> None:
    keras = pytest.importorskip("keras")
    shape = (None, 6) if name == "RepeatVector" else (None, 2, 3)
    theirs = getattr(keras.layers, name)(*args)(keras.KerasTensor(shape, dtype, sparse=True))
    ours = call(name, Tensor(Shape(shape), dtype, sparse=True), *args).output
    assert (tuple(ours.shape), ours.dtype, ours.sparse) == (
        theirs.shape,
        theirs.dtype,
        theirs.sparse,
    )


@pytest.mark.keras
@pytest.mark.parametrize("name", ["Add", "Concatenate", "Maximum"])
@pytest.mark.parametrize("sparse", [(True, True), (True, False), (False, False)])
def test_merging_sparse_tensors(name: str, sparse: tuple[bool, bool]) -> None:
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.layers, name)()(
        [keras.KerasTensor((None, 3), sparse=flag) for flag in sparse]
    )
    ours = call(name, [Tensor(Shape((None, 3)), sparse=flag) for flag in sparse]).output
    assert (tuple(ours.shape), ours.sparse) == (theirs.shape, theirs.sparse)


def test_a_list_is_not_one_tensor() -> None:
    tensors = [Tensor(Shape((None, 3))), Tensor(Shape((None, 3)))]
    fault = call("Dense", tensors, 4).fault
    assert fault is not None
    assert fault.rule == "wrong-arity"
    assert call("Dense", Unknown("perhaps a list"), 4).fault is None
    assert call("Add", Unknown("perhaps a list")).fault is None
