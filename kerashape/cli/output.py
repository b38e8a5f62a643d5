"""``-o FILE``: written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from kerashape.cli import common


def write_output(target: str, content: str | bytes) -> None:
    """Write to a file, replacing it at once, or to standard output (``-``).

    Raises ``UsageError`` where it cannot be written.
    """
    if target == common.STDIN:
        if isinstance(content, str):
            common.write([content])
        else:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        return
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    path = Path(target)
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
        _replace(path, data)
    except OSError as error:
        raise common.UsageError(f"cannot write {target}: {error.strerror or error}") from None


def _replace(path: Path, data: bytes) -> None:
    """A temporary file beside it, then a rename: nobody sees half a file."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device, a pipe
        return
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
