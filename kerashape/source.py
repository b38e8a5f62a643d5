"""One file or notebook: its bytes, its text, its tree, and where things are in it."""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from kerashape.diagnostic import Span
from kerashape.listing import Listing
from kerashape.parsing import Range, Refused, Unreadable, parse, split_lines
from kerashape.syntax import Comment, dotted

if TYPE_CHECKING:
    from kerashape.notebook import Notebook

MARKERS = (b"keras", b"tensorflow")
"""A file in which none of these occurs has nothing to do with Keras."""


_PLACED = (ast.expr, ast.stmt, ast.keyword, ast.arg, ast.alias, ast.ExceptHandler, ast.pattern)
"""The nodes that ``ast`` gives a place."""


_KERAS_3 = re.compile(
    rb"(?<![\w.])keras\.(?:ops|random|distribution)\b"
    rb"|from keras import (?:\([^)]*|[^\n(]*)\bops\b"
    rb"|KERAS_BACKEND[\\\"'\]]+\s*=\s*[\\\"']+(?:jax|torch|openvino)"
)
"""What only Keras 3 has."""


def mentions_keras(data: bytes) -> bool:
    """Whether a file with this content can have to do with Keras at all."""
    return any(marker in data for marker in MARKERS)


_read: WeakValueDictionary[tuple[str, Path], Source] = WeakValueDictionary()


class Source:
    """One program.

    Args:
        path: the path as it is displayed.
        data: the file's bytes.
        file: where it lies on disk, if it does.

    Reading is lazy: nothing is decoded before :attr:`text`, or parsed before :attr:`tree`,
    is asked for; both raise :class:`Unreadable`.
    """

    def __init__(self, path: str, data: bytes, file: Path | None = None) -> None:
        self.path = path
        self.data = data
        self.file = file

    @classmethod
    def read(cls, file: Path, path: str | None = None) -> Source:
        """The file's content, which is parsed once for all who read it at the same time.

        Raises :class:`Unreadable` when the system will not give it.
        """
        path = file.as_posix() if path is None else path
        try:
            data = file.read_bytes()
            key = (path, file.resolve())
            source = _read.get(key)
            if source is None or source.data != data:
                source = _read[key] = cls(path, data, file)
            return source
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Unreadable(
                f"cannot read the file: {reason}", Span(path, None, 1, 1, 1, 1)
            ) from None

    @classmethod
    def from_text(cls, text: str, path: str = "<string>") -> Source:
        """A program that is already text."""
        return cls(path, text.encode("utf-8", "surrogatepass"))

    def __repr__(self) -> str:
        return f"<Source {self.path}>"

    @property
    def mentions_keras(self) -> bool:
        """Whether the file can have to do with Keras at all."""
        return mentions_keras(self.data)

    @cached_property
    def notebook(self) -> Notebook | None:
        """The notebook that the file is, if it is one."""
        if not self.path.endswith(".ipynb"):
            return None
        from kerashape.notebook import Notebook

        return Notebook(self.path, self.content)

    @cached_property
    def text(self) -> str:
        """The program: the file's text, or all the cells of a notebook, line for line."""
        return self.content if self.notebook is None else self.notebook.program

    @cached_property
    def has_yield(self) -> bool:
        """Whether there may be a generator in it."""
        return "yield" in self.text

    @property
    def registers_names(self) -> bool:
        """Whether the program may give names to objects of its own, which Keras then knows."""
        return (
            b"custom_object" in self.data
            or b"CustomObject" in self.data
            or (b"register_keras_serializable" in self.data)
        )

    @property
    def asks_for_keras_2(self) -> bool:
        """Whether the program may let ``tf.keras`` be Keras 2."""
        return b"TF_USE_LEGACY_KERAS" in self.data

    @property
    def asks_for_keras_3(self) -> bool:
        """Whether the program uses what no Keras before has, whatever its project declares."""
        return _KERAS_3.search(self.data) is not None

    @cached_property
    def content(self) -> str:
        """The file's text; a notebook's JSON."""
        return self._decode(self.encoding)

    @cached_property
    def encoding(self) -> str:
        """The file's encoding: ``utf-8-sig`` if it starts with a byte order mark."""
        if self.path.endswith(".ipynb"):
            return "utf-8-sig" if self.data.startswith(codecs.BOM_UTF8) else "utf-8"
        try:
            return tokenize.detect_encoding(io.BytesIO(self.data).readline)[0]
        except SyntaxError as error:
            self._decode("utf-8")  # says where, if it is no UTF-8
            raise Unreadable(f"cannot decode the file: {error}", self._span(1, 1)) from None

    def _decode(self, encoding: str) -> str:
        try:
            return self.data.decode(encoding)
        except UnicodeDecodeError as error:
            before = self.data[: error.start]
            line = len(re.findall(rb"\r\n|\r|\n", before)) + 1
            column = len(re.split(rb"[\r\n]", before)[-1].decode(encoding, "replace")) + 1
            byte = self.data[error.start]
            raise Unreadable(
                f"cannot decode the file: byte 0x{byte:02x} is not {encoding}",
                Span(self.path, None, line, column, line, column + 1),
            ) from None
        except LookupError as error:
            raise Unreadable(f"cannot decode the file: {error}", self._span(1, 1)) from None

    @property
    def problems(self) -> Sequence[Unreadable]:
        """The cells of a notebook that cannot be parsed; the others still are."""
        return () if self.notebook is None else self.notebook.problems

    @cached_property
    def lines(self) -> Sequence[str]:
        """The program's lines, without their ends."""
        return split_lines(self.text)

    @cached_property
    def tree(self) -> ast.Module:
        """The program's tree."""
        try:
            return parse(self.text)
        except Refused as refused:
            raise Unreadable(refused.message, self.locate(refused.range)) from None

    @cached_property
    def comments(self) -> Mapping[int, Comment]:
        """By line, the comments that may state a shape."""
        from kerashape.remarks import remarks

        return remarks(self.text)

    # -- where things are -------------------------------------------------------------

    def span(self, node: ast.AST) -> Span:
        """Where a node is."""
        return self.locate(self.place(node))

    def place(self, node: ast.AST) -> Range:
        """The same as lines and columns of the program; its start for a whole module."""
        if not isinstance(node, _PLACED):
            return Range(1, 1, 1, 1)
        line, end = node.lineno, node.end_lineno or node.lineno
        return Range(
            line, self._column(line, node.col_offset), end, self._column(end, node.end_col_offset)
        )

    def _column(self, line: int, byte: int | None) -> int:
        """A column from 1, in characters; ``ast`` counts from 0, in bytes of UTF-8."""
        text = self.lines[line - 1]
        if not text.isascii():
            return len(text.encode(errors="surrogatepass")[:byte].decode(errors="replace")) + 1
        return (byte or 0) + 1

    def code_of(self, node: ast.AST) -> str:
        """The node's source as it stands, without the parentheses around it."""
        place = self.place(node)
        lines = list(self.lines[place.line - 1 : place.end_line])
        lines[-1] = lines[-1][: place.end_column - 1]
        lines[0] = lines[0][place.column - 1 :]
        return "\n".join(lines)

    def module_of(self, node: ast.ImportFrom) -> ast.Name:
        """The place of ``a.b`` in ``from a.b import c``; ``ast`` has none."""
        known: ast.Name | None = node.__dict__.get("kerashape_module")
        if known is None:
            name = node.module or ""
            found = re.match(
                rf"from\s+{re.escape(name)}\b", self.lines[node.lineno - 1][node.col_offset :]
            )
            end = node.col_offset + (found.end() if found else len("from"))
            start = end - len(name) if found else node.col_offset
            known = ast.Name(name, ast.Load())
            known.lineno = known.end_lineno = node.lineno
            known.col_offset, known.end_col_offset = start, end
            node.__dict__["kerashape_module"] = known
        return known

    def follows(self, node: ast.AST, comment: Comment, between: str) -> bool:
        """Whether a comment stands right behind a node, but for blanks and such characters."""
        place = self.place(node)
        text = self.lines[place.end_line - 1][place.end_column - 1 :]
        return place.end_line == comment.lineno and text.lstrip(f" \t{between}").startswith("#")

    def is_apart(self, comment: Comment) -> bool:
        """Whether a comment has its lines for itself, and a blank line parts it from the code above."""
        for line in reversed(self.lines[: comment.lineno]):
            text = line.strip()
            if not text:
                return True
            if not text.startswith("#"):
                return False
        return False

    @cached_property
    def _statements(self) -> Mapping[int, ast.stmt]:
        """The statements, by the line that they start on."""
        found: dict[int, ast.stmt] = {}
        level: list[ast.AST] = [self.tree]
        while level:
            found.update({node.lineno: node for node in level if isinstance(node, ast.stmt)})
            level = [child for node in level for child in _within(node)]
        return found

    def ends_paragraph(self, node: ast.AST) -> bool:
        """Whether no statement of its block follows on the next line that a comment above may
        be about as well: one that does more than show something."""
        place = self.place(node)
        following = self._statements.get(place.end_line + 1)
        if following is None or following.col_offset + 1 < place.column:
            return True
        shown = following.value if isinstance(following, ast.Expr) else None
        return isinstance(shown, ast.Call) and dotted(shown.func) in ("print", "display")

    def is_in_parentheses(self, node: ast.AST) -> bool:
        """Whether there are parentheses around an argument, other than those of the call."""
        place = self.place(node)
        before = "\n".join(
            [*self.lines[: place.line - 1], self.lines[place.line - 1][: place.column - 1]]
        )
        before = before.rstrip()
        outer = before[:-1].rstrip()
        return before.endswith("(") and not re.search(r"[\w)\]]$", outer)

    def locate(self, place: Range) -> Span:
        """Lines and columns of the program as a place in the file or in a cell."""
        if self.notebook is not None:
            return self.notebook.locate(place)
        return Span(self.path, None, *place)

    def _span(self, line: int, column: int) -> Span:
        return Span(self.path, None, line, column, line, column)

    def text_of(self, node: ast.AST) -> str:
        """The node's source on one line, without comments."""
        return one_line(self.code_of(node))

    @cached_property
    def listing(self) -> Listing:
        """The lines as a person sees them."""
        if self.notebook is not None:
            return self.notebook.listing
        return Listing({None: self.lines})


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases right within one."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        found = getattr(node, name, None)
        if isinstance(found, list):
            yield from found


def one_line(code: str) -> str:
    """Python code of several lines on one, without its comments."""
    lines = split_lines(code.strip())
    if len(lines) == 1:
        return lines[0]
    for row, column in _comments(lines):
        lines[row] = lines[row][:column]
    joined = ""
    for part in filter(None, map(str.strip, lines)):
        if part[0] in ")]}":
            joined = _without_trailing_comma(joined)
        elif joined and joined[-1] not in "([{":
            joined += " "
        joined += part
    return joined


def _without_trailing_comma(code: str) -> str:
    """The arguments so far without the comma at their end; a tuple keeps it."""
    if not code.endswith(","):
        return code
    depth = 0
    for index in range(len(code) - 1, -1, -1):
        depth += (code[index] in ")]}") - (code[index] in "([{")
        if depth < 0:
            is_call = index > 0 and (code[index - 1].isidentifier() or code[index - 1] in ")]")
            return code[:-1] if is_call else code
    return code


def _comments(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where comments start in an expression, by row and column from 0."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(["(", *lines, ")"])).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0] - 2, token.start[1]))
    except (tokenize.TokenError, SyntaxError):
        return []  # the text is only shown: better with its comments than not at all
    return found
