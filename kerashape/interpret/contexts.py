"""What ``with`` means."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import operators
from kerashape.interpret.callables import GeneratorContext
from kerashape.interpret.generators import run_around
from kerashape.interpret.leaving import Signal, branch, finally_do, meet, signalled
from kerashape.interpret.objects import Instance
from kerashape.interpret.raising import Raised, type_of
from kerashape.interpret.statements import executes, run
from kerashape.interpret.streams import Foreign
from kerashape.interpret.values import truth
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown
from kerashape.syntax import WithNode, dotted, is_attribute

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_RAISING_CONTEXTS = ("assertRaises", "assert_raises", "raises", "suppress", "assertWarns")


@executes(ast.With, ast.AsyncWith)
def _with(machine: Machine, node: WithNode) -> Signal:
    return _enter(machine, node, 0)


def _enter(machine: Machine, node: WithNode, index: int) -> Signal:
    """Enter the managers from ``index`` on, and run the body."""
    if index == len(node.items):
        return run(machine, node.body)
    item = node.items[index]
    manager = machine.evaluate(item.context_expr)

    def body(value: Any) -> Signal:
        if item.optional_vars is not None:
            machine.assign(item.optional_vars, value)
        return _enter(machine, node, index + 1)

    if isinstance(manager, GeneratorContext):
        return _around(machine, manager, body, node)
    value = operators.entered(machine, manager, node)
    if _expects_raise(item.context_expr):
        return _suppressed(machine, lambda: body(value))
    leave = machine.attribute(manager, "__exit__", node) if isinstance(manager, Instance) else None
    if _distributes(manager, item.context_expr):
        machine.distributed += 1
        try:
            return body(value)
        finally:
            machine.distributed -= 1
    if leave is None or not isinstance(manager, Instance) or not manager.cls.find("__exit__"):
        return body(value)
    depth = machine.journal.depth
    machine.trying += 1
    try:
        signal = signalled(machine, lambda: body(value))
    finally:
        machine.trying -= 1
    keeps: list[bool | None] = []

    def exit() -> None:
        raised = machine.frame.leaving if signal == "raise" else None
        kind = type_of(raised) if signal == "raise" else None
        outcome = machine.call(leave, Arguments([kind, raised, None], {}), node)
        keeps.append(truth(outcome))

    signal = finally_do(machine, depth, signal, exit)
    if signal == "raise" and keeps[-1] is not False:
        if keeps[-1]:
            return None
        return branch(machine, [lambda: None, lambda: "raise"])
    return signal


def _distributes(manager: Any, item: ast.expr) -> bool:
    """Whether it is ``strategy.scope()``, of a strategy of TensorFlow or of one not known."""
    if isinstance(manager, Unknown):
        function = item.func if isinstance(item, ast.Call) else item
        return is_attribute(function, "scope")
    return isinstance(manager, Foreign) and manager.kind == "tensorflow.distribute.Strategy.scope"


def _suppressed(machine: Machine, body: Callable[[], Signal]) -> Signal:
    """The body may stop anywhere, and the program goes on."""
    depth = machine.journal.depth
    machine.trying += 1
    try:
        with machine.guard():
            signal = branch(machine, [body, lambda: None])
    finally:
        machine.trying -= 1
    return meet(machine, depth, ("raise",), signal)


def _around(
    machine: Machine, manager: GeneratorContext, body: Callable[[Any], Signal], node: WithNode
) -> Signal:
    """A manager that is a generator: it goes on after its ``yield`` when the body is done."""
    outer = machine.frame
    signals: list[Signal] = []

    def on_yield(value: Any) -> Any:
        inner, machine.frame = machine.frame, outer
        try:
            if not signals:
                signals.append(signalled(machine, lambda: body(value)))
        finally:
            machine.frame = inner
        if signals[0] == "raise":
            raise Raised(outer.leaving)
        return None

    run_around(machine, manager, on_yield, node)
    if not signals:
        return body(Unknown("what a context manager gives"))
    return None if signals[0] == "raise" else signals[0]


def _expects_raise(item: ast.expr) -> bool:
    function = item.func if isinstance(item, ast.Call) else item
    name = function.attr if isinstance(function, ast.Attribute) else dotted(function)
    return name.startswith(_RAISING_CONTEXTS)
