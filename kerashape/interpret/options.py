"""Options of the command line: their defaults are what the program is assumed to run with."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Method
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.records import namespace
from kerashape.interpret.stdlib import handles
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


class Parser(DictValue):
    """An ``argparse.ArgumentParser``: the values of its options when none is given."""

    __slots__ = ()


@handles("argparse.ArgumentParser")
def _parser(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    parents = "parents" in (arguments.keywords or {})
    return Parser(None if parents else {}, "a parser with parents")


_SAME = ("add_argument_group", "add_mutually_exclusive_group")
_READING = ("parse_args", "parse_known_args", "parse_intermixed_args")


def call_method(
    machine: Machine, parser: Parser, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``parser.name(...)``."""
    if name == "add_argument":
        return _add(machine, parser, arguments, node)
    if name in _SAME:
        return parser
    if name == "set_defaults":
        machine.journal.touch(parser)
        if parser.items is not None:
            parser.items.update(arguments.keywords or {})
        return None
    if name in _READING:
        found = _read(machine, parser, arguments)
        return (found, ListValue(None, "further arguments")) if "known" in name else found
    if name in ("print_help", "error", "exit"):
        return None
    machine.journal.touch(parser)
    parser.forget(f"{name}() was called on the parser")
    return Unknown(f"what {name}() returns")


def _add(machine: Machine, parser: Parser, arguments: Arguments, node: ast.AST) -> Any:
    machine.journal.touch(parser)
    keywords = dict(arguments.keywords or {})
    names = list(arguments.positional)
    known = all(isinstance(name, str) for name in names) and not arguments.more_positional
    if not known or arguments.more_keywords or not names:
        parser.forget("an option that is not known")
        return None
    name = keywords.get("dest") or _destination(names)
    if not isinstance(name, str) or parser.items is None:
        parser.forget("an option that is not known")
        return None
    default = _default(machine, names[0], keywords, node)
    if parser.items is not None:  # what it calls may have changed the parser
        parser.items[name] = default
    return None


def _destination(names: list[str]) -> str:
    long = [name for name in names if name.startswith("--")]
    return (long or names)[0].lstrip("-").replace("-", "_")


def _default(machine: Machine, first: str, keywords: dict[str, Any], node: ast.AST) -> Any:
    action = keywords.get("action")
    if action in ("store_true", "store_false"):
        return keywords.get("default", action == "store_false")
    if "default" not in keywords:
        optional = first.startswith("-") and not keywords.get("required", False)
        return None if optional or action is not None else Unknown(f"the argument {first}")
    default = keywords["default"]
    kind = keywords.get("type")
    if isinstance(default, str) and kind is not None:
        return machine.call_function(kind, default, node=node)
    return default


def _read(machine: Machine, parser: Parser, arguments: Arguments) -> Any:
    """What the options are: their defaults, for all that is known."""
    given = [*arguments.positional, *(arguments.keywords or {}).values()]
    if parser.items is None or not all(_is_empty(words) for words in given):
        return Unknown("the arguments of the command line")
    if given and given[0] is not None:
        return namespace(dict(parser.items))  # parse_args([]), as in notebooks: certainly these
    if not machine.assumes:
        return namespace({name: _any(name) for name in parser.items})
    machine.took_defaults = True
    machine.assumed += 1
    return namespace(dict(parser.items))


def _is_empty(words: Any) -> bool:
    """Whether no words are given (None: those of the command line, which may be none)."""
    return words is None or (isinstance(words, ListValue) and words.items == []) or words == ()


def _any(name: str) -> Unknown:
    return Unknown(f"the option {name}", label=name)


# -- absl -----------------------------------------------------------------------------


def flag(machine: Machine, name: str) -> Any:
    """``FLAGS.name``."""
    if name not in machine.flags:
        return Method(machine.flags, name) if name.startswith("_") else _any(name)
    if not machine.assumes:
        return _any(name)
    if not machine.took_defaults:
        machine.took_defaults = True
        machine.assumed += 1
    return machine.flags[name]


_KINDS = ("string", "integer", "float", "bool", "boolean", "enum", "list", "multi_string", "alias")


def _make_flag(kind: str) -> None:
    @handles(*(f"{module}.DEFINE_{kind}" for module in _MODULES))
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        keywords = arguments.keywords or {}
        values = list(arguments.positional)
        name = values[0] if values else keywords.get("name")
        if isinstance(name, str):
            default = values[1] if len(values) > 1 else keywords.get("default")
            plain = kind in ("string", "integer", "float", "bool", "boolean", "enum")
            machine.flags[name] = default if plain else Unknown(f"the option {name}")
        return Unknown("a flag")


_MODULES = ("absl.flags", "tensorflow.flags", "tensorflow.app.flags")
for _kind in _KINDS:
    _make_flag(_kind)
FLAGS = frozenset(f"{module}.FLAGS" for module in _MODULES)
