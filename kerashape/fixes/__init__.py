"""Fixes: repairs made by machine.

A check gives its finding a function that computes the fix; it is called when the finding is
reported. ``rewriting`` turns changes of libcst nodes into the smallest edits of text,
``applying`` puts edits into a file or a notebook, ``fixer`` does so until nothing is left
to fix, and ``writing`` replaces files.
"""
