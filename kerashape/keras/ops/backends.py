"""What is known of the functions on the backend's own tensors: on data, and within a layer.

There, TensorFlow calculates or infers, not Keras. The laws on symbolic tensors mostly hold,
as compared case by case; here is where they do not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.tensors import Array
from kerashape.shapes import Fault, Undecided


class BackendFault(Fault):
    """A fault that TensorFlow raises, or Keras there, told in its words by a law about it."""


class KerasCheck(BackendFault):
    """A fault that Keras raises before it hands anything to TensorFlow, which may not mind."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OTHER_RESULT = _names(
    "bincount correlate image.scale_and_translate istft lu_factor polar select unique vectorize"
)
"""Functions that return another shape or dtype there, in cases that are not told apart here."""

_OTHER_ON_DATA = _names("corrcoef irfft kron")
"""Likewise, but only on data."""

_OTHER_IN_GRAPHS = _names("inner")
"""Likewise, but only within a layer."""

_OF_WHOLE_SHAPES = _names(
    "array_split cross ctc_loss diag diagflat histogram image.elastic_transform in_top_k irfft "
    "median nanmedian nanpercentile nanquantile percentile psnr quantile"
)
"""Functions of which TensorFlow infers something else as soon as a size is not known."""

_OF_INTEGERS = _names("depth_to_space image.pad_images image.crop_images space_to_depth")
"""Functions for which TensorFlow cuts what is no integer."""

_NUMBERS = (
    "epsilon",
    "nan",
    "posinf",
    "neginf",
    "alpha",
    "beta",
    "negative_slope",
    "constant_values",
)
"""Parameters that are plain numbers; with what is none, TensorFlow broadcasts."""

_NEW_AXES = ("expand_dims",)
"""Functions whose axes are those of the result."""

_RANKS = {**dict.fromkeys(["nanpercentile", "nanquantile", "percentile", "quantile"], ("q", 1)),
          "psnr": ("max_val", 0)}  # fmt: skip
"""The rank that an argument has at most, so that the law holds there."""


def certain(name: str, values: Mapping[str, Any], traced: bool) -> bool:
    """Whether the result there is certainly that of the law on symbolic tensors."""
    if name in _OTHER_RESULT or name in (_OTHER_IN_GRAPHS if traced else _OTHER_ON_DATA):
        return False
    if name in _OF_INTEGERS and any(isinstance(leaf, float) for leaf in flatten(values)):
        return False
    several = (list, tuple, Tensor, Array)
    # numpy's random generators take arrays for what is a number elsewhere.
    if not name.startswith("random.") and any(
        isinstance(values.get(number), several) for number in _NUMBERS
    ):
        return False
    if name not in _NEW_AXES and _axis_twice(values):
        return False
    if name not in _OF_WHOLE_SHAPES:
        return True
    shapes = [leaf.shape for leaf in flatten(values) if isinstance(leaf, (Array, Tensor))]
    argument, rank = _RANKS.get(name, ("", 0))
    return all(
        not shape.open and all(isinstance(dim, int) for dim in shape.dims) for shape in shapes
    ) and (_rank(values.get(argument, 0)) <= rank)


def _axis_twice(values: Mapping[str, Any]) -> bool:
    """Whether one axis is named twice, which TensorFlow leaves out once."""
    axes = values.get("axis")
    if not isinstance(axes, (list, tuple)) or not all(isinstance(axis, int) for axis in axes):
        return False
    ranks = [x.shape.rank for x in values.values() if isinstance(x, Tensor) and not x.shape.open]
    return bool(ranks) and ranks[0] > 0 and len({axis % ranks[0] for axis in axes}) < len(axes)


def _rank(value: Any) -> float:
    """The number of dimensions of a tensor, of nested lists or of a number."""
    if isinstance(value, (Array, Tensor)):
        return value.shape.rank
    if isinstance(value, (list, tuple)):
        return 1 + max(map(_rank, value), default=0)
    return 0 if isinstance(value, (bool, int, float)) else math.inf


def may_differ(name: str) -> bool:
    """Whether the result there is another one in some cases."""
    return name in _OTHER_RESULT | _OTHER_ON_DATA | _OTHER_IN_GRAPHS | _OF_WHOLE_SHAPES


SAME_FAULTS = _names(
    "absolute add arange eye all amax amin any argmax argmin average bitwise_and bitwise_or bitwise_xor "
    "broadcast_to cast cdist cholesky cholesky_inverse concatenate convert_to_tensor "
    "count_nonzero depth_to_space det diff divide divide_no_nan dot dsplit dstack einsum equal "
    "expand_dims flip floor_divide fmax fmin fmod fold full get_item greater greater_equal "
    "heaviside hsplit hypot inv isclose ldexp less less_equal log_softmax logaddexp logaddexp2 "
    "logical_and logical_or logical_xor logsumexp lstsq matmul max maximum mean min minimum mod "
    "moments moveaxis multiply nanmax nanmean nanmin nanprod nanstd nansum nanvar nextafter "
    "norm normalize not_equal pad power prod ptp reshape rot90 segment_max segment_min "
    "segment_prod segment_sum softmax solve solve_triangular sort space_to_depth sparsemax "
    "split squeeze stack std subtract sum swapaxes tile trace transpose true_divide unfold vander "
    "unstack var where image.affine_transform image.extract_patches image.gaussian_blur "
    "image.hsv_to_rgb image.resize image.rgb_to_grayscale image.rgb_to_hsv image.ssim tf.split"
)
"""Functions whose faults are TensorFlow's as well."""

CHECKED_BEFORE = re.compile(
    "Invalid dtype|The `data_format` argument must be one of|Expected a square matrix|"
    "Expected input to have rank >= 2"
)
"""What Keras looks at before it hands anything to TensorFlow."""

_PYTHON = re.compile("index out of range|cannot be interpreted|is not iterable|indices must be")
_INFERENCE = (
    (r"failure dim has value (\d+), which cannot be broadcasted to (\d+)",
     r"Dimensions must be equal, but are \1 and \2"),
    (r"Inner dimensions .* received `x1.shape=.*?(\d+)\)` and",
     r"Dimensions must be equal, but are \1 and"),
    (r"The total size of the tensor must be unchanged\.", r"Cannot reshape a tensor with"),
    (r"axis (-?\d+) is out of bounds for an array with dimension (\d+)",
     r"Invalid reduction dimension \1 for input with \2 dimensions"),
    (r"Cannot squeeze axis (-?\d+), because", r"Can not squeeze dim["),
    (r"axis must be a list of the same length as the input shape, expected (\d+), but received (\d+)",
     r"Dimension must be \1 but is \2"),
    (r"Attempt to convert a value", r"Expected int32, but got None of type 'NoneType'."),
    (r"slice index", r"slice index"),
    (r"Index out of range using input dim", r"Index out of range using input dim"),
    (r"Only integers, slices", r"Only integers, slices"),
    (r"imension size must be evenly divisible by", r"imension size must be evenly divisible by"),
    (r"(rank 2 but is rank)", r"\1"),
)  # fmt: skip
"""How TensorFlow tells a fault within a layer's ``call``, by what Keras says."""

_WRAPPED = "Exception encountered when calling"
"""What Keras puts before any exception from a layer's ``call``."""


def on_backend(name: str, fault: Fault, scalar: bool, traced: bool) -> Fault:
    """The fault as TensorFlow tells it.

    Args:
        name: of the function.
        scalar: whether a tensor has no dimensions, of which TensorFlow asks less.
        traced: whether it happens within a layer's ``call``.

    Raises:
        Undecided: where it is not certain that TensorFlow raises.
    """
    lenient = scalar or fault.rule == "undefined-dimension" or _PYTHON.search(fault.text)
    negative = "Negative dimensions" in fault.text
    of_size = "value (None)" in fault.text or negative or (fault.argument == "shape" and not traced)
    trusted = of_size if name in _OF_SIZES else name in SAME_FAULTS and not (negative and traced)
    if not trusted or lenient:
        raise Undecided(f"whether TensorFlow accepts this: {fault.text}")
    if negative:
        fault.text = "must be >= 0"
    elif traced:
        fault.text = _inferred(name, fault.text)
    return fault


def _inferred(name: str, text: str) -> str:
    if name == "expand_dims":
        return "not in the interval"
    for pattern, words in _INFERENCE:
        match = re.search(pattern, text)
        if match is not None:
            bounds = "is out of bounds" in text and name not in _REDUCTIONS
            return _WRAPPED if bounds else match.expand(words)
    return _WRAPPED


_OF_SIZES = _names("empty identity ones tri zeros tf.ones tf.zeros tf.random.normal "
                  "tf.random.uniform")  # fmt: skip
"""Functions that only refuse sizes for certain: they take more dtypes than Keras knows."""

_REDUCTIONS = _names("all amax amin any max mean min prod std sum var logsumexp count_nonzero")


_PLACES = {
    "keras.ops.take": ("indices", "indices"),
    "keras.ops.segment_sum": ("segment_ids", "segment_ids"),
    "keras.ops.segment_max": ("segment_ids", "segment_ids"),
    "tf.gather": ("indices", "indices"),
    "tf.gather_nd": ("indices", "indices"),
    "tf.embedding_lookup": ("ids", "indices"),
    "tf.one_hot": ("indices", "indices"),
}
"""Functions that take places in a tensor: the parameter, and TensorFlow's name for it."""


def check_places(callee: str, values: Mapping[str, Any]) -> None:
    """TensorFlow's kernels take integers only for places in a tensor.

    Raises:
        Fault: ``op-mismatch``.
    """
    parameter, told = _PLACES.get(callee, ("", ""))
    dtype = getattr(values.get(parameter), "dtype", None)
    if isinstance(dtype, str) and (dtype == "bool" or "float" in dtype):
        raise Fault(
            "op-mismatch",
            f"Value passed to parameter '{told}' has DataType {dtype} not in list of allowed "
            "values: ",
            argument=parameter,
            expected="integers",
            found=dtype,
        )
