"""Running a whole program: its module, then the functions and classes that nobody called."""

from __future__ import annotations

import ast
import functools as tools
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kerashape.analysis import Analysis, UnknownFact
from kerashape.interpret import attributes, classes, functions
from kerashape.interpret.budget import BudgetExceeded
from kerashape.interpret.callables import Decorated, Function
from kerashape.interpret.machine import Machine
from kerashape.interpret.objects import Class
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.places import HERE
from kerashape.interpret.raising import Raised
from kerashape.interpret.scope import Scope
from kerashape.interpret.streams import IteratorValue
from kerashape.interpret.walking import assigned_attributes, calls_method, nodes
from kerashape.keras.models import Model
from kerashape.keras.signature import REQUIRED, Arguments
from kerashape.shapes import Unknown
from kerashape.syntax import BLOCKS

if TYPE_CHECKING:
    from kerashape.interpret.project import Project
    from kerashape.source import Source


def run_program(
    source: Source, analysis: Analysis, project: Project | None, keras_version: int
) -> None:
    """Interpret a program into ``analysis``; what runs out of budget is said there."""
    if source.asks_for_keras_2:
        keras_version = 2
    elif source.asks_for_keras_3:
        keras_version = 3
    machine = Machine(source, analysis, project, keras_version)
    run(machine)
    if machine.took_defaults:
        # What the defaults give is listed; what holds whatever the options are is judged.
        analysis.general = analysis.general or Analysis(source)
        again = Machine(source, analysis.general, project, keras_version)
        again.assumes = False
        run(again)
        if analysis.general.general is not None:
            analysis.general = _both(analysis.general)


def run(machine: Machine) -> None:
    """Run the module, then what nobody called."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _STACK))
    try:
        run_module(machine)
        _run_uncalled(machine)
    finally:
        sys.setrecursionlimit(limit)


_STACK = 12_000
"""Deep enough for the calls that the budget allows to nest."""


def _both(general: Analysis) -> Analysis:
    """One analysis of what an analysis lists and what it judges besides."""
    other = general.general
    general.general = None
    if other is not None:
        general.extend(other)
    return general


def run_module(machine: Machine) -> None:
    """Run the program's own code, statement by statement: what one raises does not stop the rest."""
    machine.module_scope.variables["__name__"] = "__main__"
    for statement in machine.frame.source.tree.body:
        run = tools.partial(machine.run, [statement])
        signal = _bounded(machine, run, lambda statement=statement: _drop(machine, statement))  # type: ignore[misc]
        if signal == "raise" and _ends(machine, statement):
            return


def _ends(machine: Machine, statement: ast.AST) -> bool:
    """Whether what was raised ends the program; the cells of a notebook go on."""
    return machine.frame.source.notebook is None


def _drop(machine: Machine, statement: ast.AST) -> None:
    """After a statement that was not followed to its end: forget each name that it may bind."""
    scope = machine.module_scope
    bound = set(_bound_names(statement))
    for name in {*scope.variables, *bound}:
        if name in bound or scope.is_reassigned(name):
            scope.variables[name] = Unknown("the analysis ran out of its budget", label=name)


def _bound_names(statement: ast.AST) -> Iterator[str]:
    if isinstance(statement, BLOCKS):
        yield statement.name
        return
    for node in nodes(statement, within=frozenset(BLOCKS)):
        if isinstance(node, BLOCKS):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id


def _bounded(
    machine: Machine, action: Callable[[], Any], after: Callable[[], Any] | None = None
) -> Any:
    """Do something within the budget; running out of it is noted, and the rest goes on.

    ``after`` is done where it was not done to its end.
    """
    journal = machine.journal
    kept = {name: getattr(machine, name) for name in _COUNTERS}
    frame, frames, depth = machine.frame, list(machine.frames), journal.depth
    if machine.budget.is_over:
        return None
    machine.budget.start()
    try:
        return action()
    except (BudgetExceeded, RecursionError) as exceeded:
        site = machine.site(HERE)
        machine.analysis.unknowns.append(UnknownFact(site, f"budget: {_words(exceeded)}"))
        for name, value in kept.items():
            setattr(machine, name, value)
        machine.frame, machine.frames[:] = frame, frames
        journal.abandon(depth)
        machine.pending = [p for p in machine.pending if p.depth <= depth]
        for value in list(machine.module_scope.variables.values()):
            machine.forget(value, "the analysis ran out of its budget")
        if after is not None:
            after()
        return None


def _words(exceeded: Exception) -> str:
    return str(exceeded) if isinstance(exceeded, BudgetExceeded) else "it nests too deep"


_COUNTERS = ("analysis", "journal", "guarded", "trying", "tracing", "alone", "assumed", "names",
             "functions", "classes")  # fmt: skip


def _run_uncalled(machine: Machine) -> None:
    """Analyse on their own the functions and classes that nothing here calls."""
    for cls in list(machine.classes):
        if not cls.called:
            _bounded(machine, lambda cls=cls: _run_class(machine, cls))  # type: ignore[misc]
    index = 0
    while index < len(machine.functions):
        function = machine.functions[index]
        index += 1
        if not function.called and function.owner is None:
            _bounded(machine, lambda function=function: _run_alone(machine, function))  # type: ignore[misc]


def _run_class(machine: Machine, cls: Class) -> None:
    """Make an instance with arguments that nobody passed, and run its methods."""
    methods = [_function_of(value) for value in cls.attributes.values()]
    init = cls.find("__init__")
    optional = any(isinstance(f, Function) and _has_defaults(f) for f in [init, *methods])
    _with_and_without_defaults(machine, optional, lambda defaults: _live(machine, cls, defaults))


def _function_of(value: Any) -> Any:
    return value.function if isinstance(value, Decorated) else value


def _with_and_without_defaults(
    machine: Machine, optional: bool, action: Callable[[bool], None]
) -> None:
    """Run code that nobody calls: with its defaults, to list; without, to judge.

    Where the first run met nothing of Keras the second is spared.
    """
    if optional:
        facts = machine.analysis
        before = facts.mark()
        _alone(machine, True, lambda: action(True))
        if facts.mark()[:-2] == before[:-2]:  # but for imports and unknowns
            return
    _alone(machine, False, lambda: action(False), again=optional)


def _live(machine: Machine, cls: Class, defaults: bool) -> None:
    init = cls.find("__init__")
    arguments = Arguments((), {}, more_positional=True, more_keywords=True)
    if isinstance(init, Function):
        values = functions.free_arguments(init, defaults=defaults)
        signature = signature_of(init)
        names = list(signature.positional)[1:] + list(signature.keyword_only)
        arguments = Arguments(
            (),
            {name: values[name] for name in names},
            more_keywords=signature.varkw is not None,
        )
    instance = classes.instantiate(machine, cls, arguments, cls.node)
    found = [_function_of(cls.find(name)) for name in _FIXTURES]
    fixtures = [fixture for fixture in found if isinstance(fixture, Function)]
    if fixtures:
        for fixture in fixtures:
            _run_to_end(machine, fixture, _scope(fixture, defaults, instance))
    elif not defaults:
        _forget_state(machine, cls, instance)
    for value in list(cls.attributes.values()):
        method = _function_of(value)
        if not isinstance(method, Function) or method.name.startswith("__"):
            continue
        if (method.called and method.name != "call") or method in fixtures:
            continue
        machine.enter()
        kind = value.kind if isinstance(value, Decorated) else ""
        receiver = {"staticmethod": None, "classmethod": cls}.get(kind, instance)
        scope = _scope(method, defaults, receiver)
        settings = machine.names.defaults.save()
        if fixtures:
            machine.journal.start()
        _run_to_end(machine, method, scope)
        if fixtures:  # the next test starts from what they prepare, too
            machine.journal.rewind()
        _forget_settings(machine, settings)


_FIXTURES = ("setUpClass", "setup_class", "setUp", "setup_method")
"""The methods that ``unittest`` and ``pytest`` call before a test, in that order."""


def _forget_settings(machine: Machine, before: dict[str, Any]) -> None:
    """A method changed a setting of Keras: whether another runs before or after is not known."""
    defaults = machine.names.defaults
    for name, value in defaults.save().items():
        if not (value is before[name] or _is_same_text(value, before[name])):
            machine.journal.touch(defaults)
            setattr(defaults, name, Unknown("which settings of Keras apply"))


def _is_same_text(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one == other


def _run_to_end(machine: Machine, function: Function, scope: Scope) -> None:
    """Run a function; a generator for all its items."""
    try:
        value = functions.run_in(machine, function, scope, function.node)
    except Raised:
        return
    if isinstance(value, IteratorValue):
        value.take_all()


def _forget_state(machine: Machine, cls: Class, instance: Any) -> None:
    """What any method but ``__init__`` assigns may have changed before the next one runs."""
    methods = [
        _function_of(value)
        for owner in cls.lineage()
        if isinstance(owner, Class)
        for value in owner.attributes.values()
    ]
    for method in methods:
        if not isinstance(method, Function) or method.name == "__init__":
            continue
        if method.node not in machine.changes:
            machine.changes[method.node] = (
                assigned_attributes(method.node),
                calls_method(method.node, "compile"),
            )
        assigned, compiles = machine.changes[method.node]
        if compiles:
            _forget_compilation(machine, instance, f"{method.name}() may have compiled it")
        for name in sorted(assigned):
            if name in getattr(instance, "attributes", {}):
                reason = f"{method.name}() may have changed {name}"
                attributes.set(machine, instance, name, Unknown(reason, label=name))


def _forget_compilation(machine: Machine, instance: Any, reason: str) -> None:
    for value in [instance, *getattr(instance, "attributes", {}).values()]:
        if isinstance(value, Model):
            machine.journal.touch(value)
            value.compiled = Unknown(reason)


def _run_alone(machine: Machine, function: Function) -> None:
    def run(defaults: bool) -> None:
        _run_to_end(machine, function, _scope(function, defaults, None))

    _with_and_without_defaults(machine, _has_defaults(function), run)
    function.called = True


def _has_defaults(function: Function) -> bool:
    signature = signature_of(function)
    values = [*signature.positional.values(), *signature.keyword_only.values()]
    return any(value is not REQUIRED for value in values)


def _scope(function: Function, defaults: bool, receiver: Any) -> Scope:
    scope = Scope(function.scope, function.scope.module)
    scope.variables.update(functions.free_arguments(function, defaults=defaults, receiver=receiver))
    return scope


def _alone(
    machine: Machine, assumed: bool, action: Callable[[], None], *, again: bool = False
) -> None:
    """Run something on its own: what it changes is undone.

    With ``assumed`` values the facts are listed, but not judged. Without, they hold whatever
    the arguments: when they are listed already (``again``) they are only judged.
    """
    listed = machine.analysis
    machine.journal.start()
    machine.assumed += assumed
    machine.alone += 1
    entered = machine.entered
    machine.enter()
    if again:
        general = listed.general = listed.general or Analysis(listed.source)
        machine.analysis = general
    depth = machine.journal.depth
    try:
        action()
    except Raised:
        pass  # nothing of it is left in any case
    finally:
        machine.analysis = listed
        machine.assumed -= assumed
        machine.alone -= 1
        machine.entered = entered
        machine.journal.abandon(depth)
        machine.journal.rewind()


__all__ = ["run_program"]
