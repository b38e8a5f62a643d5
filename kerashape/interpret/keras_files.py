"""Models that a program saves and loads again, or clones."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from kerashape.interpret.clock import CLOCK
from kerashape.interpret.keras_objects import KerasObject, UnknownModel
from kerashape.interpret.values import iterate
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.models.copies import copied
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.machine import Machine

_SAVE = Signature.parse("filepath, overwrite=True, zipped=None, **kwargs")
_SAVE_MODEL = Signature.parse("model, filepath, overwrite=True, zipped=None, **kwargs")
_LOAD = Signature.parse("filepath, custom_objects=None, compile=True, safe_mode=True, **kwargs")
_CLONE = Signature.parse(
    "model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs"
)
_CHECKPOINT = Signature.parse(
    "filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, "
    "mode='auto', save_freq='epoch', initial_value_threshold=None, **kwargs"
)


def save(machine: Machine, model: Any, arguments: Arguments) -> None:
    """``model.save(path)``."""
    values = _bound(_SAVE, arguments)
    _keep(machine, Unknown("a path") if values is None else values["filepath"], model)


def save_model(machine: Machine, arguments: Arguments, node: ast.AST) -> None:
    """``keras.saving.save_model(model, path)``."""
    values = _bound(_SAVE_MODEL, arguments)
    path = Unknown("a path") if values is None else values["filepath"]
    _keep(machine, path, None if values is None else values["model"])


def save_checkpoints(machine: Machine, model: Model, callbacks: Any) -> None:
    """What the ``ModelCheckpoint`` among the callbacks of a training writes."""
    for callback in iterate(callbacks) or [callbacks]:
        if isinstance(callback, KerasObject) and callback.path == "keras.callbacks.ModelCheckpoint":
            values = _bound(_CHECKPOINT, Arguments(callback.positional, callback.keywords))
            if values is not None and values["save_weights_only"] is False:
                _keep(machine, values["filepath"], model)


def load_model(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.models.load_model(path)``: the model that was saved there, if that was seen."""
    values = _bound(_LOAD, arguments)
    path = None if values is None else values["filepath"]
    saved = machine.files.variables.get(posixpath.normpath(path)) if isinstance(path, str) else None
    if values is None or machine.alone or not _is_copied(saved):
        return UnknownModel("what load_model() returns")
    model = _copy(machine, saved, node)
    if values["compile"] is not True:
        known = values["compile"] is False
        model.compiled = None if known else Unknown("whether the loaded model is compiled")
    return model


def clone_model(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.models.clone_model(model)``."""
    values = _bound(_CLONE, arguments)
    if values is None or values.pop("recursive") is not False:
        return UnknownModel("what clone_model() returns")
    model = values.pop("model")
    if any(value is not None for value in values.values()) or not _is_copied(model):
        return UnknownModel("what clone_model() returns")
    clone = _copy(machine, model, node)
    clone.compiled = None
    return clone


def _bound(signature: Signature, arguments: Arguments) -> dict[str, Any] | None:
    if arguments.more_positional or arguments.more_keywords:
        return None
    try:
        return bind(signature, arguments, "save").values
    except Fault:
        return None


def _is_copied(model: Any) -> bool:
    """Whether all that makes it is in its graph: a class of the program's may do anything."""
    return isinstance(model, (Functional, Sequential))


def _copy(machine: Machine, model: Any, node: ast.AST) -> Model:
    made = copied(model, machine.site(node))
    made.born = CLOCK.now
    return made


def _keep(machine: Machine, path: Any, model: Any) -> None:
    """The model is in that file from now on; what an unknown file was is not known any more."""
    files = machine.files
    machine.journal.touch(files)
    if not isinstance(path, str):
        files.variables = {}
        return
    known = copied(model) if _is_copied(model) else Unknown("what was saved")
    files.variables = {**files.variables, posixpath.normpath(path): known}
