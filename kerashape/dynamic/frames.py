"""Which lines of the program are running."""

from __future__ import annotations

import itertools
import linecache
import os
import sysconfig
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType

from kerashape.dynamic.events import Line


class Frames:
    """Tells the program's own frames from those of libraries.

    Args:
        program: the path that the program was compiled under.
        root: the folder of the project; modules below it are the program's own.
    """

    def __init__(self, program: str, root: str) -> None:
        self.program = program
        self.root = os.path.join(os.path.realpath(root), "")
        paths = sysconfig.get_paths()
        self.libraries = tuple(
            {os.path.join(os.path.realpath(paths[k]), "") for k in ("stdlib", "purelib", "platlib")}
            | {os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "")}
        )
        self._own: dict[str, bool] = {}

    def own(self, code: CodeType) -> bool:
        """Whether the code is the program's, or of a module of its project."""
        file = code.co_filename
        known = self._own.get(file)
        if known is None:
            known = file == self.program or (
                file.startswith(self.root)
                and not file.startswith(self.libraries)
                and f"{os.sep}site-packages{os.sep}" not in file
            )
            self._own[file] = known
        return known

    def stack(self, frame: FrameType | None) -> Iterator[Line]:
        """The program's lines that are running, innermost first."""
        while frame is not None:
            if self.own(frame.f_code):
                yield frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back

    def here(self, frame: FrameType | None) -> list[Line]:
        """The innermost line of the program, if one is running."""
        return list(itertools.islice(self.stack(frame), 1))

    @staticmethod
    def end(frame: FrameType) -> tuple[int, int] | None:
        """Line and column (from 1) after the expression that is running, where Python says."""
        positions = getattr(frame.f_code, "co_positions", None)  # since 3.11
        if positions is None:
            return None
        place = next(itertools.islice(positions(), frame.f_lasti // 2, None), None)
        if place is None or place[1] is None or place[3] is None:
            return None
        line = linecache.getline(frame.f_code.co_filename, place[1])
        return place[1], len(line.encode()[: place[3]].decode("utf-8", "replace")) + 1

    def raised(self, traceback: TracebackType | None) -> list[Line]:
        """The program's lines on the way to an exception, outermost first."""
        lines = []
        while traceback is not None:
            if self.own(traceback.tb_frame.f_code):
                lines.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
            traceback = traceback.tb_next
        return lines
