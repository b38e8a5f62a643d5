"""Functions of the user: definition, and calls by running their bodies."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape.interpret import comments, texts
from kerashape.interpret.callables import (
    Bound,
    Builtin,
    Decorated,
    External,
    Function,
    Partial,
    Python,
)
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.frame import Frame
from kerashape.interpret.generators import generate, is_generator
from kerashape.interpret.join import join
from kerashape.interpret.leaving import Signal, meet
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.raising import Raised
from kerashape.interpret.scope import Scope
from kerashape.interpret.streams import IteratorValue
from kerashape.keras.signature import REQUIRED, Arguments, bind
from kerashape.shapes import Fault, Unknown
from kerashape.syntax import FunctionNode

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_RECURSION = 50
"""How deep a recursion is followed that something known drives."""
_OPEN_RECURSION = 1
"""And where each time it is not known whether it goes on: each call may have several sides."""


def _counts(arguments: Arguments) -> bool:
    """Whether a recursion is driven by something that is known: it will come to an end."""
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    return any(
        (isinstance(value, (int, str, tuple)) and not isinstance(value, bool))
        or (isinstance(value, (ListValue, DictValue)) and value.items is not None)
        for value in values
    )


def _times_perhaps(machine: Machine, running: list[Frame]) -> int:
    """How many of a function's running calls were made where it is not known that they are."""
    calls = [*(frame.called_at for frame in running[1:]), machine.journal.depth]
    return sum(call > frame.starts_at for frame, call in zip(running, calls))


def run_function(machine: Machine, function: Function, arguments: Arguments, node: ast.AST) -> Any:
    """Run a user's function on these arguments."""
    function.called = True
    if len(machine.frames) > machine.budget.depth:
        return machine.unknown(node, "calls nest too deep here to be followed")
    running = [frame for frame in machine.frames if frame.function is function]
    if running and (
        len(running) > (_RECURSION if _counts(arguments) else 0)
        or _times_perhaps(machine, running) > _OPEN_RECURSION
    ):
        return machine.unknown(node, "a recursion was given up")
    try:
        scope = scope_for(function, arguments)
    except Fault as fault:
        return machine.throw("TypeError", fault.text)
    return run_in(machine, function, scope, node)


def scope_for(function: Function, arguments: Arguments) -> Scope:
    """The scope of a call, with its arguments bound. Raises :class:`Fault`."""
    scope = Scope(function.scope, function.scope.module)
    scope.variables.update(_bind(function, arguments))
    return scope


def run_in(machine: Machine, function: Function, scope: Scope, node: ast.AST) -> Any:
    """Run a function's body in a scope that holds its arguments."""
    receiver = next(iter(scope.variables.values()), None) if function.owner else None
    if is_generator(machine, function):
        return IteratorValue(machine, lambda: generate(machine, function, scope, receiver, node))
    with entered(machine, function, scope, receiver, node) as frame:
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate(function.node.body)
        depth = machine.journal.depth
        comments.note_parameters(machine, function.node)
        with machine.perhaps_older(function.fallback):
            signal = machine.run(function.node.body)
        result = _result(machine, frame, depth, signal)
        comments.note_annotation(machine, function.node.returns, result)
        return result


@contextlib.contextmanager
def entered(
    machine: Machine, function: Function, scope: Scope, receiver: Any, node: ast.AST
) -> Iterator[Frame]:
    """A frame for the function, while its body runs."""
    source = machine.source_of(function.scope)
    caller = machine.site(node)
    frame = Frame(source, scope, function, receiver, function.owner, caller)
    frame.called_at = frame.starts_at = machine.journal.depth
    outer, machine.frame = machine.frame, frame
    if isinstance(function.node, ast.Lambda):
        frame.statement = outer.statement
    machine.frames.append(frame)
    try:
        yield frame
    finally:
        machine.frames.pop()
        machine.frame = outer
        for pending in machine.pending:  # exceptions: the caller may catch them
            if pending.frame is frame:
                pending.frame = outer


def _result(machine: Machine, frame: Frame, depth: int, signal: Signal) -> Any:
    """Join the value of the last way out with those of the ``return``s before."""
    early = [p for p in machine.pending if p.frame is frame and p.kind == "return"]
    values = [p.value for p in early]
    leaving = frame.leaving
    if signal != "raise":
        values.append(leaving if signal == "return" else None)
    meet(machine, depth, ("return",), signal)
    if not values:
        if isinstance(leaving, Unknown) and not machine.trying:
            return Unknown("the function raises")
        raise Raised(leaving)
    result = values[-1]
    for value in values[:-1]:
        result = join(result, value)
    return result


def _bind(function: Function, arguments: Arguments) -> dict[str, Any]:
    signature = signature_of(function)
    bound = bind(signature, arguments, function.name)
    values = dict(bound.values)
    if signature.varargs is not None:
        rest = ListValue(None, "an unpacking") if arguments.more_positional else bound.varargs
        values[signature.varargs] = rest
    if signature.varkw is not None:
        known = not arguments.more_keywords
        values[signature.varkw] = DictValue(
            dict(bound.extra) if known else None, "" if known else "an unpacking"
        )
    return values


# -- definition ---------------------------------------------------------------------

_TRANSPARENT = (
    "functools.lru_cache",
    "functools.cache",
    "functools.wraps",
    "tensorflow.function",
    "keras.saving.register_keras_serializable",
    "keras.utils.register_keras_serializable",
    "tensorflow.autograph.experimental.do_not_convert",
    "dataclasses.dataclass",
    "staticmethod",
    "abc.abstractmethod",
    "typing.overload",
)


def define_function(machine: Machine, node: FunctionNode) -> Any:
    """``def``: the function, its decorators applied."""
    function = Function(
        node.name,
        node,
        enclosing_scope(machine),
        machine.defaults_of(node.args),
        fallback=machine.fallback > 0,
    )
    machine.functions.append(function)
    value: Any = function
    for decorator in reversed(node.decorator_list):
        value = decorate(machine, decorator, value)
    return value


def enclosing_scope(machine: Machine) -> Scope:
    """Where the free names of a definition are looked up: never in a class body."""
    frame = machine.frame
    in_class_body = frame.owner is not None and frame.function is None
    return frame.scope.parent or frame.scope if in_class_body else frame.scope


def decorate(machine: Machine, expression: ast.expr, value: Any) -> Any:
    """What a decorator makes of a function or class."""
    target = machine.evaluate(expression.func if isinstance(expression, ast.Call) else expression)
    if isinstance(target, Builtin) and target.name in ("property", "staticmethod", "classmethod"):
        return Decorated(target.name, value)
    if isinstance(target, External):
        if target.path in ("functools.wraps", "six.wraps"):
            return _renamed(machine, expression, value)
        if target.path in ("functools.cached_property", "functools.cache_property"):
            return Decorated("property", value)
        if target.path in ("contextlib.contextmanager", "contextlib.asynccontextmanager"):
            return Decorated("contextmanager", value)
        if target.path in ("tensorflow.custom_gradient", "keras.ops.custom_gradient"):
            return Decorated("custom_gradient", value)
        if target.path in ("functools.singledispatch", "functools.total_ordering"):
            return _opaque(value, target.path) if "dispatch" in target.path else value
        if target.path == "tensorflow.function" and isinstance(value, Function):
            value.graph = True
        return value if target.path.startswith(_TRANSPARENT) else _opaque(value, target.path)
    if isinstance(target, (Function, Class, Bound)):
        if isinstance(expression, ast.Call):
            target = machine.evaluate(expression)
        return machine.call_function(target, value, node=expression)
    if isinstance(expression, ast.Attribute) and expression.attr in ("setter", "deleter"):
        getter = machine.evaluate(expression.value)
        if isinstance(getter, Decorated) and expression.attr == "setter":
            return Decorated(getter.kind, getter.function, value)
        return getter
    if isinstance(target, (Instance, Partial, Python)):
        if isinstance(expression, ast.Call):
            target = machine.evaluate(expression)
        return machine.call_function(target, value, node=expression)
    return _opaque(value, "a decorator that is not known")


def _renamed(machine: Machine, expression: ast.expr, value: Any) -> Any:
    """``functools.wraps(other)``: the function has the name of the other one."""
    if isinstance(expression, ast.Call) and expression.args and isinstance(value, Function):
        other = machine.evaluate(expression.args[0])
        value.attributes["__name__"] = (
            texts.name_of(other) if isinstance(other, Function) else Unknown("a name")
        )
    return value


def _opaque(value: Any, name: str) -> Any:
    """A decorated function whose decorator is not known may be anything."""
    return Unknown(f"it is decorated by {name}")


# -- what nobody calls ----------------------------------------------------------------


def free_parameter(name: str) -> Unknown:
    """The argument of a function that nobody calls here."""
    return Unknown(f"the parameter {name}", label=name)


def free_arguments(function: Function, *, defaults: bool, receiver: Any = None) -> dict[str, Any]:
    """Arguments for a function that nobody calls: its defaults, or nothing known at all."""
    signature = signature_of(function)
    values: dict[str, Any] = {}
    for name, default in {**signature.positional, **signature.keyword_only}.items():
        use = defaults and default is not REQUIRED
        values[name] = default if use else free_parameter(name)
    if receiver is not None and signature.positional:
        values[next(iter(signature.positional))] = receiver
    if signature.varargs is not None:
        values[signature.varargs] = ListValue(None, f"the parameter {signature.varargs}")
    if signature.varkw is not None:
        values[signature.varkw] = DictValue(None, f"the parameter {signature.varkw}")
    return values
