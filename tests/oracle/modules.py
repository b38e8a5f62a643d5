"""What ``from module import *`` brings: the public names of Keras's modules.

``python -m tests.oracle.modules`` writes ``kerashape/keras/modules.json`` from the installed
Keras. Layers and applications are not in it: kerashape has registries of those.
"""

from __future__ import annotations

import json
import types
from pathlib import Path

from tests.oracle.quiet import quiet

with quiet():
    import keras

PATH = Path(__file__).parent.parent.parent / "kerashape" / "keras" / "modules.json"
_LEFT_OUT = ("keras.src", "keras.layers", "keras.applications", "keras.ops.")


def table() -> dict[str, str]:
    """The names by module, with spaces between them."""
    found: dict[str, str] = {}
    waiting = [keras]
    while waiting:
        module = waiting.pop()
        names = {name: value for name, value in vars(module).items() if _shows(name)}
        found[module.__name__] = " ".join(sorted(names))
        for value in names.values():
            if isinstance(value, types.ModuleType) and _is_public(value.__name__, module.__name__):
                waiting.append(value)
    return dict(sorted(found.items()))


def _shows(name: str) -> bool:
    return not name.startswith("_") and name != "src"


def _is_public(name: str, parent: str) -> bool:
    return name.startswith(f"{parent}.") and not name.startswith(_LEFT_OUT)


def text() -> str:
    """The table as the file has it."""
    return json.dumps(table(), indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
