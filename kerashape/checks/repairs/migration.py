"""Repairs of what Keras 3 took away: KS602."""

from __future__ import annotations

from collections.abc import Mapping

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import call_around, fix, renamed_argument

_OTHER_MEANING = frozenset(
    ["samples_per_epoch", "nb_val_samples", "val_samples", "dim_ordering", "merge_mode", "mode",
     "consume_less", "weights"]
)  # fmt: skip
"""Their values are to be written anew, too."""


def renamed_arguments(fact: FaultFact) -> Fix | None:
    """The arguments by the names that Keras has for them now."""
    fault = fact.fault
    old = fault.found if isinstance(fault.found, list) else [fault.argument]
    new = fault.expected if isinstance(fault.expected, Mapping) else {}
    if not old or any(name not in new or name in _OTHER_MEANING for name in old):
        return None
    names = [str(new[name]) for name in old]
    if len(set(names)) < len(names) or not all(name.isidentifier() for name in names):
        return None
    site = call_around(fact.site)
    edits = [renamed_argument(site, name, given) for name, given in zip(old, names)]
    said = ", ".join(f"`{name}`" for name in names)
    return fix(f"write {said}", *edits, safe=True)
