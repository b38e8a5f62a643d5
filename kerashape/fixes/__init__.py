"""Fixes: repairs made by machine.

A check gives its finding a function that computes the fix; it is called when the finding is
reported. ``rewriting`` turns changes of code into the smallest edits of text, ``calls`` changes
the arguments of calls with libcst, which keeps their layout, ``applying`` puts edits into a file or a notebook, ``fixer`` does so until nothing is left
to fix, and ``writing`` replaces files.
"""
