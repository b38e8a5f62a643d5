"""The cases of Keras's own layer tests: what they pass to ``run_layer_test``.

The test modules come with the installed Keras. Their methods are run with ``run_layer_test``
replaced by a recorder; what else a method does is of no interest, and may fail.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import unittest
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any
from unittest import mock

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Unknown
from tests.oracle.reference import keras


@dataclass
class Recorded:
    """One call of ``run_layer_test``."""

    test: str
    layer: type
    arguments: dict[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        value = self.arguments.get(name)
        return default if value is None else value


def recorded() -> list[Recorded]:
    """All cases of the test modules in ``keras.src.layers``."""
    from keras.src import layers as package
    from keras.src.testing.test_case import TestCase

    found: list[Recorded] = []
    signature = inspect.signature(TestCase.run_layer_test)

    def record(self: unittest.TestCase, *args: Any, **kwargs: Any) -> None:
        arguments = dict(signature.bind(self, *args, **kwargs).arguments)
        found.append(Recorded(self.id(), arguments["layer_cls"], arguments))

    with (
        mock.patch.object(TestCase, "run_layer_test", record),
        mock.patch.object(pytest, "mark", _AnyMark()),
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
    ):
        for test in _methods(package):
            test.run(unittest.TestResult())
    return found


class _AnyMark:
    """``pytest.mark`` that knows every mark and heeds none."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def mark(*args: Any, **kwargs: Any) -> Any:
            decorates = len(args) == 1 and callable(args[0]) and not kwargs
            return args[0] if decorates else lambda function: function

        return mark


def _methods(package: Any) -> Iterator[unittest.TestCase]:
    """The test methods that call ``run_layer_test``."""
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not info.name.endswith("_test"):
            continue
        try:
            module = importlib.import_module(info.name)
        except ImportError:
            continue  # another framework's
        for suite in unittest.defaultTestLoader.loadTestsFromModule(module):
            for test in suite:  # type: ignore[union-attr]
                method = getattr(test, test._testMethodName, None)  # type: ignore[union-attr]
                if method is not None and _mentions(method):
                    yield test  # type: ignore[misc]


def _mentions(method: Any) -> bool:
    try:
        return "run_layer_test" in inspect.getsource(inspect.unwrap(method))
    except (OSError, TypeError):
        return True


# -- the same case in kerashape -------------------------------------------------------------


class Foreign(Exception):
    """The case is about a class that Keras does not export, or passes objects of its own."""


def run(case: Recorded) -> Call:
    """Make and call the layer.

    Raises:
        Foreign: if the case says nothing about a public layer.
    """
    layer = _construct(case.layer, (), case.arguments["init_kwargs"], Names())
    keywords = {name: to_ours(value) for name, value in case.get("call_kwargs", {}).items()}
    inputs = _inputs(case)
    if isinstance(inputs, dict) and isinstance(case.get("input_shape"), dict):
        return layer(Arguments((), {**inputs, **keywords}))
    return layer(Arguments([inputs], keywords))


def _construct(kind: type, args: Any, kwargs: dict[str, Any], names: Names) -> Any:
    record = layers.find(kind.__name__)
    if record is None or getattr(keras.layers, kind.__name__, None) is not kind:
        raise Foreign(f"{kind.__name__} is not a public layer")
    ours = {name: to_ours(value) for name, value in kwargs.items()}
    return record.construct(Arguments([to_ours(value) for value in args], ours), names)


def to_ours(value: Any) -> Any:
    """A value of the test in kerashape's terms; what it has no word for is unknown."""
    if isinstance(value, keras.Layer):
        config = value._auto_config
        return _construct(type(value), (), dict(config.config), Names())
    if isinstance(value, dict):
        return {key: to_ours(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(to_ours(item) for item in value)
    if isinstance(value, keras.KerasTensor):
        return Tensor(Shape(value.shape), value.dtype)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return Array(Shape(tuple(value.shape)), keras.backend.standardize_dtype(value.dtype))
    return Unknown(f"a {type(value).__name__} that the test passes")


def _inputs(case: Recorded) -> Any:
    if case.get("input_ragged") or case.get("expected_output_ragged"):
        raise Foreign("the sizes of the rows of a ragged tensor are data")
    shape, dtype = case.get("input_shape"), case.get("input_dtype")
    if shape is None:
        data = case.get("input_data")
        if data is None:
            raise Foreign("the test does not call the layer")
        return map_structure(_symbolic, data)
    if isinstance(shape, dict):
        kinds = dtype if isinstance(dtype, dict) else dict.fromkeys(shape, dtype)
        return {
            name.removesuffix("_shape"): Tensor(Shape(one), kinds[name] or "float32")
            for name, one in shape.items()
        }
    return _tensors(shape, dtype)


def _tensors(shape: Any, dtype: Any) -> Any:
    if all(size is None or isinstance(size, int) for size in shape):
        return Tensor(Shape(shape), dtype or "float32")
    kinds = dtype if isinstance(dtype, (list, tuple)) else [dtype] * len(shape)
    return type(shape)(map(_tensors, shape, kinds))


def _symbolic(data: Any) -> Tensor:
    array = keras.ops.convert_to_tensor(data)
    return Tensor(Shape(tuple(array.shape)), keras.backend.standardize_dtype(array.dtype))
