"""What statements mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.functions import define_class, define_function
from kerashape.interpret.imports import import_from, import_names
from kerashape.interpret.values import External, truth
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.journal import Delta
    from kerashape.interpret.machine import Machine

Signal = str | None
Executor = Callable[["Machine", Any], Signal]
EXECUTORS: dict[type[cst.CSTNode], Executor] = {}

_RAISING_CONTEXTS = ("assertRaises", "assertRaisesRegex", "raises", "suppress", "assertWarns")
_FIXPOINT_PASSES = 4


def executes(*kinds: type[cst.CSTNode]) -> Callable[[Executor], Executor]:
    """Register the meaning of some kinds of statements."""

    def register(function: Executor) -> Executor:
        for kind in kinds:
            EXECUTORS[kind] = function
        return function

    return register


def run(machine: Machine, body: Any) -> Signal:
    """Run a suite, or a sequence of statements."""
    statements = (
        body.body if isinstance(body, (cst.IndentedBlock, cst.SimpleStatementSuite)) else body
    )
    frame = machine.frame
    for statement in statements:
        machine.budget.step()
        executor = EXECUTORS.get(type(statement))
        if executor is None:
            continue
        outer, frame.statement = frame.statement, statement
        signal = executor(machine, statement)
        frame.statement = outer
        if signal is not None:
            return signal
    return None


@executes(cst.SimpleStatementLine)
def _line(machine: Machine, node: cst.SimpleStatementLine) -> Signal:
    return run(machine, node.body)


# -- simple statements --------------------------------------------------------------


@executes(cst.Expr)
def _expression(machine: Machine, node: cst.Expr) -> Signal:
    value = machine.evaluate(node.value)
    return "raise" if value is operators.EXIT else None


@executes(cst.Assign)
def _assign(machine: Machine, node: cst.Assign) -> Signal:
    value = machine.evaluate(node.value)
    for target in node.targets:
        machine.assign(target.target, value)
    return None


@executes(cst.AnnAssign)
def _annotated(machine: Machine, node: cst.AnnAssign) -> Signal:
    if node.value is not None:
        machine.assign(node.target, machine.evaluate(node.value))
    return None


@executes(cst.AugAssign)
def _augmented(machine: Machine, node: cst.AugAssign) -> Signal:
    left, right = machine.evaluate(node.target), machine.evaluate(node.value)
    name = type(node.operator).__name__.removesuffix("Assign")
    machine.assign(node.target, operators.augmented(machine, name, left, right, node))
    return None


@executes(cst.Return)
def _return(machine: Machine, node: cst.Return) -> Signal:
    value = machine.evaluate(node.value) if node.value is not None else None
    machine.frame.scope.variables["return"] = value
    return "return"


@executes(cst.Raise)
def _raise(machine: Machine, node: cst.Raise) -> Signal:
    with machine.guard():
        if node.exc is not None:
            machine.evaluate(node.exc)
    return "raise"


@executes(cst.Break)
def _break(machine: Machine, node: cst.Break) -> Signal:
    return "break"


@executes(cst.Continue)
def _continue(machine: Machine, node: cst.Continue) -> Signal:
    return "continue"


@executes(cst.Global)
def _global(machine: Machine, node: cst.Global) -> Signal:
    machine.scope.globals_.update(item.name.value for item in node.names)
    return None


@executes(cst.Nonlocal)
def _nonlocal(machine: Machine, node: cst.Nonlocal) -> Signal:
    machine.scope.nonlocals.update(item.name.value for item in node.names)
    return None


@executes(cst.Del)
def _delete(machine: Machine, node: cst.Del) -> Signal:
    targets = (
        [e.value for e in node.target.elements]
        if isinstance(node.target, cst.Tuple)
        else [node.target]
    )
    for target in targets:
        if isinstance(target, cst.Name):
            scope = machine.scope.target(target.value)
            machine.journal.touch(scope)
            scope.variables.pop(target.value, None)
        elif isinstance(target, cst.Subscript):
            machine.forget(machine.evaluate(target.value), "an item was deleted")
    return None


@executes(cst.Assert)
def _assert(machine: Machine, node: cst.Assert) -> Signal:
    machine.evaluate(node.test)
    return None


@executes(cst.Import)
def _import(machine: Machine, node: cst.Import) -> Signal:
    import_names(machine, node)
    return None


@executes(cst.ImportFrom)
def _import_from(machine: Machine, node: cst.ImportFrom) -> Signal:
    import_from(machine, node)
    return None


@executes(cst.FunctionDef)
def _function(machine: Machine, node: cst.FunctionDef) -> Signal:
    machine.bind(node.name.value, define_function(machine, node))
    return None


@executes(cst.ClassDef)
def _class(machine: Machine, node: cst.ClassDef) -> Signal:
    machine.bind(node.name.value, define_class(machine, node))
    return None


# -- branches -----------------------------------------------------------------------


@executes(cst.If)
def _if(machine: Machine, node: cst.If) -> Signal:
    decided = machine.truth(machine.evaluate(node.test), node.test)
    if decided is True:
        return run(machine, node.body)
    if decided is False:
        return _otherwise(machine, node.orelse)
    return branch(
        machine, [lambda: run(machine, node.body), lambda: _otherwise(machine, node.orelse)]
    )


def _otherwise(machine: Machine, orelse: cst.If | cst.Else | None) -> Signal:
    if orelse is None:
        return None
    if isinstance(orelse, cst.If):
        return run(machine, [orelse])
    return run(machine, orelse.body)


def branch(machine: Machine, sides: list[Callable[[], Signal]]) -> Signal:
    """Run each side from the same state, and go on with what holds after all that go on."""
    from kerashape.interpret.machine import Pending

    ends = []
    signals = []
    for side in sides:
        machine.journal.start()
        signal = side()
        value = machine.scope.variables.get("return")
        delta = machine.journal.rewind()
        signals.append(signal)
        if signal is None:
            ends.append(delta)
        elif signal != "raise":
            machine.frame.pending.append(Pending(signal, value, delta))
    if not ends:
        # every side left: the last way out becomes the signal, the others stay pending
        leaving = [signal for signal in signals if signal != "raise"]
        if not leaving:
            return "raise"
        last = machine.frame.pending.pop()
        machine.journal.replay(last.delta)
        if last.kind == "return":
            machine.scope.variables["return"] = last.value
        return last.kind
    machine.journal.merge(ends)
    return None


@executes(cst.Match)
def _match(machine: Machine, node: cst.Match) -> Signal:
    from kerashape.interpret.matching import matches

    subject = machine.evaluate(node.subject)
    sides: list[Callable[[], Signal]] = []
    for case in node.cases:
        fits = matches(machine, case, subject)
        if fits is False:
            continue

        def side(case: cst.MatchCase = case) -> Signal:
            matches(machine, case, subject)
            return run(machine, case.body)

        sides.append(side)
        if fits is True:
            break
    else:
        sides.append(lambda: None)
    return sides[0]() if len(sides) == 1 else branch(machine, sides)


# -- loops --------------------------------------------------------------------------


@executes(cst.For)
def _for(machine: Machine, node: cst.For) -> Signal:
    value = machine.evaluate(node.iter)
    items = machine.items_of(value, node.iter)
    if items is not None and len(items) <= machine.budget.unroll:
        for item in items:
            machine.budget.step()
            machine.assign(node.target, item)
            signal = _turn(machine, node.body)
            if signal in ("return", "raise"):
                return signal
            if signal == "break":
                break
        else:
            _leave_loop(machine)
            return run(machine, node.orelse.body) if node.orelse is not None else None
        _leave_loop(machine)
        return None

    def turn() -> Signal:
        machine.assign(node.target, operators.item_of(value))
        return _turn(machine, node.body)

    return _repeat(machine, turn, node.orelse)


@executes(cst.While)
def _while(machine: Machine, node: cst.While) -> Signal:
    endless = not isinstance(node.test, cst.Comparison)
    for _ in range(machine.budget.endless if endless else machine.budget.unroll):
        if machine.frame.yields is not None:
            break  # how far a generator is run is up to who asks
        decided = truth(machine.evaluate(node.test))
        if decided is False:
            _leave_loop(machine)
            return run(machine, node.orelse.body) if node.orelse is not None else None
        if decided is None:
            break
        pending = len(machine.frame.pending)
        signal = _turn(machine, node.body)
        if signal in ("return", "raise"):
            return signal
        if signal == "break":
            _leave_loop(machine)
            return None
        if len(machine.frame.pending) > pending:
            break  # a way out was taken perhaps: how often it runs is not known

    def turn() -> Signal:
        machine.evaluate(node.test)
        return _turn(machine, node.body)

    return _repeat(machine, turn, node.orelse)


def _turn(machine: Machine, body: cst.BaseSuite) -> Signal:
    """One turn of a loop: a ``continue`` ends it."""
    pending = machine.frame.pending
    before = len(pending)
    signal = run(machine, body)
    early = [p for p in pending[before:] if p.kind == "continue"]
    if early:
        pending[before:] = [p for p in pending[before:] if p.kind != "continue"]
        deltas = [p.delta for p in early]
        if signal in (None, "continue"):
            deltas.append({})
            signal = None
        machine.journal.merge(deltas)
        if signal is not None:
            return None
    return None if signal == "continue" else signal


def _leave_loop(machine: Machine) -> None:
    """After a loop: what holds whether or not one of its breaks was taken."""
    pending = machine.frame.pending
    breaks = [p for p in pending if p.kind == "break"]
    if breaks:
        machine.frame.pending = [p for p in pending if p.kind != "break"]
        machine.journal.merge([{}, *(p.delta for p in breaks)])


def _repeat(machine: Machine, turn: Callable[[], Signal], orelse: Any) -> Signal:
    """A loop that runs it is not known how often: until nothing changes any more.

    The facts of the last pass hold for every turn; those of the passes before are dropped.
    """
    facts = machine.analysis
    for attempt in range(_FIXPOINT_PASSES):
        mark = facts.mark()
        pending = len(machine.frame.pending)
        machine.journal.start()
        signal = turn()
        after = machine.journal.rewind()
        if attempt == _FIXPOINT_PASSES - 1:
            after = operators.forgotten(after)
        changed = machine.journal.merge([{}, after]) if signal in (None, "break") else False
        if not changed:
            break
        if attempt < _FIXPOINT_PASSES - 1:
            facts.rewind(mark)
            del machine.frame.pending[pending:]
    _leave_loop(machine)
    return run(machine, orelse.body) if orelse is not None else None


# -- with, try ----------------------------------------------------------------------


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
    if not node.handlers:
        signal = _attempt(machine, node)
    elif _only_imports(node.body):
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
    if node.finalbody is not None:
        final = run(machine, node.finalbody.body)
        signal = final or signal
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


def _catches_faults(node: cst.Try) -> bool:
    """Whether a handler catches what Keras raises."""
    for handler in node.handlers:
        if handler.type is None:
            return True
        kinds = [handler.type]
        if isinstance(handler.type, cst.Tuple):
            kinds = [element.value for element in handler.type.elements]
        for kind in kinds:
            name = kind.attr if isinstance(kind, cst.Attribute) else kind
            if not isinstance(name, cst.Name) or name.value in _CATCHING:
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
