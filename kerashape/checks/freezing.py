"""Checks of layers that are frozen when a model is trained: KS312, KS313."""

from __future__ import annotations

from collections.abc import Iterator

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.keras.freezing import trains_weights
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Undecided

RULE = "not-compiled-again"


@check_for(RULE)
def not_compiled_again(facts: Facts) -> Iterator[Finding]:
    """KS312: what is trained was changed after a training, without another ``compile``."""
    first: dict[int, MethodFact] = {}
    said: set[int] = set()
    for fact in facts.methods:
        compiled = fact.compiled
        if fact.trainable is None or not isinstance(compiled, MethodFact):
            continue
        before = first.setdefault(id(compiled), fact)
        changed = _changed(before, fact)
        if changed and id(compiled) not in said and before.site.certain:
            said.add(id(compiled))
            yield _finding(fact, before, changed)


def _changed(before: MethodFact, fact: MethodFact) -> list[Layer]:
    """The layers with weights that were trained then and are not to be now, or the reverse."""
    then, now = before.trainable or {}, fact.trainable or {}
    if before.model is not fact.model or then.keys() != now.keys():
        return []
    return [layer for layer in now if now[layer] != then[layer] and _has_weights(layer)]


def _has_weights(layer: Layer) -> bool:
    try:
        return trains_weights(layer)
    except Undecided:
        return False


@check_for("nothing-to-train")
def nothing_to_train(facts: Facts) -> Iterator[Finding]:
    """KS313: a model is trained of which every layer is frozen."""
    said: set[int] = set()
    for fact in facts.methods:
        compiled, trainable = fact.compiled, fact.trainable
        if trainable is None or not isinstance(compiled, MethodFact) or id(compiled) in said:
            continue
        said.add(id(compiled))
        try:
            frozen = [trained for layer, trained in trainable.items() if trains_weights(layer)]
        except Undecided:
            continue
        if frozen and not any(frozen) and not fact.model.custom_training:
            yield Finding(
                "nothing-to-train",
                fact.site,
                f"{fact.method} trains nothing: all {len(frozen)} layers with weights are frozen, "
                "not one is trainable",
                label="nothing to train",
                note="Keras only warns: The model does not have any trainable weights. It looks at "
                "trainable when the first training starts, not at compile",
                help="set trainable = True before this training, and False before that of the "
                "model around it",
            )


def _finding(fact: MethodFact, before: MethodFact, changed: list[Layer]) -> Finding:
    assert fact.trainable is not None
    ways = {fact.trainable[layer] for layer in changed}
    what, stay = "frozen or unfrozen", "stay as they were"
    if len(ways) == 1:
        what, stay = ("unfrozen", "stay frozen") if True in ways else ("frozen", "are trained")
    count = f"{len(changed)} layers were" if len(changed) > 1 else f"`{changed[0].name}` was"
    return Finding(
        RULE,
        fact.site,
        f"{count} {what} after the training in line {before.site.span.line}, but the model was not "
        "compiled again",
        label="as it was compiled before",
        note=f"Keras says nothing and trains on as before: they {stay}",
        help="call compile again before this training, with a small learning rate",
        related=((before.site, "the first training"),),
    )
