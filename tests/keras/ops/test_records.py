"""Every function has a record, with Keras's signature, class and automatic name."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from kerashape.keras import ops
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.names import Names
from kerashape.keras.ops.library import LibraryOp
from kerashape.keras.signature import REQUIRED, Arguments, Signature
from kerashape.shapes import Fault, Shape, Unknown


def exported() -> list[str]:
    import keras

    top = [name for name in dir(keras.ops) if inspect.isfunction(getattr(keras.ops, name))]
    images = [f"image.{n}" for n in dir(keras.ops.image) if not n.startswith("_")]
    return [*top, *images]


def real(name: str) -> Any:
    import keras

    found = keras.ops
    for part in name.split("."):
        found = getattr(found, part)
    return found


def differences(mine: Signature, function: Any) -> list[str]:
    """The parameters whose name, place or default is another."""
    found = inspect.signature(function).parameters.values()
    positional = [p for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]
    if [p.name for p in positional] != list(mine.positional):
        return [f"{[p.name for p in positional]} against {list(mine.positional)}"]
    wrong = []
    for parameter in positional:
        default = mine.positional[parameter.name]
        given = REQUIRED if parameter.default is parameter.empty else parameter.default
        given = getattr(given, "name", given)  # a dtype of TensorFlow
        told = isinstance(default, Unknown) or default is given or default == given
        if not told and parameter.name not in ("name", "window_fn"):
            wrong.append(f"{parameter.name}={given!r} against {default!r}")
    return wrong


@pytest.mark.keras
def test_every_exported_function_has_a_record() -> None:
    assert [name for name in exported() if ops.find(name) is None] == []
    assert set(ops.names()) == set(exported())


@pytest.mark.keras
def test_signatures_are_those_of_keras() -> None:
    wrong = {}
    for name in exported():
        record = ops.find(name)
        assert record is not None
        if found := differences(record.signature, real(name)):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.keras
def test_submodules_are_found() -> None:
    import keras

    for module in ("nn", "linalg", "numpy"):
        for name in dir(getattr(keras.ops, module)):
            if not name.startswith("_"):
                assert ops.find(f"{module}.{name}") is not None, name
    assert ops.find("nosuch") is None


@pytest.mark.keras
def test_nodes_have_the_class_and_name_that_keras_gives() -> None:
    """The first case of each function that makes a node, and a second call of it."""
    import keras

    from tests.oracle import ops as cases
    from tests.oracle.candidate import tensor
    from tests.oracle.case import realise
    from tests.oracle.reference import reset
    from tests.oracle.reference import tensor as keras_tensor

    wrong = []
    seen = 0
    for name in cases.names():
        record = ops.find(name)
        assert record is not None
        for index in range(8):
            call = cases.generate(name, 5, index).calls[0]
            reset()
            try:
                given = [realise(part, keras_tensor, None) for part in (call.args, call.kwargs)]
                made = real(name)(*given[0], **given[1])
                again = real(name)(*given[0], **given[1])
            except Exception:
                continue
            outputs = [t for t in keras.tree.flatten(made) if isinstance(t, keras.KerasTensor)]
            more = [t for t in keras.tree.flatten(again) if isinstance(t, keras.KerasTensor)]
            if not outputs or not hasattr(outputs[0], "_keras_history"):
                continue
            told = [(type(t._keras_history[0]).__name__, t._keras_history[0].name)
                    for t in (outputs[0], more[0])]  # fmt: skip
            names = Names()
            arguments = Arguments(
                *(realise(part, tensor, None) for part in (call.args, call.kwargs))
            )
            found = [record.apply(arguments, names) for _ in range(2)]
            ours = [(c.operation.class_name, c.operation.name) for c in found]
            seen += 1
            if told != ours:
                wrong.append((name, told, ours))
            break
    assert wrong == []
    assert seen > 290


@pytest.mark.keras
@pytest.mark.parametrize("library", ["tensorflow", "backend", "random"])
def test_signatures_of_other_libraries(library: str) -> None:
    import keras
    import tensorflow as tf

    from kerashape.keras.ops import backend, random, tensorflow

    tensorflow.find("load")
    modules = {"tensorflow": tensorflow, "backend": backend, "random": random}
    root = {"tensorflow": tf, "backend": tf.keras.backend, "random": keras.random}[library]
    wrong = {}
    for name, record in modules[library].library.records.items():
        function = _attribute(root, name)
        if function is None or name == "Variable" or record.signature.varargs is not None:
            continue
        if found := differences(record.signature, function):
            wrong[name] = found
    assert wrong == {}


def _attribute(root: Any, name: str) -> Any:
    for prefix in ("", "math.", "linalg.", "nn.", "compat.v1."):
        found = root
        for part in f"{prefix}{name}".split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    return None


@pytest.mark.keras
@pytest.mark.parametrize("library", ["tensorflow", "backend", "numpy"])
def test_other_libraries_refuse_symbolic_tensors(library: str) -> None:
    """What raises on a symbolic tensor is told in the words that are raised."""
    import keras
    import numpy as np
    import tensorflow as tf

    from kerashape.keras.ops import backend, numpy, tensorflow

    tensorflow.find("load")
    roots = {"tensorflow": tf, "backend": tf.keras.backend, "numpy": np}
    modules = {"tensorflow": tensorflow, "backend": backend, "numpy": numpy}
    seen = 0
    for name, record in modules[library].library.records.items():
        function = _attribute(roots[library], name)
        roles = record._operand_roles()
        required = [p for p, d in record.signature.positional.items() if d is REQUIRED]
        if not record.on_symbolic or function is None or not roles or set(required) - set(roles):
            continue
        if (library == "numpy" and name in ("reshape", "einsum")) or "ndarray" in name:
            continue  # they need an argument that the record does not require
        given = [[_of_keras(keras), _of_keras(keras)] if roles[p] == "Shapes" else _of_keras(keras)
                 for p in required]  # fmt: skip
        if not given:
            continue
        with pytest.raises(Exception) as caught:  # noqa: PT011 - any, by its text
            function(*given)
        mine = [[_ours(), _ours()] if roles[p] == "Shapes" else _ours() for p in required]
        fault = record.apply(Arguments(mine)).fault
        assert fault is not None, name
        assert fault.rule == "raw-op-on-symbolic-tensor"
        assert fault.text in str(caught.value), name
        seen += 1
    assert seen > 25


def _of_keras(keras: Any) -> Any:
    return keras.KerasTensor((2, 4, 4, 4))


def _ours() -> Tensor:
    return Tensor(Shape((2, 4, 4, 4)))


def test_unknown_arguments_never_raise() -> None:
    """Whatever is not known leaves the answer open, and claims nothing."""
    unknown = Unknown("a test")
    invented = []
    never_symbolic = {"bartlett", "blackman", "convert_to_numpy", "hamming", "hanning", "kaiser"}
    for name in set(ops.names()) - never_symbolic:
        record = ops.find(name)
        assert record is not None
        values: dict[str, Any] = dict.fromkeys(record.signature.positional, unknown)
        for given in (unknown, Tensor(Shape.unknown())):
            first = {p: given if i == 0 else unknown for i, p in enumerate(values)}
            if record.apply(Arguments((), first), Names()).fault is not None:
                invented.append((name, given))
    assert invented == []


def test_partial_knowledge_is_kept() -> None:
    open_shape = Tensor(Shape((4,), open=True))
    assert str(_output("add", open_shape, 1.0).shape) == "(..., 4)"
    assert str(_output("expand_dims", open_shape, -1).shape) == "(..., 4, 1)"
    assert str(_output("reshape", Tensor(Shape.unknown()), (-1, 7)).shape) == "(?, 7)"
    assert (
        str(_output("matmul", Tensor(Shape((2, 4), open=True)), _ours()).shape)
        == "(..., 2, 4, 2, 4)"
    )
    assert str(_output("sum", open_shape, -1).shape) == "(...,)"


def _output(name: str, *values: Any) -> Any:
    record = ops.find(name)
    assert record is not None
    return next(iter(flatten(record.apply(Arguments(values), Names()).output)))


def test_data_give_data_and_consume_no_name() -> None:
    from kerashape.keras.layers.base import Array

    names = Names()
    record = ops.find("add")
    assert record is not None
    call = record.apply(Arguments((Array(Shape((2, 3))), 1.0)), names)
    assert isinstance(call.output, Array)
    assert names.counters == {}
    assert call.operation.class_name == "Add"


def test_a_bad_call_is_a_fault_in_python_s_words() -> None:
    record = ops.find("sum")
    assert record is not None
    call = record.apply(Arguments((_ours(),), {"axes": 1}), Names())
    assert isinstance(call.fault, Fault)
    assert call.fault.text == "sum() got an unexpected keyword argument 'axes'"


def test_library_records_stand_for_functions_that_exist() -> None:
    from kerashape.keras.ops import backend, numpy, random, tensorflow

    tensorflow.find("load")
    for module in (backend, numpy, random, tensorflow):
        for record in module.library.records.values():
            assert isinstance(record, LibraryOp)
            if record.expression:
                assert record.law_name in ops.names()


def test_what_may_have_made_a_node_leaves_the_next_name_open() -> None:
    record = ops.find("add")
    assert record is not None
    names = Names()
    assert record.apply(Arguments((_ours(), 1)), names).operation.name == "add"
    assert isinstance(record.apply(Arguments((Unknown("a test"), 1)), names).output, Unknown)
    assert isinstance(record.apply(Arguments((_ours(), 1)), names).operation.name, Unknown)


@pytest.mark.parametrize("library", ["keras", "tensorflow", "numpy", "backend"])
def test_an_unknown_rank_does_not_change_the_dtype(library: str) -> None:
    """What is said of a tensor of unknown rank is what is said whatever its rank."""
    if library == "keras":
        records = {name: ops.find(name) for name in ops.names()}
    else:
        module = importlib.import_module(f"kerashape.keras.ops.{library}")
        module.find("load")
        records = {name: module.find(name) for name in [*module.library.records]}
    compared, wrong = 0, {}
    for name, record in records.items():
        assert record is not None
        required = [p for p, v in record.signature.positional.items() if v is REQUIRED]
        for kind in ("float32", "int32", "bool", "float64"):
            open_, *known = (
                _kinds(record, Tensor(shape, kind), len(required))
                for shape in (Shape.unknown(), *(Shape((4,) * rank) for rank in range(5)))
            )
            told = [k for k in known if k is not None and len(k) == len(open_ or ())]
            compared += bool(told)
            differ = [k for k in told if any(a and b and a != b for a, b in zip(open_ or (), k))]
            if differ:
                wrong[name, kind] = open_, differ
    assert wrong == {}
    assert compared > 100


def _kinds(record: Any, tensor: Tensor, count: int) -> list[Any] | None:
    """The dtypes of what comes out, None for one that is not known; None if nothing does."""
    call = record.apply(Arguments([tensor] * count), traced=True)
    if call.fault is not None or isinstance(call.output, Unknown):
        return None
    leaves = [leaf for leaf in flatten(call.output) if isinstance(leaf, Tensor)]
    return [None if isinstance(leaf.dtype, Unknown) else leaf.dtype for leaf in leaves]
