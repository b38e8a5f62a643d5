"""The comments of a program that may say something about a shape; ``ast`` leaves comments out."""

from __future__ import annotations

import re

from kerashape.syntax import Comment

_MAY_STATE = re.compile(r"#.*(?:[(\[].*[)\]]|\w\s*[x×]\s*[\dA-Z?])")
_TOKEN = re.compile(
    r"""'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|#[^\r\n]*""",
    re.DOTALL,
)
"""Strings, so that what looks like a comment within them is none, and comments."""


def remarks(text: str) -> dict[int, Comment]:
    """By line, the comments that may state a shape."""
    found: dict[int, Comment] = {}
    if _MAY_STATE.search(text) is None:
        return found
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        if text[match.start()] != "#" or _MAY_STATE.match(match[0]) is None:
            continue
        at = match.start()
        line += len(_NEWLINE.findall(text, counted, at))
        counted = at
        start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        column = len(text[start:at].encode(errors="surrogatepass"))
        end = column + len(match[0].encode(errors="surrogatepass"))
        comment = Comment(lineno=line, col_offset=column, end_lineno=line, end_col_offset=end)
        comment.text = match[0][1:]
        found[line] = comment
    return found


_NEWLINE = re.compile(r"\r\n|\r|\n")
