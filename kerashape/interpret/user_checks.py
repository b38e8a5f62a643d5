"""What Keras asks of the user's own layers and models before it calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerashape.interpret.callables import Function
from kerashape.shapes import Fault

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.user_layers import UserLayer


def check_complete(machine: Machine, layer: UserLayer) -> None:
    """Refuse a layer that was not initialised, or that has no ``call``.

    Raises:
        Fault: ``incomplete-subclass``.
    """
    if machine.keras_version < 3 or layer.functional is not None or layer.inner is not None:
        return
    if not layer.initialised and _never_initialises(layer):
        raise Fault(
            "incomplete-subclass",
            f"In layer '{layer.class_name}', you forgot to call `super().__init__()` as the first "
            "statement in the `__init__()` method. Go add it!",
            expected="super().__init__() in its __init__()",
            found="an __init__() without it",
            help="call super().__init__() first",
        )
    if _lacks_call(layer):
        text = f"Layer {layer.class_name} does not have a `call` method implemented."
        if layer.is_model:
            text = f"Model {layer.class_name} does not have a `call()` method implemented."
        raise Fault(
            "incomplete-subclass",
            text,
            expected="a method call()",
            found="a class without one",
            help="define call(self, inputs)",
        )


def _never_initialises(layer: UserLayer) -> bool:
    """Whether the class's ``__init__`` certainly leaves out the one of its base."""
    method = layer.cls.find("__init__")
    if not isinstance(method, Function) or not _is_plain(layer):
        return False
    text = layer.machine.source_of(method.scope).code_of(method.node)
    return "super" not in text and text.count("__init__") == 1


def _lacks_call(layer: UserLayer) -> bool:
    """Whether it certainly has no ``call``; a ``build`` of its own would raise before."""
    known = _is_plain(layer) and not layer.maybe_functional
    bare = layer.kind in ("keras.layers.Layer", "keras.Model") and known
    return bare and all(layer.cls.find(name) is None for name in ("call", "__call__", "build"))


def _is_plain(layer: UserLayer) -> bool:
    """Whether all that makes the class is known: it has no base from elsewhere."""
    return layer.cls.external_bases == [layer.kind] and not layer.cls.is_open
