"""Every function of ``keras.ops``, found by name and loaded on demand.

To add one, write its record beside its siblings (see :mod:`kerashape.keras.ops.base`) and
its name into ``FAMILIES``.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerashape.keras.ops.base import Op

FAMILIES = {
    "elementwise": "absolute add angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh "
    "bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift "
    "bitwise_xor cbrt ceil celu clip conjugate copy cos cosh deg2rad divide divide_no_nan elu "
    "equal erf erfc erfinv exp exp2 expm1 fabs floor floor_divide fmax fmin fmod gcd gelu greater "
    "greater_equal hard_shrink hard_sigmoid hard_silu hard_tanh heaviside hypot i0 imag isclose "
    "isfinite isin isinf isnan isneginf isposinf isreal lcm ldexp leaky_relu left_shift less "
    "less_equal log log10 log1p log2 log_sigmoid logaddexp logaddexp2 logical_and logical_not "
    "logical_or logical_xor maximum minimum mod multiply nan_to_num negative nextafter not_equal "
    "power rad2deg real reciprocal relu relu6 right_shift round rsqrt selu sigmoid sign signbit "
    "silu sin sinc sinh soft_shrink softplus softsign sparse_plus sparse_sigmoid sqrt square "
    "squareplus subtract tan tanh tanh_shrink threshold tril triu true_divide trunc where",
    "reductions": "all allclose amax amin any argmax argmin argpartition argsort average "
    "count_nonzero cumprod cumsum diff logsumexp max mean min moments nanargmax nanargmin "
    "nancumprod nancumsum nanmax nanmean nanmin nanprod nanstd nansum nanvar norm prod ptp sort "
    "std sum trapezoid var",
    "quantiles": "median nanmedian nanpercentile nanquantile percentile quantile",
    "shaping": "broadcast_to diag diagflat diagonal expand_dims flip fliplr flipud moveaxis pad "
    "ravel repeat reshape roll rot90 squeeze swapaxes tile trace transpose",
    "joining": "append array_split concatenate dsplit dstack hsplit hstack meshgrid select split "
    "stack unstack vsplit vstack",
    "indexing": "digitize get_item in_top_k multi_hot nonzero one_hot scatter scatter_update "
    "searchsorted segment_max segment_min segment_prod segment_sum slice slice_update take "
    "take_along_axis top_k unravel_index",
    "counting": "bincount histogram unique",
    "linear": "cdist corrcoef correlate cross dot einsum inner kron matmul outer tensordot vander "
    "vdot",
    "algebra": "cholesky cholesky_inverse det eig eigh inv logdet lstsq lu_factor matrix_rank pinv "
    "qr slogdet solve solve_triangular svd",
    "neural": "batch_normalization binary_crossentropy categorical_crossentropy ctc_decode "
    "ctc_loss dot_product_attention glu layer_normalization log_softmax normalize polar psnr "
    "rms_normalization softmax sparse_categorical_crossentropy sparsemax",
    "convolution": "adaptive_average_pool adaptive_max_pool average_pool conv conv_transpose "
    "depth_to_space depthwise_conv fold max_pool separable_conv space_to_depth unfold",
    "image": "image.affine_transform image.elastic_transform image.extract_patches "
    "image.extract_patches_3d image.gaussian_blur image.hsv_to_rgb image.map_coordinates "
    "image.perspective_transform image.resize image.rgb_to_grayscale image.rgb_to_hsv "
    "image.scale_and_translate image.sobel_edges image.ssim",
    "cropping": "image.crop_images image.pad_images",
    "signal": "extract_sequences fft fft2 ifft2 irfft istft rfft stft view_as_complex view_as_real",
    "creation": "arange array bartlett blackman empty empty_like eye full full_like geomspace "
    "hamming hanning identity kaiser linspace logspace ones ones_like tri view zeros zeros_like",
    "control": "associative_scan cast cond convert_to_numpy convert_to_tensor custom_gradient "
    "dtype fori_loop is_tensor jvp map ndim rearrange saturate_cast scan shape size stop_gradient "
    "switch vectorize vectorized_map while_loop",
}
"""The module of each function."""

ALIASES = {"abs": "absolute", "conj": "conjugate", "hard_swish": "hard_silu", "swish": "silu"}
"""Second names that Keras exports for the same function."""

_OWN_FUNCTIONS = ("abs", "conj")
"""Those that call the other function; the rest are the same function object."""

_MODULE_OF = {name: module for module, names in FAMILIES.items() for name in names.split()}
_SUBMODULES = ("numpy.", "nn.", "linalg.")


def names() -> list[str]:
    """The names of all functions that have a record, aliases included."""
    return [*_MODULE_OF, *ALIASES]


@functools.cache
def find(name: str) -> Op | None:
    """The record of ``keras.ops.<name>``; None if Keras has no such function.

    Names of submodules are understood (``nn.relu``, ``linalg.det``, ``image.resize``).
    """
    for prefix in _SUBMODULES:
        name = name.removeprefix(prefix)
    if name in ALIASES:
        record = find(ALIASES[name])
        own = name if name in _OWN_FUNCTIONS else ALIASES[name]
        return record and dataclasses.replace(record, name=own, callee=f"keras.ops.{name}")
    module = _MODULE_OF.get(name)
    if module is None:
        return None
    importlib.import_module(f"{__name__}.{module}")
    from kerashape.keras.ops.base import OPS

    return OPS[name]
