"""Where a program uses what Keras 3 has not any more: names, members, arguments, paths.

Only certain uses are noted: not what stands in a ``try`` that has handlers, in a handler, or on a
branch that looks at versions.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import External
from kerashape.interpret.walking import words
from kerashape.keras.graph import Tensor, is_certainly_symbolic
from kerashape.keras.layers.base import Layer
from kerashape.keras.migration import arguments as old_arguments
from kerashape.keras.migration import members, names, saving
from kerashape.keras.models import Model
from kerashape.keras.public import api_root, exports, is_module
from kerashape.keras.signature import Arguments, Signature
from kerashape.shapes import Fault, Unknown
from kerashape.syntax import dotted, expression, is_text, word

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.objects import Class

_GUARD = re.compile(
    r"version|hasattr|getattr|keras|legacy|compat|\bTF_?[12]|\bPY[23]|is_tf|tf_(?:major|minor)",
    re.I,
)


def is_guard(machine: Machine, test: ast.expr) -> bool:
    """Whether a condition seems to ask for a version: its branches are for one or the other."""
    known = machine.guards.get(test)
    if known is None:
        known = machine.guards[test] = any(map(_GUARD.search, words(test)))
    return known


def report(machine: Machine, fault: Fault, node: ast.AST, callee: str = "") -> None:
    """Note what Keras 3 does not take any more."""
    older = machine.fallback or any(frame.older for frame in machine.frames)
    if machine.keras_version >= 3 and not older:
        machine.fault(fault, node, callee)


def refuse_add_metric(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``layer.add_metric(...)``: the method is there, and raises."""
    fault = Fault(
        "removed-api",
        "Layer `add_metric()` method is deprecated. Add your metric in "
        "`Model.compile(metrics=[...])`",
        expected="metrics that are given to compile()",
        found="Layer.add_metric",
    )
    report(machine, fault, node, "keras.layers.Layer.add_metric")
    return None


def _raise(machine: Machine, kind: str, text: str) -> None:
    """In a ``try`` the handler runs: that is how programs ask for the version."""
    if machine.keras_version >= 3 and machine.trying:
        machine.throw(kind, text)


# -- names ----------------------------------------------------------------------------


def library(path: str) -> External:
    """A library module, with the root by which Keras is reached if it is Keras's."""
    from kerashape.keras.public import canonical

    return External(canonical(path), api_root(path))


def note_module(machine: Machine, path: str, node: ast.AST, rest: str = "") -> None:
    """``import path``, or ``from path import rest``: is there such a module?"""
    root = api_root(path)
    if not root:
        return
    entry = names.removed(names_path(path), root)
    if entry is not None:
        text = f"No module named '{path}'"
        _raise(machine, "ModuleNotFoundError", text)
        report(machine, _removed(entry, root, text, rest), node)


def names_path(path: str) -> str:
    """The path as if it were reached by ``keras``."""
    return path.removeprefix("tensorflow.")


def imports_what_is_gone(machine: Machine, body: list[ast.stmt]) -> bool:
    """Whether a suite of imports asks for something that Keras 3 has not."""
    if machine.keras_version < 3:
        return False
    for statement in body:
        for path in _imported(statement):
            root = api_root(path)
            if root and names.removed(names_path(path), root) is not None:
                return True
    return False


def _imported(statement: ast.AST) -> list[str]:
    """The paths that an import asks for."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if not isinstance(statement, ast.ImportFrom) or statement.level or statement.module is None:
        return []
    base = statement.module
    return [base, *(f"{base}.{alias.name}" for alias in statement.names if alias.name != "*")]


def is_removed(machine: Machine, path: str) -> bool:
    """Whether the name is gone from the root by which it was reached."""
    return machine.keras_version >= 3 and names.removed(path, machine.root or "keras") is not None


def has_name(machine: Machine, parent: External, name: str) -> bool | None:
    """``hasattr(keras.utils, "to_ordinal")``; None where that is not known."""
    if machine.keras_version < 3 or not parent.root or not is_module(parent.path):
        return None
    if names.removed(f"{parent.path}.{name}", parent.root) is not None:
        return False
    known = name in exports(parent.path) or exports(f"{parent.path}.{name}")
    return True if known else None


def noted(machine: Machine, parent: External, name: str, found: Any, node: ast.AST) -> Any:
    """What ``parent.name`` gave, the root by which it was reached noted; is there such a name?"""
    if not isinstance(found, External) or not found.path.startswith("keras"):
        return found
    root = api_root(f"keras.{name}") and parent.root
    if not parent.path.startswith("keras"):
        root = api_root(f"{parent.path}.{name}")
    if root:
        path = names_path(f"{parent.path}.{name}")
        entry = names.removed(path, root)
        if entry is not None and names.removed(parent.path, root) is None:
            module = entry.in_module if root == "keras" else f"tensorflow.{entry.in_module}"
            text, kind = f"module '{module}' has no attribute '{entry.name}'", "AttributeError"
            if isinstance(node, (ast.ImportFrom, ast.alias)):
                text, kind = f"cannot import name '{entry.name}' from '{module}'", "ImportError"
            _raise(machine, kind, text)
            report(machine, _removed(entry, root, text), node)
    return External(found.path, root)


def _removed(entry: names.Removed, root: str, text: str, rest: str = "") -> Fault:
    return Fault(
        "removed-api",
        text,
        found=f"{root}.{entry.path}",
        help=entry.help(root, rest) or None,
    )


def note_legacy_optimizer(machine: Machine, name: str, node: ast.AST) -> None:
    """``keras.optimizers.legacy.Adam()``: the name is there, but no call of it."""
    fault = Fault(
        "removed-api",
        "`keras.optimizers.legacy` is not supported in Keras 3.",
        found=f"keras.optimizers.legacy.{name}",
        help=f"use `keras.optimizers.{name}`",
    )
    report(machine, fault, node.func if isinstance(node, ast.Call) else node)


# -- members --------------------------------------------------------------------------


def note_member(machine: Machine, value: Any, name: str, node: ast.AST) -> None:
    """``value.name`` on a layer, a model, a symbolic tensor."""
    if isinstance(value, Tensor):
        if machine.tracing or not is_certainly_symbolic(value):
            return
        _note_member(machine, "Tensor", "KerasTensor", name, node)
    elif isinstance(value, Layer):
        extra = getattr(value, "extra_attributes", {})
        if name in value.arguments or name in extra:
            return
        is_model = getattr(value, "is_model", isinstance(value, Model))
        _note_member(machine, "Model" if is_model else "Layer", value.class_name, name, node)


def note_member_of_user_layer(machine: Machine, layer: Any, name: str, node: ast.AST) -> None:
    """``self.name`` on an instance of a user's class that defines no such name."""
    kind = "Model" if layer.is_model else "Layer"
    if layer.cls.is_open or name not in _METHODS or f"{name} =" in _source_of(layer.cls):
        return
    _note_member(machine, kind, layer.cls.name, name, node)


_METHODS = frozenset(
    ["add_update", "evaluate_generator", "fit_generator", "get_input_at", "get_input_shape_at",
     "get_output_at", "get_output_shape_at", "predict_classes", "predict_generator",
     "predict_proba", "to_yaml"]
)  # fmt: skip
"""Members that a class's own code cannot bring about by an assignment that was not seen."""


def _source_of(cls: Class) -> str:
    return "" if cls.source is None else cls.source.code_of(cls.node)


def note_member_of(machine: Machine, path: str, name: str, node: ast.AST) -> None:
    """``value.name`` on an optimizer or a metric of Keras."""
    family, _, cls = path.removeprefix("keras.").rpartition(".")
    kind = {"optimizers": "Optimizer", "metrics": "Metric"}.get(family)
    if kind is not None:
        _note_member(machine, kind, cls, name, node)


def note_member_of_model(machine: Machine, name: str, node: ast.AST) -> None:
    """``value.name`` on a model of which nothing else is known."""
    _note_member(machine, "Model", "Functional", name, node)


def _note_member(machine: Machine, kind: str, cls: str, name: str, node: ast.AST) -> None:
    if name in members.names_of(kind):
        fault = Fault(
            "removed-api",
            f"'{cls}' object has no attribute '{name}'",
            found=f"{cls if kind == 'Tensor' else kind}.{name}",
            help=members.help_for(kind, name) or None,
        )
        place = word(node) if isinstance(node, ast.Attribute) else node
        _raise(machine, "AttributeError", fault.text)
        report(machine, fault, place)


# -- arguments ------------------------------------------------------------------------


def check_call(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> bool:
    """Whether a call of ``path`` gives an argument that is gone or renamed; it is noted.

    What Keras only warns of is noted, too.
    """
    found = [
        (old, entry)
        for old, value in (arguments.keywords or {}).items()
        if (entry := old_arguments.of_call(path, old)) is not None
        and not (old in old_arguments.IGNORED and value in (None, 0))
    ]
    raising = [pair for pair in found if pair[0] not in old_arguments.IGNORED]
    _renamed(machine, path, raising or found, node)
    return bool(raising)


def check_layer(
    machine: Machine, name: str, record: type[Layer], arguments: Arguments, fault: Fault
) -> Fault:
    """The fault of a constructor, told as a renamed argument where it gives one."""
    signature = Signature.parse(record.signature)
    accepted = {*signature.names, *Signature.parse(f"*, {record.keywords or 'a=None'}").names}
    found = [
        (old, entry)
        for old in arguments.keywords or ()
        if (entry := old_arguments.of_layer(old, accepted)) is not None
    ]
    if machine.keras_version < 3 or not found or fault.binding is None:
        return fault
    return _as_fault(name, found, fault.text)


Found = list[tuple[str, tuple[str, str]]]


def _renamed(machine: Machine, path: str, found: Found, node: ast.AST) -> None:
    if found:
        from kerashape.interpret.keras_layers import argument_node

        text = f"got an unexpected keyword argument '{found[0][0]}'"
        if found[0][0] in old_arguments.IGNORED:
            text = old_arguments.IGNORED[found[0][0]]
        elif path.startswith("keras.optimizers."):
            text = "Argument(s) not recognized:"
        elif path == "keras.Model":
            text = "Unrecognized keyword arguments passed to Model:"
        fault = _as_fault(path.rpartition(".")[2], found, text)
        report(machine, fault, argument_node(node, fault, None), path)


def _as_fault(name: str, found: Found, text: str) -> Fault:
    renamed = [(old, new) for old, (new, _) in found if new]
    advice = [f"{old}: {advice}" for old, (new, advice) in found if not new]
    if renamed:
        targets = list(dict.fromkeys(new for _, new in renamed))
        advice.insert(0, f"write {' and '.join(f'{new}=' for new in targets)}")
    return Fault(
        "renamed-argument",
        text,
        argument=found[0][0],
        found=[old for old, _ in found],
        expected=dict(renamed) or None,
        help="; ".join(advice),
    )


# -- saving ---------------------------------------------------------------------------


def check_saving(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> None:
    """Whether a call that saves names a file whose ending Keras 3 does not take."""
    law = SAVING.get(path)
    if law is None or arguments.more_positional or arguments.more_keywords:
        return
    parameters, check = law
    signature = Signature.parse(parameters)
    values = dict(zip(signature.names, arguments.positional)) | dict(arguments.keywords or {})
    place = _argument(node, signature, "filepath")
    ending = _ending(values.get("filepath"), place)
    if place is None or ending is None:
        return
    others = [values.get(name, signature.positional[name]) for name in signature.names[-2:]]
    try:
        check(ending, *others)
    except Fault as fault:
        report(machine, fault, place, path)


def _check_weights(ending: saving.Ending, _: Any, shard_size: Any) -> None:
    saving.check_weights(ending, shard_size)


def _check_checkpoint(ending: saving.Ending, _: Any, weights_only: Any) -> None:
    saving.check_checkpoint(ending, weights_only)


_SAVE = ("filepath, overwrite=True, zipped=None, save_format=None", saving.check_save)
SAVING: dict[str, tuple[str, Any]] = {
    "keras.Model.save": _SAVE,
    "keras.models.save_model": ("model, " + _SAVE[0], saving.check_save),
    "keras.saving.save_model": ("model, " + _SAVE[0], saving.check_save),
    "keras.Model.save_weights": (
        "filepath, overwrite=True, max_shard_size=None",
        _check_weights,
    ),
    "keras.callbacks.ModelCheckpoint": (
        "filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False",
        _check_checkpoint,
    ),
}


def _argument(node: ast.AST, signature: Signature, name: str) -> ast.expr | None:
    from kerashape.interpret.keras_layers import argument_node

    found = argument_node(node, Fault("", "", argument=name), signature)
    found = expression(found)
    return found if isinstance(found, ast.expr) and found is not node else None


def _ending(value: Any, node: ast.AST | None) -> saving.Ending | None:
    """How a path ends, from its value or else from the expression that makes it."""
    if isinstance(value, str):
        return saving.Ending(value, whole=True)
    if not isinstance(value, Unknown):
        return None
    while True:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            node = node.right
        elif isinstance(node, ast.Call) and _is_join(node.func) and node.args:
            node = node.args[-1]
            if is_text(node) or isinstance(node, ast.JoinedStr):
                text = _tail(node)
                return saving.Ending(text, whole=True) if is_text(node) else _part(text)
        else:
            break
    return _part(_tail(node))


def _part(text: str) -> saving.Ending | None:
    return saving.Ending(text, whole=False) if text else None


def _is_join(function: ast.expr) -> bool:
    """``os.path.join``: what it returns ends as its last argument does."""
    return dotted(function).endswith(".path.join")


def _tail(node: ast.AST | None) -> str:
    """The text that a string expression certainly ends with."""
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[-1]
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""
