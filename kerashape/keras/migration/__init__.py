"""What Keras 3 took away from Keras 2, and what is there instead.

``keras2.json`` is made by a machine that compares the two packages
(``python -m tests.oracle.keras2``); what older versions had besides, and the replacements, are
tables in these modules, which the tests compare with the installed Keras.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any


@functools.cache
def table() -> dict[str, dict[str, str]]:
    """The comparison of Keras 2 with Keras 3."""
    path = Path(__file__).with_name("keras2.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
