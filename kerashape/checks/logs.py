"""Checks of the names of a training's figures: KS311."""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterator
from typing import Any

from kerashape.analysis import FaultFact, MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.diagnostic import Severity
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.logs import VALIDATION, Logged, callbacks_of, logged_by
from kerashape.interpret.plain import to_python
from kerashape.keras import signatures

RULE = "unlogged-metric"
_MONITORS = frozenset(["EarlyStopping", "ReduceLROnPlateau"])
_WARNS = {
    "EarlyStopping": "Early stopping conditioned on metric `…` which is not available.",
    "ReduceLROnPlateau": "Learning rate reduction is conditioned on metric `…` which is not "
    "available.",
    "ModelCheckpoint": "Can save best model only with … available.",
}
_IN_PATHS = frozenset(["epoch", "batch", ""])


@check_for(RULE)
def unlogged(facts: Facts) -> Iterator[Finding]:
    """KS311: a figure is asked for by a name that the training does not report."""
    for fault in facts.faults:
        if fault.fault.rule == RULE:
            yield _of_history(fault)
    for fact in facts.methods:
        logged = logged_by(fact) if fact.method == "fit" else None
        if logged is not None:
            for callback in callbacks_of(fact) or ():
                yield from _of_callback(fact, callback, logged)


def _of_history(fact: FaultFact) -> Finding:
    name, logged = fact.fault.found, fact.fault.expected
    assert isinstance(name, str)
    assert isinstance(logged, Logged)
    return Finding(
        RULE,
        fact.site,
        f"the history has no {name!r}, but {logged.listed()}",
        label="is not in the history",
        note=f"Python raises: KeyError: {name!r}",
        help=_repair(name, logged, "write"),
    )


def _of_callback(fact: MethodFact, callback: Any, logged: Logged) -> Iterator[Finding]:
    kind = callback.path.rpartition(".")[2]
    signature = signatures.find(callback.path)
    if signature is None:
        return
    values = {
        **signature.positional,
        **dict(zip(signature.positional, map(to_python, callback.positional))),
        **{name: to_python(value) for name, value in callback.keywords.items()},
    }
    name = values.get("monitor")
    monitors = kind in _MONITORS or (
        kind == "ModelCheckpoint" and values.get("save_best_only") is True
    )
    if monitors and isinstance(name, str) and logged.lacks(name):
        yield _unavailable(fact, callback, kind, name, logged, values.get("mode"))
    path = values.get("filepath")
    if kind == "ModelCheckpoint" and isinstance(path, str):
        for field in _fields(path):
            if field not in _IN_PATHS and logged.lacks(field):
                yield Finding(
                    RULE,
                    fact.sites.get("callbacks", fact.site),
                    f"the path of the ModelCheckpoint names {field!r}, but the training reports "
                    f"{logged.listed()}",
                    label=repr(path),
                    note="Keras raises when it saves: Failed to format this callback filepath",
                    help=_repair(field, logged, "write"),
                )


def _fields(path: str) -> list[str]:
    try:
        return [name for _, name, _, _ in string.Formatter().parse(path) if name is not None]
    except ValueError:
        return []


def _unavailable(
    fact: MethodFact, callback: KerasObject, kind: str, name: str, logged: Logged, mode: Any
) -> Finding:
    raises = mode == "auto" and _has_no_direction(name, logged)
    said = (
        f"Keras raises at the end of the first epoch: {kind} callback received monitor={name}"
        if raises
        else f"Keras warns: {_WARNS[kind].replace('…', name)}"
    )
    effect = {
        "EarlyStopping": "the training never stops early",
        "ReduceLROnPlateau": "the learning rate is never reduced",
        "ModelCheckpoint": "nothing is saved",
    }[kind]
    return Finding(
        RULE,
        fact.sites.get("callbacks", fact.site),
        f"{kind} watches {name!r}, but the training reports {logged.listed()}",
        label=f"watches {name!r}",
        note=said if raises else f"{said} Else {effect}.",
        help=_repair(name, logged, "watch"),
        at_most=None if raises else Severity.WARNING,
    )


def _has_no_direction(name: str, logged: Logged) -> bool:
    """Whether Keras cannot tell if more is better: it looks for a metric of that name."""
    plain = name.removeprefix(VALIDATION)
    return plain != "loss" and plain not in logged.names and not logged.numbered


def _repair(name: str, logged: Logged, verb: str) -> str:
    plain = name.removeprefix(VALIDATION)
    prefix = name.removesuffix(plain)
    if prefix and logged.validated is False and plain in logged.names:
        return f"pass validation_data or validation_split to fit, or {verb} {plain!r}"
    meant = {"acc": "accuracy", "lr": "learning_rate"}.get(plain, plain)
    names = [*logged.names, *logged.others]
    close = [meant] if meant in names else difflib.get_close_matches(plain, names, 1, 0.6)
    if close:
        shown = close[0] if logged.validated is False else f"{prefix}{close[0]}"
        return f"{verb} {shown!r}"
    return f"{verb} one of them, or compile with metrics=[{plain!r}]"
