"""What to run on a machine with a graphics card: ``python -m tests.dynamic.card``.

The suite runs without a card, on a driver that is replaced. This takes the real one: what
kerashape sees of it, the fixtures and random graphs replayed on it with each backend, a program
run on it, and a card that is not there asked for. It needs Keras with jax or torch; TensorFlow
may be missing. ``--device cpu`` tries the check itself where there is no card.

It prints its report, ends in good time (``--seconds``), and leaves the report and the verdicts
as JSON in the folder ``$OUT``, if that is set. The exit status is 1 if anything is contradicted,
refuted or could not be verified.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from kerashape.dynamic import devices
from kerashape.dynamic.compare.verdicts import CONTRADICTED, REFUTED
from kerashape.dynamic.errors import CannotRun
from kerashape.dynamic.sandbox import Limits
from kerashape.dynamic.verify import Options, Verified, Verifier
from kerashape.files import Target
from kerashape.linter import Examined, Linter
from kerashape.report.verification import render_json
from tests.dynamic.walls import WALLS, attempt
from tests.programs import FIXTURES, fixtures

_DRAW = """
import json, sys
from tests.oracle.graph_programs import program
json.dump([program(11, index) for index in range(*map(int, sys.argv[1:]))], sys.stdout)
"""
_DRAWERS = 4


class Check:
    """The check of one device, step by step.

    Args:
        asked: the arguments of the command.
    """

    def __init__(self, asked: argparse.Namespace) -> None:
        self.device: str = asked.device
        self.jobs: int = asked.jobs
        self.deadline = time.monotonic() + asked.seconds
        self.out = Path(os.environ["OUT"]) if os.environ.get("OUT") else None
        self.failures: list[str] = []
        file = None if self.out is None else (self.out / "report.txt").open("w")
        self._consoles = [Console(width=120, file=each) for each in (sys.stdout, file) if each]

    def say(self, *what: Any) -> None:
        """Print, and write to the report at once: the machine may go away."""
        for console in self._consoles:
            console.print(*what, highlight=False, markup=False)
            console.file.flush()

    def fail(self, what: str) -> None:
        self.failures.append(what)
        self.say(f"FAILED: {what}")

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    # -- what there is --------------------------------------------------------------------

    def machine(self) -> None:
        """What kerashape sees of it."""
        self.say(f"Python {sys.version.split()[0]}; cards: {devices.cards() or 'none'}")
        for wanted in ("auto", self.device):
            try:
                self.say(f"--device {wanted}: {devices.choose(wanted)}")
            except CannotRun as error:
                self.fail(str(error))

    def absent(self) -> None:
        """A card that is not there: a message, and exit 2."""
        number = max((card.number for card in devices.cards()), default=0) + 1
        rc, said = self._kerashape(
            "verify", str(FIXTURES / "multimodal_mended.py"), "--device", f"gpu:{number}"
        )
        self.say(f"--device gpu:{number}: exit {rc}: {said.strip()}")
        if rc != 2 or "this machine has no GPU" not in said or "Traceback" in said:
            self.fail(f"--device gpu:{number}")

    # -- programs -------------------------------------------------------------------------

    def replay(self, name: str, backend: str, programs: Sequence[Examined], share: float) -> None:
        """Replay programs; their sums, what is wrong, and the models' time and memory.

        Args:
            share: how much of the time that is left this may take.
        """
        start = time.monotonic()
        options = Options(
            device=self.device, backend=backend, limits=Limits(timeout=110), jobs=self.jobs
        )
        try:
            found, late = self._verify(options, programs, self.left * share)
        except CannotRun as error:
            self.fail(f"{name}: {error}")
            self._walls(backend)
            return
        took = time.monotonic() - start
        self.say(f"\n== {name}: {len(found)} programs in {took:.0f} s on {_about(found)}")
        if late:
            self.fail(f"{name}: no time left for {len(late)}: {', '.join(late[:6])}")
        slowest = sorted(found, key=lambda one: -one.ran.seconds)[:5]
        listed = (f"{os.path.basename(one.path)} {one.ran.seconds:.0f} s" for one in slowest)
        self.say(f"  slowest: {', '.join(listed)}")
        self._sums(found)
        for line in _wrong(found):
            self.fail(line)
        for line in _notes(found):
            self.say(f"  note: {line}")
        if self.out is not None:
            text = "".join(render_json(found))
            (self.out / f"{name.replace(' ', '-')}.json").write_text(text)
        if found and all(one.ran.how not in ("done", "none") for one in found):
            self._walls(backend)

    def _verify(
        self, options: Options, programs: Sequence[Examined], seconds: float
    ) -> tuple[list[Verified], list[str]]:
        """What came of each in time, and the names of those that took too long."""
        until = time.monotonic() + seconds
        done: dict[int, Verified] = {}

        def one(examined: Examined) -> Verified | None:
            return verifier.verify(examined) if time.monotonic() < until else None

        with Verifier(options) as verifier, ThreadPoolExecutor(options.jobs) as pool:
            # The first alone: it says whether anything can be run at all.
            waiting: dict[Future[Verified | None], int] = {}
            for number, examined in enumerate(programs):
                waiting[pool.submit(one, examined)] = number
                if number == 0:
                    wait(waiting)
                    next(iter(waiting)).result()
            while waiting:
                ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ended:
                    number, found = waiting.pop(future), future.result()
                    if found is not None:
                        done[number] = found
        late = [p.source.path for n, p in enumerate(programs) if n not in done]
        return [done[number] for number in sorted(done)], late

    def _sums(self, found: Sequence[Verified]) -> None:
        for kind in ("calls", "models", "params", "diagnostics"):
            verdicts = Counter(e.verdict for one in found for e in getattr(one.comparison, kind))
            self.say(f"  {kind}: {', '.join(f'{n} {v}' for v, n in verdicts.most_common())}")
        steps = [step for one in found for step in one.comparison.trained]
        self.say(
            f"  trainings: {len(steps)}, of which Keras refuses {sum(bool(s.error) for s in steps)}"
        )
        table = Table("program", "model", "params", "forward", "peak", box=SIMPLE, padding=0)
        for column in table.columns[2:]:
            column.justify = "right"
        for one in found:
            sizes = {(entry.span, entry.layer): entry.actual for entry in one.comparison.params}
            for model in one.comparison.models:
                if model.seconds is not None:
                    size = sizes.get((model.span, model.layer))
                    table.add_row(
                        os.path.basename(one.path), model.layer, "" if size is None else f"{size:,}",
                        f"{1000 * model.seconds:.1f} ms",
                        "" if model.peak is None else f"{model.peak / 2**20:.1f} MiB",
                    )  # fmt: skip
        if table.row_count:
            self.say(table)

    def _walls(self, backend: str) -> None:
        """Which of the walls around a program keeps the backend from the device."""
        self.say("Each wall alone:")
        chosen = devices.choose(self.device)
        environment = devices.environment(chosen, backend, 3)
        for wall in WALLS:
            if self.left > 10:
                said = attempt(wall, backend, chosen.kind, environment)
                self.say(f"  {wall}: {said}")

    def run(self, backend: str) -> Callable[[], None]:
        """A program itself, on the device meanwhile; what is returned reports it."""
        file = FIXTURES / "multimodal" / "keras3_broken.py"
        pool = ThreadPoolExecutor(1)
        answer = pool.submit(
            self._kerashape, "verify", str(file), "--run", "--device", self.device,
            "--backend", backend, "--format", "json",
        )  # fmt: skip
        return lambda: self._ran(file.name, *answer.result())

    def _ran(self, name: str, rc: int, said: str) -> None:
        try:
            [program] = json.loads(said[said.index("{") :])["programs"]
        except (ValueError, KeyError):
            self.fail(f"--run: exit {rc}: {said[-500:]}")
            return
        verified = {d["code"]: d["verified"] for d in program["diagnostics"] if "verified" in d}
        verdicts = {code: each["verdict"] for code, each in verified.items()}
        self.say(f"\n== --run of {name} on {program['backend']}: exit {rc}, {verdicts}")
        for each in verified.values():
            self.say(f"  {' '.join(str(each['exception']).split())[:400]}")
        if verdicts != {"KS101": "confirmed"}:
            self.fail(f"--run: {program['trouble']} {program['exceptions']} {program['refused']}")

    def _kerashape(self, *arguments: str) -> tuple[int, str]:
        seconds = max(self.left, 30)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "kerashape", *arguments],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                timeout=seconds,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return -1, f"no answer in {seconds:.0f} s"
        return done.returncode, done.stdout


def _about(found: Sequence[Verified]) -> str:
    about = next((one.about for one in found if one.about), {})
    return f"Keras {about.get('keras')}, {about.get('backend')}"


def _wrong(found: Sequence[Verified]) -> Iterator[str]:
    """What must not be: each program's contradictions, and those that did not come to an end."""
    for one in found:
        name = os.path.basename(one.path)
        if one.trouble:
            yield f"{name}: {one.trouble}"
        result = one.comparison
        for entry in [*result.calls, *result.models, *result.params]:
            if entry.verdict == CONTRADICTED:
                yield (
                    f"{name}:{entry.span.line}: {entry.layer}: inferred {entry.inferred}, "
                    f"actual {entry.actual} {' '.join(entry.reason.split())[:300]}"
                )
        for judged in result.diagnostics:
            if judged.verdict == REFUTED:
                yield f"{name}:{judged.diagnostic.span.line}: {judged.diagnostic.code} is refuted"


def _notes(found: Sequence[Verified]) -> Iterator[str]:
    """What Keras said to models and trainings that are right as far as they are inferred."""
    for one in found:
        name = os.path.basename(one.path)
        for model in one.comparison.models:
            if model.reason and model.verdict != CONTRADICTED:
                yield f"{name}:{model.span.line}: {model.layer}: {' '.join(model.reason.split())[:200]}"
        for step in one.comparison.trained:
            if step.error:
                yield f"{name}:{step.span.line}: {step.how}: {' '.join(step.error.split())[:200]}"


def _drawn(count: int) -> Callable[[], list[Examined]]:
    """Random graphs, drawn on the CPU meanwhile."""
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}
    if importlib.util.find_spec("tensorflow") is None:
        environment["KERAS_BACKEND"] = "jax"
    bounds = [count * n // _DRAWERS for n in range(_DRAWERS + 1)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _DRAW, str(first), str(last)],
            stdout=subprocess.PIPE, text=True, env=environment,
        )
        for first, last in itertools.pairwise(bounds)
        if first < last
    ]  # fmt: skip
    pool = ThreadPoolExecutor(_DRAWERS)
    read = [pool.submit(process.communicate) for process in processes]

    def collect() -> list[Examined]:
        texts = [text for future in read for text in json.loads(future.result()[0] or "[]")]
        return [
            Linter().examine(Target.of_name(f"graph{index}.py"), text.encode())
            for index, text in enumerate(texts)
        ]

    return collect


def main() -> int:
    """Check the device, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--backend", action="append", help="jax, torch (default: both)")
    parser.add_argument("--graphs", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=min(8, os.cpu_count() or 1))
    parser.add_argument("--seconds", type=float, default=280.0)
    parser.add_argument("--only", default="", help="a part of the fixtures' names")
    asked = parser.parse_args()
    backends = asked.backend or ["jax", "torch"]
    there = [backend for backend in backends if devices.installed(backend)]
    check = Check(asked)
    graphs = _drawn(asked.graphs)
    check.machine()
    for backend in set(backends) - set(there):
        check.fail(f"{backend} is not installed")
    check.absent()
    ran = check.run(there[0]) if there else None
    programs = [
        Linter().examine(Target.of(f.path)) for f in fixtures() if asked.only in f.path.name
    ]
    # Programs that are alike lie side by side: apart, the later ones find parts compiled.
    programs = [each for start in range(asked.jobs) for each in programs[start :: asked.jobs]]
    for number, backend in enumerate(there):
        check.replay(f"fixtures {backend}", backend, programs, 0.65 if number == 0 else 0.9)
        if number > 0:
            continue
        drawn = graphs()
        if len(drawn) < asked.graphs:
            check.fail(f"only {len(drawn)} graphs were drawn")
        check.replay(f"graphs {backend}", backend, drawn, 0.7)
    if ran is not None:
        ran()
    check.say(f"\n{len(check.failures)} failures; {check.left:.0f} s were left")
    for failure in check.failures:
        check.say(f"  {failure}")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
