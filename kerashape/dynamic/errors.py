"""What keeps the dynamic mode from running at all."""

from __future__ import annotations


class CannotRun(Exception):
    """Keras, its backend or the device is not there; the message says what to do about it."""
