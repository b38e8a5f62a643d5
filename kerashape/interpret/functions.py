"""Functions and classes of the user: definition, and calls by running their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import builtins, keras_layers, libraries, methods, user_layers
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
    Instance,
    ListValue,
    Method,
    Partial,
    Python,
)
from kerashape.keras.graph import Operation
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import REQUIRED, Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

# Libraries whose functions leave lists, dicts and models that they are given as they are.
_HARMLESS = frozenset(
    [
        "numpy",
        "math",
        "os",
        "sys",
        "re",
        "json",
        "logging",
        "time",
        "datetime",
        "random",
        "itertools",
        "functools",
        "collections",
        "matplotlib",
        "seaborn",
        "sklearn",
        "scipy",
        "pandas",
        "cv2",
        "PIL",
        "tensorflow",
        "keras",
        "tqdm",
        "typing",
        "copy",
        "pathlib",
        "pickle",
        "warnings",
        "glob",
        "shutil",
        "argparse",
        "absl",
        "dataclasses",
        "string",
        "operator",
        "statistics",
        "csv",
        "h5py",
        "skimage",
        "imageio",
        "nltk",
        "tensorflow_datasets",
        "tensorflow_hub",
        "kerastuner",
        "keras_tuner",
        "IPython",
        "plotly",
        "requests",
        "urllib",
        "hashlib",
        "pprint",
        "enum",
        "abc",
        "contextlib",
        "io",
        "zipfile",
        "tarfile",
        "wandb",
    ]
)
_MUTATING = frozenset({"random.shuffle", "numpy.random.shuffle"})


def call(machine: Machine, function: Any, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``function(*arguments)``."""
    if isinstance(function, Function):
        return run_function(machine, function, arguments, node)
    if isinstance(function, Bound):
        return call(machine, function.function, _with_first(arguments, function.receiver), node)
    if isinstance(function, External):
        result = libraries.call(machine, function.path, arguments, node)
        root = function.path.partition(".")[0]
        if root not in _HARMLESS or function.path in _MUTATING:
            _escape(machine, arguments, f"{function.path} was called with it")
        return result
    if isinstance(function, Builtin):
        return builtins.call(machine, function.name, arguments, node)
    if isinstance(function, Method):
        return methods.call(machine, function, arguments, node)
    if isinstance(function, Class):
        return instantiate(machine, function, arguments, node)
    if isinstance(function, Instance):
        method = function.cls.find("__call__")
        if method is not None:
            return call(machine, bind_attribute(machine, function, method), arguments, node)
        return _unknown_call(machine, arguments, "an instance that is not callable")
    if isinstance(function, Layer):
        return keras_layers.call_layer(machine, function, arguments, node)
    if isinstance(function, Partial):
        merged = Arguments(
            [*function.positional, *arguments.positional],
            {**function.keywords, **(arguments.keywords or {})},
            arguments.more_positional,
            arguments.more_keywords,
        )
        return call(machine, function.function, merged, node)
    if isinstance(function, Python):
        return function.function(machine, arguments, node)
    if isinstance(function, Decorated):
        return call(machine, function.function, arguments, node)
    reason = function.reason if isinstance(function, Unknown) else "what is called is not known"
    return _unknown_call(machine, arguments, reason)


def _unknown_call(machine: Machine, arguments: Arguments, reason: str) -> Unknown:
    _escape(machine, arguments, "it was passed to a function that is not known")
    return Unknown(reason)


def _escape(machine: Machine, arguments: Arguments, reason: str) -> None:
    for value in [*arguments.positional, *(arguments.keywords or {}).values()]:
        machine.forget(value, reason)


def _with_first(arguments: Arguments, receiver: Any) -> Arguments:
    return Arguments(
        [receiver, *arguments.positional],
        arguments.keywords,
        arguments.more_positional,
        arguments.more_keywords,
    )


_RECURSION = 12


def _counts(arguments: Arguments) -> bool:
    """Whether a recursion is driven by a number that is known: it will come to an end."""
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    return any(isinstance(value, int) and not isinstance(value, bool) for value in values)


# -- running ------------------------------------------------------------------------


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
        signal = machine.run(function.node.body)
        return _result(machine, frame, signal)
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
        return Unknown("a generator")
    if not values:
        return Unknown("the function raises")
    result = values[0]
    for value in values[1:]:
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


def define_function(machine: Machine, node: cst.FunctionDef) -> Any:
    """``def``: the function, its decorators applied."""
    function = Function(
        node.name.value,
        node,
        enclosing_scope(machine),
        machine.defaults_of(node.params),
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


def define_class(machine: Machine, node: cst.ClassDef) -> Any:
    """``class``: run the body in a scope of its own."""
    from kerashape.interpret.machine import Frame

    bases = [machine.evaluate(base.value) for base in node.bases if base.star == ""]
    cls = Class(node.name.value, node, bases, {})
    outer = machine.frame
    enclosing = enclosing_scope(machine)
    scope = Scope(enclosing, enclosing.module)
    scope.variables = cls.attributes
    machine.frame = Frame(outer.source, scope, owner=cls, caller=outer.caller)
    machine.frames.append(machine.frame)
    try:
        machine.run(node.body)
    finally:
        machine.frames.pop()
        machine.frame = outer
    cls.attributes = scope.variables
    for value in cls.attributes.values():
        function = value.function if isinstance(value, Decorated) else value
        if isinstance(function, Function) and function.owner is None:
            function.owner = cls
    machine.classes.append(cls)
    for decorator in node.decorators:
        machine.evaluate(decorator.decorator)
    return cls


def bind_attribute(machine: Machine, receiver: Any, value: Any) -> Any:
    """What ``receiver.name`` gives when the class holds ``value`` under that name."""
    if isinstance(value, Function):
        return Bound(value, receiver)
    if isinstance(value, Decorated):
        if value.kind == "property":
            return machine.call_function(value.function, receiver, node=cst.Name("property"))
        if value.kind == "staticmethod":
            return value.function
        cls = getattr(receiver, "cls", receiver)
        return Bound(value.function, cls)
    return value


def instantiate(machine: Machine, cls: Class, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``Class(*arguments)``."""
    cls.called = True
    kind = user_layers.kind_of(cls)
    if kind is not None:
        return user_layers.construct(machine, cls, kind, arguments, node)
    if cls.is_open:
        _escape(machine, arguments, "it was passed to a class that is not known")
        return Unknown("an instance of a class with a base that is not known")
    instance = Instance(cls)
    method = cls.find("__init__")
    if isinstance(method, Function):
        call(machine, Bound(method, instance), arguments, node)
    elif cls.is_named_tuple:
        _fill_dataclass(machine, cls, instance, arguments)
    elif cls.external_bases:
        return _external_instance(machine, cls, arguments, node)
    elif _is_dataclass(cls):
        _fill_dataclass(machine, cls, instance, arguments)
    return instance


def _external_instance(
    machine: Machine, cls: Class, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """An instance of a class without ``__init__`` that derives from a library's class."""
    if cls.external_bases == ["object"] or set(cls.external_bases) <= {"abc.ABC", "typing.Generic"}:
        return Instance(cls)
    instance = Instance(cls)
    _escape(machine, arguments, "it was passed to a library class")
    return instance


def _is_dataclass(cls: Class) -> bool:
    return any("dataclass" in _name_of(d.decorator) for d in cls.node.decorators)


def _name_of(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _fill_dataclass(machine: Machine, cls: Class, instance: Instance, arguments: Arguments) -> None:
    fields: dict[str, Any] = {}
    for owner in reversed([c for c in cls.lineage() if isinstance(c, Class)]):
        for line in owner.node.body.body:
            for small in (
                getattr(line, "body", ()) if isinstance(line, cst.SimpleStatementLine) else ()
            ):
                if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
                    name = small.target.value
                    fields[name] = owner.attributes.get(name, REQUIRED)
    try:
        bound = bind(Signature(fields, {}), arguments, cls.name)
    except Fault:
        return
    instance.attributes.update(bound.values)


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


__all__ = ["Operation", "call", "define_class", "define_function"]
