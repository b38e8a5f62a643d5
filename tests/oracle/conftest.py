"""What is known to differ from Keras still: expected to fail, each with its reason.

A gap that is mended shows up as XPASS: take its line out.
"""

from __future__ import annotations

import pytest

GAPS = {
    "test_a_layer_answers_as_keras_does[StringLookup]": "without a vocabulary the depth of the "
    "encoding stays unknown: adapt() may set it",
    "test_a_layer_answers_as_keras_does[SpectralNormalization]": "the order of the weights of a "
    "kernel with low-rank adaptation",
    "test_the_summaries_of_random_models": "models within models, called on another shape",
    "test_the_cases_of_keras_layer_tests": "cells that the tests define themselves",
    "test_a_function_answers_as_keras_does[arange]": "the length for data that is not known",
    "test_a_function_answers_as_keras_does[conv]": "faults of the backend on odd arguments",
    "test_a_function_answers_as_keras_does[eye]": "sizes that are tensors",
    "test_a_function_answers_as_keras_does[geomspace]": "bounds that are tensors",
    "test_a_function_answers_as_keras_does[shape]": "dimensions as sizes of run time",
    "test_a_function_answers_as_keras_does[tri]": "sizes that are tensors",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the gaps."""
    for item in items:
        reason = GAPS.get(item.name)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
