"""Removing what a program left in its scratch folder, however deep and however closed."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets


def remove(folder: str) -> None:
    """Remove a folder with all that is in it, as far as the system lets."""
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
    names = (f".{secrets.token_hex(8)}-{number}" for number in itertools.count())
    moved = True
    while moved:
        moved = False
        for path in _entries(folder):
            if not _is_folder(path):
                _unlink(path)
                continue
            # No path grows: folders are moved up before they are entered.
            with contextlib.suppress(OSError):
                os.chmod(path, 0o700)
            for inner in _entries(path):
                if not _is_folder(inner):
                    _unlink(inner)
                    continue
                with contextlib.suppress(OSError):
                    os.chmod(inner, 0o700)
                    os.rename(inner, os.path.join(folder, next(names)))
                    moved = True
            with contextlib.suppress(OSError):
                os.rmdir(path)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _entries(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)
