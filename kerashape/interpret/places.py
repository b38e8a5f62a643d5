"""The place of what has no expression of its own."""

from __future__ import annotations

import ast

HERE = ast.Name("here", ast.Load())
"""Stands for the running statement: a property is read, an operator calls a method..."""
