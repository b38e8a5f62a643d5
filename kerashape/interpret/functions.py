"""Functions of the user: definition, and calls by running their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import comments
from kerashape.interpret.join import join
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import (
    Bound,
    Builtin,
    Class,
    Decorated,
    DictValue,
    External,
    Function,
    ListValue,
    to_python,
)
from kerashape.keras.signature import REQUIRED, Arguments, bind
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_RECURSION = 12


def _counts(arguments: Arguments) -> bool:
    """Whether a recursion is driven by a number that is known: it will come to an end."""
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    return any(isinstance(value, int) and not isinstance(value, bool) for value in values)


def run_function(
    machine: Machine, function: Function, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """Run a user's function on these arguments."""
    function.called = True
    if len(machine.frames) > machine.budget.depth:
        return machine.unknown(node, "calls nest too deep here to be followed")
    depth = sum(frame.function is function for frame in machine.frames)
    if depth and depth > (_RECURSION if _counts(arguments) else 0):
        return machine.unknown(node, "a recursion was given up")
    try:
        variables = _bind(function, arguments)
    except Fault as fault:
        return Unknown(fault.text)
    scope = Scope(function.scope, function.scope.module)
    scope.variables.update(variables)
    return run_in(machine, function, scope, node)


def run_in(machine: Machine, function: Function, scope: Scope, node: cst.CSTNode) -> Any:
    """Run a function's body in a scope that holds its arguments."""
    from kerashape.interpret.machine import Frame

    receiver = next(iter(scope.variables.values()), None) if function.owner else None
    caller = machine.site(node)
    source = machine.source_of(function.scope)
    frame = Frame(source, scope, function, receiver, function.owner, caller)
    outer, machine.frame = machine.frame, frame
    machine.frames.append(frame)
    try:
        if isinstance(function.node, cst.Lambda):
            frame.statement = outer.statement
            return machine.evaluate(function.node.body)
        comments.note_parameters(machine, function.node)
        with machine.perhaps_older(function.fallback):
            signal = machine.run(function.node.body)
        result = _result(machine, frame, signal)
        comments.note_annotation(machine, function.node.returns, result)
        return result
    finally:
        machine.frames.pop()
        machine.frame = outer


def _result(machine: Machine, frame: Any, signal: str | None) -> Any:
    """Join the value of the last way out with those of the ``return``s before."""
    values = []
    if signal != "raise":
        values.append(frame.scope.variables.get("return") if signal == "return" else None)
    early = [p for p in frame.pending if p.kind == "return"]
    values += [p.value for p in early]
    if early:
        machine.journal.merge(([] if signal == "raise" else [{}]) + [p.delta for p in early])
    if frame.yields is not None:
        return _generator(frame.yields)
    if not values:
        return Unknown("the function raises")
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    return result


def _generator(yields: list[Any]) -> Any:
    """What a generator function returns: whatever it gives is one of its ``yield``s."""
    from kerashape.interpret.data.values import GENERATOR, Pipeline

    if not yields:
        return Unknown("a generator")
    element = yields[0]
    for value in yields[1:]:
        element = join(element, value)
    return Pipeline(GENERATOR, to_python(element), Unknown("how often it yields"))


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


def define_function(machine: Machine, node: cst.FunctionDef) -> Any:
    """``def``: the function, its decorators applied."""
    function = Function(
        node.name.value,
        node,
        enclosing_scope(machine),
        machine.defaults_of(node.params),
        fallback=machine.fallback > 0,
    )
    machine.functions.append(function)
    value: Any = function
    for decorator in reversed(node.decorators):
        value = _decorate(machine, decorator, value)
    return value


def enclosing_scope(machine: Machine) -> Scope:
    """Where the free names of a definition are looked up: never in a class body."""
    frame = machine.frame
    in_class_body = frame.owner is not None and frame.function is None
    return frame.scope.parent or frame.scope if in_class_body else frame.scope


def _decorate(machine: Machine, decorator: cst.Decorator, value: Any) -> Any:
    expression = decorator.decorator
    target = machine.evaluate(expression.func if isinstance(expression, cst.Call) else expression)
    if isinstance(target, Builtin) and target.name in ("property", "staticmethod", "classmethod"):
        return Decorated(target.name, value)
    if isinstance(target, External):
        if target.path in ("functools.cached_property", "functools.cache_property"):
            return Decorated("property", value)
        return value if target.path.startswith(_TRANSPARENT) else _opaque(value, target.path)
    if isinstance(target, (Function, Class, Bound)):
        if isinstance(expression, cst.Call):
            target = machine.evaluate(expression)
        return machine.call_function(target, value, node=decorator)
    if isinstance(expression, cst.Attribute) and expression.attr.value in ("setter", "deleter"):
        return machine.evaluate(expression.value)
    return _opaque(value, "a decorator that is not known")


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
