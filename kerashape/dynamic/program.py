"""One program, statement by statement, on the Keras of this process.

This runs the program's own code: only ever within :mod:`kerashape.dynamic.nursery`.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import linecache
import os
import re
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kerashape.dynamic.events import Event, Finished, Raised, Reached, Statement
from kerashape.dynamic.frames import Frames
from kerashape.dynamic.recorder import Recorder
from kerashape.dynamic.surroundings import surroundings

_PROBE = "__kerashape_reached__"
_LONGEST = 100_000
"""How much of a message is kept."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass
class Job:
    """What to run, and how.

    Args:
        path: what the program is compiled as.
        text: its source; a notebook's cells as one program.
        root: the folder of its project.
        resume: whether the next statement runs after one that raised.
        train: whether a fit trains, or goes forward only.
        slow: how many seconds a statement may take before the next one is tried; 0: no limit.
        keras: the module, ``keras`` or ``tf_keras``.
        callbacks: whether trainings call back.
    """

    path: str
    text: str
    root: str
    resume: bool = False
    train: bool = True
    slow: float = 0.0
    keras: str = "keras"
    callbacks: bool = True


class _Slow(BaseException):
    """A statement took too long."""


def run(job: Job, note: Callable[[Event], None]) -> None:
    """Execute the program; events go to ``note``. Raises SyntaxError only."""
    keras = importlib.import_module(job.keras)
    _settle(keras)
    start = time.perf_counter()
    frames = Frames(job.path, job.root)
    tree = ast.parse(job.text, job.path)
    flags = _future_flags(tree)
    lines = job.text.splitlines(keepends=True)
    linecache.cache[job.path] = (len(job.text), None, lines, job.path)
    module = types.ModuleType("__main__")
    module.__dict__.update({"__file__": job.path, "__builtins__": builtins})
    reached = _Reached(job.path)
    setattr(builtins, _PROBE, reached)
    tree = _Probes().visit(tree)
    recorder = Recorder(keras, frames, note)
    with (
        _as_main(module, job),
        surroundings(keras, train=job.train, callbacks=job.callbacks),
        recorder.recording(),
    ):
        keras.utils.set_random_seed(1)
        for statement in tree.body:
            code = compile(ast.Module([statement], []), job.path, "exec", flags, dont_inherit=True)
            reached(statement.lineno)
            ended = _execute(code, statement, module, job, recorder)
            reached.tell(note)
            recorder.tell_models()
            if ended == "exit" or (ended != "done" and not job.resume):
                break
    backend = keras.backend.backend()
    note(Finished(time.perf_counter() - start, keras.__version__, backend))


def _settle(keras: types.ModuleType) -> None:
    """``tf.keras`` is the Keras that runs, whatever the program sets in its environment."""
    if keras.__name__ == "keras" and keras.backend.backend() == "tensorflow":
        importlib.import_module("tensorflow").keras.__version__  # noqa: B018 - makes it load


def _execute(
    code: types.CodeType,
    statement: ast.stmt,
    module: types.ModuleType,
    job: Job,
    recorder: Recorder,
) -> str:
    frames, note = recorder.frames, recorder.note
    extent = (statement.lineno, statement.end_lineno or statement.lineno)
    start = time.perf_counter()
    how = "done"
    before = {name: module.__dict__[name] for name in _bound(statement) if name in module.__dict__}
    try:
        with _alarm(job.slow):
            exec(code, module.__dict__)
    except _Slow:
        how = "slow"
    except SystemExit as error:
        how = "exit"
        note(_raised(error, extent, frames))
    except BaseException as error:
        how = "raised"
        recorder.interrupt(error.__traceback__, _used(statement))
        note(_raised(error, extent, frames))
        for name, value in before.items():  # what it would have replaced is not to be taken for it
            if module.__dict__.get(name) is value:
                del module.__dict__[name]
    note(Statement(extent, how, time.perf_counter() - start))
    return how


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds in its own scope."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def _used(node: ast.AST) -> Iterator[str]:
    """The names that a statement has the values of."""
    return (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def _raised(error: BaseException, extent: tuple[int, int], frames: Frames) -> Raised:
    modules = []
    traceback = error.__traceback__
    while traceback is not None:
        modules.append(str(traceback.tb_frame.f_globals.get("__name__", "")))
        traceback = traceback.tb_next
    origin = modules[-1] if modules else ""
    packages = {name.partition(".")[0] for name in modules}
    lines = [line for each in _chain(error) for line in frames.raised(each.__traceback__)]
    message = _COLOUR.sub("", _said(error))[:_LONGEST]
    error.__traceback__ = None  # which would keep every model alive
    return Raised(
        extent, type(error).__name__, message, lines, origin, bool(packages & {"keras", "tf_keras"})
    )


def _said(error: BaseException) -> str:
    """Its message: a class of the program's own may have none, or raise for it."""
    try:
        return str(error)
    except Exception as another:
        return f"(a {type(another).__name__} when asked for its message)"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, and those that it was raised from: Keras puts its own in their place."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise :class:`_Slow` in the program after that long, and again if it catches it."""
    if not seconds:
        yield
        return

    def ring(*_: object) -> None:
        raise _Slow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _as_main(module: types.ModuleType, job: Job) -> Iterator[None]:
    """The program is ``__main__``, finds the modules beside it, and has no arguments."""
    kept = sys.modules["__main__"], sys.path[:], sys.argv
    sys.modules["__main__"] = module
    folder = os.path.dirname(os.path.abspath(job.path))
    sys.path[:0] = [folder] if folder == job.root else [folder, job.root]
    sys.argv = [job.path]
    module.__dict__["get_ipython"] = lambda: None
    module.__dict__["display"] = lambda *args, **kwargs: None
    try:
        yield
    finally:
        sys.modules["__main__"], sys.path[:], sys.argv = kept


def _future_flags(tree: ast.Module) -> int:
    """The compiler flags of ``from __future__ import`` at the top."""
    import __future__

    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                flags |= getattr(feature, "compiler_flag", 0)
    return flags


# -- which lines run -------------------------------------------------------------------------


class _Reached:
    """Notes which statements of the program begin, each once, whatever loops do."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seen: set[int] = set()
        self.fresh: list[int] = []

    def __call__(self, line: int) -> None:
        if line not in self.seen:
            self.seen.add(line)
            self.fresh.append(line)

    def tell(self, note: Callable[[Event], None]) -> None:
        """Note what is new."""
        if self.fresh:
            note(Reached([(self.path, line) for line in self.fresh]))
            self.fresh = []


class _Probes(ast.NodeTransformer):
    """Puts a call that notes its line before every statement of a block."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.Module):
            return node  # its statements are run, and noted, one by one
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, name, self._probed(node, block))
        return node

    def _probed(self, node: ast.AST, block: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for index, statement in enumerate(block):
            docstring = (
                index == 0
                and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                and isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
            )
            if not docstring:
                found.append(_probe(statement))
            found.append(statement)
        return found


def _probe(statement: ast.stmt) -> ast.stmt:
    line = statement.lineno
    call = ast.Call(ast.Name(_PROBE, ast.Load()), [ast.Constant(line)], [])
    probe = ast.Expr(call)
    for node in (probe, call, call.func, call.args[0]):
        ast.copy_location(node, statement)
        node.end_lineno, node.end_col_offset = line, statement.col_offset
    return probe
