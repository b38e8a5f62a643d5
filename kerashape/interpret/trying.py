"""What ``with`` and ``try`` mean: statements in which something may be raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.statements import Signal, branch, executes, run
from kerashape.interpret.values import External
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.journal import Delta
    from kerashape.interpret.machine import Machine

_RAISING_CONTEXTS = ("assertRaises", "assertRaisesRegex", "raises", "suppress", "assertWarns")


@executes(cst.With)
def _with(machine: Machine, node: cst.With) -> Signal:
    guarded = False
    for item in node.items:
        value = machine.evaluate(item.item)
        guarded = guarded or _expects_raise(item.item)
        if item.asname is not None:
            machine.assign(item.asname.name, operators.entered(machine, value, node))
    if not guarded:
        return run(machine, node.body)
    with machine.guard():
        signal = branch(machine, [lambda: run(machine, node.body), lambda: None])
    return None if signal == "raise" else signal


def _expects_raise(item: cst.BaseExpression) -> bool:
    function = item.func if isinstance(item, cst.Call) else item
    name = (
        function.attr.value
        if isinstance(function, cst.Attribute)
        else getattr(function, "value", "")
    )
    return isinstance(name, str) and name.startswith(_RAISING_CONTEXTS)


@executes(cst.Try, cst.TryStar)
def _try(machine: Machine, node: cst.Try) -> Signal:
    if node.handlers:
        with machine.perhaps_older(_catches_faults(node) or _catches(node, _IMPORTING)):
            signal = _guarded(machine, node)
    else:
        signal = _attempt(machine, node)
    if node.finalbody is not None:
        final = run(machine, node.finalbody.body)
        signal = final or signal
    return signal


def _guarded(machine: Machine, node: cst.Try) -> Signal:
    if _only_imports(node.body):
        with machine.guard():
            signal = _attempt(machine, node)
        if any(_unresolved(machine, node.body)):
            signal = _handled(machine, node, {}, signal)
    else:
        machine.journal.start()
        if _catches_faults(node):
            with machine.guard():
                signal = _attempt(machine, node)
        else:
            signal = _attempt(machine, node)
        value = machine.scope.variables.get("return")
        signal = _handled(machine, node, machine.journal.rewind(), signal, value)
    return signal


def _attempt(machine: Machine, node: cst.Try) -> Signal:
    signal = run(machine, node.body)
    if signal is None and node.orelse is not None:
        signal = run(machine, node.orelse.body)
    return signal


def _handled(
    machine: Machine, node: cst.Try, after: Delta, signal: Signal, value: Any = None
) -> Signal:
    """The end of a ``try``: its body got through (``after``), or a handler ran instead.

    The body may have stopped anywhere, so a handler starts from what holds both before and
    after the body.
    """

    def finish() -> Signal:
        machine.journal.replay(after)
        if signal == "return":
            machine.scope.variables["return"] = value
        return signal

    def handle(handler: Any) -> Signal:
        machine.journal.merge([{}, after])
        if handler.name is not None:
            machine.assign(handler.name.name, Unknown("an exception"))
        return run(machine, handler.body)

    handlers = [lambda handler=handler: handle(handler) for handler in node.handlers]
    return branch(machine, [finish, *handlers])


_CATCHING = frozenset(
    [
        "BaseException",
        "Exception",
        "ValueError",
        "TypeError",
        "RuntimeError",
        "AttributeError",
        "StandardError",
        "ArithmeticError",
        "AssertionError",
        "InvalidArgumentError",
        "NotImplementedError",
    ]
)


_IMPORTING = frozenset({"ImportError", "ModuleNotFoundError"})


def _catches_faults(node: cst.Try) -> bool:
    """Whether a handler catches what Keras raises."""
    return _catches(node, _CATCHING)


def _catches(node: cst.Try, names: frozenset[str]) -> bool:
    """Whether a handler catches one of these, or what it catches is not known."""
    for handler in node.handlers:
        if handler.type is None:
            return True
        kinds = [handler.type]
        if isinstance(handler.type, cst.Tuple):
            kinds = [element.value for element in handler.type.elements]
        for kind in kinds:
            name = kind.attr if isinstance(kind, cst.Attribute) else kind
            if not isinstance(name, cst.Name) or name.value in names:
                return True
    return False


def _only_imports(body: cst.BaseSuite) -> bool:
    return all(
        isinstance(line, cst.SimpleStatementLine)
        and all(isinstance(small, (cst.Import, cst.ImportFrom)) for small in line.body)
        for line in body.body
    )


def _unresolved(machine: Machine, body: cst.BaseSuite) -> list[bool]:
    """For each name that the body imports, whether it is not known to exist."""
    names = []
    for line in body.body:
        for small in getattr(line, "body", ()):
            aliases = small.names if isinstance(small.names, (list, tuple)) else ()
            names += [
                alias.evaluated_alias or alias.evaluated_name.split(".")[0] for alias in aliases
            ]
    values = [machine.look_up(name) for name in names]
    return [not isinstance(value, External) and isinstance(value, Unknown) for value in values]
