"""The signatures of Keras's functions and classes that are no layers, models or operations.

``signatures.json`` is made by a machine from the installed Keras 3
(``python -m tests.oracle.signatures``).
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from kerashape.keras.signature import Signature


@functools.cache
def _table() -> dict[str, str]:
    path = Path(__file__).with_suffix(".json")
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


def find(path: str) -> Signature | None:
    """What a call of ``path`` takes; None where that is not known."""
    text = _table().get(path)
    return Signature.parse(text) if text is not None else None
