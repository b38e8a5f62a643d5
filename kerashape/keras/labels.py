"""Labels against outputs: what the losses of Keras check, and what they silently broadcast.

Follows ``squeeze_or_expand_to_same_rank`` in ``keras.src.losses.loss``, then the checks of the
crossentropies in ``keras.src.backend.tensorflow.nn``. The first axis is the batch: it is the
same for both.
"""

from __future__ import annotations

from kerashape.keras import metrics
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided

RULE = "label-shape-mismatch"


def check_labels(compares: str, labels: Shape, outputs: Shape) -> bool:
    """What a loss does with labels and outputs of these shapes.

    Args:
        compares: as in :class:`kerashape.keras.losses.Loss`.

    Returns:
        Whether the labels fit as they are; False: they are broadcast, without a word.

    Raises:
        Fault: if Keras raises.
        Undecided: if that is not known.
    """
    target, output = _without_batch(labels, outputs)
    if compares == "same":
        _same(target, output)
    elif compares == "sparse":
        _sparse(target, output)
    elif compares == "broadcast":
        return _broadcast(target, output)
    return True


def check_metric(kind: str, labels: Shape, outputs: Shape) -> None:
    """Whether a metric can compare labels and outputs of these shapes at all.

    Args:
        kind: as in :class:`kerashape.keras.metrics.Metric`.

    Raises:
        Fault: if TensorFlow raises.
        Undecided: if that is not known.
    """
    target, output = _without_batch(labels, outputs)
    if kind == metrics.SPARSE:
        if len(target) == len(output) and not (target and _is_one(target[-1])):
            raise Fault(RULE, "Incompatible shapes", expected="numbers of classes")
    elif kind == metrics.THRESHOLDS and (len(target) != len(output) or _differ(target, output)):
        raise Fault(RULE, "", expected="a label for every output")


def _without_batch(labels: Shape, outputs: Shape) -> tuple[tuple[Dim, ...], ...]:
    """The dimensions of both that are compared. Raises :class:`Undecided` without a known rank."""
    if labels.open or outputs.open or not labels.dims or not outputs.dims:
        raise Undecided("the rank of the labels or the outputs")
    return same_rank(labels.dims[1:], outputs.dims[1:])


def same_rank(target: tuple[Dim, ...], output: tuple[Dim, ...]) -> tuple[tuple[Dim, ...], ...]:
    """Both without the batch axis, a last axis of 1 added or dropped where that helps."""
    if len(target) == len(output) + 1 and _is_one(target[-1]):
        return (target, (1,)) if not output else (target[:-1], output)
    if len(output) == len(target) + 1 and _is_one(output[-1]):
        return ((1,), output) if not target else (target, output[:-1])
    return target, output


def _same(target: tuple[Dim, ...], output: tuple[Dim, ...]) -> None:
    if len(target) != len(output):
        raise Fault(RULE, "Arguments `target` and `output` must have the same rank (ndim).")
    if _differ(target, output):
        raise Fault(RULE, "Arguments `target` and `output` must have the same shape.")


def _sparse(target: tuple[Dim, ...], output: tuple[Dim, ...]) -> None:
    if len(target) == len(output) and target and _is_one(target[-1]):
        target = target[:-1]
    if len(target) != len(output) - 1:
        raise Fault(RULE, "Argument `output` must have rank (ndim) `target.ndim - 1`.")
    if _differ(target, output):
        raise Fault(
            RULE,
            "Arguments `target` and `output` must have the same shape up until the last dimension",
        )


def _broadcast(target: tuple[Dim, ...], output: tuple[Dim, ...]) -> bool:
    """As numpy does, from the last axis. Of different ranks, a batch meets another axis."""
    shorter, longer = sorted((target, output), key=len)
    rest = len(longer) - len(shorter)
    fits = rest == 0
    if rest and not _is_one(longer[rest - 1]):
        raise Fault(RULE, "Incompatible shapes")
    for a, b in zip(shorter, longer[rest:]):
        if _differ((a,), (b,)):
            if not (_is_one(a) or _is_one(b)):
                raise Fault(RULE, "Incompatible shapes")
            fits = False
    return fits


def broadcast_with(compares: str, labels: Shape, outputs: Shape) -> int | None:
    """The size of a batch with which a loss broadcasts what it refuses with all others.

    ``(10,)`` fits ``(10, 10)``, though one holds ten labels and the other ten times ten outputs.
    """
    if compares != "broadcast":
        return None
    shorter, longer = sorted(_without_batch(labels, outputs), key=len)
    rest = len(longer) - len(shorter)
    size = longer[rest - 1] if rest else None
    fits = all(a == b or 1 in (a, b) for a, b in zip(shorter, longer[rest:]))
    return size if isinstance(size, int) and fits else None


def _differ(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> bool:
    """Whether some size certainly differs. Raises :class:`Undecided` where it may."""
    certain = [(a, b) for a, b in zip(one, other) if a is not None and b is not None]
    undecided = False
    for a, b in certain:
        if isinstance(a, Symbol) or isinstance(b, Symbol):
            undecided = undecided or not (isinstance(a, Symbol) and a.same(b))
        elif a != b:
            return True
    if undecided:
        raise Undecided("a size of the labels or the outputs")
    return False


def _is_one(dim: Dim) -> bool:
    if dim is None:
        raise Undecided("a size that the data decide on")
    return bool(dim == 1)
