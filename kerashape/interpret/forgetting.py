"""What is not known any more when something unseen had its hands on a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.interpret import series
from kerashape.interpret.callables import Bound, Function, Partial
from kerashape.interpret.callbacks import forget_through
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.logs import Logs
from kerashape.interpret.objects import Instance, Mutable
from kerashape.interpret.streams import Foreign, IteratorValue
from kerashape.interpret.values import Lost
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Model, Sequential
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def forget(machine: Machine, value: Any, reason: str) -> None:
    """Something unseen may have changed ``value``: forget what it may have changed."""
    if isinstance(value, (ListValue, DictValue)):
        if value.items is not None:
            machine.journal.touch(value)
            held = value.items if isinstance(value, ListValue) else value.items.values()
            value.forget(reason)
            for item in held:
                if isinstance(item, Layer):
                    item.escaped = True
                else:
                    forget(machine, item, reason)
    elif isinstance(value, IteratorValue):
        value.forget()
    elif isinstance(value, KerasObject):
        for item in value.keywords.values():
            forget(machine, item, reason)
    elif isinstance(value, Logs):
        value.logged = None
    elif isinstance(value, Array):  # it may hold other labels from now on
        value.classes, value.one_hot, value.origin = None, False, ""
        series.forget(machine, value)
    elif isinstance(value, Layer):
        value.escaped = True
        if isinstance(value, Model):
            machine.journal.touch(value)
            value.compiled = Unknown(reason)
        if isinstance(value, Sequential):
            value.stack, value.graph = Unknown(reason), None
    elif isinstance(value, Instance) or (isinstance(value, Foreign) and isinstance(value, Mutable)):
        machine.journal.touch(value)
        for name in value.attributes:
            value.attributes[name] = Unknown(reason)
    elif isinstance(value, tuple):
        for item in value:
            forget(machine, item, reason)
    elif isinstance(value, Lost):
        for item in value.among:
            forget(machine, item, reason)
    elif isinstance(value, (Function, Bound, Partial)):
        forget_through(machine, value, reason)
