"""What is known to differ from Keras still: expected to fail, each with its reason.

A gap that is mended shows up as XPASS: take its line out.
"""

from __future__ import annotations

import pytest

GAPS = {
    "test_a_layer_answers_as_keras_does[SpectralNormalization]": "the order of the weights around "
    "a kernel with low-rank adaptation",
    "test_the_cases_of_keras_layer_tests": "the weights of layers with a quantized dtype policy",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the gaps."""
    for item in items:
        reason = GAPS.get(item.name)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
