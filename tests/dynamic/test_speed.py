"""Verifying many small models costs little more than importing TensorFlow does."""

from __future__ import annotations

import pytest

from tests.dynamic.speed import COUNT, measure


@pytest.mark.keras
@pytest.mark.slow
def test_fifty_models_in_one_command() -> None:
    found = measure()
    assert f"Verified {COUNT} programs" in found.said
    assert f"{COUNT} models ({COUNT} confirmed)" in found.said
    # The processor's seconds: what else the machine does is not in them.
    assert found.verified.cpu < found.limit.cpu, found
