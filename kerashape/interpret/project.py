"""The modules of the project: where an import leads, and what the module binds.

Only files near the importing one are read, never an installed library. Each module is
interpreted once per run; what is found in it is reported when it is linted itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerashape.analysis import Analysis
from kerashape.interpret.frame import Frame
from kerashape.interpret.journal import Journal
from kerashape.interpret.objects import ModuleValue
from kerashape.interpret.scope import Scope
from kerashape.outcome import Imports
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
_ABOVE = 4
"""How far above a module that was imported lies the program that may import it."""
_MOST = 400
"""How many modules are kept, and how many one program may have."""


@dataclass(slots=True)
class _Asked:
    """What one program or module asked for itself."""

    found: set[Path] = field(default_factory=set)
    missing: set[Path] = field(default_factory=set)


class Requests:
    """What a program imports, directly (``asked``) or through the modules that it imports."""

    def __init__(self, asked: _Asked, by_module: Mapping[Path, _Asked]) -> None:
        self._asked = asked
        self._by_module = by_module

    def imports(self) -> Imports:
        """All of it, so far."""
        found: set[Path] = set()
        missing = set(self._asked.missing)
        pending = list(self._asked.found)
        while pending:
            file = pending.pop()
            if file in found:
                continue
            found.add(file)
            asked = self._by_module.get(file)
            if asked is not None:
                missing |= asked.missing
                pending += asked.found
        return Imports(frozenset(found), frozenset(missing))


class Project:
    """The modules that the linted files import from each other.

    Args:
        contents: what some files hold in place of what is on disk.
    """

    def __init__(self, contents: Mapping[Path, bytes] | None = None) -> None:
        self._contents = contents or {}
        self._modules: dict[Path, ModuleValue] = {}
        self._roots: dict[Path, list[Path]] = {}
        self._asked: dict[Path, _Asked] = {}
        self._added: dict[Path, list[Path]] = {}
        """By file, what it puts on ``sys.path``."""
        self._registering: set[Path] = set()
        self._older: set[Path] = set()
        """Modules that may give names to objects of their own."""
        self._asking = _Asked()

    @contextmanager
    def requests(self) -> Iterator[Requests]:
        """What is imported meanwhile.

        Modules are kept for the programs that follow, up to a number: what comes of a program
        does not depend on those before it.
        """
        if len(self._modules) >= _MOST:
            self._modules.clear()
            self._asked.clear()
        with self._asking_for(_Asked()) as asked:
            yield Requests(asked, self._asked)

    @contextmanager
    def _asking_for(self, asked: _Asked) -> Iterator[_Asked]:
        before, self._asking = self._asking, asked
        try:
            yield asked
        finally:
            self._asking = before

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
            return self._module_file(folder, path)
        if path.partition(".")[0] in _LIBRARIES:
            return None
        roots = [*self._roots_of(file.parent), *self._added.get(file, ())]
        if machine.frame.scope.module is not machine.module_scope:
            roots += file.parents[1:_ABOVE]  # what runs, and imports it, may lie there
        for root in roots:
            found = self._module_file(root, path)
            if found is not None and found != file:
                return found
        return None

    def look_in(self, file: Path, folder: Path) -> None:
        """A file puts a folder on ``sys.path``: one of its own project is looked in from now on."""
        folder = folder.resolve()
        around = [parent for parent in file.absolute().parents[:4] if len(parent.parts) > 2]
        added = self._added.setdefault(file.absolute(), [])
        near = any(folder.is_relative_to(parent) for parent in around)
        if near and not _INSTALLED & set(folder.parts) and folder not in added:
            added.append(folder)

    def _module_file(self, folder: Path, path: str) -> Path | None:
        target = folder.joinpath(*path.split(".")) if path else folder
        for file in (target / "__init__.py", target.with_name(f"{target.name}.py")):
            try:
                if file.is_file():
                    return file.resolve()
            except OSError:  # no file can have so long a name
                return None
            self._asking.missing.add(file)
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
        self._asking.found.add(file)
        if file in self._modules:
            machine.names.registers |= file in self._registering
            if file in self._older:
                _turn_to_keras_2(machine)
            return self._modules[file]
        if len(self._modules) >= _MOST or len(machine.frames) > machine.budget.depth:
            return None
        try:
            source = self._source(file)
            body = source.tree.body
        except Unreadable:
            return None
        scope = Scope()
        scope.source = source
        scope.variables["__name__"] = name
        module = ModuleValue(name, scope)
        self._modules[file] = module  # before it runs: imports may go in circles
        self._asked[file] = _Asked()
        with self._asking_for(self._asked[file]):
            registers, older = _run_apart(machine, source, scope, body)
        if registers:
            self._registering.add(file)
            machine.names.registers = True
        if older:
            self._older.add(file)
            _turn_to_keras_2(machine)
        return module

    def _source(self, file: Path) -> Source:
        data = self._contents.get(file)
        path = _displayed(file)
        return Source.read(file, path) if data is None else Source(path, data, file)


def _turn_to_keras_2(machine: Machine) -> None:
    machine.keras_version, machine.names.old = 2, True


def _run_apart(machine: Machine, source: Source, scope: Scope, body: Any) -> tuple[bool, bool]:
    """Run a module's body; what it finds and defines is none of the importing program's.

    Returns:
        Whether it, or a module that it imports, gives names to objects of its own, and whether
        one of them asks for Keras 2.
    """
    kept = {
        name: getattr(machine, name)
        for name in ("analysis", "journal", "functions", "classes", "guarded", "assumed",
                     "tracing", "alone", "trying", "pending", "fallback", "frame", "names")
    }  # fmt: skip
    machine.analysis, machine.journal = Analysis(source), Journal()
    machine.functions, machine.classes = [], []
    machine.guarded = machine.assumed = machine.tracing = machine.alone = 0
    machine.fallback = machine.trying = 0
    machine.pending = []
    machine.names = type(machine.names)()
    machine.names.registers = source.registers_names
    if source.asks_for_keras_2:
        _turn_to_keras_2(machine)
    machine.frame = Frame(source, scope)
    machine.frames.append(machine.frame)
    try:
        machine.run(body)
        return machine.names.registers, machine.names.old
    finally:
        machine.frames.pop()
        for name, value in kept.items():
            setattr(machine, name, value)


def _displayed(file: Path) -> str:
    try:
        return file.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix()
