"""Every record has the parameters of the class that it stands for."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from kerashape.checks import check
from kerashape.interpret import interpret
from kerashape.keras import layers
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import REQUIRED, Signature
from kerashape.rulebook import RuleSet
from kerashape.shapes import Unknown
from kerashape.source import Source

pytestmark = pytest.mark.keras

NAMES = [name for family in layers.FAMILIES.values() for name in family.split()]
EVERY_LAYER = "activity_regularizer, trainable, dtype, autocast, name"


@pytest.fixture(scope="module")
def keras_layers() -> Any:
    return pytest.importorskip("keras").layers


def parameters_of(function: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]], bool]:
    """The positional parameters, the keyword-only ones, and whether further ones are taken."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    positional = [_pair(p) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keyword_only = [_pair(p) for p in parameters if p.kind is p.KEYWORD_ONLY]
    return positional, keyword_only, any(p.kind is p.VAR_KEYWORD for p in parameters)


def _pair(parameter: inspect.Parameter) -> tuple[str, Any]:
    if parameter.default is parameter.empty:
        return parameter.name, REQUIRED
    return parameter.name, parameter.default


def same(ours: dict[str, Any], theirs: list[tuple[str, Any]]) -> bool:
    """Whether names, order and defaults agree. A default that is no literal is unknown."""
    return list(ours) == [name for name, _ in theirs] and all(
        isinstance(mine, Unknown) or (type(mine) is type(other) and mine == other)
        for mine, (_, other) in zip(ours.values(), theirs)
    )


def record(name: str) -> type[Layer]:
    found = layers.find(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_constructor(name: str, keras_layers: Any) -> None:
    ours = Signature.parse(record(name).signature)
    positional, keyword_only, open_ended = parameters_of(getattr(keras_layers, name).__init__)
    if name == "Layer":  # what every layer takes is declared once, apart from the records
        assert [parameter for parameter, _ in keyword_only] == EVERY_LAYER.split(", ")
        keyword_only = []
    assert same(ours.positional, positional)
    assert same(ours.keyword_only, keyword_only)
    assert open_ended or not (record(name).takes_base_arguments or record(name).keywords)


@pytest.mark.parametrize("name", NAMES)
def test_call(name: str, keras_layers: Any) -> None:
    ours = Signature.parse(record(name).call_signature)
    positional, keyword_only, open_ended = parameters_of(getattr(keras_layers, name).call)
    by_place, *_ = parameters_of(getattr(keras_layers, name).__call__)
    if by_place:  # the class has a ``__call__`` of its own, which takes the others by name
        keyword_only = positional[len(by_place) :]
        positional = by_place
    assert same(ours.positional, positional)
    assert same(ours.keyword_only, keyword_only)
    assert (ours.varkw is not None) is open_ended


@pytest.mark.parametrize("alias", layers.ALIASES)
def test_alias(alias: str, keras_layers: Any) -> None:
    assert getattr(keras_layers, alias).__name__ == layers.ALIASES[alias]


def test_no_alias_is_missing(keras_layers: Any) -> None:
    classes = {n: c for n, c in vars(keras_layers).items() if inspect.isclass(c)}
    expected = {
        name: cls.__name__
        for name, cls in classes.items()
        if cls.__name__ != name and cls.__name__ in classes
    }
    assert expected == layers.ALIASES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("Layer", "Wrapper")])
def test_a_constructor_that_is_given_a_tensor(name: str, keras_layers: Any) -> None:
    """``Flatten(x)`` for ``Flatten()(x)``: reported where Keras raises, and nowhere else."""
    program = f"import keras\nx = keras.Input((8, 8, 4))\nlayer = keras.layers.{name}(x)\n"
    found = check(interpret(Source.from_text(program)), RuleSet.of())
    import keras

    try:
        getattr(keras_layers, name)(keras.Input((8, 8, 4)))
    except ImportError:
        pytest.skip("it needs a library that is not installed")
    except Exception:
        assert found or name in UNREPORTED
    else:
        assert not found


UNREPORTED = {"TFSMLayer"}
"""It raises only because there is no such file."""


def test_the_table_of_signatures_is_what_the_installed_keras_gives() -> None:
    from tests.oracle import signatures

    assert signatures.PATH.read_text(encoding="utf-8") == signatures.text()
