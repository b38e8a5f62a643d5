"""pandas: tables, as far as their columns are certain.

A frame has ``rows`` (a size) and ``columns`` (a list of names, or unknown); its dtypes are not
followed.
"""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.keras_images import IMAGE, pixels
from kerashape.interpret.data.registry import Calling, attribute, function, method
from kerashape.interpret.data.values import DataObject, array, rows_of
from kerashape.keras.graph import map_structure
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Symbol, Unknown, unknown_dim

FRAME = "pandas.DataFrame"
SERIES = "pandas.Series"
_KEY = (str, int, float, bytes)


def frame(rows: Dim, columns: list[Any] | None) -> DataObject:
    """A table; None for columns that are not known."""
    listed = Unknown("the columns of a table") if columns is None else columns
    return DataObject(FRAME, {"rows": rows, "columns_": listed})


def series(rows: Dim) -> DataObject:
    """A column."""
    return DataObject(SERIES, {"rows": rows})


def columns_of(table: DataObject) -> list[Any] | None:
    """The names of the columns; None if they are not known."""
    listed = table["columns_"]
    return list(listed) if isinstance(listed, (list, tuple)) else None


def rows_in(table: DataObject) -> Dim:
    """The number of rows."""
    rows: Any = table["rows"]
    return rows if isinstance(rows, (int, Symbol)) else unknown_dim()


def as_array(value: Any) -> Any:
    """Tables and images in a nested value, as numpy sees them."""
    return map_structure(_leaf_as_array, value)


def _leaf_as_array(leaf: Any) -> Any:
    if not isinstance(leaf, DataObject):
        return leaf
    if leaf.kind == IMAGE:
        return pixels(leaf)
    if leaf.kind == SERIES:
        return array((rows_in(leaf),), _DTYPE)
    return _values(leaf) if leaf.kind == FRAME else leaf


_DTYPE = Unknown("the dtype of a column")

# -- where tables come from -----------------------------------------------------------------


@function("pandas.read_csv pandas.read_table pandas.read_excel", "path, *args, **kwargs")
def _read(values: dict[str, Any]) -> Any:
    given = values["kwargs"]
    if given.get("chunksize") is not None or given.get("iterator"):
        return Unknown("a table that is read in parts")
    names, used = given.get("names"), given.get("usecols")
    plain = given.get("index_col") is None and not values["args"]
    columns = None
    if plain and _is_list(used) and all(isinstance(name, str) for name in used):
        columns = list(used)
    elif plain and used is None and _is_list(names):
        columns = list(names)
    if set(given) & {"squeeze", "index_col", "parse_dates", "date_parser"}:
        columns = None if isinstance(given.get("parse_dates"), (list, dict)) else columns
        if "squeeze" in given:
            return Unknown("a table or a column")
    return frame(unknown_dim(), columns)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, _KEY) for item in value)


@function(FRAME, "data=None, index=None, columns=None, dtype=None, copy=None")
def _frame(data: Any, columns: Any, index: Any) -> Any:
    if isinstance(data, Array) and len(data.shape.dims) == 2 and not data.shape.open:
        rows, width = data.shape.dims
        if _is_list(columns):
            return frame(rows, list(columns))
        named = list(range(width)) if columns is None and isinstance(width, int) else None
        return frame(rows, named)
    if isinstance(data, dict) and columns is None and all(isinstance(key, _KEY) for key in data):
        known = [value for value in data.values() if isinstance(value, (list, Array))]
        rows = len(known[0]) if known and isinstance(known[0], list) else rows_of(known[:1])
        return frame(rows if index is None else unknown_dim(), list(data))
    return frame(unknown_dim(), None)


@function("pandas.get_dummies", "data, **kwargs")
def _dummies(data: Any) -> Any:
    rows = rows_in(data) if isinstance(data, DataObject) else unknown_dim()
    return frame(rows, None)


@function("pandas.concat", "objs, axis=0, **kwargs")
def _concat() -> Any:
    return frame(unknown_dim(), None)


# -- what is asked of a table -----------------------------------------------------------------


@attribute(FRAME, "values")
def _values(table: DataObject) -> Any:
    columns = columns_of(table)
    width: Any = Unknown("the number of columns") if columns is None else len(columns)
    return array((rows_in(table), width), _DTYPE, "a table")


@method(FRAME, "to_numpy as_matrix", "*args, **kwargs")
def _to_numpy(table: DataObject) -> Any:
    return _values(table)


@attribute(SERIES, "values")
def _series_values(column: DataObject) -> Any:
    return array((rows_in(column),), _DTYPE, "a column")


@method(SERIES, "to_numpy", "*args, **kwargs")
def _series_to_numpy(column: DataObject) -> Any:
    return _series_values(column)


@attribute(FRAME, "shape")
def _shape(table: DataObject) -> Any:
    return tuple(_values(table).shape.dims)


@attribute(SERIES, "shape")
def _series_shape(column: DataObject) -> Any:
    return (rows_in(column),)


@attribute(f"{FRAME} {SERIES}", "__len__")
def _length(table: DataObject) -> Any:
    return rows_in(table)


@attribute(FRAME, "columns")
def _columns(table: DataObject) -> Any:
    columns = columns_of(table)
    return Unknown("the columns of a table") if columns is None else list(columns)


@method(FRAME, "__getitem__", "key")
def _item(table: DataObject, key: Any) -> Any:
    if isinstance(key, _KEY):
        return series(rows_in(table))
    if _is_list(key):
        return frame(rows_in(table), list(key))
    if isinstance(key, (slice, Array)) or (isinstance(key, DataObject) and key.kind == SERIES):
        return frame(unknown_dim(), columns_of(table))
    return Unknown("a part of a table")


@method(FRAME, "pop", "item")
def _pop(table: DataObject, call: Calling, item: Any) -> Any:
    columns = columns_of(table)
    call.changes(table)
    left = None if columns is None or item not in columns else [c for c in columns if c != item]
    table.attributes = {
        **table.attributes,
        "columns_": Unknown("the columns of a table") if left is None else left,
    }
    return series(rows_in(table))


@method(FRAME, "drop", "labels=None, axis=0, index=None, columns=None, inplace=False, **kwargs")
def _drop(
    table: DataObject, call: Calling, labels: Any, axis: Any, columns: Any, inplace: Any
) -> Any:
    rows: Dim = unknown_dim()
    left = columns_of(table)
    dropped = columns if columns is not None else labels if axis in (1, "columns") else None
    if dropped is not None:
        names = list(dropped) if isinstance(dropped, (list, tuple)) else [dropped]
        rows = rows_in(table)
        known = left is not None and all(isinstance(name, _KEY) for name in names)
        left = [c for c in left or [] if c not in names] if known else None
    made = frame(rows, left)
    if inplace is False:
        return made
    call.changes(table)
    table.attributes = dict(made.attributes)
    return None


@method(FRAME, "copy fillna reset_index sort_values round clip abs", "*args, **kwargs")
@method(FRAME, "astype head tail sample dropna query drop_duplicates", "*args, **kwargs")
def _other_rows(table: DataObject, values: dict[str, Any]) -> Any:
    """As many columns; how many rows is not followed, and nothing if it is done in place."""
    if values["kwargs"].get("inplace") is not None:
        return Unknown("a table that is changed in place")
    return frame(unknown_dim(), columns_of(table))


@method(FRAME, "__setitem__", "key, value")
def _set(table: DataObject, call: Calling, key: Any) -> Any:
    columns = columns_of(table)
    call.changes(table)
    if columns is not None and isinstance(key, _KEY):
        columns = columns if key in columns else [*columns, key]
    else:
        columns = None
    listed = Unknown("the columns of a table") if columns is None else columns
    table.attributes = {**table.attributes, "columns_": listed}
    return None


__all__ = ["FRAME", "SERIES", "as_array", "frame", "series"]
