"""Modules that show something to a person, replaced by ones that do nothing.

Plots, progress bars and widgets have no bearing on shapes, and need not be installed.
"""

from __future__ import annotations

import dis
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

SILENCED = frozenset(
    ["matplotlib", "seaborn", "plotly", "bokeh", "altair", "IPython", "ipywidgets", "wandb",
     "mlflow", "google", "tensorboard", "graphviz", "pydot", "tensorflow_docs", "comet_ml",
     "mpl_toolkits", "pylab"]
)  # fmt: skip
"""Silent even where they are installed: pictures take time."""
_KEPT = ("google.protobuf", "tensorboard.plugins", "tensorboard.compat")
"""What TensorFlow itself needs of them."""


class Silent(types.ModuleType):
    """Has every attribute and takes every call, and gives itself; unpacks to any number."""

    def __init__(self, name: str = "silent") -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Silent(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], Silent):
            return args[0]  # as a decorator
        return Silent(self.__name__)

    def __iter__(self) -> Iterator[Any]:
        return iter([Silent(self.__name__) for _ in range(_unpacked(sys._getframe(1)))])

    def __getitem__(self, key: Any) -> Any:
        return Silent(self.__name__)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Nothing is kept."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to leave."""

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (object,)


def _unpacked(frame: types.FrameType) -> int:
    """How many names ``a, b = silent`` unpacks to in that frame; 0 in a loop."""
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti:
            wanted = instruction.opname.startswith("UNPACK_SEQUENCE")
            return int(instruction.argval) if wanted else 0
    return 0


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a silent module for everything in :data:`SILENCED`."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in SILENCED or name.startswith(_KEPT):
            return None
        if name == "google" and _really(name):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return Silent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def _really(name: str) -> bool:
    """Whether a module of that name is installed."""
    return importlib.machinery.PathFinder.find_spec(name) is not None


def install() -> None:
    """Make the silent modules what ``import`` finds."""
    for name in [n for n in sys.modules if n.partition(".")[0] in SILENCED]:
        if not name.startswith(_KEPT) and name != "google":
            del sys.modules[name]
    sys.meta_path.insert(0, Finder())
