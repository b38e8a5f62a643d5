"""``match``: whether a case fits, and what it binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import operators
from kerashape.interpret.callables import Builtin
from kerashape.interpret.containers import DictValue, ListValue, SetValue
from kerashape.interpret.kinds import has_attribute, is_instance
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.plain import is_constant
from kerashape.interpret.walking import nodes
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Answer = bool | None


def matches(machine: Machine, case: ast.match_case, subject: Any) -> Answer:
    """Whether the case is taken; None where that is not known. Binds its names."""
    fits = _fits(machine, case.pattern, subject)
    if fits is not False and case.guard is not None:
        guard = machine.truth_of(machine.evaluate(case.guard))
        if guard is not True:
            return None if guard is None else False
    return fits


def _all(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def _fits(machine: Machine, pattern: ast.pattern, subject: Any) -> Answer:
    if isinstance(pattern, ast.MatchAs):
        fits = True if pattern.pattern is None else _fits(machine, pattern.pattern, subject)
        if pattern.name is not None and fits is not False:
            machine.bind(pattern.name, subject)
        return fits
    if isinstance(pattern, ast.MatchValue):
        value = machine.evaluate(pattern.value)
        return machine.truth_of(operators.compare(machine, "Equal", subject, value, pattern))
    if isinstance(pattern, ast.MatchSingleton):
        return machine.truth_of(operators.compare(machine, "Is", subject, pattern.value, pattern))
    if isinstance(pattern, ast.MatchOr):
        for element in pattern.patterns:
            fits = _fits(machine, element, subject)
            if fits is not False:
                return fits
        return False
    if isinstance(pattern, ast.MatchSequence):
        return _fits_sequence(machine, pattern, subject)
    if isinstance(pattern, ast.MatchMapping):
        return _fits_mapping(machine, pattern, subject)
    if isinstance(pattern, ast.MatchClass):
        return _fits_class(machine, pattern, subject)
    _bind_all(machine, pattern)
    return None


def _is_plain_instance(value: Any) -> bool:
    """Whether it is an instance of a class that is neither a sequence nor a mapping."""
    if not isinstance(value, Instance):
        return False
    derives = any(isinstance(base, Builtin) for base in value.cls.lineage())
    return not (value.cls.is_open or value.cls.external_bases or derives)


def _fits_sequence(machine: Machine, pattern: ast.MatchSequence, subject: Any) -> Answer:
    if is_constant(subject) and not isinstance(subject, (tuple, range)):
        return False
    if isinstance(subject, DictValue) or _is_plain_instance(subject):
        return False
    items = machine.items_of(subject, pattern) if not isinstance(subject, Instance) else None
    patterns = pattern.patterns
    star = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
    if items is None:
        _bind_all(machine, pattern)
        return None
    count = len(patterns)
    if len(items) < count - 1 or (star is None and len(items) != count):
        return False
    if star is not None:
        tail = count - star - 1
        middle = ListValue(items[star : len(items) - tail])
        items = [*items[:star], middle, *items[len(items) - tail :]]
    answers: list[Answer] = []
    for element, item in zip(patterns, items):
        if isinstance(element, ast.MatchStar):
            if element.name is not None:
                machine.bind(element.name, item)
            continue
        answers.append(_fits(machine, element, item))
        if answers[-1] is False:
            return False
    return _all(answers)


def _fits_mapping(machine: Machine, pattern: ast.MatchMapping, subject: Any) -> Answer:
    if _is_plain_instance(subject):
        return False
    if not isinstance(subject, DictValue) or isinstance(subject, SetValue):
        _bind_all(machine, pattern)
        plain = is_constant(subject) or isinstance(subject, (ListValue, SetValue, Class))
        return False if plain else None
    if subject.items is None:
        _bind_all(machine, pattern)
        return None
    rest = dict(subject.items)
    answers: list[Answer] = []
    for written, inner in zip(pattern.keys, pattern.patterns):
        key = machine.evaluate(written)
        if not operators.is_key(key):
            _bind_all(machine, pattern)
            return None
        if key not in rest:
            return False
        answers.append(_fits(machine, inner, rest.pop(key)))
        if answers[-1] is False:
            return False
    if pattern.rest is not None:
        machine.bind(pattern.rest, DictValue(rest))
    return _all(answers)


_WHOLE = frozenset(["bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list",
                    "set", "str", "tuple"])  # fmt: skip


def _fits_class(machine: Machine, pattern: ast.MatchClass, subject: Any) -> Answer:
    cls = machine.evaluate(pattern.cls)
    fits = is_instance(subject, cls)
    if fits is not True:
        _bind_all(machine, pattern)
        return fits
    names: Any = ()
    if isinstance(cls, Builtin):
        if cls.name in _WHOLE and len(pattern.patterns) == 1 and not pattern.kwd_attrs:
            return _fits(machine, pattern.patterns[0], subject)
    elif isinstance(cls, Class):
        names = cls.find("__match_args__")
        if names is None:
            names = tuple(cls.fields or ())
    if not isinstance(names, tuple) or len(names) < len(pattern.patterns):
        _bind_all(machine, pattern)
        return None
    parts = [*zip(names, pattern.patterns), *zip(pattern.kwd_attrs, pattern.kwd_patterns)]
    answers: list[Answer] = []
    for name, inner in parts:
        if has_attribute(subject, name) is False:
            return False
        answers.append(_fits(machine, inner, machine.attribute(subject, name, pattern)))
        if answers[-1] is False:
            return False
    return _all(answers)


def _bind_all(machine: Machine, node: ast.AST) -> None:
    """Names bound by a pattern that is not followed."""
    for part in nodes(node):
        name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
        if name is not None:
            machine.bind(name, Unknown("bound by a pattern"))
