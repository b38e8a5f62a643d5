"""Classes whose instances are made of named fields: dataclasses, named tuples, enums."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Bound, External, Function
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.plain import from_python
from kerashape.interpret.stdlib import handles
from kerashape.keras.signature import REQUIRED, Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown
from kerashape.syntax import dotted

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """``dataclasses.field(...)``."""

    default: Any = REQUIRED
    factory: Any = None
    init: bool = True


AUTO = Unknown("enum.auto()")
_NO_FIELD = ("ClassVar", "KW_ONLY", "InitVar")


def fields_of(cls: Class) -> dict[str, Any]:
    """The fields of a dataclass or named tuple with their defaults, in order."""
    fields: dict[str, Any] = {}
    for owner in reversed([c for c in cls.lineage() if isinstance(c, Class)]):
        fields.update(owner.fields or {})
    return fields


def annotated_fields(cls: Class) -> dict[str, Any]:
    """The annotated names of a class body with their values."""
    found: dict[str, Any] = {}
    for statement in cls.node.body:
        if not isinstance(statement, ast.AnnAssign) or _is_no_field(statement.annotation):
            continue
        if isinstance(statement.target, ast.Name):
            name = statement.target.id
            found[name] = cls.attributes.get(name, REQUIRED)
    return found


def _is_no_field(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return dotted(annotation).rpartition(".")[2] in _NO_FIELD


def finish_dataclass(cls: Class) -> None:
    """What ``@dataclass`` makes of a class."""
    cls.fields = annotated_fields(cls)
    for name, value in cls.fields.items():
        if isinstance(value, Field):
            if value.default is REQUIRED:
                cls.attributes.pop(name, None)
            else:
                cls.attributes[name] = value.default


def finish_enum(cls: Class) -> None:
    """Make the members of an enum of its class attributes."""
    last: Any = 0
    members: dict[str, Any] = {}
    for name, value in cls.attributes.items():
        is_member = not name.startswith("_") and not isinstance(value, (Function, Class))
        if not is_member or hasattr(value, "kind"):
            continue
        if value is AUTO:
            string = any(path.endswith("StrEnum") for path in cls.external_bases)
            flag = any(path.endswith("Flag") for path in cls.external_bases)
            value = name.lower() if string else (last + 1 if isinstance(last, int) else Unknown(""))
            if flag:
                value = Unknown("the value of a flag")
        last = value
        member = Instance(cls)
        member.attributes = {"value": value, "name": name, "_value_": value, "_name_": name}
        members[name] = member
    cls.attributes.update(members)


def fill(
    machine: Machine, cls: Class, instance: Instance, arguments: Arguments, node: ast.AST
) -> None:
    """The generated ``__init__`` of a dataclass or a named tuple."""
    fields = fields_of(cls)
    signature = {name: _default(value) for name, value in fields.items() if _is_given(value)}
    try:
        bound = bind(Signature(signature, {}), arguments, f"{cls.name}.__init__")
    except Fault as fault:
        machine.throw("TypeError", fault.text)
        instance.attributes.update(dict.fromkeys(fields, Unknown(fault.text)))
        return
    for name, value in fields.items():
        if name in bound.values and not (
            isinstance(bound.values[name], Field) and name not in bound.given
        ):
            instance.attributes[name] = bound.values[name]
        elif isinstance(value, Field) and value.factory is not None:
            instance.attributes[name] = machine.call(value.factory, Arguments([], {}), node)
        elif isinstance(value, Field) and value.default is not REQUIRED:
            instance.attributes[name] = value.default
    after = cls.find("__post_init__")
    if after is not None:
        machine.call(Bound(after, instance), Arguments([], {}), node)


def _is_given(value: Any) -> bool:
    return not isinstance(value, Field) or value.init


def _default(value: Any) -> Any:
    if not isinstance(value, Field):
        return value
    return value if value.factory is not None else value.default


@handles("dataclasses.field")
def _field(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    keywords = dict(arguments.keywords or {})
    init = keywords.get("init", True)
    return Field(
        keywords.get("default", REQUIRED),
        keywords.get("default_factory"),
        init if isinstance(init, bool) else True,
    )


@handles("enum.auto")
def _auto(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return AUTO


@handles("collections.namedtuple")
def _namedtuple(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    keywords = dict(arguments.keywords or {})
    values = list(arguments.positional)
    name = values[0] if values else keywords.get("typename")
    given = values[1] if len(values) > 1 else keywords.get("field_names")
    defaults = machine.items_of(keywords.get("defaults", ()), node)
    names = given.replace(",", " ").split() if isinstance(given, str) else None
    if names is None and given is not None:
        names = machine.items_of(given, node)
    if not isinstance(name, str) or names is None or defaults is None:
        return Unknown("a named tuple whose fields are not known")
    if not all(isinstance(field, str) for field in names):
        return Unknown("a named tuple whose fields are not known")
    return _named_tuple_class(name, names, defaults)


@handles("typing.NamedTuple")
def _typed(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    pairs = machine.items_of(arguments.positional[-1], node) if arguments.positional else None
    name = arguments.positional[0] if arguments.positional else None
    names = [pair[0] for pair in pairs or () if isinstance(pair, tuple) and len(pair) == 2]
    if pairs is None or len(names) != len(pairs) or not isinstance(name, str):
        return Unknown("a named tuple whose fields are not known")
    return _named_tuple_class(name, names, [])


def _named_tuple_class(name: str, names: list[str], defaults: list[Any]) -> Class:
    cls = Class(name, _written(name), [External("typing.NamedTuple")], {})
    required = [REQUIRED] * (len(names) - len(defaults))
    cls.fields = dict(zip(names, [*required, *defaults]))
    cls.attributes["_fields"] = tuple(names)
    return cls


@handles("dataclasses.replace")
def _replace(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = arguments.positional[0] if arguments.positional else None
    if not isinstance(value, Instance) or arguments.more_keywords:
        return Unknown("what dataclasses.replace() returns")
    kept = {
        name: value.attributes[name]
        for name, default in fields_of(value.cls).items()
        if name in value.attributes and _is_given(default)
    }
    given = {**kept, **(arguments.keywords or {})}
    return machine.call(value.cls, Arguments([], given), node)


@handles("dataclasses.asdict")
def _asdict(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return _plain(arguments.positional[0] if arguments.positional else None, 12)


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        return Unknown("it nests too deep")
    if isinstance(value, Instance) and fields_of(value.cls) and not value.cls.is_named_tuple:
        names = fields_of(value.cls)
        return DictValue({n: _plain(value.attributes.get(n), depth - 1) for n in names})
    if isinstance(value, ListValue) and value.items is not None:
        return ListValue([_plain(item, depth - 1) for item in value.items])
    if isinstance(value, DictValue) and value.items is not None:
        return DictValue({key: _plain(item, depth - 1) for key, item in value.items.items()})
    return value


@handles("types.SimpleNamespace", "argparse.Namespace")
def _namespace(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if arguments.more_keywords or arguments.positional:
        return Unknown("a namespace that is not known")
    return namespace(dict(arguments.keywords or {}))


def _written(name: str) -> ast.ClassDef:
    """A class as if it were written without a body."""
    return ast.ClassDef(name, bases=[], keywords=[], body=[], decorator_list=[])


_NAMESPACE = Class("SimpleNamespace", _written("SimpleNamespace"), [], {})


def namespace(values: dict[str, Any]) -> Instance:
    """An object of just these attributes."""
    instance = Instance(_NAMESPACE)
    instance.attributes = dict(values)
    return instance


__all__ = ["Field", "fields_of", "fill", "from_python"]
