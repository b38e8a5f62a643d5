"""The place of what has no expression of its own."""

from __future__ import annotations

import libcst as cst

HERE = cst.Name("here")
"""Stands for the running statement: a property is read, an operator calls a method..."""
