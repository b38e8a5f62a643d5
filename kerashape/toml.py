"""Reading TOML on every Python that kerashape runs on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]


class BadToml(Exception):
    """A file that is not TOML, or cannot be read."""


def read_toml(file: Path) -> dict[str, Any]:
    """The file's content. Raises :class:`BadToml`, which says what is wrong and where."""
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return content
    except tomllib.TOMLDecodeError as error:
        raise BadToml(f"invalid TOML: {error}") from None
    except UnicodeDecodeError:
        raise BadToml("invalid TOML: the file is not UTF-8") from None
    except OSError as error:
        raise BadToml(f"cannot read the file: {error.strerror}") from None
