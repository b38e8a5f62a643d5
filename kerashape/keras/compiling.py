"""Losses, weights and metrics against the outputs: what Keras checks when training starts.

Follows ``CompileLoss`` and ``CompileMetrics`` in ``keras.src.trainers.compile_utils``. What is
said of a loss that is nested deeper than the outputs is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kerashape.keras.graph import flatten
from kerashape.shapes import Fault, Unknown

RULE = "loss-structure-mismatch"


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs of a model.

    Attributes:
        kind: ``"single"``, ``"list"``, ``"tuple"`` or ``"dict"``.
        names: of the layers that made them, in order.
        keys: those of the dict, sorted; the names where it is none.
    """

    kind: str
    names: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.names)


def check_losses(outputs: Outputs, loss: Any, weights: Any = None) -> str | None:
    """What becomes of ``loss=`` and ``loss_weights=``.

    Returns:
        What Keras ignores without a word, if it does.

    Raises:
        Fault: if Keras raises.
    """
    _check_type_of_weights(weights)
    if isinstance(loss, Unknown) or any(isinstance(leaf, Unknown) for leaf in flatten(loss)):
        return None  # how many there are is known all the same, but not which are None
    if isinstance(loss, Mapping) and outputs.kind != "dict":
        _check_names(outputs, loss, weights)
        if isinstance(weights, Mapping):
            weights = [weights[name] for name in outputs.names]  # the others do not count
    _check_count_of_weights(loss, weights)
    if isinstance(loss, Mapping) and outputs.kind == "dict":
        _check_paths(outputs, loss)
    return _check_list(outputs, loss) if isinstance(loss, (list, tuple)) else None


def _check_type_of_weights(weights: Any) -> None:
    known = not isinstance(weights, Unknown) and isinstance(weights, (int, str))
    if known and weights:
        raise Fault(
            RULE,
            "Expected `loss_weights` argument to be a float (single output case) or a list, "
            f"tuple, or dict (multiple output case). Received instead: loss_weights={weights}",
            argument="loss_weights",
            expected="a float, a list or a dict",
            found=f"{weights!r}",
        )


def _check_paths(outputs: Outputs, loss: Mapping[Any, Any]) -> None:
    for key, item in loss.items():
        if item is not None and key not in outputs.keys:
            raise Fault(
                RULE,
                f"The path: ({key!r},) in the `loss` argument, can't be found in either the "
                "model's output (`y_pred`) or in the labels (`y_true`).",
                argument="loss",
                expected=_keys_of(outputs),
                found=repr(key),
            )


def _keys_of(outputs: Outputs) -> str:
    return f"the keys {', '.join(map(repr, outputs.keys))}, those of the outputs"


def _check_names(outputs: Outputs, loss: Mapping[Any, Any], weights: Any) -> None:
    listed = ", ".join(map(repr, outputs.names))
    if set(loss) != set(outputs.names):
        raise Fault(
            RULE,
            f"Expected keys {list(outputs.names)} in loss dict, but found loss.keys()={list(loss)}",
            argument="loss",
            expected=f"one loss for each of the outputs {listed}",
            found=f"{'ones' if len(loss) > 1 else 'one'} for {', '.join(map(repr, loss))}",
        )
    if isinstance(weights, Mapping):
        missing = next((name for name in outputs.names if name not in weights), None)
        if missing is not None:
            raise Fault(
                RULE,
                f"{missing!r}",
                argument="loss_weights",
                expected=f"one weight for each of the outputs {listed}",
                found=f"weights for {', '.join(map(repr, weights))}",
            )


def _check_count_of_weights(loss: Any, weights: Any) -> None:
    if weights is None or isinstance(weights, Unknown):
        return
    given, wanted = len(list(flatten(weights))), len(list(flatten(loss)))
    if given != wanted:
        counted = f"`loss_weights` must match the number of losses, got {wanted} losses and "
        raise Fault(
            RULE,
            "object of type 'float' has no len()"
            if isinstance(weights, float)
            else f"{counted}{len(weights)} weights.",
            argument="loss_weights",
            expected=f"{wanted} weight{'s' * (wanted > 1)}, as many as losses are written",
            found=f"{given}",
            help="list a loss for each output, or one weight for each loss"
            if wanted == 1
            else "give one weight for each loss",
        )


def _check_list(outputs: Outputs, loss: Sequence[Any]) -> str | None:
    if any(isinstance(item, (list, tuple, Mapping)) for item in loss):
        return None
    if outputs.count == 1:
        if outputs.kind != "single" or len(loss) < 2:
            return None
        if None in loss:
            raise Fault(
                RULE,
                "'NoneType' object has no attribute 'loss'",
                argument="loss",
                expected="one loss for the one output",
                found=f"a list of {len(loss)}",
            )
        return "only the first of the losses counts"
    if len(loss) == outputs.count or outputs.kind != "list" or isinstance(loss, tuple):
        return None
    if len(loss) > outputs.count:
        raise Fault(
            RULE,
            f"The path: ({outputs.count},) in the `loss` argument, can't be found in either the "
            "model's output (`y_pred`) or in the labels (`y_true`).",
            argument="loss",
            expected=f"{outputs.count} losses, one for each output",
            found=f"{len(loss)}",
        )
    return f"the last {outputs.count - len(loss)} of the {outputs.count} outputs have no loss"


def check_metrics(outputs: Outputs, given: Any, argument: str = "metrics") -> None:
    """What becomes of ``metrics=`` or ``weighted_metrics=``.

    Raises:
        Fault: if Keras raises.
    """
    if given is None or isinstance(given, Unknown):
        return
    if not isinstance(given, (list, tuple, Mapping)):
        raise Fault(
            RULE,
            f"Expected `{argument}` argument to be a list, tuple, or dict. Received instead: "
            f"{argument}=",
            argument=argument,
            expected="a list",
            found="one metric",
            help=f"write {argument}=[...]",
        )
    if not given:
        return
    if outputs.count == 1:
        if isinstance(given, (list, tuple)) and any(leaf is None for leaf in flatten(given)):
            raise Fault(
                RULE,
                "Expected metric, received `None`",
                argument=argument,
                expected="metrics",
                found="None",
            )
        return
    if isinstance(given, Mapping):
        unknown = [key for key in given if key not in outputs.keys]
        if outputs.kind == "dict" and set(outputs.keys) == set(outputs.names):
            unknown = []
        if not unknown:
            return
        expected, found = _keys_of(outputs), ", ".join(map(repr, unknown))
    else:
        if len(given) == outputs.count:
            return
        expected = f"a list with one entry for each of the {outputs.count} outputs"
        found = f"{len(given)} metric{'s' * (len(given) > 1)}"
    raise Fault(
        RULE,
        f"Invalid `{argument}`. `{argument}` should contain metrics objects and either be a dict "
        "or a list matching the output names of the functional model",
        argument=argument,
        expected=expected,
        found=found,
        help=f"write a dict by output name: {argument}={{{outputs.keys[0]!r}: [...]}}",
    )
