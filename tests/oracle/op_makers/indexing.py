"""Arguments for functions that look up, select and scatter."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import INTEGERS, Draw
from tests.oracle.op_makers.pieces import (
    Arguments,
    Maker,
    dtype_of,
    maybe,
    one_axis,
    partner,
    tensor,
)


def _take(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    indices = d.of(tensor(d, 0, 3, "int32"), 0, [0, 1], ((0, 1), (1, 0)), -1)
    return maybe(d, {"x": x, "indices": indices}, 0.7, axis=one_axis(d, len(x.shape)))


def _take_along(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    rank = len(x.shape)
    axis = one_axis(d, rank)
    dims = list(partner(d, x.shape)) if d.chance(0.3) else list(x.shape)
    if -len(dims) <= axis < len(dims):
        dims[axis] = d.dim(1, 5)
    given = {"x": x, "indices": T(tuple(dims), d.of("int32", "int64"))}
    return given | ({"axis": None} if d.chance(0.15) else {"axis": axis})


def _where(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    given: Arguments = {"condition": T(partner(d, x.shape), "bool")}
    if d.chance(0.9):
        given |= {"x1": x, "x2": d.of(T(partner(d, x.shape), dtype_of(d)), 0.0, 1, x)}
    return given


def _select(d: Draw) -> Arguments:
    x = tensor(d, 1, 3)
    count = d.size(1, 3)
    given = {
        "condlist": [T(x.shape, "bool") for _ in range(count)],
        "choicelist": [T(x.shape, x.dtype if d.chance(0.8) else dtype_of(d)) for _ in range(count)],
    }
    return maybe(d, given, 0.4, default=d.of(0, 1.0))


def _scatter(d: Draw) -> Arguments:
    shape = tuple(d.size(1, 5) for _ in range(d.randint(1, 3)))
    depth, count = d.randint(1, len(shape)), d.dim(1, 4)
    values = T((count, *shape[depth:]), dtype_of(d))
    return {"indices": T((count, depth), "int32"), "values": values, "shape": shape}


def _scatter_update(d: Draw) -> Arguments:
    x = tensor(d, 1, 3)
    depth, count = d.randint(1, len(x.shape)), d.dim(1, 4)
    updates = T((count, *x.shape[depth:]), x.dtype)
    return {"inputs": x, "indices": T((count, depth), "int32"), "updates": updates}


def _slice(d: Draw) -> Arguments:
    x = tensor(d, 1, 3)
    starts: Any = [d.size(0, 2) for _ in x.shape]
    return {"inputs": x, "start_indices": d.of(starts, tuple(starts), T((len(starts),), "int32")),
            "shape": tuple(d.size(1, 2) for _ in x.shape)}  # fmt: skip


def _slice_update(d: Draw) -> Arguments:
    x = tensor(d, 1, 3)
    return {"inputs": x, "start_indices": [0 for _ in x.shape], "updates": T(x.shape, x.dtype)}


def _segment(d: Draw) -> Arguments:
    size = d.dim()
    given = {"data": T((size, *d.shape(d.randint(0, 2), 4))), "segment_ids": T((size,), "int32")}
    return maybe(d, given, 0.6, num_segments=d.size(1, 5), sorted=d.chance(0.5))


def _index(d: Draw) -> Any:
    bound = lambda: d.of(None, None, 0, 1, 2, -1, -2, 5)  # noqa: E731
    return d.of(
        slice(None), slice(bound(), bound()), slice(bound(), bound(), d.of(None, 1, 2, -1)),
        d.of(0, 1, -1, 2), None, Ellipsis,
    )  # fmt: skip


def _get_item(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    if d.chance(0.4):
        return {"x": x, "key": _index(d)}
    key = tuple(_index(d) for _ in range(d.randint(0, len(x.shape))))
    if key.count(Ellipsis) > 1:
        key = tuple(item for item in key if item is not Ellipsis)
    return {"x": x, "key": key}


def _one_hot(d: Draw) -> Arguments:
    x = tensor(d, 0, 3, d.choice(INTEGERS))
    size = "num_classes"
    axis = d.of(-1, -1, 0, 1)
    return maybe(d, {"x": x, size: d.size(1, 6)}, 0.3, axis=axis, dtype=dtype_of(d), sparse=False)


def _multi_hot(d: Draw) -> Arguments:
    given = {"inputs": tensor(d, 1, 3, d.choice(INTEGERS)), "num_classes": d.size(1, 6)}
    return maybe(d, given, 0.3, axis=-1, dtype=dtype_of(d), sparse=False)


def _top_k(d: Draw) -> Arguments:
    return maybe(d, {"x": tensor(d, 1, 3), "k": d.size(1, 4)}, 0.3, sorted=d.chance(0.5))


def _in_top_k(d: Draw) -> Arguments:
    batch = d.dim()
    targets, predictions = T((batch,), "int32"), T((batch, d.dim(2, 6)))
    return {"targets": targets, "predictions": predictions, "k": d.size(1, 3)}


def _argpartition(d: Draw) -> Arguments:
    x = tensor(d, 1, 3)
    return maybe(d, {"x": x, "kth": d.size(0, 2)}, 0.5, axis=one_axis(d, len(x.shape)))


def _searchsorted(d: Draw) -> Arguments:
    given = {"sorted_sequence": T((d.dim(),)), "values": tensor(d, 0, 2)}
    return maybe(d, given, 0.4, side=d.of("left", "right"))


def _digitize(d: Draw) -> Arguments:
    return {"x": tensor(d, 0, 3), "bins": d.of(T((d.dim(),)), [0.0, 1.0, 2.0], T((2, 2)))}


def _unravel(d: Draw) -> Arguments:
    return {
        "indices": tensor(d, 0, 2, d.choice(INTEGERS)),
        "shape": d.of((3, 4), (12,), (2, 3, 2)),
    }


def _unique(d: Draw) -> Arguments:
    return maybe(d, {"x": tensor(d, 1, 3)}, 0.3, return_index=d.chance(0.5), axis=0,
                  return_inverse=d.chance(0.5), return_counts=d.chance(0.5), size=d.size(1, 4))  # fmt: skip


def _isin(d: Draw) -> Arguments:
    return maybe(d, {"x1": tensor(d, 0, 3), "x2": tensor(d, 0, 2)}, 0.3, invert=d.chance(0.5))


MAKERS: dict[str, Maker] = {
    "take": _take,
    "take_along_axis": _take_along,
    "where": _where,
    "select": _select,
    "get_item": _get_item,
    "slice": _slice,
    "slice_update": _slice_update,
    "scatter": _scatter,
    "scatter_update": _scatter_update,
    "argpartition": _argpartition,
    "top_k": _top_k,
    "in_top_k": _in_top_k,
    "digitize": _digitize,
    "unravel_index": _unravel,
    "searchsorted": _searchsorted,
    "isin": _isin,
    "unique": _unique,
    "one_hot": _one_hot,
    "multi_hot": _multi_hot,
    **dict.fromkeys(("segment_sum", "segment_max", "segment_min", "segment_prod"), _segment),
}
