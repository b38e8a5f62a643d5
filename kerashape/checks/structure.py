"""Checks of how a model is compiled and whether it is: KS308, KS309, KS310."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.diagnostic import Severity
from kerashape.interpret.plain import to_python
from kerashape.keras.compiling import Outputs, check_losses, check_metrics
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.identifiers import unknown_name
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.shapes import Fault, Undecided, Unknown

_NEEDS_A_LOSS = frozenset(["fit", "evaluate", "train_on_batch", "test_on_batch"])


def outputs_of(model: Model) -> Outputs | None:
    """The structure of a model's outputs; None where it is not known."""
    graph = model.graph if isinstance(model, Sequential) else model
    if not isinstance(graph, Functional):
        return None
    structure = graph.outputs
    names = graph.output_names
    if any(not isinstance(leaf, Tensor) for leaf in flatten(structure)):
        return None
    if any(not isinstance(name, str) for name in names):
        return None
    known = tuple(str(name) for name in names)
    if isinstance(structure, Tensor):
        return Outputs("single", known, known)
    if isinstance(structure, Mapping):
        flat = all(isinstance(leaf, Tensor) for leaf in structure.values())
        keys = tuple(sorted(structure)) if all(isinstance(k, str) for k in structure) else ()
        return Outputs("dict", known, keys) if flat and keys else None
    if all(isinstance(item, Tensor) for item in structure):
        return Outputs("list" if isinstance(structure, list) else "tuple", known, known)
    return None


@check_for("loss-structure-mismatch")
def loss_structure(facts: Facts) -> Iterator[Finding]:
    """KS308: losses, weights or metrics that are not those of the outputs."""
    for fact in facts.methods:
        if fact.method != "compile" or fact.model.custom_training:
            continue
        outputs = outputs_of(fact.model)
        if outputs is None:
            continue
        given = {
            name: to_python(fact.arguments.get(name))
            for name in ("loss", "loss_weights", "metrics", "weighted_metrics")
        }
        try:
            ignored = check_losses(outputs, given["loss"], given["loss_weights"])
            for name in ("metrics", "weighted_metrics"):
                check_metrics(outputs, given[name], name)
        except Fault as fault:
            yield _mismatch(fact, outputs, fault)
        except Undecided:
            continue
        else:
            if ignored is not None:
                yield _ignored(fact, outputs, ignored)


def _mismatch(fact: MethodFact, outputs: Outputs, fault: Fault) -> Finding:
    argument = fault.argument or "loss"
    early = fault.text.startswith("Expected `")
    return Finding(
        "loss-structure-mismatch",
        fact.sites.get(argument, fact.site),
        f"`{argument}` takes {fault.expected}, but is given {fault.found}",
        label=_listed(outputs),
        note=f"Keras raises {'here' if early else 'when the training starts'}: {fault.text}",
        help=fault.help or "give one entry for each output, by the names of its last layers",
    )


def _ignored(fact: MethodFact, outputs: Outputs, ignored: str) -> Finding:
    one = outputs.count == 1
    return Finding(
        "loss-structure-mismatch",
        fact.sites.get("loss", fact.site),
        f"the model has {_listed(outputs)}: {ignored}",
        label=_listed(outputs),
        note="Keras trains it without a word",
        help="combine the losses in a function of your own"
        if one
        else "list a loss for each output; None where there is none",
        at_most=Severity.WARNING,
    )


def _listed(outputs: Outputs) -> str:
    if outputs.count == 1:
        return f"one output, {outputs.names[0]!r}"
    return f"{outputs.count} outputs, {', '.join(map(repr, outputs.keys))}"


_NAMED = {
    "loss": "loss",
    "metrics": "metric",
    "weighted_metrics": "metric",
    "optimizer": "optimizer",
}


@check_for("unknown-name")
def unknown_names(facts: Facts) -> Iterator[Finding]:
    """KS310: the name of a loss, a metric or an optimizer that Keras does not know."""
    for fact in facts.methods:
        if fact.method != "compile" or fact.model.custom_training or _registers(fact):
            continue
        for argument, kind in _NAMED.items():
            for name in flatten(to_python(fact.arguments.get(argument))):
                meant = unknown_name(kind, name) if isinstance(name, str) else None
                if meant is not None:
                    when = "here" if kind == "optimizer" else "when the training starts"
                    yield Finding(
                        "unknown-name",
                        fact.sites.get(argument, fact.site),
                        f"Keras knows no {kind} by the name {name!r}",
                        label=repr(name),
                        note=f"Keras raises {when}: Could not interpret {kind} identifier: {name}",
                        help=f"use {meant!r}",
                    )


def _registers(fact: MethodFact) -> bool:
    """Whether the program gives names to objects of its own."""
    return fact.site.source.registers_names


@check_for("not-compiled")
def not_compiled(facts: Facts) -> Iterator[Finding]:
    """KS309: training or evaluation before ``compile``, or without a loss."""
    doubtful = _perhaps_compiled(facts)
    told: set[int] = set()
    for fact in facts.methods:
        if fact.method not in _NEEDS_A_LOSS or fact.model.custom_training or id(fact.model) in told:
            continue
        if fact.compiled is None:
            if id(fact.model) in doubtful or _compiles_elsewhere(facts, fact):
                continue
            told.add(id(fact.model))
            yield Finding(
                "not-compiled",
                fact.site,
                f"{fact.method} is called on a model that was never compiled",
                label="not compiled",
                note="Keras raises: You must call `compile()` before using the model.",
                help="call model.compile(optimizer=..., loss=...) before",
            )
        elif isinstance(fact.compiled, MethodFact) and _certainly_without_loss(fact.compiled):
            told.add(id(fact.model))
            yield Finding(
                "not-compiled",
                fact.site,
                f"{fact.method} is called on a model that was compiled without a loss",
                label="no loss",
                note="Keras raises: No loss to compute. Provide a `loss` argument in `compile()`.",
                help="pass loss=... to compile",
                related=((fact.compiled.site, "compiled here, without loss="),),
            )


def _perhaps_compiled(facts: Facts) -> set[int]:
    """The models that code compiles of which it is not known when it runs."""
    return {
        id(fact.model)
        for fact in facts.methods
        if fact.method == "compile" and isinstance(fact.compiled, Unknown)
    }


def _compiles_elsewhere(facts: Facts, fact: MethodFact) -> bool:
    """Whether the program compiles something that was not followed: it may be this model."""
    followed = {id(f.site.node) for f in facts.methods if f.method == "compile"}
    written = fact.site.source.data.count(b".compile(") - fact.site.source.data.count(
        b"re.compile("
    )
    return written > len(followed)


def _certainly_without_loss(compiled: MethodFact) -> bool:
    if "loss" in compiled.arguments and compiled.arguments["loss"] is not None:
        return False
    if any(isinstance(value, Unknown) for value in compiled.arguments.values()):
        return False
    return not _may_add_losses(compiled.model, set())


def _may_add_losses(layer: Layer, seen: set[int]) -> bool:
    """Whether a layer may add to the loss: by a regularizer, by ``add_loss``, or unknown."""
    if id(layer) in seen:
        return False
    seen.add(id(layer))
    if type(layer).__name__ == "UserLayer" or layer.class_name == "ActivityRegularization":
        return True
    regularizers = [v for name, v in layer.arguments.items() if name.endswith("_regularizer")]
    if any(value is not None for value in regularizers):
        return True
    if layer.adds_losses:
        return True
    try:
        inner: list[Any] = list(layer.sublayers)
    except Undecided:
        return True
    return any(_may_add_losses(child, seen) for child in inner)
