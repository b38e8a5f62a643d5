"""The abstract interpreter: from a program to the facts about its Keras models.

It evaluates the program over abstract values and never executes it. Names are as far known
as the program says; what is not known is unknown, with a reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerashape.analysis import Analysis

if TYPE_CHECKING:
    from kerashape.interpret.project import Project
    from kerashape.source import Source


def interpret(
    source: Source, *, project: Project | None = None, keras_version: int = 3
) -> Analysis:
    """Interpret one program.

    Args:
        source: the parsed file or notebook.
        project: where modules that it imports are found; without it they are unknown.
        keras_version: 2 or 3, where the two differ.

    Returns:
        The facts. Running out of budget is an ``UnknownFact``, not an error.
    """
    from kerashape.interpret.program import run_program

    analysis = Analysis(source)
    run_program(source, analysis, project, keras_version)
    return analysis


__all__ = ["interpret"]
