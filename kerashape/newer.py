"""Programs for a newer Python than the one that runs: said in the grammar that it knows.

``ast`` reads the grammar of the Python that it belongs to; libcst reads all of them. What is
newer is written over in the older way, letter by letter, so that every place stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst
from libcst.metadata import CodePosition, CodeRange, MetadataWrapper, PositionProvider

from kerashape.parsing import is_shallow, split_lines


def in_this_grammar(text: str) -> str | None:
    """The text in an older grammar; None if libcst cannot read it either."""
    if not is_shallow(text):
        return None  # libcst has no bound on nesting but the process's stack
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        places = wrapper.resolve(PositionProvider)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        return None
    lines = text.splitlines(keepends=True)
    if len(lines) != len(split_lines(text)) - text.endswith(("\n", "\r")):
        return None  # a form feed, say
    for node in places:
        for start, end, new in _changes(node, places):
            if start.line != end.line:
                return None
            line = lines[start.line - 1]
            new = new.ljust(end.column - start.column)
            lines[start.line - 1] = line[: start.column] + new + line[end.column :]
    return "".join(lines)


Change = tuple[CodePosition, CodePosition, str]
Places = Mapping[cst.CSTNode, CodeRange]


def _changes(node: cst.CSTNode, places: Places) -> Iterator[Change]:
    """What to write over: from where, to where, and what to write there."""
    if isinstance(node, cst.TypeAlias):
        start, end = places[node].start, places[node.value].start
        yield start, end, node.name.value.ljust(end.column - start.column - 2) + "= "
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.type_parameters is not None:
        yield places[node.type_parameters].start, places[node.type_parameters].end, ""
    elif isinstance(node, cst.FormattedString):
        for part in node.parts:
            yield from _inner_quotes(part, node.quote, places)


def _inner_quotes(node: cst.CSTNode, quote: str, places: Places) -> Iterator[Change]:
    """Strings within a formatted string that have its own quotes: with the other ones."""
    other = "'" if quote == '"' else '"'
    if isinstance(node, cst.SimpleString) and node.quote == quote and len(quote) == 1:
        body = node.value[len(node.prefix) + 1 : -1]
        if other not in body and "\\" not in body:
            yield places[node].start, places[node].end, f"{node.prefix}{other}{body}{other}"
    for child in node.children:
        yield from _inner_quotes(child, quote, places)
