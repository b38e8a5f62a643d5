"""Files replaced whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class NotWritten(Exception):
    """A file that could not be replaced, and why."""


def replace(file: Path, data: bytes, *, expected: bytes) -> None:
    """Replace a file's content, unless it has changed: as :func:`write`.

    Raises :class:`NotWritten` where the file no longer has the content that is ``expected``,
    too.
    """
    try:
        if file.read_bytes() != expected:
            raise NotWritten("it was changed meanwhile")
        if not os.access(file, os.W_OK):
            raise NotWritten("it is not writable")
    except OSError as error:
        raise NotWritten(error.strerror or type(error).__name__) from None
    write(file, data)


def write(file: Path, data: bytes) -> None:
    """Write a file at once: whoever reads it sees what it had before or what it has now.

    A link stays a link, to the file that is replaced; the file keeps its permissions.

    Raises :class:`NotWritten` where the system forbids it.
    """
    real = file.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(data)
                written.flush()
                os.fsync(handle)
            _take_over(name, real)
            os.replace(name, real)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise NotWritten(error.strerror or type(error).__name__) from None


def _take_over(name: str, real: Path) -> None:
    """Give a new file the permissions and the owner of the one that it replaces."""
    try:
        status = real.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        return
    os.chmod(name, status.st_mode)
    new = os.stat(name)
    if (status.st_uid, status.st_gid) != (new.st_uid, new.st_gid):
        # Only those who may give files away can keep whose it is.
        with contextlib.suppress(PermissionError, AttributeError):
            os.chown(name, status.st_uid, status.st_gid)
