"""The oracle's random cases of layers and functions, as programs that are rebuilt.

Where kerashape misses a fault Keras raises, and the replay says so: that is no other shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from kerashape.dynamic.compare.verdicts import CONFIRMED, CONTRADICTED, REFUTED
from kerashape.dynamic.verify import Options, Verified, Verifier
from kerashape.files import Target
from kerashape.linter import Linter

pytestmark = [pytest.mark.keras, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
SEED = 1963
_TENSOR = re.compile(r"keras\.KerasTensor\((\(.*?\)), '(\w+)'\)")


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(Options(device="cpu")) as made:
        yield made


def replay(verifier: Verifier, text: str) -> Verified:
    return verifier.verify(Linter().examine(Target.of_name("program.py"), text.encode()))


def with_inputs(expressions: list[str]) -> tuple[list[str], list[str]]:
    """Lines that make the tensors that expressions speak of, and the expressions with names."""
    inputs: list[str] = []

    def name(match: re.Match[str]) -> str:
        shape, dtype = match.groups()
        inputs.append(f"x{len(inputs)} = keras.Input(batch_shape={shape}, dtype={dtype!r})")
        return f"x{len(inputs) - 1}"

    named = [_TENSOR.sub(name, expression) for expression in expressions]
    return inputs, named


def layer_programs(count: int) -> Iterator[str]:
    from tests.oracle import layers
    from tests.oracle.case import arguments_text
    from tests.oracle.test_layers import GENERATED

    for layer in GENERATED:
        for index in range(count):
            case = layers.generate(layer, SEED, index)
            calls = [f"y = layer({arguments_text(c.args, c.kwargs)})" for c in case.calls]
            inputs, calls = with_inputs(calls)
            yield "\n".join(["import keras", *inputs, f"layer = {case.made}", *calls, ""])


def function_programs(count: int) -> Iterator[str]:
    from tests.oracle import ops
    from tests.oracle.case import arguments_text
    from tests.oracle.test_ops import GENERATED

    for function in GENERATED:
        for index in range(count):
            [call] = ops.generate(function, SEED, index).calls
            inputs, [made] = with_inputs(
                [f"y = keras.ops.{function}({arguments_text(call.args, call.kwargs)})"]
            )
            names = ", ".join(line.partition(" ")[0] for line in inputs)
            model = [f"model = keras.Model([{names}], y)"] if inputs else []
            yield "\n".join(["import keras", *inputs, made, *model, ""])


@pytest.mark.parametrize(("programs", "count"), [(layer_programs, 3), (function_programs, 1)])
def test_no_case_is_contradicted_or_refuted(
    verifier: Verifier, programs: Callable[[int], Iterator[str]], count: int
) -> None:
    sums: Counter[str] = Counter()
    wrong = []
    for text in programs(count):
        one = replay(verifier, text)
        found = one.comparison
        entries = [*found.calls, *found.models, *found.params]
        for entry in entries:
            missed = entry.verdict == CONTRADICTED and entry.actual is None and entry.reason
            sums["missed" if missed else entry.verdict] += 1
            if entry.verdict == CONTRADICTED and not missed:
                wrong.append((text, entry))
        for judged in found.diagnostics:
            sums[judged.verdict] += 1
            if judged.verdict == REFUTED:
                wrong.append((text, judged))
        assert not one.trouble, (text, one.trouble)
    assert not wrong, wrong
    assert sums["missed"] <= sums.total() // 100, sums
    assert sums[CONFIRMED] >= 0.7 * sums.total(), sums
