"""What does in ``keras.ops`` what a function of TensorFlow or NumPy does.

A line is ``names = function: parameters``, each parameter as ``theirs`` or ``theirs>ours``.
A parameter that is not listed has no counterpart: a call that gives it cannot be rewritten.
Names that numpy has in ``keras.ops`` under the same name stand for themselves (``*``).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

_TENSORFLOW = """
abs = absolute: x
add subtract multiply divide maximum minimum = *: x>x1 y>x2
pow = power: x>x1 y>x2
floordiv = floor_divide: x>x1 y>x2
equal not_equal greater greater_equal less less_equal = *: x>x1 y>x2
logical_and logical_or = *: x>x1 y>x2
logical_not = *: x
sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh = *: x
exp log log1p expm1 sqrt rsqrt square sign ceil floor round reciprocal negative erf = *: x
sigmoid = *: x
relu relu6 elu selu softplus softsign = *: features>x
silu swish = silu: features>x
gelu = *: features>x approximate
leaky_relu = *: features>x alpha>negative_slope
softmax log_softmax = *: logits>x axis
l2_normalize = normalize: x axis
clip_by_value = clip: t>x clip_value_min>x_min clip_value_max>x_max
reduce_sum = sum: input_tensor>x axis keepdims
reduce_prod = prod: input_tensor>x axis keepdims
reduce_max = max: input_tensor>x axis keepdims
reduce_min = min: input_tensor>x axis keepdims
reduce_mean = mean: input_tensor>x axis keepdims
reduce_std = std: input_tensor>x axis keepdims
reduce_variance = var: input_tensor>x axis keepdims
reduce_logsumexp = logsumexp: input_tensor>x axis keepdims
reduce_any = any: input_tensor>x axis keepdims
reduce_all = all: input_tensor>x axis keepdims
cumsum cumprod = *: x axis
argmax argmin = *: input>x axis
reshape = *: tensor>x shape>newshape
transpose = *: a>x perm>axes
squeeze = *: input>x axis
expand_dims = *: input>x axis
tile = *: input>x multiples>repeats
repeat = *: input>x repeats axis
reverse = flip: tensor>x axis
roll = *: input>x shift axis
concat = concatenate: values>xs axis
stack = *: values>x axis
matmul = *: a>x1 b>x2
tensordot = *: a>x1 b>x2 axes
norm = *: tensor>x axis keepdims
where = *: condition x>x1 y>x2
zeros_like ones_like = *: input>x
gather = take: params>x indices axis
one_hot = *: indices>x depth>num_classes axis
cast = *: x dtype
"""
_NUMPY = """
abs absolute = absolute: x
add subtract multiply divide true_divide maximum minimum power = *: x1 x2
sin cos tan sinh cosh tanh arcsin arccos arctan = *: x
exp expm1 log log1p log2 log10 sqrt square sign floor ceil = *: x
sum prod max min mean std var any all = *: a>x axis keepdims
amax amin = *: a>x axis keepdims
cumsum cumprod = *: a>x axis
argmax argmin = *: a>x axis
clip = *: a>x a_min>x_min a_max>x_max
reshape = *: a>x newshape
transpose = *: a>x axes
squeeze expand_dims = *: a>x axis
tile = *: A>x reps>repeats
repeat = *: a>x repeats axis
flip = *: m>x axis
swapaxes = *: a>x axis1 axis2
concatenate = *: arrays>xs axis
stack = *: arrays>x axis
matmul = *: x1 x2
dot = *: a>x1 b>x2
where = *: condition x>x1 y>x2
zeros_like ones_like = *: a>x
take = *: a>x indices axis
"""
_TABLES = {"tf": _TENSORFLOW, "numpy": _NUMPY}


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A function of ``keras.ops``, and its parameters by those of the other function."""

    name: str
    parameters: dict[str, str]


def find(callee: str) -> Equivalent | None:
    """What does the same as ``tf.<name>`` or ``numpy.<name>``; None if nothing is known to."""
    root, _, name = callee.partition(".")
    if root not in _TABLES:
        return None
    table = _table(root)
    while name not in table and "." in name:
        module, _, name = name.partition(".")
        if module not in ("math", "nn", "linalg"):
            return None
    return table.get(name)


@functools.cache
def _table(root: str) -> dict[str, Equivalent]:
    found: dict[str, Equivalent] = {}
    for line in _TABLES[root].strip().splitlines():
        names, _, rest = line.partition(" = ")
        function, _, listed = rest.partition(":")
        pairs = [parameter.partition(">") for parameter in listed.split()]
        parameters = {theirs: ours or theirs for theirs, _, ours in pairs}
        for name in names.split():
            known = _RENAMED.get(name, name) if function == "*" else function
            found[name] = Equivalent(known, parameters)
    return found


_RENAMED = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh",
    "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip


def functions(root: str) -> dict[str, Equivalent]:
    """All of ``tf`` or ``numpy``, by name."""
    return dict(_table(root))
