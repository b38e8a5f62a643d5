"""``kerashape summary`` against ``model.summary()``, line by line."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from kerashape.api import analyze
from kerashape.keras import applications
from kerashape.report.models import models_of
from tests.programs import Fixture, fixtures

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]


def compare(text: str, theirs: list[Any]) -> int:
    """Compare every model that the program makes with Keras's of that name; how many there are."""
    from tests.oracle.summaries import keras_lines, our_lines

    compared = 0
    for found in models_of("<string>", analyze(text)):
        kind = (found.model.name, found.model.class_name)
        same = [model for model in theirs if (model.name, type(model).__name__) == kind]
        for model in same[-1:]:
            assert our_lines(found.model) == keras_lines(model)
            compared += 1
    return compared


def alive() -> list[Any]:
    """Keras's models that the program holds."""
    import keras

    return [thing for thing in gc.get_objects() if isinstance(thing, keras.Model)]


@pytest.mark.parametrize(
    "fixture", [pytest.param(f, id=f.name) for f in fixtures() if not f.broken]
)
def test_a_fixture(fixture: Fixture, tmp_path: Path) -> None:
    import keras

    from tests.oracle.execution import run

    text, _ = fixture.program()
    before = set(map(id, alive()))
    with mock.patch.object(keras.Model, "train_on_batch", mock.MagicMock()):
        outcome = run(text, fixture.name, tmp_path, train=False)
    assert outcome.error is None
    assert compare(text, [model for model in alive() if id(model) not in before]) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", applications.names())
def test_an_application(name: str) -> None:
    from tests.oracle.reference import reset, stateless

    text = f"import keras\nmodel = keras.applications.{name}(weights=None)\n"
    namespace: dict[str, Any] = {}
    reset()
    with stateless():
        exec(text, namespace)
        assert compare(text, [namespace["model"]]) == 1
