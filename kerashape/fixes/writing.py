"""Files replaced whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class NotWritten(Exception):
    """A file that could not be replaced, and why."""


def replace(file: Path, data: bytes, *, expected: bytes) -> None:
    """Replace a file's content at once: whoever reads it sees the old one or the new one.

    A link stays a link, to the file that is replaced; the file keeps its permissions.

    Raises :class:`NotWritten` where the system forbids it, or where the file no longer has
    the content that is ``expected``.
    """
    real = file.resolve()
    try:
        if real.read_bytes() != expected:
            raise NotWritten("it was changed meanwhile")
        if not os.access(real, os.W_OK):
            raise NotWritten("it is not writable")
        status = real.stat()
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
        try:
            with os.fdopen(handle, "wb") as written:
                written.write(data)
                written.flush()
                os.fsync(handle)
            os.chmod(name, status.st_mode)
            if (status.st_uid, status.st_gid) != _owner(name):
                # Whose it is can be kept only by those who may give files away.
                with contextlib.suppress(PermissionError, AttributeError):
                    os.chown(name, status.st_uid, status.st_gid)
            os.replace(name, real)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise NotWritten(error.strerror or type(error).__name__) from None


def _owner(name: str) -> tuple[int, int]:
    status = os.stat(name)
    return status.st_uid, status.st_gid
