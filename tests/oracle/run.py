"""Running cases through both sides, one table row a name."""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.oracle.case import Answer, Case
from tests.oracle.compare import HARMLESS, compare, same_words

OTHER_WORDS = "other words"


@dataclass
class Row:
    """What came of the cases of one layer or op."""

    name: str
    verdicts: Counter[str] = field(default_factory=Counter)
    worded_otherwise: int = 0
    faults: int = 0
    """In how many cases Keras raised."""
    missing: bool = False
    differing: list[tuple[str, Case, Answer, Answer]] = field(default_factory=list)
    keras_seconds: float = 0.0

    @property
    def cases(self) -> int:
        return sum(self.verdicts.values())

    @property
    def wrong(self) -> int:
        """Wrong answers of any kind, missed and invented faults included."""
        return self.cases - sum(self.verdicts[verdict] for verdict in HARMLESS)


class Cache:
    """Keras's answers from earlier runs, one file a name (they do not change)."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self.path = folder / f"{name}.pickle" if folder else None
        self.answers: dict[str, Answer] = {}
        if self.path is not None and self.path.exists():
            self.answers = pickle.loads(self.path.read_bytes())
        self.size = len(self.answers)

    def answer(self, case: Case, ask: Callable[[Case], Answer]) -> Answer:
        key = hashlib.sha1(case.program.encode()).hexdigest()
        if key not in self.answers:
            self.answers[key] = ask(case)
        return self.answers[key]

    def save(self) -> None:
        if self.path is not None and len(self.answers) > self.size:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written = self.path.with_suffix(f".{os.getpid()}")
            written.write_bytes(pickle.dumps(self.answers))
            written.replace(self.path)


Generate = Callable[[str, int, int], Case]
Ask = Callable[[Case], Answer]


def run_layer(
    name: str,
    cases: int,
    seed: int,
    cache: Path | None = None,
    source: bool = False,
    mode: str = "symbolic",
    respelt: bool = False,
) -> Row:
    """Compare that many cases of a layer; with ``source`` as programs that are interpreted.

    With ``respelt`` they are spelt in other words, which only the interpreter understands.
    """
    from tests.oracle import candidate, layers, reference
    from tests.oracle import source as by_source

    suffix = "" if mode == "symbolic" else f".{mode}"
    store = Cache(cache, name + suffix + ".respelt" * respelt)
    ours = by_source.answer if source or respelt else candidate.answer
    made = layers.generate_respelt if respelt else layers.generate
    generate = functools.partial(made, mode=mode)
    row = _run(name, generate, reference.answer, ours, cases, seed, store)
    row.name += suffix and f" ({mode})"
    return row


def run_layer_of_keras_2(name: str, cases: int, seed: int, cache: Path | None = None) -> Row:
    """Compare that many cases of a layer with Keras 2."""
    from tests.oracle import candidate, layers, reference2

    store = Cache(cache, f"keras2.{name}")
    ours = candidate.answer_as_keras_2
    return _run(name, layers.generate, reference2.answer, ours, cases, seed, store)


def run_op(
    name: str, cases: int, seed: int, cache: Path | None = None, mode: str = "symbolic"
) -> Row:
    """Compare that many cases of a function of ``keras.ops``."""
    from tests.oracle import candidate, ops, reference

    store = Cache(cache, f"ops.{name}.{mode}")
    generate = functools.partial(ops.generate, mode=mode)
    row = _run(name, generate, reference.answer, candidate.answer, cases, seed, store)
    row.name += "" if mode == "symbolic" else f" ({mode})"
    return row


def run_application(name: str, cases: int, seed: int, cache: Path | None = None) -> Row:
    """Compare that many cases of a constructor of ``keras.applications``."""
    from tests.oracle import applications as these

    store = Cache(cache, f"applications.{name}")
    return _run(name, these.generate, these.keras_answer, these.our_answer, cases, seed, store)


def run_graphs(name: str, cases: int, seed: int, cache: Path | None = None) -> Row:
    """Compare the summaries of that many random functional models."""
    from tests.oracle import graphs

    store = Cache(cache, f"{name}.lines")
    return _run(name, graphs.generate, graphs.keras_answer, graphs.our_answer, cases, seed, store)


def _run(
    name: str, generate: Generate, theirs: Ask, ours: Ask, cases: int, seed: int, cache: Cache
) -> Row:
    from tests.oracle.candidate import NoRecord

    row = Row(name)
    for index in range(cases):
        case = generate(name, seed, index)
        start = time.perf_counter()
        expected = cache.answer(case, theirs)
        row.keras_seconds += time.perf_counter() - start
        try:
            judge(row, case, expected, ours(case))
        except NoRecord:
            row.missing = True
    cache.save()
    return row


def judge(row: Row, case: Case, theirs: Answer, ours: Answer) -> None:
    """Enter one case into the row."""
    verdict = compare(theirs, ours)
    row.verdicts[verdict] += 1
    row.faults += bool(theirs.stage)
    if verdict not in ("equal", "backend"):
        row.differing.append((verdict, case, theirs, ours))
    elif verdict == "equal" and not same_words(theirs, ours):
        row.worded_otherwise += 1
        row.differing.append((OTHER_WORDS, case, theirs, ours))
