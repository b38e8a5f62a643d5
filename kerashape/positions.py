"""Where nodes are, worked out only for the nodes that are asked about.

libcst's tree has no positions, and its ``PositionProvider`` over a whole file costs more
than twice the parse. ``ast`` parses ten times faster and knows where every statement
starts, so: the statements of both trees are paired, and ``PositionProvider`` runs on
single statements, whose result is shifted to where ``ast`` says the statement is. Where
the pairing does not apply, ``PositionProvider`` runs on the whole file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from kerashape.parsing import Range, parse_ast, split_lines


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a statement is: what to render for it, and where its anchor is in the file."""

    unit: cst.CSTNode
    """The simple line, the suite after a colon, or the compound statement."""
    indent: str
    line: int
    """Where its first token is: the line from 1, the column from 0 and in bytes."""
    column: int
    elif_: bool = False


# The compound statements whose expressions stand before their first block.
_WITH_HEADER = (cst.FunctionDef, cst.ClassDef, cst.With, cst.If, cst.For, cst.While)


class Positions:
    """The positions of one module's nodes.

    Args:
        module: the parsed text.
        text: the text.
    """

    def __init__(self, module: cst.Module, text: str) -> None:
        self._module = module
        self._lines = split_lines(text)
        self._places: dict[int, _Place] = {}
        self._units: dict[int, _Unit] = {}
        self._whole: Mapping[cst.CSTNode, CodeRange] | None = None
        try:
            self._pair(module.body, parse_ast(text).body, "")
        except (_Mismatch, SyntaxError):
            self._places.clear()  # a grammar that this Python's ast does not know

    def range(self, statement: cst.CSTNode, node: cst.CSTNode) -> Range:
        """Where ``node``, which stands in ``statement``, is.

        Raises ``KeyError`` when the node is not part of the module.
        """
        place = self._places.get(id(statement))
        if place is not None:
            unit = self._units.get(id(place.unit))
            if unit is None:
                unit = self._units[id(place.unit)] = _unit(self._module, place)
            if node in unit.ranges:
                return self._shift(place, unit, node)
        if self._whole is None:
            self._whole = _resolve(self._module)
        return _range(self._whole[node])

    def indent(self, statement: cst.CSTNode) -> str:
        """The indentation of the block in which ``statement`` stands."""
        place = self._places.get(id(statement))
        if place is not None:
            return place.indent
        line = self._lines[self.range(statement, statement).line - 1]
        return line[: len(line) - len(line.lstrip())]

    def _shift(self, place: _Place, unit: _Unit, node: cst.CSTNode) -> Range:
        """A position in the small module as one in the file."""
        anchor = unit.ranges[unit.anchor].start
        down = place.line - anchor.line
        right = self._character(place.line, place.column) - anchor.column
        found = _range(unit.ranges[node])

        def column(line: int, column: int) -> int:
            return column + right if line == anchor.line else column

        return Range(
            found.line + down,
            column(found.line, found.column),
            found.end_line + down,
            column(found.end_line, found.end_column),
        )

    def _character(self, line: int, byte: int) -> int:
        """A UTF-8 offset of ``ast`` as an offset in characters."""
        text = self._lines[line - 1]
        return byte if text.isascii() else len(text.encode()[:byte].decode(errors="replace"))

    # -- pairing the statements of both trees ---------------------------------------

    def _pair(
        self, body: Sequence[cst.CSTNode], statements: Sequence[ast.stmt], indent: str
    ) -> None:
        remaining = iter(statements)
        for node in body:
            if isinstance(node, cst.SimpleStatementLine):
                self._pair_line(node, remaining, indent)
            elif isinstance(node, cst.BaseCompoundStatement):
                self._pair_compound(node, _next(remaining), indent)
            else:
                raise _Mismatch
        if next(remaining, None) is not None:
            raise _Mismatch

    def _pair_line(
        self,
        line: cst.SimpleStatementLine | cst.SimpleStatementSuite,
        statements: Iterator[ast.stmt],
        indent: str,
    ) -> None:
        if not line.body:
            return
        first = _next(statements)
        place = _Place(line, indent, first.lineno, first.col_offset)
        self._places[id(line)] = place
        for small in line.body:
            self._places[id(small)] = place
        for _ in line.body[1:]:
            _next(statements)

    def _pair_compound(
        self, node: cst.CSTNode, statement: ast.stmt, indent: str, *, elif_: bool = False
    ) -> None:
        if isinstance(node, _WITH_HEADER):
            self._places[id(node)] = _Place(
                node, indent, statement.lineno, statement.col_offset, elif_
            )
        for block, statements in _blocks(node, statement):
            if isinstance(block, cst.If):
                if len(statements) != 1:
                    raise _Mismatch
                self._pair_compound(block, statements[0], indent, elif_=True)
            elif isinstance(block, cst.IndentedBlock):
                inner = self._module.default_indent if block.indent is None else block.indent
                self._pair(block.body, statements, indent + inner)
            elif isinstance(block, cst.SimpleStatementSuite):
                remaining = iter(statements)
                self._pair_line(block, remaining, indent)
                if next(remaining, None) is not None:
                    raise _Mismatch


class _Mismatch(Exception):
    """The two trees do not have the same statements."""


def _next(statements: Iterator[ast.stmt]) -> ast.stmt:
    statement = next(statements, None)
    if statement is None:
        raise _Mismatch
    return statement


_SAME: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.ClassDef: ("ClassDef",),
    cst.For: ("For", "AsyncFor"),
    cst.FunctionDef: ("FunctionDef", "AsyncFunctionDef"),
    cst.If: ("If",),
    cst.Match: ("Match",),
    cst.Try: ("Try",),
    cst.TryStar: ("TryStar",),
    cst.While: ("While",),
    cst.With: ("With", "AsyncWith"),
}


def _blocks(node: cst.CSTNode, other: Any) -> Iterator[tuple[cst.CSTNode, Sequence[ast.stmt]]]:
    """The blocks of a compound statement, each with its statements (``elif`` as an If).

    ``other`` is the same statement in ``ast``, some of whose classes Python 3.10 lacks.
    """
    if type(other).__name__ not in _SAME.get(type(node), ()):
        raise _Mismatch
    if isinstance(node, cst.Match):
        blocks: list[tuple[Any, Any]] = list(zip(node.cases, other.cases))
    elif isinstance(node, (cst.Try, cst.TryStar)):
        blocks = [(node, other), *zip(node.handlers, other.handlers)]
    else:
        blocks = [(node, other)]
    for block, same in blocks:
        yield block.body, same.body
    if isinstance(node, (cst.For, cst.If, cst.Try, cst.TryStar, cst.While)) and node.orelse:
        is_elif = isinstance(node.orelse, cst.If)
        yield node.orelse if is_elif else node.orelse.body, other.orelse
    if isinstance(node, (cst.Try, cst.TryStar)) and node.finalbody:
        yield node.finalbody.body, other.finalbody


@dataclass(frozen=True, slots=True)
class _Unit:
    """A statement alone in a small module."""

    ranges: Mapping[cst.CSTNode, CodeRange]
    anchor: cst.CSTNode
    """The node at whose start the statement's first token is."""


def _unit(module: cst.Module, place: _Place) -> _Unit:
    """The statement, its blocks emptied, in a module that indents it as the file does."""
    unit = place.unit
    anchor: cst.CSTNode = unit
    statement: cst.BaseStatement
    if isinstance(unit, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        statement = cst.SimpleStatementLine(unit.body)
        if isinstance(unit, cst.SimpleStatementLine):
            statement = unit
        anchor = unit.body[0]
    elif isinstance(unit, cst.If):
        statement = anchor = unit.with_changes(body=_block(cst.Pass()), orelse=None)
        if place.elif_:
            statement = cst.If(cst.Name("True"), body=_block(cst.Pass()), orelse=statement)
    else:
        assert isinstance(unit, cst.BaseCompoundStatement)
        empty = {"orelse": None} if isinstance(unit, (cst.For, cst.While)) else {}
        statement = anchor = unit.with_changes(body=_block(cst.Pass()), **empty)
    if place.indent:
        body = cst.IndentedBlock(body=[statement], indent=place.indent)
        statement = cst.If(cst.Name("True"), body=body)
    return _Unit(_resolve(module.with_changes(body=[statement], header=(), footer=())), anchor)


def _block(statement: cst.BaseSmallStatement) -> cst.SimpleStatementSuite:
    return cst.SimpleStatementSuite(body=[statement])


def _resolve(module: cst.Module) -> Mapping[cst.CSTNode, CodeRange]:
    return MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)


def _range(found: CodeRange) -> Range:
    """libcst counts columns from 0."""
    start, end = found.start, found.end
    return Range(start.line, start.column + 1, end.line, end.column + 1)
