"""MultiHeadAttention and GroupQueryAttention: attention between projections."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, ClassVar

from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.values import dim_at, is_size
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast

_COMMON = (
    "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, "
    "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None, use_gate=False, seed=None"
)


class _Projecting(Layer):
    """Attention whose query, key and value go through projections first."""

    call_signature = (
        "query, value, key=None, query_mask=None, value_mask=None, key_mask=None, "
        "attention_mask=None, return_attention_scores=False, training=None, "
        "use_causal_mask=False"
    )
    single_output = False
    heeds_query_mask: ClassVar[bool] = True
    """Whether the mask of the queries is among those of the scores."""
    parts: tuple[Layer, ...] = ()
    features: Any = None
    """The size of the queries that it was built on, to which the output is projected again."""

    @property
    def sublayers(self) -> Sequence[Layer]:
        return self.parts

    def build_within(self, inputs: Any, names: Names | None = None) -> None:
        raise Undecided("attention is built on the shapes of a query and a value")

    def make(self, record: str, **keywords: Any) -> Layer:
        """A layer within this one."""
        from kerashape.keras.layers import find

        found = find(record)
        assert found is not None
        layer = found.construct(Arguments(keywords={"dtype": self.dtype, **keywords}), self.names)
        self.parts = (*self.parts, layer)
        return layer

    def project(
        self, name: str, equation: str, output: Sequence[Any], bias_axes: str, inputs: Shape
    ) -> Layer:
        """One of the projections, built on ``inputs``."""
        for argument in ("kernel_initializer", "bias_initializer"):
            if getattr(self, argument) is None:
                raise Fault(
                    "bad-argument",
                    "'NoneType' has no attribute 'from_config'",
                    argument=argument,
                    expected="an initializer",
                    found=None,
                )
        layer = self.make(
            "EinsumDense",
            name=name,
            equation=equation,
            output_shape=tuple(output),
            bias_axes=bias_axes if self.use_bias else None,
        )
        layer.build_within(inputs)
        return layer

    def check_window(self) -> None:
        """Keras: "`sliding_window` must be `None` or a positive integer"."""
        window = self.sliding_window
        refuse(
            "sliding_window",
            lambda: window is not None and (not is_size(window) or window <= 0),
            "`sliding_window` must be `None` or a positive integer. "
            f"Received: sliding_window={shown(window)}",
            expected="None or a positive integer",
            found=window,
        )

    def check_flash(self) -> None:
        """Keras: "Dropout is not supported when flash attention is enabled"."""
        refuse(
            "dropout",
            lambda: self.flash_attention and self.dropout > 0.0,
            "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 "
            "to use flash attention.",
            expected="no dropout, or no flash attention",
            found=self.dropout,
        )

    def output(
        self,
        query: Any,
        value: Any,
        key: Any,
        return_attention_scores: Any,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
    ) -> Any:
        key = value if key is None else key
        _require_shapes(query, value, key)
        output = self.attended(query, value, key)
        masks = Shape((1, 1, 1))
        if self.within:
            output = self._attended_within(output, query, value, key)
            heeded = query_mask if self.heeds_query_mask else None
            masks = _masks_within(heeded, value_mask, key_mask, attention_mask)
            if output.rank == 3:
                output = broadcast(output, masks[:2] + (1,))
        if return_attention_scores:
            if self.within and (query.rank != 3 or getattr(self, "attention_axes", (1,)) != (1,)):
                raise Undecided("the scores of an attention over several axes")
            heads, keys = self.scores(query, key)
            scores = Shape((dim_at(query, 0), heads, dim_at(query, 1), keys))
            return output, broadcast(scores, masks[:1] + (1,) + masks[1:])
        return output

    def _attended_within(self, output: Shape, query: Shape, value: Shape, key: Shape) -> Shape:
        """The size of the batch is the one that any of them tells."""
        crossed = len(list(query)) != 3 and query[1:-1] != value[1:-1]
        if crossed or query[-1] is None:
            raise Undecided("an attention over several axes, or of an unknown number of features")
        batch = broadcast(broadcast(query[:1], value[:1]), key[:1])
        return batch + output[1:]

    def as_query(self, query: Shape) -> Shape:
        """The shape of the queries again, which the last projection makes."""
        return query.replace(-1, self.features) if self.within and self.parts else query

    def attended(self, query: Shape, value: Shape, key: Shape) -> Shape:
        """The shape of the output."""
        raise NotImplementedError

    def scores(self, query: Shape, key: Shape) -> tuple[Any, Any]:
        """The number of heads and the length of the keys, of the scores."""
        raise NotImplementedError


def _masks_within(query: Any, value: Any, key: Any, attention: Any) -> Shape:
    """(batch, queries, keys), as far as the masks tell; they are multiplied with the scores."""
    result = Shape((1, 1, 1))
    for mask, place in ((query, 2), (value, 1), (key, 1), (attention, None)):
        if mask is None:
            continue
        if not isinstance(mask, Shape) or mask.rank != (3 if place is None else 2):
            raise Undecided("the masks of the attention are not known")
        dims = list(mask.dims)
        if place is not None:
            dims.insert(place, 1)
        result = broadcast(result, Shape(dims))
    return result


def _require_shapes(*shapes: Any) -> None:
    if not all(isinstance(shape, Shape) for shape in shapes):
        raise Undecided("an input of the attention is not one tensor")


def _same_steps(value: Shape, key: Shape) -> None:
    """Keras: "All dimensions of `value` and `key`, except the last one, must be equal"."""
    if value is not key and value[1:-1] != key[1:-1]:
        raise Fault(
            "merge-mismatch",
            "All dimensions of `value` and `key`, except the last one, must be equal. "
            f"Received: value_shape={value} and key_shape={key}",
            argument="key",
            expected=value,
            found=key,
        )


class MultiHeadAttention(_Projecting):
    """(batch, q, d), (batch, v, e) -> (batch, q, d), or ``output_shape`` in place of d."""

    signature = (
        "num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, "
        "attention_axes=None, sliding_window=None, flash_attention=None, " + _COMMON
    )
    heeds_query_mask = False
    output_shape: Any
    attention_axes: Any

    def check(self) -> None:
        settle(self, "num_heads", "key_dim", "value_dim", "dropout", "use_bias", "output_shape")
        settle(self, "attention_axes", "sliding_window", "flash_attention", "use_gate")
        for name in ("num_heads", "key_dim", "value_dim"):
            self.check_size(name, optional=name == "value_dim")
        self.check_output_shape()
        identifiers(self)
        self.check_axes()
        self.check_window()
        self.check_flash()

    def check_size(self, name: str, *, optional: bool) -> None:
        """Keras: "Received an invalid value for argument `num_heads`"."""
        value = getattr(self, name)
        or_none = " or `None`" if optional else ""
        refuse(
            name,
            lambda: not (optional and value is None) and (not is_size(value) or value <= 0),
            f"Received an invalid value for argument `{name}`, expected a positive integer"
            f"{or_none}. Received: {name}={shown(value) if not isinstance(value, str) else value}",
            expected="a positive integer",
            found=value,
        )

    def check_output_shape(self) -> None:
        """Make ``output_shape`` a tuple, or leave it false."""
        shape = self.output_shape
        if isinstance(shape, Unknown):
            return
        if is_size(shape) and shape is not None:
            self.output_shape = (shape,) if not (isinstance(shape, int) and not shape) else shape
        elif isinstance(shape, float) and shape:
            raise Fault(
                "bad-argument",
                f"Invalid `output_shape`: {shape}. When specified, the `output_shape` should be "
                "of type tuple, list, or int.",
                argument="output_shape",
                expected="an integer or a tuple",
                found=shape,
            )
        elif shape:
            self.output_shape = tuple(shape)

    def check_axes(self) -> None:
        """Make ``attention_axes`` a tuple, or leave it None."""
        axes = self.attention_axes
        if isinstance(axes, Unknown):
            return
        if is_size(axes) and axes is not None:
            self.attention_axes = (axes,)
        elif axes and not isinstance(axes, (list, tuple)):
            raise Fault(
                "bad-argument",
                f"`attention_axes` must be an int, list, or tuple.Received: attention_axes={axes}",
                argument="attention_axes",
                expected="an integer or a tuple",
                found=axes,
            )

    @property
    def value_size(self) -> Any:
        """The size of each head's value."""
        return self.key_dim if self.value_dim is None else self.value_dim

    def build(self, query: Any, value: Any, key: Any) -> None:
        key = value if key is None else key
        _require_shapes(query, value, key)
        _same_steps(value, key)
        heads = [self.num_heads, self.key_dim]
        self.project_input("query", query, heads)
        self.project_input("key", key, heads)
        values = [self.num_heads, self.value_size]
        if self.use_gate:
            self.project_input("gate", query, values)
        self.project_input("value", value, values)
        self.build_scores(value.rank + 1)
        self.features = dim_at(query, -1)
        result = self.output_shape or [self.features]
        equation, bias_axes = _equation(query.rank - 1, 2, len(result))
        projected = self.parts[0].output_within(query).replace(-1, self.value_size)
        output = _partial(query.rank - 1 + len(result), result)
        self.project("attention_output", equation, output, bias_axes, projected)

    def project_input(self, name: str, inputs: Shape, sizes: list[Any]) -> None:
        """The projection of one of the inputs to the heads."""
        equation, bias_axes = _equation(inputs.rank - 1, 1, 2)
        self.project(name, equation, _partial(inputs.rank + 1, sizes), bias_axes, inputs)

    def build_scores(self, rank: int) -> None:
        """The axes that are attended, the softmax over them, and the dropout."""
        axes = self.attention_axes
        if axes is None:
            axes = range(1, rank - 2)
        try:
            axes = tuple(axis if axis >= 0 else rank - 1 + axis for axis in axes)
        except TypeError as error:
            raise _bad_axes(str(error), self.attention_axes) from None
        for axis in axes:
            if isinstance(axis, float):
                text = "arrays used as indices must be of integer (or boolean) type"
                raise _bad_axes(text, axis)
            if not -rank <= axis < rank:
                text = f"index {axis} is out of bounds for axis 0 with size {rank}"
                raise _bad_axes(text, axis)
        self.attention_axes = axes
        count = rank - len({*(axis % rank for axis in axes), rank - 1}) + 2 * len(axes)
        self.make("Softmax", axis=tuple(range(count - len(axes), count)))
        self.make("Dropout", rate=self.dropout, seed=self.seed)

    def attended(self, query: Shape, value: Shape, key: Shape) -> Shape:
        _same_steps(value, key)
        if self.output_shape:
            return query[:-1] + tuple(standardize_shape(self.output_shape))
        return self.as_query(query)

    def scores(self, query: Shape, key: Shape) -> tuple[Any, Any]:
        """To Keras's own law, as many keys as queries."""
        return self.num_heads, dim_at(key if self.within else query, 1)


def _bad_axes(text: str, found: Any) -> Fault:
    return Fault(
        "bad-argument",
        text,
        argument="attention_axes",
        expected="axes of the value between the batch and the features",
        found=found,
    )


def _equation(free: int, bound: int, made: int) -> tuple[str, str]:
    """The einsum of a projection that keeps ``free`` axes, and the axes of its bias."""
    letters = string.ascii_lowercase
    free = max(free, 0)
    kept, used = letters[:free], letters[free : free + bound]
    new = letters[free + bound : free + bound + made]
    return f"{kept}{used},{used}{new}->{kept}{new}", new


def _partial(rank: int, last: Sequence[Any]) -> list[Any]:
    """A shape without the batch of which only the last sizes are told."""
    return [None] * (rank - 1 - len(last)) + list(last)


class GroupedQueryAttention(_Projecting):
    """(batch, q, d), (batch, v, d) -> (batch, q, d), fewer keys and values than queries.

    Keras exports it as ``GroupQueryAttention``, and names it after the class.
    """

    callee = "keras.layers.GroupQueryAttention"
    signature = (
        "head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, "
        "sliding_window=None, flash_attention=None, " + _COMMON
    )

    def check(self) -> None:
        settle(self, "head_dim", "num_query_heads", "num_key_value_heads", "dropout", "use_bias")
        settle(self, "sliding_window", "flash_attention", "use_gate")
        refuse(
            "num_key_value_heads",
            lambda: self.num_query_heads % self.num_key_value_heads != 0,
            "`num_query_heads` must be divisible by `num_key_value_heads`.",
            expected="a divisor of num_query_heads",
            found=self.num_key_value_heads,
            rule="channel-mismatch",
        )
        self.check_window()
        identifiers(self)
        refuse(
            "head_dim",
            lambda: 1.0 / float(self.head_dim) ** 0.5 and False,
            "",
            expected="a positive integer",
            found=self.head_dim,
        )
        self.check_flash()

    def build(self, query: Any, value: Any, key: Any) -> None:
        key = value if key is None else key
        _require_shapes(query, value, key)
        self.features = dim_at(query, -1)
        many = (None, self.num_query_heads, self.head_dim)
        few = (None, self.num_key_value_heads, self.head_dim)
        self.project("query", "bqm,muh->bquh", many, "uh", query)
        self.project("key", "bkm,mvh->bkvh", few, "vh", key)
        if self.use_gate:
            self.project("gate", "bqm,muh->bquh", many, "uh", query)
        self.project("value", "bkm,mvh->bkvh", few, "vh", value)
        self.make("Softmax", axis=-1)
        self.make("Dropout", rate=self.dropout, seed=self.seed)
        attended = Shape((None, None, self.num_query_heads, self.head_dim))
        self.project("attention_output", "bquh,uhm->bqm", (None, self.features), "m", attended)

    def attended(self, query: Shape, value: Shape, key: Shape) -> Shape:
        if not self.within and dim_at(query, -1) != dim_at(value, -1):
            raise Fault(
                "merge-mismatch",
                "The last dimension of `query_shape` and `value_shape` must be equal, but are "
                f"{query[-1]}, {value[-1]}. Received: query_shape={query}, value_shape={value}",
                argument="value",
                expected=f"{query[-1]} features",
                found=value,
            )
        _same_steps(value, key)
        return self.as_query(query)

    def scores(self, query: Shape, key: Shape) -> tuple[Any, Any]:
        return self.num_query_heads, dim_at(key, 1)


GroupQueryAttention = GroupedQueryAttention
