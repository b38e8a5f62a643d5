"""Running a whole program: its module, then the functions and classes that nobody called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.analysis import Analysis, UnknownFact
from kerashape.interpret import attributes, classes, functions
from kerashape.interpret.budget import BudgetExceeded
from kerashape.interpret.machine import Machine
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import Class, Decorated, Function
from kerashape.keras.signature import REQUIRED, Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.project import Project
    from kerashape.source import Source


def run_program(
    source: Source, analysis: Analysis, project: Project | None, keras_version: int
) -> None:
    """Interpret a program into ``analysis``; what runs out of budget is said there."""
    if b"TF_USE_LEGACY_KERAS" in source.data:
        keras_version = 2
    machine = Machine(source, analysis, project, keras_version)
    machine.module_scope.variables["__name__"] = "__main__"
    module = source.module
    try:
        machine.run(module.body)
        _run_uncalled(machine)
    except BudgetExceeded as exceeded:
        site = machine.site(machine.frame.statement or module)
        analysis.unknowns.append(UnknownFact(site, f"budget: {exceeded}"))


def _run_uncalled(machine: Machine) -> None:
    """Analyse on their own the functions and classes that nothing here calls."""
    for cls in list(machine.classes):
        if not cls.called:
            _run_class(machine, cls)
    index = 0
    while index < len(machine.functions):
        function = machine.functions[index]
        index += 1
        if not function.called and function.owner is None:
            _run_alone(machine, function)


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
    if not defaults:
        _forget_state(machine, cls, instance)
    for value in list(cls.attributes.values()):
        method = _function_of(value)
        if not isinstance(method, Function) or method.name.startswith("__"):
            continue
        if method.called and method.name != "call":
            continue
        receiver = (
            None if isinstance(value, Decorated) and value.kind == "staticmethod" else instance
        )
        scope = _scope(method, defaults, receiver)
        functions.run_in(machine, method, scope, method.node)


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
        source = machine.source_of(method.scope)
        for name in _ASSIGNED.findall(source.module.code_for_node(method.node)):
            if name in getattr(instance, "attributes", {}):
                reason = f"{method.name}() may have changed {name}"
                attributes.set(machine, instance, name, Unknown(reason, label=name))


_ASSIGNED = re.compile(r"\bself\.(\w+)\b(?=[^=\n]*(?<![=!<>])=(?!=))")
"""An attribute in front of an equals sign: assigned, or near enough."""


def _run_alone(machine: Machine, function: Function) -> None:
    def run(defaults: bool) -> None:
        functions.run_in(machine, function, _scope(function, defaults, None), function.node)

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
    if again:
        general = listed.general = listed.general or Analysis(listed.source)
        machine.analysis = general
    try:
        action()
    finally:
        machine.analysis = listed
        machine.assumed -= assumed
        machine.alone -= 1
        machine.journal.rewind()


__all__ = ["cst", "run_program"]
