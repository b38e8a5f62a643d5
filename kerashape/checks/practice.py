"""Practice: KS501, KS502."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs.imports import one_root
from kerashape.checks.repairs.layers import without_training
from kerashape.keras.models import OtherKeras
from kerashape.keras.public import OLD_COPY

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


_TWO_VERSIONS = (
    "they can be two different versions of Keras, whose layers and models do not fit together"
)
_OLD_COPY = (
    f"`{OLD_COPY}` is TensorFlow's private copy of an old Keras: its layers and models and those "
    "of Keras do not fit together"
)


@check_for("mixed-keras-imports")
def mixed_imports(facts: Facts) -> Iterator[Finding]:
    """KS501: both ``keras`` and ``tf.keras`` in one program, unless where they clash is told."""
    if any(isinstance(fact.fault, OtherKeras) for fact in facts.faults):
        return
    certain = [fact for fact in facts.imports if fact.always]
    first = certain[0] if certain else None
    for fact in certain:
        legacy = {"tf_keras", "tf.keras"}  # the same one, where both are used
        if first is not None and fact.root != first.root and {fact.root, first.root} != legacy:
            odd, usual = (first, fact) if first.root == OLD_COPY else (fact, first)
            yield Finding(
                "mixed-keras-imports",
                odd.site,
                f"this program reaches Keras as `{first.root}` and as `{fact.root}`",
                label=odd.root,
                note=_OLD_COPY if OLD_COPY in (fact.root, first.root) else _TWO_VERSIONS,
                help=f"import everything from `{usual.root}`",
                related=((usual.site, f"here as {usual.root}"),),
                fix=partial(one_root, facts.imports, usual.root),
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
