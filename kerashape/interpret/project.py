"""The modules of the project: where an import leads, and what the module binds.

Only files near the importing one are read, never an installed library. Each module is
interpreted once per run; what is found in it is reported when it is linted itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerashape.analysis import Analysis
from kerashape.interpret.journal import Journal
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import ModuleValue
from kerashape.parsing import Unreadable
from kerashape.source import Source

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_LIBRARIES = frozenset(
    [
        "keras",
        "tensorflow",
        "numpy",
        "tf_keras",
        "scipy",
        "sklearn",
        "pandas",
        "torch",
        "jax",
        "matplotlib",
        "cv2",
        "PIL",
    ]
)
_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "requirements.txt")
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_MOST = 400
"""How many modules are read for one run."""


class Project:
    """The modules that the linted files import from each other."""

    def __init__(self) -> None:
        self._modules: dict[Path, ModuleValue] = {}
        self._roots: dict[Path, list[Path]] = {}

    def module(self, machine: Machine, path: str) -> ModuleValue | None:
        """The module of that dotted path, seen from the running file; None if it is not here."""
        return self._load(machine, self._find(machine, path, 0), path)

    def scope_of(self, machine: Machine, base: str, level: int) -> Scope | None:
        """The names of ``from <level dots><base> import ...``; None if it is not here."""
        found = self._load(machine, self._find(machine, base, level), base)
        return found.scope if found is not None else None

    def member(self, machine: Machine, base: str, level: int, name: str) -> Any:
        """What ``from <level dots><base> import name`` binds; None if it is not here."""
        scope = self.scope_of(machine, base, level)
        if scope is not None and name in scope.variables:
            return scope.variables[name]
        inner = f"{base}.{name}" if base else name
        return self._load(machine, self._find(machine, inner, level), inner)

    # -- finding ------------------------------------------------------------------------

    def _find(self, machine: Machine, path: str, level: int) -> Path | None:
        file = machine.frame.source.file
        if file is None:
            return None
        file = file.absolute()
        if level:
            folder = file.parent
            for _ in range(level - 1):
                folder = folder.parent
            return _module_file(folder, path)
        if path.partition(".")[0] in _LIBRARIES:
            return None
        for root in self._roots_of(file.parent):
            found = _module_file(root, path)
            if found is not None and found != file:
                return found
        return None

    def _roots_of(self, folder: Path) -> list[Path]:
        """Where absolute imports are looked up, nearest first."""
        if folder not in self._roots:
            package = folder
            while (package / "__init__.py").is_file() and package.parent != package:
                package = package.parent
            roots = [folder, package]
            for parent in [package, *package.parents][:6]:
                if any((parent / name).exists() for name in _ROOT_FILES):
                    roots += [parent, parent / "src"]
                    break
            own = [root for root in roots if root.name not in _INSTALLED]
            self._roots[folder] = list(dict.fromkeys(own))
        return self._roots[folder]

    # -- running ------------------------------------------------------------------------

    def _load(self, machine: Machine, file: Path | None, name: str) -> ModuleValue | None:
        if file is None:
            return None
        if file in self._modules:
            return self._modules[file]
        if len(self._modules) >= _MOST or len(machine.frames) > machine.budget.depth:
            return None
        try:
            source = Source.read(file, _displayed(file))
            body = source.module.body
        except Unreadable:
            return None
        scope = Scope()
        scope.source = source
        scope.variables["__name__"] = name
        module = ModuleValue(name, scope)
        self._modules[file] = module  # before it runs: imports may go in circles
        _run_apart(machine, source, scope, body)
        return module


def _run_apart(machine: Machine, source: Source, scope: Scope, body: Any) -> None:
    """Run a module's body; what it finds and defines is none of the importing program's."""
    from kerashape.interpret.machine import Frame

    kept = {
        name: getattr(machine, name)
        for name in ("analysis", "journal", "functions", "classes", "guarded", "assumed",
                     "tracing", "alone", "fallback", "frame", "names")
    }  # fmt: skip
    machine.analysis, machine.journal = Analysis(source), Journal()
    machine.functions, machine.classes = [], []
    machine.guarded = machine.assumed = machine.tracing = machine.alone = 0
    machine.fallback = 0
    machine.names = type(machine.names)()
    machine.frame = Frame(source, scope)
    machine.frames.append(machine.frame)
    try:
        machine.run(body)
    finally:
        machine.frames.pop()
        for name, value in kept.items():
            setattr(machine, name, value)


def _module_file(folder: Path, path: str) -> Path | None:
    target = folder.joinpath(*path.split(".")) if path else folder
    for file in (target / "__init__.py", target.with_name(f"{target.name}.py")):
        if file.is_file():
            return file.resolve()
    return None


def _displayed(file: Path) -> str:
    try:
        return file.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix()
