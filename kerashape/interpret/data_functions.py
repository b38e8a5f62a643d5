"""Functions that load and prepare data: data sets, label encoding, padding, splitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.values import ListValue, from_python, to_python
from kerashape.keras.datasets import DATASETS, RESHAPING
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Handler = Callable[["Machine", Arguments, cst.CSTNode], Any]
_HANDLERS: dict[str, Handler] = {}


def handles(*paths: str) -> Callable[[Handler], Handler]:
    """Register what a function does, by its canonical paths."""

    def register(function: Handler) -> Handler:
        for path in paths:
            _HANDLERS[path] = function
        return function

    return register


def find(path: str) -> Handler | None:
    """What the function at ``path`` does, if it is known."""
    if path.startswith("keras.datasets.") and path.endswith(".load_data"):
        name = path.split(".")[-2]
        return lambda machine, arguments, node: _load(name, arguments)
    return _HANDLERS.get(path)


def _load(name: str, arguments: Arguments) -> Any:
    dataset = DATASETS.get(name)
    given = set(arguments.keywords or {})
    if dataset is None or arguments.positional or arguments.more_keywords or given & RESHAPING:
        return Unknown(f"what {name}.load_data() returns")
    return dataset.arrays(name)


def _values(text: str, arguments: Arguments, name: str) -> dict[str, Any] | None:
    plain = Arguments(
        [to_python(v) for v in arguments.positional],
        {k: to_python(v) for k, v in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )
    try:
        return bind(Signature.parse(text), plain, name).values
    except Fault:
        return None


@handles("keras.utils.to_categorical")
def _to_categorical(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    """(n,) or (n, 1) -> (n, classes)."""
    text = (
        "x, num_classes=None" if machine.keras_version >= 3 else "y, num_classes=None, dtype=None"
    )
    values = _values(text, arguments, "to_categorical")
    labels = next(iter(values.values())) if values else None
    if values is None or not isinstance(labels, Array) or labels.shape.open:
        return Unknown("what to_categorical() returns")
    dims = labels.shape.dims
    if len(dims) > 1 and isinstance(dims[-1], int) and dims[-1] == 1:
        dims = dims[:-1]
    classes = values["num_classes"]
    if classes is None:
        classes = labels.classes if labels.classes is not None else Unknown("the classes")
    if not isinstance(classes, (int, Symbol, Unknown)):
        return Unknown("what to_categorical() returns")
    known = classes if isinstance(classes, int) else None
    return Array(
        Shape((*dims, classes)), "float64", "to_categorical()", classes=known, one_hot=True
    )


@handles(
    "keras.utils.pad_sequences",
    "keras.preprocessing.sequence.pad_sequences",
    "keras.utils.data_utils.pad_sequences",
)
def _pad_sequences(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    """n lists -> (n, maxlen)."""
    values = _values(
        "sequences, maxlen=None, dtype='int32', padding='pre', truncating='pre', value=0.0",
        arguments,
        "pad_sequences",
    )
    if values is None:
        return Unknown("what pad_sequences() returns")
    sequences, length = values["sequences"], values["maxlen"]
    if isinstance(sequences, Array) and not sequences.shape.open and sequences.shape.dims:
        count: Any = sequences.shape.dims[0]
    elif isinstance(sequences, list):
        count = len(sequences)
    else:
        count = Unknown("the number of sequences")
    if not isinstance(length, (int, Symbol)):
        length = Unknown("the length of the longest sequence")
    dtype = values["dtype"] if isinstance(values["dtype"], str) else Unknown("a dtype")
    return Array(Shape((count, length)), dtype, "pad_sequences()")


@handles("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
def _train_test_split(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    """Each array twice, with fewer rows: the same number for all of one part."""
    if arguments.more_positional:
        return Unknown("what train_test_split() returns")
    parts: list[Array | Unknown] = []
    rows = [Unknown("the rows of the training part"), Unknown("the rows of the test part")]
    for value in arguments.positional:
        for count in rows:
            if isinstance(value, Array) and not value.shape.open and value.shape.dims:
                shape = Shape((count, *value.shape.dims[1:]))
                parts.append(
                    Array(shape, value.dtype, value.origin, classes=value.classes,
                          one_hot=value.one_hot)
                )  # fmt: skip
            else:
                parts.append(Unknown("a part of data that is not known"))
    return from_python(list(parts)) if parts else ListValue(None, "nothing to split")
