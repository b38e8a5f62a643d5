"""scikit-learn: data sets, splitting, scaling and encoding."""

from __future__ import annotations

import math
from typing import Any

from kerashape.interpret.data.registry import attribute, function, method
from kerashape.interpret.data.values import (
    LIST,
    DataObject,
    Pipeline,
    array,
    rows_of,
    with_rows,
)
from kerashape.keras.graph import DType
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Shape, Symbol, Unknown, unknown_dim

# -- data sets ----------------------------------------------------------------------------

BUNCH = "sklearn.utils.Bunch"
_SETS: dict[str, tuple[int, int, int | None, DType]] = {
    "load_iris": (150, 4, 3, "int64"),
    "load_digits": (1797, 64, 10, "int64"),
    "load_wine": (178, 13, 3, "int64"),
    "load_breast_cancer": (569, 30, 2, "int64"),
    "load_diabetes": (442, 10, None, "float64"),
    "fetch_california_housing": (20640, 8, None, "float64"),
    "load_boston": (506, 13, None, "float64"),
}
"""By function: rows, columns, classes (None for numbers) and the dtype of the targets.

Source: the tables in the documentation of each function.
"""


def _declare(name: str, rows: int, columns: int, classes: int | None, dtype: DType) -> None:
    def load(values: dict[str, Any]) -> Any:
        given = values["kwargs"]
        if given.get("as_frame", False) is not False or "n_class" in given or values["args"]:
            return Unknown(f"what {name}() returns")
        x = array((rows, columns), "float64", name)
        y = array((rows,), dtype, name, classes=classes)
        if given.get("return_X_y", False) is True:
            return x, y
        if "return_X_y" in given and given["return_X_y"] is not False:
            return Unknown(f"what {name}() returns")
        parts: dict[str, Any] = {"data": x, "target": y}
        if name == "load_digits":
            parts["images"] = array((rows, 8, 8), "float64", name)
        return DataObject(BUNCH, parts)

    function(f"sklearn.datasets.{name}", "*args, **kwargs")(load)


for _name, _described in _SETS.items():
    _declare(_name, *_described)


@method(BUNCH, "__getitem__", "key")
def _bunch_item(bunch: DataObject, key: Any) -> Any:
    return bunch[key] if isinstance(key, str) else Unknown("an item of a data set")


@function(
    "sklearn.datasets.make_classification sklearn.datasets.samples_generator.make_classification",
    "n_samples=100, n_features=20, *, n_informative=2, n_redundant=2, n_repeated=0, n_classes=2, "
    "**kwargs",
)
def _make_classification(n_samples: Any, n_features: Any, n_classes: Any, values: Any) -> Any:
    if "return_X_y" in values["kwargs"]:
        return Unknown("what make_classification() returns")
    classes = n_classes if isinstance(n_classes, int) else None
    return (
        array((_size(n_samples), _size(n_features)), "float64", "make_classification()"),
        array((_size(n_samples),), "int64", "make_classification()", classes=classes),
    )


def _size(value: Any) -> Any:
    return value if isinstance(value, (int, Symbol)) else Unknown("a number that is not known")


@function(
    "sklearn.datasets.make_regression",
    "n_samples=100, n_features=100, *, n_informative=10, n_targets=1, bias=0.0, "
    "effective_rank=None, tail_strength=0.5, noise=0.0, shuffle=True, coef=False, "
    "random_state=None",
)
def _make_regression(n_samples: Any, n_features: Any, n_targets: Any, coef: Any) -> Any:
    if coef is not False or not isinstance(n_targets, int):
        return Unknown("what make_regression() returns")
    rows = _size(n_samples)
    targets = (rows,) if n_targets == 1 else (rows, n_targets)
    return array((rows, _size(n_features)), "float64"), array(targets, "float64")


@function(
    "sklearn.datasets.make_blobs",
    "n_samples=100, n_features=2, *, centers=None, cluster_std=1.0, center_box=None, "
    "shuffle=True, random_state=None, return_centers=False",
)
def _make_blobs(n_samples: Any, n_features: Any, centers: Any, return_centers: Any) -> Any:
    if return_centers is not False:
        return Unknown("what make_blobs() returns")
    columns = _size(n_features)
    if not isinstance(centers, int) and centers is not None:
        columns = Unknown("the dimensions of the centers")
    classes = centers if isinstance(centers, int) else None
    rows = _size(n_samples)
    return array((rows, columns), "float64"), array((rows,), "int64", classes=classes)


@function("sklearn.datasets.make_moons sklearn.datasets.make_circles", "n_samples=100, **kwargs")
def _make_moons(n_samples: Any) -> Any:
    rows = _size(n_samples)
    return array((rows, 2), "float64"), array((rows,), "int64", classes=2)


# -- splitting ----------------------------------------------------------------------------


@function(
    "sklearn.model_selection.train_test_split sklearn.cross_validation.train_test_split",
    "*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None",
)
def _train_test_split(arrays: Any, test_size: Any, train_size: Any) -> Any:
    """Each array twice, with fewer rows: the same number for all of one part."""
    if isinstance(arrays, Unknown):
        return Unknown("what train_test_split() returns")
    counts = _split_counts(_length(arrays[0]) if arrays else unknown_dim(), test_size, train_size)
    return [_part(value, count) for value in arrays for count in counts]


def _length(value: Any) -> Dim:
    if isinstance(value, list):
        return len(value)
    if isinstance(value, DataObject) and isinstance(value["rows"], (int, Symbol)):
        rows: Dim = value["rows"]
        return rows
    return rows_of(value)


def _split_counts(rows: Dim, test_size: Any, train_size: Any) -> tuple[Any, Any]:
    """The rows of the training and of the test part, as scikit-learn computes them."""
    unknown = (Unknown("the rows of the training part"), Unknown("the rows of the test part"))
    sizes = (test_size, train_size)
    plain = all(size is None or isinstance(size, (int, float)) for size in sizes)
    if not isinstance(rows, int) or not plain:
        return unknown
    if test_size is None and train_size is None:
        test_size = 0.25
    test = math.ceil(test_size * rows) if isinstance(test_size, float) else test_size
    train = math.floor(train_size * rows) if isinstance(train_size, float) else train_size
    if test is None:
        test = rows - train
    if train is None:
        train = rows - test
    return (train, test) if train > 0 and test > 0 else unknown


def _part(value: Any, rows: Any) -> Any:
    if isinstance(value, Array):
        return with_rows(value, rows)
    if isinstance(value, DataObject) and "rows" in value.attributes:
        size = unknown_dim() if isinstance(rows, Unknown) else rows
        return DataObject(value.kind, {**value.attributes, "rows": size})
    if isinstance(value, (list, Pipeline)):
        element = value.element if isinstance(value, Pipeline) else Unknown("an item of a list")
        if isinstance(value, Pipeline) and value.kind != LIST:
            return Unknown("a part of data that is not known")
        return Pipeline(LIST, element, unknown_dim() if isinstance(rows, Unknown) else rows)
    return Unknown("a part of data that is not known")


@function("sklearn.utils.shuffle", "*arrays, random_state=None, n_samples=None")
def _shuffle(arrays: Any, n_samples: Any) -> Any:
    if isinstance(arrays, Unknown) or n_samples is not None:
        return Unknown("what shuffle() returns")
    parts = [v if isinstance(v, (Array, DataObject)) else Unknown("shuffled data") for v in arrays]
    return parts[0] if len(parts) == 1 else parts


# -- scaling and encoding --------------------------------------------------------------------

_PREPROCESSING = "sklearn.preprocessing."
_SCALERS = " ".join(
    _PREPROCESSING + name
    for name in [
        "StandardScaler",
        "MinMaxScaler",
        "RobustScaler",
        "MaxAbsScaler",
        "Normalizer",
        "QuantileTransformer",
        "PowerTransformer",
    ]
)
_LABELS = f"{_PREPROCESSING}LabelEncoder"
_BINARIZERS = f"{_PREPROCESSING}LabelBinarizer {_PREPROCESSING}MultiLabelBinarizer"
_ONE_HOT = f"{_PREPROCESSING}OneHotEncoder"
_ORDINAL = f"{_PREPROCESSING}OrdinalEncoder"
_PCA = "sklearn.decomposition.PCA sklearn.decomposition.TruncatedSVD"
_ALL = f"{_SCALERS} {_LABELS} {_BINARIZERS} {_ONE_HOT} {_ORDINAL} {_PCA}"
SPARSE = "scipy.sparse.spmatrix"


def _declare_class(path: str) -> None:
    def make(values: dict[str, Any]) -> Any:
        return DataObject(path, {**values["kwargs"], "args": values["args"]})

    function(path, "*args, **kwargs")(make)


for _path in _ALL.split():
    _declare_class(_path)


@method(_ALL, "fit partial_fit", "X=None, y=None, **kwargs")
def _fit(scaler: DataObject) -> Any:
    return scaler


def matrix(value: Any) -> Any:
    """Data as scikit-learn takes them: an array, or unknown."""
    from kerashape.interpret.data.frames import as_array

    value = as_array(value)
    if isinstance(value, list):
        from kerashape.keras.ops.numpy import spec_of

        spec = spec_of(value)
        return Array(spec.shape, spec.dtype)
    return value


@method(_SCALERS, "fit_transform transform inverse_transform", "X, *args, **kwargs")
@method(_ORDINAL, "fit_transform transform", "X, *args, **kwargs")
def _scale(X: Any) -> Any:
    X = matrix(X)
    if not isinstance(X, Array):
        return Unknown("scaled data that are not known")
    dtype = X.dtype
    if isinstance(dtype, str) and dtype not in ("float32", "float64"):
        dtype = Unknown("its dtype") if dtype == "object" else "float64"
    return Array(X.shape, dtype, X.origin)


@method(_LABELS, "fit_transform transform", "y")
def _encode(y: Any) -> Any:
    y = matrix(y)
    rows = rows_of(y) if isinstance(y, Array) else unknown_dim()
    return array((rows,), "int64", "LabelEncoder", classes=_classes(y))


def _classes(y: Any) -> int | None:
    return y.classes if isinstance(y, Array) else None


@method(_LABELS, "inverse_transform", "y")
def _decode(y: Any) -> Any:
    return array((rows_of(y),), Unknown("the dtype of the labels"))


@attribute(f"{_LABELS} {_BINARIZERS}", "classes_")
def _listed(encoder: DataObject) -> Any:
    return array((Unknown("the number of classes"),), Unknown("the dtype of the labels"))


@method(_BINARIZERS, "fit_transform transform", "y")
def _binarize(y: Any) -> Any:
    y = matrix(y)
    rows = rows_of(y) if isinstance(y, Array) else unknown_dim()
    return array((rows, Unknown("the number of classes")), "int64", "LabelBinarizer")


@method(_ONE_HOT, "fit_transform transform", "X, y=None")
def _one_hot(encoder: DataObject, X: Any) -> Any:
    X = matrix(X)
    rows = rows_of(X) if isinstance(X, Array) else unknown_dim()
    made = array((rows, Unknown("the number of categories")), "float64", "OneHotEncoder")
    dense = [encoder.attributes.get(name) for name in ("sparse_output", "sparse")]
    if False in dense:
        return made
    return DataObject(SPARSE, {"dense": made})


@method(SPARSE, "toarray todense", "*args, **kwargs")
def _dense(sparse: DataObject) -> Any:
    return sparse["dense"]


@attribute(SPARSE, "shape")
def _sparse_shape(sparse: DataObject) -> Any:
    dense = sparse["dense"]
    return tuple(dense.shape.dims) if isinstance(dense, Array) else Unknown("a shape")


@method(_PCA, "fit_transform transform", "X, y=None")
def _reduce(pca: DataObject, X: Any) -> Any:
    X = matrix(X)
    given = pca.attributes.get("n_components")
    positional = pca.attributes.get("args")
    if given is None and isinstance(positional, tuple) and positional:
        given = positional[0]
    if not isinstance(X, Array) or isinstance(given, bool) or not isinstance(given, int):
        return Unknown("data in fewer dimensions")
    dtype = X.dtype if X.dtype in ("float32", "float64") else "float64"
    return Array(Shape((rows_of(X), given)), dtype)
