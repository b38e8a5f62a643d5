"""Practice: KS501, KS502."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs.imports import one_root
from kerashape.checks.repairs.layers import without_training

_BY_PHASE = frozenset(
    [
        "Dropout",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "AlphaDropout",
        "GaussianDropout",
        "GaussianNoise",
        "BatchNormalization",
    ]
)


@check_for("mixed-keras-imports")
def mixed_imports(facts: Facts) -> Iterator[Finding]:
    """KS501: both ``keras`` and ``tf.keras`` in one program."""
    certain = [fact for fact in facts.imports if fact.always]
    first = certain[0] if certain else None
    for fact in certain:
        legacy = {"tf_keras", "tf.keras"}  # the same one, where both are used
        if first is not None and fact.root != first.root and {fact.root, first.root} != legacy:
            yield Finding(
                "mixed-keras-imports",
                fact.site,
                f"this program reaches Keras as `{first.root}` and as `{fact.root}`",
                label=fact.root,
                note="they can be two different versions of Keras, whose layers and models do not "
                "fit together",
                help=f"import everything from `{first.root}`",
                related=((first.site, f"here as {first.root}"),),
                fix=lambda: one_root(facts.imports, first.root),
            )
            return


@check_for("forced-training-mode")
def forced_training(facts: Facts) -> Iterator[Finding]:
    """KS502: ``training=True`` on a layer that behaves differently when training."""
    for fact in facts.arguments:
        if fact.arguments.get("training") is not True:
            continue
        kind = fact.call.operation.class_name
        if kind not in _BY_PHASE or not any(t.call for t in fact.call.input_tensors):
            continue  # not on a symbolic tensor: no model is made of it
        yield Finding(
            "forced-training-mode",
            fact.sites.get("training", fact.site),
            f"training=True keeps {kind} in training mode for ever, in predict and evaluate too",
            help="leave training out: fit, evaluate and predict set it",
            fix=partial(without_training, fact.site),
        )
