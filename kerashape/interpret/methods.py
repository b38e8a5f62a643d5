"""Methods of values that are not instances of a user's class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import keras_methods, keras_objects, migration, operators, options, texts
from kerashape.interpret.callables import Builtin, Method
from kerashape.interpret.containers import DictValue, DictView, ListValue, SetValue
from kerashape.interpret.items import is_key
from kerashape.interpret.iteration import in_any_order
from kerashape.interpret.objects import Instance
from kerashape.interpret.options import Parser
from kerashape.interpret.plain import from_python, is_constant
from kerashape.interpret.raising import ExceptionValue
from kerashape.interpret.sorting import ordered
from kerashape.interpret.streams import Foreign, IteratorValue
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_LONGEST = 100_000


def call(machine: Machine, method: Method, arguments: Arguments, node: ast.AST) -> Any:
    """Call a method."""
    receiver, name = method.receiver, method.name
    if isinstance(receiver, ListValue):
        return _list_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, Parser):
        return options.call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, SetValue):
        return _set_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, DictValue):
        return _dict_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, (str, bytes, int, float, complex, tuple, range)):
        return _constant_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, keras_objects.UnknownModel):
        migration.check_saving(machine, f"keras.Model.{name}", arguments, node)
        migration.check_call(machine, f"keras.Model.{name}", arguments, node)
        return Unknown(f"what {name}() returns")
    if isinstance(receiver, Layer):
        return keras_methods.call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, (Tensor, Array)):
        from kerashape.interpret.tensors import call_method

        return call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, IteratorValue):
        return _iterator_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, Foreign):
        from kerashape.interpret import data

        return data.call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, Builtin):
        return _of_class(machine, receiver.name, name, arguments, node)
    if isinstance(receiver, Instance) and receiver.cls.is_named_tuple:
        return _named_tuple_method(receiver, name, arguments)
    machine.risks += 1
    return Unknown(f"what {name}() returns")


def _of_class(machine: Machine, kind: str, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``dict.fromkeys(...)``, ``str.join(...)``, ``object.__setattr__(...)``..."""
    from kerashape.interpret import attributes

    positional = list(arguments.positional)
    if name == "__setattr__" and len(positional) == 3 and isinstance(positional[1], str):
        attributes.set_plainly(machine, positional[0], positional[1], positional[2])
        return None
    if kind == "dict" and name == "fromkeys" and positional:
        keys = machine.items_of(positional[0], node)
        if keys is None or not all(map(is_key, keys)):
            return DictValue(None, "a dict of something not known")
        return DictValue(dict.fromkeys(keys, positional[1] if len(positional) > 1 else None))
    if kind == "int" and name == "from_bytes":
        return _on_constants(machine, int.from_bytes, name, arguments)
    if kind == "str" and name == "maketrans":
        return _on_constants(machine, str.maketrans, name, arguments)
    if positional and kind in ("str", "list", "dict", "set", "tuple"):
        rest = Arguments(positional[1:], arguments.keywords)
        return call(machine, Method(positional[0], name), rest, node)
    return Unknown(f"what {name}() returns")


# -- lists --------------------------------------------------------------------------


def _list_method(
    machine: Machine, value: ListValue, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    positional = list(arguments.positional)
    items = value.items
    if name == "copy":
        return ListValue(None if items is None else list(items), value.reason)
    if name in ("index", "count"):
        return _search(machine, items, name, positional)
    machine.journal.touch(value)
    if items is None:
        machine.risks += name in ("pop", "remove")
        return Unknown(value.reason) if name in ("pop", "__getitem__") else None
    if name == "append" and len(positional) == 1:
        items.append(positional[0])
    elif name in ("extend", "__iadd__") and len(positional) == 1:
        more = machine.items_of(positional[0], node)
        if more is None:
            value.forget("it was extended by something not known")
        elif len(items) + len(more) > _LONGEST:
            value.forget("it grows too long")
        else:
            items.extend(more)
    elif name == "insert" and len(positional) == 2 and isinstance(positional[0], int):
        items.insert(positional[0], positional[1])
    elif name == "pop" and all(isinstance(p, int) for p in positional):
        try:
            return items.pop(*positional)
        except IndexError as error:
            return machine.throw("IndexError", str(error))
    elif name == "remove" and len(positional) == 1:
        return _remove(machine, value, positional[0])
    elif name == "sort":
        found = ordered(machine, items, arguments.keywords or {}, node)
        if found is None:
            value.forget("it was sorted")
        else:
            value.items = found
    elif name == "popleft" and not positional:
        return items.pop(0) if items else machine.throw("IndexError", "pop from an empty deque")
    elif name == "appendleft" and len(positional) == 1:
        items.insert(0, positional[0])
    elif name == "reverse":
        items.reverse()
    elif name == "clear":
        items.clear()
    else:
        value.forget(f"{name}() was called on it")
        return Unknown(f"what {name}() returns")
    return None


def _remove(machine: Machine, value: ListValue, item: Any) -> Any:
    place = _search(machine, value.items, "index", [item])
    if isinstance(place, int) and value.items is not None:
        del value.items[place]
        return None
    value.forget("an item was removed from it")
    return None


def _search(machine: Machine, items: Any, name: str, positional: list[Any]) -> Any:
    if items is None or len(positional) != 1:
        return Unknown(f"what {name}() returns")
    equal = [operators.are_equal(machine, item, positional[0]) for item in items]
    if name == "count":
        return Unknown("a count") if None in equal else equal.count(True)
    for index, answer in enumerate(equal):
        if answer is None:
            return Unknown("the place of an item")
        if answer:
            return index
    return machine.throw("ValueError", "the item is not in the list")


# -- dicts and sets -----------------------------------------------------------------


def _dict_method(
    machine: Machine, value: DictValue, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    positional = list(arguments.positional)
    items = value.items
    if name in ("keys", "values", "items"):
        return DictView(value, name)
    if items is None:
        if name in ("update", "pop", "setdefault", "clear", "popitem"):
            machine.journal.touch(value)
        machine.risks += 1
        return None if name == "update" else Unknown(value.reason or "a dict that is not known")
    if name == "copy":
        return DictValue(dict(items))
    key = positional[0] if positional else None
    if name == "get" and positional:
        if not is_key(key):
            return Unknown("a key that is not known")
        default = positional[1] if len(positional) > 1 else None
        return items.get(key, (arguments.keywords or {}).get("default", default))
    if name == "most_common" and value.counts:
        return _most_common(machine, items, positional, node)
    machine.journal.touch(value)
    if name in ("pop", "setdefault") and positional and is_key(key):
        if name == "setdefault":
            return items.setdefault(key, positional[1] if len(positional) > 1 else None)
        if key in items:
            return items.pop(key)
        return positional[1] if len(positional) > 1 else machine.throw("KeyError", key)
    if name == "update":
        update(machine, value, arguments, node)
        return None
    if name == "popitem" and items and not positional:
        return items.popitem()
    if name == "clear":
        items.clear()
        return None
    if name == "move_to_end" and is_key(key) and key in items and len(positional) == 1:
        items[key] = items.pop(key)
        return None
    value.forget(f"{name}() was called on it")
    return Unknown(f"what {name}() returns")


def _most_common(
    machine: Machine, items: dict[Any, Any], positional: list[Any], node: ast.AST
) -> Any:
    counts = list(items.values())
    if not all(isinstance(count, int) for count in counts):
        return ListValue(None, "the most common items")
    ranked = sorted(items.items(), key=lambda pair: -pair[1])
    count = positional[0] if positional else None
    return ListValue(ranked if count is None else ranked[:count])


def update(machine: Machine, value: DictValue, arguments: Arguments, node: ast.AST) -> None:
    """``dict.update(...)``."""
    for other in arguments.positional:
        given = operators.make_dict(machine, Arguments([other], {}))
        if given.items is None or value.items is None:
            value.forget("it was updated by something not known")
            return
        value.items.update(given.items)
    if arguments.more_keywords:
        value.forget("it was updated by something not known")
    elif value.items is not None:
        value.items.update(arguments.keywords or {})


_SET_METHODS = {
    "union": "__or__", "intersection": "__and__", "difference": "__sub__",
    "symmetric_difference": "__xor__", "issubset": "__le__", "issuperset": "__ge__",
}  # fmt: skip
_IN_PLACE = {
    "update": "__or__", "intersection_update": "__and__", "difference_update": "__sub__",
    "symmetric_difference_update": "__xor__",
}  # fmt: skip


def _set_method(
    machine: Machine, value: SetValue, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    items = value.items
    others = [in_any_order(machine, other, node) for other in arguments.positional]
    if name in ("add", "discard", "remove"):
        machine.journal.touch(value)
        if items is None:
            return None
        key = arguments.positional[0] if len(arguments.positional) == 1 else None
        if not is_key(key):
            value.forget("it was given a value that is not known")
        elif name == "add":
            items.setdefault(key)
        elif key in items:
            del items[key]
        elif name == "remove":
            return machine.throw("KeyError", key)
        return None
    if name == "copy":
        return SetValue(None if items is None else dict(items), value.reason)
    if name in _IN_PLACE or name in ("clear", "pop"):
        machine.journal.touch(value)
    known = items is not None and all(o is not None and all(map(is_key, o)) for o in others)
    if name in (*_SET_METHODS, "isdisjoint") and known and items is not None:
        result: Any = set(items)
        for other in others:
            if name == "isdisjoint":
                return result.isdisjoint(other or ())
            result = getattr(result, _SET_METHODS[name])(set(other or ()))
        return SetValue(dict.fromkeys(result)) if isinstance(result, set) else result
    if name in _IN_PLACE and known and items is not None:
        changed = set(items)
        for other in others:
            changed = getattr(changed, _IN_PLACE[name])(set(other or ()))
        value.items = dict.fromkeys(changed)
        return None
    if name == "clear":
        value.items = {}
        return None
    if name in _IN_PLACE or name == "pop":
        value.forget(f"{name}() was called on it")
        return Unknown(f"what {name}() returns") if name == "pop" else None
    if name in _SET_METHODS and not name.startswith("is"):
        return SetValue(None, "a set of something not known")
    return Unknown(f"what {name}() returns")


# -- constants ----------------------------------------------------------------------


def _constant_method(
    machine: Machine, value: Any, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    if isinstance(value, tuple) and name in ("as_list", "to_list"):  # a TensorShape
        return ListValue(list(value))
    if isinstance(value, tuple) and name in ("index", "count"):
        return _search(machine, value, name, list(arguments.positional))
    if name == "join" and isinstance(value, str) and len(arguments.positional) == 1:
        return _join(machine, value, arguments.positional[0], node)
    if name == "format" and isinstance(value, str):
        return _format(machine, value, arguments)
    if isinstance(value, int) and name in ("bit_length", "item", "as_list"):
        return value if name == "item" else value.bit_length()
    method = getattr(value, name, None)
    if method is None:
        return Unknown(f"what {name}() returns")
    return _on_constants(machine, method, name, arguments)


def _on_constants(machine: Machine, method: Any, name: str, arguments: Arguments) -> Any:
    """Python's own method, where all that it is given is known."""
    positional = [texts.plain(argument) for argument in arguments.positional]
    keywords = {key: texts.plain(item) for key, item in (arguments.keywords or {}).items()}
    values = [*positional, *keywords.values()]
    if arguments.more_positional or arguments.more_keywords:
        return Unknown(f"what {name}() returns")
    if any(isinstance(v, Unknown) or (isinstance(v, int) and v > 10_000) for v in values):
        return Unknown(f"what {name}() returns")
    try:
        found = method(*positional, **keywords)
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        return machine.throw(type(error).__name__, str(error))
    if isinstance(found, (list, tuple, dict)) or is_constant(found):
        if isinstance(found, (str, bytes)) and len(found) > _LONGEST * 10:
            return Unknown("a text that is too long")
        return from_python(found)
    return Unknown(f"what {name}() returns")


def _join(machine: Machine, value: str, parts: Any, node: ast.AST) -> Any:
    items = machine.items_of(parts, node)
    if items is None or not all(isinstance(item, str) for item in items):
        return Unknown("a string with a part that is not known")
    return value.join(items)


def _format(machine: Machine, value: str, arguments: Arguments) -> Any:
    unknown = Unknown("a string with a part that is not known")
    if arguments.more_positional or arguments.more_keywords or texts.is_wide(value):
        return unknown

    def given(item: Any) -> Any:
        if isinstance(item, (Instance, ExceptionValue)):
            return texts.text_of(machine, item)
        return texts.plain(item)

    positional = [given(item) for item in arguments.positional]
    keywords = {name: given(item) for name, item in (arguments.keywords or {}).items()}
    if any(isinstance(v, (Unknown, set)) for v in [*positional, *keywords.values()]):
        return unknown
    if any(isinstance(v, Instance) for v in arguments.positional) and "{" in value and "." in value:
        return unknown
    try:
        return value.format(*positional, **keywords)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return machine.throw(type(error).__name__, str(error))


# -- others -------------------------------------------------------------------------


def _iterator_method(
    machine: Machine, value: IteratorValue, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    if name == "__next__":
        return machine.call(Builtin("next"), Arguments([value], {}), node)
    if name == "__iter__":
        return value
    value.forget()
    return None if name == "close" else Unknown(f"what {name}() returns")


def _named_tuple_method(value: Instance, name: str, arguments: Arguments) -> Any:
    if name == "_asdict":
        return DictValue(dict(value.attributes))
    if name == "_replace" and not arguments.more_keywords:
        other = Instance(value.cls)
        other.attributes = {**value.attributes, **(arguments.keywords or {})}
        return other
    if name in ("index", "count"):
        return Unknown(f"what {name}() returns")
    return Unknown(f"what {name}() returns")
