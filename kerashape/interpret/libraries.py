"""Names of libraries: their attributes, what ``import *`` brings, and calls of them."""

from __future__ import annotations

import ast
import builtins
import math
import string
import sys
from typing import TYPE_CHECKING, Any

from kerashape.interpret import data, keras_functions, keras_signatures, migration, stdlib
from kerashape.interpret.callables import External
from kerashape.interpret.containers import ListValue
from kerashape.interpret.keras_objects import OF_KERAS_2, LayerOfKeras2
from kerashape.interpret.plain import is_constant
from kerashape.interpret.values import FAULTY
from kerashape.keras import layers
from kerashape.keras.dtypes import COMPLEX, FLOATS, INTEGERS
from kerashape.keras.public import OLD_COPY, api_root, canonical, exports
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown
from kerashape.syntax import first_argument

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_CONSTANTS = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "tensorflow.data.AUTOTUNE": -1,
    "tensorflow.data.experimental.AUTOTUNE": -1,
    "numpy.newaxis": None,
    "tensorflow.newaxis": None,
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.ascii_letters": string.ascii_letters,
    "string.digits": string.digits,
    "string.punctuation": string.punctuation,
    "string.printable": string.printable,
    "os.sep": "/",
    "sys.maxsize": sys.maxsize,
    "math.tau": math.tau,
    "typing.TYPE_CHECKING": False,
    "keras.__version__": Unknown("the version of Keras"),
    "tensorflow.__version__": Unknown("the version of TensorFlow"),
}
NUMBER_TYPES = (
    FLOATS | INTEGERS | COMPLEX | {"bool", "string", "half", "double", "single"}
    | {"float_", "int_", "bool_"}
)  # fmt: skip
"""The dtypes that numpy and TensorFlow have as names of theirs."""


def attribute(path: str, name: str) -> Any:
    """``library.name``."""
    full = canonical(f"{path}.{name}")
    if full in _CONSTANTS:
        return _CONSTANTS[full]
    if path in ("numpy", "tensorflow") and name in NUMBER_TYPES:
        return {"half": "float16", "double": "float64", "single": "float32"}.get(
            name, name.rstrip("_")
        )
    return External(full)


_STAR_EXPORTS = {
    "keras.models": ("Input", "Layer", "model_from_config", "model_from_yaml"),
    "keras.engine.topology": ("Input", "Layer"),
}
"""What they are known to have brought in Keras 2."""


def exported(path: str, name: str) -> Any:
    """What ``from path import *`` binds ``name`` to; None if it is not known to."""
    module, root = canonical(path), api_root(path)
    if name.startswith("_"):
        return None
    if module in ("math", "numpy"):
        known = hasattr(math, name) if module == "math" else _in_numpy(name)
        return attribute(module, name) if known else None
    if module.startswith("keras.layers") or module.startswith("keras.engine"):
        if name in ("Input", *_MERGES, *layers.LEGACY) or layers.find(name) is not None:
            return External(canonical(f"keras.layers.{name}"), root)
        return None
    if module.startswith("keras.applications"):
        from kerashape.keras import applications

        utilities = ("preprocess_input", "decode_predictions")
        if applications.find(name) is None and name not in utilities:
            return None
        return External(canonical(f"{module}.{name}"), root)
    if name in _STAR_EXPORTS.get(module, ()) or name in exports(module):
        return External(canonical(f"{module}.{name}"), root)
    return None


def _in_numpy(name: str) -> bool:
    """Whether it may be one of numpy's: few of them hide a builtin, and none that matters is capitalized."""
    if hasattr(builtins, name):
        return name in _HIDING
    return name[:1].islower()


_HIDING = frozenset(["abs", "all", "any", "bool", "divmod", "max", "min", "pow", "round", "sum"])

_MERGES = (
    "add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract",
)  # fmt: skip


def call(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> Any:
    """Call a function or class of a library."""
    root, _, rest = path.partition(".")
    if root == "keras" and path != "keras.Model" and machine.root != OLD_COPY:
        migration.check_saving(machine, path, arguments, node)
        if migration.check_call(machine, path, arguments, node) and machine.keras_version >= 3:
            return Unknown(FAULTY)
        if keras_signatures.refuse(machine, path, arguments, node):
            return Unknown(FAULTY)
    if path in OF_KERAS_2 and machine.keras_version >= 3:
        return LayerOfKeras2(path)
    data_function = data.find(path)
    if data_function is not None:
        return data_function.apply(machine, arguments, node)
    if root == "keras":
        return keras_functions.call(machine, path, arguments, node)
    if root in ("numpy", "tensorflow"):
        return _numeric(machine, root, rest, arguments, node)
    function = stdlib.find(path)
    if function is not None:
        return function(machine, arguments, node)
    if root == "math":
        return _math(machine, rest, arguments, node)
    return Unknown(f"what {path} returns")


def _math(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    function = getattr(math, name, None)

    def given(value: Any) -> Any:
        if name in ("prod", "fsum", "sumprod"):
            items = machine.items_of(value, node)
            value = value if items is None else tuple(items)
        return value if is_constant(value) else Unknown("a number")

    values = [given(value) for value in arguments.positional]
    keywords = {key: given(value) for key, value in (arguments.keywords or {}).items()}
    known = not any(isinstance(v, Unknown) for v in [*values, *keywords.values()])
    large = name in ("factorial", "comb", "perm", "pow", "lcm", "ldexp") and any(
        isinstance(value, (int, float)) and abs(value) > 1000 for value in values
    )
    if callable(function) and known and not large and not arguments.more_positional:
        try:
            return function(*values, **keywords)
        except (ValueError, TypeError, OverflowError, ArithmeticError) as error:
            return machine.throw(type(error).__name__, str(error))
    return Unknown(f"what math.{name} returns")


def _numeric(machine: Machine, root: str, rest: str, arguments: Arguments, node: ast.AST) -> Any:
    if rest in _COLLECTING and _is_filled_elsewhere(arguments, node):
        return Unknown("what is in a list that is empty as far as can be seen")
    return keras_functions.numeric(machine, root, rest, arguments, node)


_COLLECTING = frozenset(
    ["array", "asarray", "stack", "vstack", "hstack", "concatenate", "concat", "constant",
     "convert_to_tensor"]
)  # fmt: skip


def _is_filled_elsewhere(arguments: Arguments, node: ast.AST) -> bool:
    """Whether the data are an empty list that is not written out there.

    Nobody computes with nothing: what fills it was not seen to run.
    """
    value = arguments.positional[0] if arguments.positional else None
    place = first_argument(node)
    return isinstance(value, ListValue) and value.items == [] and not isinstance(place, ast.List)
