"""Programs with layers and models of their own: every call's shape, every model's parameters."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.keras

PROGRAMS = ("layers", "models")


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_shape_is_wrong(program: str) -> None:
    from tests.interpret.subclassing.agreement import ours, real

    wrong = {
        place: (shapes, real(program)[0][place])
        for place, shapes in ours(program)[0].items()
        if real(program)[0].get(place) and not shapes <= real(program)[0][place]
    }
    assert not wrong


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_call_is_seen(program: str) -> None:
    from tests.interpret.subclassing.agreement import allowed, ours, real

    missing = [
        place
        for place in real(program)[0]
        if place not in ours(program)[0] and place[0] not in allowed(program)
    ]
    assert not missing


@pytest.mark.parametrize("program", PROGRAMS)
def test_parameters(program: str) -> None:
    from tests.interpret.subclassing.agreement import ours, real

    found = {name: ours(program)[1].get(name) for name in real(program)[1]}
    assert found == real(program)[1]
