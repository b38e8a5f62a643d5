"""Signatures as Keras declares them, and binding call arguments to them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kerashape.shapes import Fault, Unknown

REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a callable, in order.

    ``positional`` and ``keyword_only`` map names to defaults (``REQUIRED`` if there is
    none); ``varargs`` and ``varkw`` tell whether any further ones are taken; ``unnamed`` are those
    before the ``/``.
    """

    positional: dict[str, Any]
    keyword_only: dict[str, Any]
    varargs: str | None = None
    varkw: str | None = None
    unnamed: frozenset[str] = frozenset()

    @staticmethod
    @functools.cache
    def parse(text: str) -> Signature:
        """Read ``"units, activation=None, **kwargs"``. Defaults are Python literals.

        A default that is no literal (a bare name) is unknown.
        """
        function = ast.parse(f"def f({text}): pass").body[0]
        assert isinstance(function, ast.FunctionDef)
        arguments = function.args
        names = [a.arg for a in arguments.posonlyargs + arguments.args]
        defaults = [REQUIRED] * (len(names) - len(arguments.defaults))
        defaults += [_literal(d) for d in arguments.defaults]
        return Signature(
            dict(zip(names, defaults)),
            {
                a.arg: REQUIRED if d is None else _literal(d)
                for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults)
            },
            arguments.vararg.arg if arguments.vararg else None,
            arguments.kwarg.arg if arguments.kwarg else None,
        )

    @property
    def names(self) -> list[str]:
        """All named parameters, in order."""
        return [*self.positional, *self.keyword_only]


@dataclass(slots=True)
class Arguments:
    """The arguments of a call.

    ``more_positional`` and ``more_keywords`` say that an unknown number of further ones
    was given (``f(*unknown)``, ``f(**unknown)``).
    """

    positional: Sequence[Any] = ()
    keywords: Mapping[str, Any] | None = None
    more_positional: bool = False
    more_keywords: bool = False


@dataclass(slots=True)
class Bound:
    """Arguments by parameter name: those given, the defaults of the others, the excess."""

    values: dict[str, Any]
    given: set[str]
    extra: dict[str, Any]
    varargs: tuple[Any, ...] = ()


def bind(signature: Signature, arguments: Arguments, callee: str) -> Bound:
    """Bind as Python does.

    Raises:
        Fault: ``bad-argument``, in Python's words, where Python raises a TypeError. Excess
            keywords are returned in ``extra`` if the signature ends with ``**kwargs``.
    """
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    names = list(signature.positional)
    positional = list(arguments.positional)
    keywords = dict(arguments.keywords or {})
    if len(positional) > len(names) and signature.varargs is None:
        raise Fault(
            "bad-argument",
            _too_many(signature, len(positional), callee),
            expected=f"at most {len(names)} positional arguments",
            found=len(positional),
        )
    values.update(zip(names, positional))
    open_positional = names[len(positional) :] if arguments.more_positional else []
    for name, value in keywords.items():
        if name in signature.unnamed and signature.varkw is not None:
            extra[name] = value
            continue
        if name in values:
            raise Fault(
                "bad-argument",
                f"{callee}() got multiple values for argument '{name}'",
                argument=name,
                binding="repeated",
            )
        if name in signature.positional or name in signature.keyword_only:
            values[name] = value
        elif signature.varkw is not None:
            extra[name] = value
        else:
            raise Fault(
                "bad-argument",
                f"{callee}() got an unexpected keyword argument '{name}'",
                argument=name,
                binding="unexpected",
                choices=(*signature.positional, *signature.keyword_only),
            )
    given = set(values)
    missing = []
    for name, default in [*signature.positional.items(), *signature.keyword_only.items()]:
        if name in values:
            continue
        if arguments.more_keywords or name in open_positional:
            values[name] = Unknown(f"the argument {name} may have been given by an unpacking")
        elif default is REQUIRED:
            missing.append(name)
        else:
            values[name] = default
    if missing:
        plural = "s" if len(missing) > 1 else ""
        listed = _listing([f"'{name}'" for name in missing])
        kind = "keyword-only" if missing[0] in signature.keyword_only else "positional"
        raise Fault(
            "bad-argument",
            f"{callee}() missing {len(missing)} required {kind} argument{plural}: {listed}",
            argument=missing[0],
            binding="missing",
            choices=tuple(extra),
        )
    return Bound(values, given, extra, tuple(positional[len(names) :]))


def _too_many(signature: Signature, given: int, callee: str) -> str:
    """Python's words; a dotted callee is a method, whose ``self`` counts."""
    bound = int("." in callee)
    most = len(signature.positional) + bound
    least = sum(default is REQUIRED for default in signature.positional.values()) + bound
    takes = f"{most} positional argument{'s' * (most != 1)}"
    if least < most:
        takes = f"from {least} to {takes}"
    verb = "was" if given + bound == 1 else "were"
    return f"{callee}() takes {takes} but {given + bound} {verb} given"


def _listing(words: list[str]) -> str:
    if len(words) < 3:
        return " and ".join(words)
    return ", ".join(words[:-1]) + f", and {words[-1]}"


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return Unknown(f"the default {ast.unparse(node)}")
