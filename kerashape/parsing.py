"""From text to trees, with every way in which that fails told in one line."""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import warnings
from typing import NamedTuple

from kerashape.diagnostic import Span

MAX_CHARACTERS = 2_000_000
"""Longer programs are not analysed: they are generated, and parsing takes a minute."""

_MAX_OPERATORS = 300
_MAX_ELIFS = 300

# Python 3.10's ast has no limit of its own for chains of operators, attributes and calls.
_UNBOUNDED = sys.version_info < (3, 11)
_MAX_DEPTH = 1000

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Range(NamedTuple):
    """Lines and columns in a text; both count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Refused(Exception):
    """A text that cannot be parsed: why and where."""

    def __init__(
        self, message: str, line: int = 1, column: int = 1, end: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        column = max(column, 1)
        self.range = Range(line, column, line, max(end or 0, column + 1))


class Unreadable(Exception):
    """A file, or a cell of a notebook, that cannot be parsed: where and why."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def split_lines(text: str) -> list[str]:
    """The lines as Python counts them (a form feed does not end a line)."""
    return _NEWLINE.split(text)


def parse(text: str) -> ast.Module:
    """The text's tree. Raises :class:`Refused`.

    Grammar that is newer than this Python is read as far as it can be said in its own.
    """
    _check_characters(text)
    try:
        tree = parse_ast(text)
        if _UNBOUNDED and not is_shallow(text) and _depth(tree) > _MAX_DEPTH:
            raise RecursionError
        return tree
    except SyntaxError as error:
        from kerashape.newer import in_this_grammar

        older = in_this_grammar(text)
        if older is None:
            raise _refusal(error) from None
        with contextlib.suppress(SyntaxError):
            return parse_ast(older)
        raise _refusal(error) from None
    except UnicodeEncodeError:
        raise Refused("the file has characters that cannot be encoded") from None
    except (RecursionError, MemoryError):
        raise Refused("the code is nested too deeply to analyse") from None


def check(text: str) -> Refused | None:
    """Why the text cannot be parsed; None if it can."""
    try:
        parse(text)
    except Refused as refused:
        return refused
    return None


def _check_characters(text: str) -> None:
    if "\0" in text:
        before = split_lines(text[: text.index("\0")])
        raise Refused("the file contains null bytes", len(before), len(before[-1]) + 1)
    if len(text) > MAX_CHARACTERS:
        raise Refused(
            f"the program is too long to analyse: {len(text):,} characters, "
            f"of at most {MAX_CHARACTERS:,}"
        )


def parse_ast(text: str) -> ast.Module:
    """``ast.parse`` without the warnings that it prints about odd escapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _refusal(error: SyntaxError) -> Refused:
    line = error.lineno or 1
    end = error.end_offset if error.end_lineno == line else None
    return Refused(_message(error), line, error.offset or 1, end)


def _message(error: SyntaxError) -> str:
    message = str(error.msg)
    if message.startswith(
        ("Missing parentheses in call to", "multiple exception types must be parenthesized")
    ):
        return f"Python 2 syntax: {message[0].lower()}{message[1:]}"
    return message if message == "invalid syntax" else f"invalid syntax: {message}"


def _depth(tree: ast.AST) -> int:
    """How deeply the tree is nested; found without recursion."""
    depth = 0
    level = [tree]
    while level:
        depth += 1
        below: list[ast.AST] = []
        for node in level:  # as ast.iter_child_nodes does, in half the time
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, ast.AST):
                    below.append(value)
                elif isinstance(value, list):
                    below += [item for item in value if isinstance(item, ast.AST)]
        level = below
    return depth


_SIGNS = b"()[]{}\n-+*/%@&|^~.<>=:"
_AS_ONE = bytes.maketrans(b"[{]}", b"(())")
_OTHERS = bytes(set(range(256)) - set(_SIGNS))


def is_shallow(text: str) -> bool:
    """Whether no statement can be nested so deeply that a parser runs out of stack.

    A rough count of the operators of each statement, which is too high: it counts those in
    strings, and takes the letters of a word such as ``or`` for the word, wherever they stand.
    """
    if text.count("elif") > _MAX_ELIFS:
        return False
    data = text.encode(errors="surrogatepass").replace(b"\\\n", b"")
    for word in (b"and", b"or", b"not", b"if", b"lambda", b"await"):
        data = data.replace(word, b".")
    depth = operators = 0
    for line in data.translate(_AS_ONE, _OTHERS).split(b"\n"):
        operators += len(line)
        if operators > _MAX_OPERATORS:
            return False
        depth += line.count(b"(") - line.count(b")")
        if depth <= 0:
            depth = operators = 0
    return True
