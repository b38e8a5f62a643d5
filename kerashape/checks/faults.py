"""Faults that Keras raises, as the layer records found them: KS102 to KS111 and KS2xx."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerashape.analysis import CallFact, FaultFact
from kerashape.checks.advice import advice, finished, layers_in_words, value_in_words
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.logs import RULE as LOGS
from kerashape.checks.migration import MIGRATION
from kerashape.checks.repairs import layers as repairs
from kerashape.checks.trace import callers, place_of
from kerashape.diagnostic import Fix
from kerashape.interpret.keras_objects import OF_KERAS_2
from kerashape.interpret.unpacking import RULE as UNPACKING
from kerashape.keras.graph import Call, Tensor
from kerashape.keras.states import RULE as STATES
from kerashape.shapes import Fault, Shape
from kerashape.syntax import expression

_HELP = {
    "graph-disconnected": "list every Input that the outputs are computed from in `inputs`",
    "duplicate-layer-name": "give each layer a name of its own",
    "empty-output": "use padding='same', a smaller kernel or pool, or a larger input",
    "undefined-dimension": "give the Input a fixed size there, or pool instead of flattening",
    "concatenate-mismatch": "make all other dimensions equal, or concatenate along another axis",
    "merge-mismatch": "bring the tensors to the same shape first, e.g. with a Dense or 1x1 Conv",
    "reshape-mismatch": "choose a target with the same number of elements, or use -1 once",
}
_SEES_THROUGH = frozenset(
    [
        "Dropout",
        "SpatialDropout1D",
        "GaussianNoise",
        "GaussianDropout",
        "AlphaDropout",
        "BatchNormalization",
        "LayerNormalization",
        "Activation",
        "ReLU",
        "LeakyReLU",
        "ELU",
        "PReLU",
        "Softmax",
        "Masking",
        "Identity",
    ]
)


OF_VALUES = frozenset(
    ["wrong-arity", "wrong-rank", "incompatible-input", "concatenate-mismatch", "merge-mismatch",
     "reshape-mismatch", "empty-output", "op-mismatch", "channel-mismatch", "not-a-tensor"]
)  # fmt: skip
"""Faults that other values do not have: those with which a branch is taken, perhaps."""


_ELSEWHERE = MIGRATION | {LOGS, UNPACKING, STATES}
"""The rules of faults that have a check of their own."""


@check_for(None)
def calls(facts: Facts) -> Iterator[Finding]:
    """Calls of layers at which Keras raises: an expression in a loop is told once."""
    told: set[tuple[str, int]] = set()
    for fact in facts.calls:
        fault = fact.call.fault
        if fault is None or not fact.site.certain or (fault.rule, id(fact.site.node)) in told:
            continue
        if fact.site.doubtful and fault.rule in OF_VALUES:
            continue
        told.add((fault.rule, id(fact.site.node)))
        yield _call_finding(fact, fact.call, fault)


@check_for(None)
def others(facts: Facts) -> Iterator[Finding]:
    """Constructors, models and look-ups at which Keras raises: told once, too."""
    told: set[tuple[str, int]] = set()
    for fact in facts.faults:
        if fact.fault.rule in _ELSEWHERE or not fact.site.certain:
            continue
        if fact.site.doubtful and _is_of_values(fact):
            continue
        place = fact.fault.rule, id(fact.site.node)
        if place not in told:
            told.add(place)
            yield _fault_finding(fact)


def _is_of_values(fact: FaultFact) -> bool:
    """Whether other values than those at hand may not have the fault."""
    fault = fact.fault
    if fault.rule != "bad-argument":
        return fault.rule in OF_VALUES
    written = isinstance(expression(fact.site.node), ast.Constant)
    return fault.binding is None and not written


def _call_finding(fact: CallFact, call: Call, fault: Fault) -> Finding:
    tensors = [t for t in call.input_tensors if isinstance(t, Tensor)]
    culprit = _culprit(tensors, fault)
    last_step = _returns_last_step(culprit) if _is_missing_sequence(fault, call, culprit) else None
    if last_step is not None:
        return _missing_sequences(fact, call, fault, culprit, last_step)
    shapes = ", ".join(str(t.shape) for t in tensors)
    related = []
    place = place_of(culprit.call) if culprit is not None and culprit.call is not None else None
    if place is not None and culprit is not None and place.node is not fact.site.node:
        related.append((place, f"made here: {culprit.shape}"))
    related += callers(fact.site)
    return Finding(
        fault.rule,
        fact.site,
        f"{call.operation.title} {_sentence(fault, shapes)}",
        label=f"receives {shapes}" if shapes else "",
        help=fault.help
        or _HELP.get(fault.rule)
        or advice(fault, call.operation.title, [t.shape for t in tensors]),
        note=_raises(fault),
        tensor=culprit,
        related=tuple(related),
        fix=lambda: repairs.in_a_list(fact.site, call.operation.class_name),
    )


def _culprit(tensors: list[Tensor], fault: Fault) -> Tensor | None:
    """The tensor whose shape the fault names, else the last."""
    for tensor in tensors:
        if isinstance(fault.found, Shape) and fault.found is tensor.shape:
            return tensor
    return tensors[-1] if tensors else None


def _sentence(fault: Fault, shapes: str) -> str:
    if fault.binding is not None:
        return _bound(fault)
    expected = f"expects {fault.expected}" if fault.expected is not None else "cannot take this"
    found = shapes
    if fault.found is not None:
        found = fault.found if isinstance(fault.found, str) else value_in_words(fault.found)
    return f"{expected}, but receives {found}" if str(found) else expected


def _bound(fault: Fault) -> str:
    """What is wrong with how the arguments were given."""
    return {
        "unexpected": f"takes no argument `{fault.argument}`",
        "missing": f"needs an argument `{fault.argument}`",
    }.get(fault.binding or "", f"is given the argument `{fault.argument}` twice")


def _fault_finding(fact: FaultFact) -> Finding:
    fault = fact.fault
    meant = _meant(fault)
    subject = (
        f"`{fact.callee.removeprefix('keras.').removeprefix('layers.')}`"
        if fact.callee and not fact.callee.startswith("builtins.")
        else ""
    )
    return Finding(
        fault.rule,
        fact.site,
        _describe(fault, subject, fact),
        label=_label(fault),
        help=fault.help or meant or _HELP.get(fault.rule) or advice(fault, subject),
        note=_raises(fault),
        tensor=next((t for t in (fact.tensor, fault.found) if isinstance(t, Tensor)), None),
        related=tuple(callers(fact.site)),
        fix=lambda: _repair(fact),
    )


def _repair(fact: FaultFact) -> Fix | None:
    rule = fact.fault.rule
    if rule == "bad-argument":
        return repairs.as_a_tuple(fact) or repairs.as_it_was_meant(fact)
    if rule == "wrong-arity":
        return repairs.in_a_list(fact.site, fact.callee.rpartition(".")[2])
    if rule == "raw-op-on-symbolic-tensor":
        from kerashape.checks.repairs.ops import keras_function

        return keras_function(fact.site, fact.callee)
    return None


def _describe(fault: Fault, subject: str, fact: FaultFact) -> str:
    if fault.rule == "graph-disconnected":
        shape = f" (shape {fault.found.shape})" if isinstance(fault.found, Tensor) else ""
        return f"an output{shape} depends on a tensor that `inputs` does not lead to"
    if fault.rule == "unknown-layer":
        return f"the model has no layer {fault.found!r}, but {layers_in_words(fault)}"
    if fault.rule == "duplicate-layer-name":
        return f"two layers of the model are named {fault.found!r}"
    if fault.binding is not None and fault.argument is not None:
        return f"{subject} {_bound(fault)}"
    if fault.rule == "raw-op-on-symbolic-tensor" and fault.argument is None:
        return _takes_data(fault, subject, fact)
    subject = subject or "Python"
    if isinstance(fault.found, Tensor) and fault.rule == "bad-argument" and not fault.text:
        return (
            f"the constructor of {subject} expects {fault.expected}, not "
            f"{value_in_words(fault.found)}: the layer has to be made before it is called"
        )
    if fault.argument is not None and fault.expected is not None:
        return f"{subject} expects {fault.expected} for `{fault.argument}`, not {value_in_words(fault.found)}"
    if fault.expected is not None:
        found = "" if fault.found is None else f", not {value_in_words(fault.found)}"
        return f"{subject} expects {fault.expected}{found}"
    return f"{subject}: {fault.text}"


def _takes_data(fault: Fault, subject: str, fact: FaultFact) -> str:
    """What was to be computed on data, but is not given any."""
    builtin = fact.callee.removeprefix("builtins.")
    shape = fault.found.shape if isinstance(fault.found, Tensor) else fault.found
    if "left" in str(fault.expected):
        return f"an array of numpy takes no symbolic tensor, of shape {shape}, on its right"
    if builtin in ("bool", "iter"):
        subject = "a condition" if builtin == "bool" else "a loop or an unpacking"
        expected = "True or False" if builtin == "bool" else "a sequence"
    else:
        subject, expected = subject or f"`{builtin}`", str(fault.expected)
    if fact.callee in OF_KERAS_2:
        subject += ", a layer of Keras 2,"
    return f"{subject} takes {expected}, not a symbolic tensor of shape {shape}"


def _meant(fault: Fault) -> str:
    """The repair of a name that is misspelt."""
    if fault.argument is None or not fault.choices:
        return ""
    import difflib  # only for a report

    close = difflib.get_close_matches(fault.argument, fault.choices, n=1)
    if not close:
        return ""
    missing = fault.binding == "missing"
    wrong, right = (close[0], fault.argument) if missing else (fault.argument, close[0])
    return f"write `{right}=` instead of `{wrong}=`"


def _raises(fault: Fault) -> str:
    """What Keras says, where its words are known."""
    text = finished(fault.text)
    return f"Keras raises: {text}" if text else "Keras raises here"


def _label(fault: Fault) -> str:
    return f"expects {fault.expected}" if fault.expected is not None else ""


# -- KS208 ----------------------------------------------------------------------------


def _is_missing_sequence(fault: Fault, call: Call, culprit: Tensor | None) -> bool:
    """Whether one more axis, that of time, would mend it."""
    if fault.rule != "wrong-rank" or culprit is None or culprit.shape.open:
        return False
    return fault.rank == len(culprit.shape.dims) + 1


def _returns_last_step(tensor: Tensor | None) -> Call | None:
    """The recurrent call, right before ``tensor``, that returned only its last step."""
    while tensor is not None and tensor.call is not None:
        operation = tensor.call.operation
        if operation.class_name in repairs.RECURRENT:
            return tensor.call if _drops_sequence(operation) else None
        if operation.class_name not in _SEES_THROUGH:
            return None
        tensor = next(iter(tensor.call.input_tensors), None)
    return None


def _drops_sequence(layer: object) -> bool:
    inner = getattr(layer, "layer", layer)
    return getattr(inner, "return_sequences", None) is False


def _missing_sequences(
    fact: CallFact, call: Call, fault: Fault, culprit: Tensor | None, source: Call
) -> Finding:
    place = place_of(source)
    name = source.operation.class_name
    return Finding(
        "missing-return-sequences",
        fact.site,
        f"{call.operation.title} needs the whole sequence, but the {name} before it returns only its last "
        f"step, {culprit.shape if culprit is not None else ''}",
        label=f"receives {culprit.shape if culprit is not None else ''}",
        help=f"give the {name} return_sequences=True",
        note=_raises(fault),
        tensor=culprit,
        related=((place, "returns only its last step"),) if place is not None else (),
        fix=lambda: repairs.return_sequences(source, call),
    )
