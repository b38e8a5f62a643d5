"""From text to trees, with every way in which that fails told in one line."""

from __future__ import annotations

import ast
import gc
import io
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kerashape.diagnostic import Span

if TYPE_CHECKING:
    import libcst as cst

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


def parse(text: str) -> cst.Module:
    """The text's tree. Raises :class:`Refused`.

    libcst has no bound on nesting but the process's stack, so that a text that may be nested
    deeply has to pass ``ast`` first, which has one.
    """
    _check_characters(text)
    if not is_shallow(text):
        _check_nesting(text)
    import libcst as cst

    try:
        with _unvalidated(cst.CSTNode):  # type: ignore[type-abstract]
            return cst.parse_module(_without_blank_continuations(text))
    except cst.ParserSyntaxError as error:
        raise _reason(text, error) from None
    except cst.CSTValidationError as error:
        # Its Unicode tables are others than Python's.
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"the parser does not know this syntax: {reason}") from None


@contextmanager
def _unvalidated(node: type[cst.CSTNode]) -> Iterator[None]:
    """Within it libcst does not validate the nodes that are made.

    It validates every node, whoever makes it; for those of its own parser, whose grammar has
    seen to that, this takes an eighth of the time ("PERF" in ``CSTNode`` says so too).
    Nor are cycles looked for among them: trees have none.
    """
    with _parsing:
        usual = node.__post_init__
        collects = gc.isenabled()
        gc.disable()
        setattr(node, "__post_init__", _accept)  # noqa: B010
        try:
            yield
        finally:
            setattr(node, "__post_init__", usual)  # noqa: B010
            if collects:
                gc.enable()


_parsing = threading.Lock()


def _accept(node: cst.CSTNode) -> None:
    """Any node is well."""


def check(text: str) -> Refused | None:
    """Why the text cannot be parsed; None if it can."""
    try:
        _check_characters(text)
        try:
            _check_nesting(text)
        except Refused:
            parse(text)  # has it grammar that this Python's ast does not know?
    except Refused as refused:
        return refused
    return None


_BLANK_CONTINUATION = re.compile(r"^[ \t\f]*\\\r?$", re.MULTILINE)


def _without_blank_continuations(text: str) -> str:
    """The text with an empty line for every lone backslash between two statements.

    libcst drops such a line, or refuses it.
    """
    if _BLANK_CONTINUATION.search(text) is None:
        return text
    import tokenize

    between = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
    lines = text.split("\n")
    held: set[int] = set()
    """The lines that end within a statement: what follows them goes on with it."""
    try:
        start = 0
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in between:
                held.update(range(start, token.start[0]) if start else ())
                start = 0
            elif not start:
                start = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        return text
    for number, line in enumerate(lines, start=1):
        if _BLANK_CONTINUATION.fullmatch(line) and number not in held:
            indent, following = line.rstrip("\\\r"), lines[number : number + 1]
            lines[number - 1] = ""
            if indent and following:
                lines[number] = indent + following[0].lstrip(" \t\f")
    return "\n".join(lines)


def _check_characters(text: str) -> None:
    if "\0" in text:
        before = split_lines(text[: text.index("\0")])
        raise Refused("the file contains null bytes", len(before), len(before[-1]) + 1)
    if len(text) > MAX_CHARACTERS:
        raise Refused(
            f"the program is too long to analyse: {len(text):,} characters, "
            f"of at most {MAX_CHARACTERS:,}"
        )


def _check_nesting(text: str) -> None:
    """Refuse what ``ast`` refuses."""
    try:
        tree = parse_ast(text)
        if _UNBOUNDED and not is_shallow(text) and _depth(tree) > _MAX_DEPTH:
            raise RecursionError
    except SyntaxError as error:
        raise _refusal(error) from None
    except (RecursionError, MemoryError):
        raise Refused("the code is nested too deeply to analyse") from None


def _reason(text: str, error: cst.ParserSyntaxError) -> Refused:
    """Why libcst cannot parse the text: in the words of ``ast``, which are better."""
    try:
        _check_nesting(text)
    except Refused as refused:
        return refused
    message = str(error.message).strip().splitlines()[0]
    place = (error.raw_line, error.raw_column + 1)
    return Refused(f"the parser does not know this syntax: {message}", *place)


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
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


_TOKEN = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<elif>\belif\b)|(?P<newline>(?<!\\)\n)"
    r"|[-+*/%@&|^~.<>=:]|\b(?:and|or|not|lambda|if|for|await)\b"
)


def is_shallow(text: str) -> bool:
    """Whether no statement can be nested so deeply that libcst runs out of stack.

    A rough count of the operators of each statement; too high where they stand in strings.
    """
    return _is_surely_shallow(text) or _is_shallow(text)


def _is_shallow(text: str) -> bool:
    depth = operators = elifs = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "newline":
            if depth <= 0:
                depth = operators = 0
            continue
        depth += (kind == "open") - (kind == "close")
        elifs += kind == "elif"
        operators += 1
        if operators > _MAX_OPERATORS or elifs > _MAX_ELIFS:
            return False
    return True


_SIGNS = b"()[]{}\n-+*/%@&|^~.<>=:"
_AS_ONE = bytes.maketrans(b"[{]}", b"(())")
_OTHERS = bytes(set(range(256)) - set(_SIGNS))


def _is_surely_shallow(text: str) -> bool:
    """The same in a tenth of the time, from a count that is higher still.

    It takes the letters of a word such as ``or`` for the word, wherever they stand.
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
