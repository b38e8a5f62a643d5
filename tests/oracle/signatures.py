"""The signatures of what Keras exports beside layers, models, operations and applications.

``python -m tests.oracle.signatures`` writes ``kerashape/keras/signatures.json`` from the
installed Keras.
"""

from __future__ import annotations

import json
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kerashape.keras.public import canonical
from tests.oracle.keras2 import signature_text
from tests.oracle.quiet import quiet

with quiet():
    import keras
    from keras._tf_keras import keras as keras_of_tensorflow

PATH = Path(__file__).parent.parent.parent / "kerashape" / "keras" / "signatures.json"
MODULES = (
    "callbacks", "constraints", "datasets", "initializers", "losses", "metrics", "optimizers",
    "preprocessing", "regularizers", "utils",
)  # fmt: skip
"""Where functions and classes live whose arguments nothing else of kerashape checks."""


def table() -> dict[str, str]:
    """Every function and class below these modules, by its canonical path."""
    found: dict[str, str] = {}
    for root in (keras_of_tensorflow, keras):
        for name in MODULES:
            if hasattr(root, name):
                found |= _below(getattr(root, name), f"keras.{name}")
    return dict(sorted(found.items()))


def _below(module: types.ModuleType, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if name.startswith("_") or ".legacy" in prefix:
            continue
        if isinstance(value, types.ModuleType):
            found |= _below(value, f"{prefix}.{name}")
        elif callable(value):
            text = accepted(value, prefix)
            if text is not None:
                found[canonical(f"{prefix}.{name}")] = text
    return found


def accepted(function: Callable[..., Any], prefix: str) -> str | None:
    """What a call may be given; None where that cannot be known."""
    try:
        text = signature_text(function)
    except (TypeError, ValueError):
        return None
    closed, _, varkw = text.rpartition(", **")
    if prefix.startswith("keras.optimizers") and varkw and rejects_unknown(function):
        more = "".join(f", {name}=None" for name in ("decay",) if not _rejects(function, name))
        return f"{closed}{'' if '*' in closed else ', *'}{more}" if more else closed
    return text


def rejects_unknown(function: Callable[..., Any]) -> bool:
    """Whether ``**kwargs`` are there only to be refused."""
    return _rejects(function, "no_such_argument")


def _rejects(function: Callable[..., Any], name: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            function(**{name: 0.1})
    except (TypeError, ValueError) as error:
        return "not recognized" in str(error)
    return False


def text() -> str:
    """The table as the file has it."""
    return json.dumps(table(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
