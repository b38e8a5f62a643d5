"""Keras's public names, and the many paths by which programs reach them."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from kerashape.keras import layers

_ROOTS = re.compile(
    r"^(?:tensorflow(?:\.compat\.v[12])?(?:\.contrib|\.python)?\.keras|tf_keras|keras\.src|"
    r"keras\.api(?:\._v[12])?|keras\._tf_keras(?:\.keras)?)(?=\.|$)"
)
_PRIVATE_BACKEND = re.compile(
    r"^keras\.src\.backend(?!\.(?:backend|epsilon|floatx|image_data_format|set_image_data_format|"
    r"clear_session|is_keras_tensor|standardize_dtype)$)(?=\.|$)"
)
_TENSORFLOW = re.compile(r"^tensorflow\.compat\.v[12](?=\.|$)")

MODULES = frozenset(
    [
        "activations",
        "applications",
        "backend",
        "callbacks",
        "config",
        "constraints",
        "datasets",
        "distribution",
        "dtype_policies",
        "engine",
        "export",
        "initializers",
        "layers",
        "legacy",
        "losses",
        "metrics",
        "mixed_precision",
        "models",
        "objectives",
        "ops",
        "optimizers",
        "preprocessing",
        "quantizers",
        "random",
        "regularizers",
        "saving",
        "trainers",
        "tree",
        "utils",
        "visualization",
        "wrappers",
    ]
)
"""Submodules of ``keras``, today's and yesterday's."""

_TOP = {
    "Model": "keras.Model",
    "Functional": "keras.Model",
    "Sequential": "keras.Sequential",
    "Input": "keras.Input",
    "Layer": "keras.layers.Layer",
    "InputSpec": "keras.layers.InputSpec",
    "InputLayer": "keras.layers.InputLayer",
}
_MERGES = frozenset(
    ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract", "merge"]
)


@functools.cache
def canonical(path: str) -> str:
    """The public Keras 3 path for any path by which Keras, or TensorFlow, is reached.

    ``tensorflow.keras.layers.Dense``, ``keras.layers.core.Dense`` and
    ``keras.src.layers.core.dense.Dense`` are all ``keras.layers.Dense``. Other paths are
    returned as they are.
    """
    if path == "keras.src" or _PRIVATE_BACKEND.match(path):
        return path  # what Keras's operations are made of: another module than ``keras.backend``
    path = _ROOTS.sub("keras", path)
    path = _TENSORFLOW.sub("tensorflow", path)
    if not path.startswith("keras."):
        return path
    parts = path.split(".")
    name = parts[-1]
    if parts[1] in ("layers", "models", "engine", "legacy", "core") and len(parts) > 2:
        if name in _TOP:
            return _TOP[name]
        if layers.find(name) is not None or name in _MERGES or name in layers.LEGACY:
            return f"keras.layers.{name}"
    if len(parts) == 2 and name in _TOP:
        return _TOP[name]
    if parts[1] == "utils" and len(parts) > 3 and parts[2] in ("np_utils", "vis_utils"):
        return f"keras.utils.{name}"
    if parts[1] == "objectives":
        return ".".join(["keras", "losses", *parts[2:]])
    if parts[1:3] == ["optimizers", "legacy"]:
        return path  # in Keras 3 there is no such optimizer
    if parts[1] in ("losses", "metrics", "optimizers", "callbacks") and len(parts) > 3:
        return f"keras.{parts[1]}.{name}"
    return path


OLD_COPY = "tensorflow.python.keras"
"""TensorFlow's private copy of a Keras 2, where old programs find layers of no use to Keras 3."""


def api_root(path: str) -> str:
    """``keras`` or ``tf.keras`` where a path reaches Keras's public names, or :data:`OLD_COPY`.

    Else nothing: ``keras.src`` is private, and ``tf_keras`` is Keras 2.
    """
    parts = path.split(".")
    if parts[0] == "keras":
        return "" if parts[1:2] in (["src"], ["api"], ["_tf_keras"], ["_legacy"]) else "keras"
    if parts[:3] == OLD_COPY.split("."):
        return OLD_COPY
    return "tf.keras" if parts[:2] == ["tensorflow", "keras"] else ""


@functools.cache
def exports(module: str) -> frozenset[str]:
    """What ``from module import *`` brings from a module of Keras, of Keras 3 or of Keras 2.

    Functions that only Keras 2 has are not among them: they may hide builtins, as ``sum`` does.
    """
    from kerashape.keras import migration

    path = Path(__file__).with_name("modules.json")
    names = json.loads(path.read_text(encoding="utf-8")).get(module, "").split()
    inner = module.partition(".")[2]
    for part in ("removed", "only in tf.keras"):
        gone = migration.table()[part].get(inner, "").split()
        names += [name for name in gone if name[:1].isupper()]
    return frozenset(names)


def is_module(path: str) -> bool:
    """Whether a canonical path is that of a module rather than of a function or class."""
    parts = path.split(".")
    return parts[0] == "keras" and (len(parts) == 1 or (parts[1] in MODULES and len(parts) == 2))


def is_layer_class(path: str) -> bool:
    """Whether a canonical path is that of a layer class."""
    prefix, _, name = path.rpartition(".")
    return prefix == "keras.layers" and layers.find(name) is not None
