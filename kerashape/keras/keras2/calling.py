"""What Keras 2 does otherwise when a layer is called, on the records of Keras 3."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.layers.activation import PReLU, Softmax
from kerashape.keras.layers.attention import AdditiveAttention, Attention
from kerashape.keras.layers.base import Array, Layer, Spec
from kerashape.keras.layers.conv_lstm import ConvLSTM
from kerashape.keras.layers.convolution import Conv, ConvTranspose, DepthwiseConv, SeparableConv
from kerashape.keras.layers.einsum_dense import EinsumDense
from kerashape.keras.layers.features import CategoryEncoding, Discretization, Normalization
from kerashape.keras.layers.hashing import HashedCrossing, Hashing
from kerashape.keras.layers.image import CenterCrop, RandomCrop, Rescaling
from kerashape.keras.layers.lookup import IntegerLookup, StringLookup
from kerashape.keras.layers.merging import Concatenate, Dot, Merge
from kerashape.keras.layers.multi_head import MultiHeadAttention
from kerashape.keras.layers.normalization import BatchNormalization, LayerNormalization
from kerashape.keras.layers.pooling import Pooling
from kerashape.keras.layers.recurrent import RNN
from kerashape.keras.layers.reshaping import UpSampling1D, UpSampling2D, UpSampling3D
from kerashape.keras.layers.stacked_cells import StackedRNNCells
from kerashape.keras.layers.text import TextVectorization
from kerashape.keras.layers.wrappers import Bidirectional, TimeDistributed
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast_all

if TYPE_CHECKING:
    from kerashape.site import Site

_CASTS = frozenset(
    ["BatchNormalization", "Bidirectional", "Conv1D", "Conv2D", "Dense", "EinsumDense", "Embedding",
     "GRU", "LSTM", "LayerNormalization", "Normalization", "RNN", "SimpleRNN"]
)  # fmt: skip
"""Layers whose output has a dtype that does not depend on the input's."""
_HOLDS = frozenset(
    ["channel-mismatch", "concatenate-mismatch", "empty-output", "merge-mismatch",
     "missing-return-sequences", "reshape-mismatch", "undefined-dimension", "wrong-rank"]
)  # fmt: skip
"""Rules whose faults Keras 2 raises too, when a layer is called for the first time."""


def holds(fault: Fault, first: bool) -> bool:
    """Whether Keras 2 certainly raises where Keras 3 raises this in a call."""
    if fault.rule == "wrong-rank" and "dim=" not in fault.text:
        return False  # Keras 2 takes further batch axes
    if fault.text.startswith(("ConvLSTM layers only", "Values in `cropping`")):
        return False
    return first and fault.rule in _HOLDS


_KINDS: dict[type[Layer], type[Layer]] = {}


def as_keras_2(record: type[Layer]) -> type[Layer]:
    """The record with what Keras 2 does otherwise."""
    if record not in _KINDS:
        kind = next((own for base, own in _OWN.items() if issubclass(record, base)), _Layer)
        where = {"__module__": record.__module__, "__doc__": record.__doc__}
        _KINDS[record] = type(record.__name__, (kind, record), where)
    return _KINDS[record]


class _Layer(Layer):
    """It checks its input only until it is built, and leaves integers as they are."""

    def check_inputs(self, first: Any) -> None:
        try:
            super().check_inputs(first)
        except Fault:
            if self.calls:  # TensorFlow says something when the model runs
                raise Undecided("a layer is called on what it was not built for") from None
            raise

    def _expect_tensor(self, first: Any) -> None:
        if self.nested != "law" and isinstance(first, (list, tuple, dict)):
            raise Undecided("TensorFlow makes one tensor of several")
        super()._expect_tensor(first)

    def _output_dtype(self, first: Any) -> Any:
        leaves = [leaf for leaf in flatten(first) if isinstance(leaf, (Tensor, Array))]
        floats = all(isinstance(leaf.dtype, str) and leaf.dtype in FLOATS for leaf in leaves)
        policy = self.compute_dtype in FLOATS and getattr(self, "autocast", True) is not False
        if self.class_name in _CASTS or (policy and (floats or self.keeps_dtype)):
            return super()._output_dtype(first)
        return Unknown("what becomes of numbers that are no floats")

    def __call__(self, arguments: Arguments, site: Site | None = None) -> Call:
        first = not self.calls
        call = super().__call__(arguments, site)
        dilated = call.fault is not None and call.fault.rule == "empty-output" and _has_holes(self)
        uncertain = dilated or _has_further_axes(call)
        if call.fault is not None and holds(call.fault, first) and not uncertain:
            call.fault.text = _words(call.fault.text)
        elif call.fault is not None:
            call.reason, call.fault = "whether Keras 2 takes this", None
            call.output = None
        several = self.sublayers or isinstance(self, (RNN, MultiHeadAttention))
        if several and _is_partly_frozen(self):
            # Keras 2 freezes the layers within, too, and lists their weights last.
            self.variables_unknown = "which weights of a frozen layer are trainable"
        return call


def _has_further_axes(call: Call) -> bool:
    """Whether a convolution is given more batch axes than one, as Keras 2 takes them."""
    layer, shapes = call.operation, [tensor.shape for tensor in call.input_tensors]
    return isinstance(layer, Conv) and any(s.open or s.rank > layer.rank + 2 for s in shapes)


def _is_partly_frozen(layer: Layer) -> bool:
    try:
        return any(each.trainable is False for each in layer.with_sublayers())
    except Undecided:
        return False


def _words(text: str) -> str:
    """What Keras 2 says, where it is known."""
    found = re.fullmatch(r"(Input \d+) with name '.*' of layer '(.*?)' (is incompat.*)", text)
    return f'{found[1]} of layer "{found[2]}" {found[3]}' if found else ""


class _Normalizing(_Layer):
    """TensorFlow infers the shape from that of the weights, too."""

    def build(self, inputs: Any) -> None:
        given = getattr(self, "axis", None)
        axes = list(given) if isinstance(given, (list, tuple)) else []
        if all(isinstance(axis, int) for axis in axes) and axes != sorted(axes):
            raise Undecided("the order of the axes of the weights")
        super().build(inputs)

    def output(self, inputs: Any) -> Any:
        if self._differs(inputs):
            raise Undecided("a layer is called on another shape than it was built for")
        return super().output(inputs)

    def fallback(self, first: Any) -> Shape:
        return Shape.unknown() if self._differs(first) else super().fallback(first)

    def _differs(self, inputs: Any) -> bool:
        return bool(self.calls) and any(
            not isinstance(tensor, Tensor)
            or not isinstance(inputs, Shape)
            or tensor.shape.rank != inputs.rank
            or tensor.shape.dims[1:] != inputs.dims[1:]
            for tensor in self.calls[0].input_tensors
        )


class _Features(_Layer):
    """The dtypes are others, and only of the usual batch of samples the shape is certain."""

    _ranks: tuple[int, ...] = (2,)

    def _output_dtype(self, first: Any) -> Any:
        return Unknown("the dtype of features")

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        first = next(iter(shapes.values()), None)
        usual = [isinstance(s, Shape) and not s.open and s.rank in self._ranks
                 for s in flatten(first)]  # fmt: skip
        if not all(usual) or any(s[0] is not None for s in flatten(first)):
            raise Undecided("what becomes of features of this shape")
        if any(getattr(self, name, False) is not False for name in ("sparse", "ragged")):
            raise Undecided("the shape of a sparse or ragged tensor")
        result = super().infer_output(values, shapes)
        dtype = self._output_dtype(first)
        return map_structure(lambda leaf: Spec(leaf.shape, dtype) if isinstance(leaf, Spec)
                             else Spec(leaf, dtype) if isinstance(leaf, Shape) else leaf,
                             result)  # fmt: skip


class _Texts(_Features):
    """Only the usual case is certain: one axis of texts, split into words and numbered."""

    _ranks = (1, 2)

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if not self._is_usual:
            raise Undecided("what becomes of texts that are not split, or counted")
        return super().infer_output(values, shapes)

    def fallback(self, first: Any) -> Shape:
        usual = self._is_usual and isinstance(first, Shape) and not first.open
        known = usual and first.rank in (1, 2)
        return super().fallback(first) if known else Shape.unknown()

    @property
    def _is_usual(self) -> bool:
        return bool(self.split is not None and self.output_mode == "int")


class _Expression(_Layer):
    """The equation decides how many axes come out, whatever ``output_shape`` says."""

    def output(self, inputs: Any) -> Any:
        result = super().output(inputs)
        read, _, written = self.equation.partition("->")
        more = len(inputs.dims) - len(_letters(read.partition(",")[0]))
        if len(result.dims) != len(_letters(written)) + (more if "..." in self.equation else 0):
            raise Undecided("an output_shape that is not the equation's")
        asked = self.arguments["output_shape"]
        if None in (asked if isinstance(asked, (list, tuple)) else [asked]):
            raise Undecided("what TensorFlow infers of a size that output_shape leaves open")
        return result


def _letters(term: str) -> str:
    return term.replace("...", "").strip()


class _Directions(_Layer):
    """The dtype is that of the layers within."""

    def _output_dtype(self, first: Any) -> Any:
        inner = [getattr(self, name, None) for name in ("forward_layer", "backward")]
        dtypes = {getattr(layer, "compute_dtype", None) for layer in inner}
        cast = all(getattr(layer, "autocast", False) is True for layer in inner)
        return dtypes.pop() if cast and len(dtypes) == 1 else Unknown("the dtype of what is within")


class _Masked(_Layer):
    """TensorFlow infers the shape from that of the mask, too."""

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if shapes.get("mask") not in (None, shapes.get("inputs")):
            raise Undecided("a mask that has another shape")
        return super().infer_output(values, shapes)


class _Steps(_Layer):
    """The dtype is that of the layer within."""

    def _output_dtype(self, first: Any) -> Any:
        inner = getattr(self, "layer", None)
        if "dtype" in (*self.given, *getattr(inner, "given", ())):
            return Unknown("the dtype of the layer within")
        return super()._output_dtype(first)


class _Pooling(_Layer):
    """Windows and steps that are no integers are TensorFlow's matter."""

    def output(self, inputs: Any) -> Any:
        sizes = [*flatten(self.strides), *flatten(self.pool_size)]
        if not all(isinstance(size, int) for size in sizes):
            raise Undecided("a window or a step that is no integer")
        return super().output(inputs)


_CROPS = (RandomCrop, CenterCrop)


class _Picture(_Layer):
    """A picture whose size is not known, or a factor for each channel, is TensorFlow's matter."""

    def output(self, inputs: Any) -> Any:
        scale = [getattr(self, name, 0) for name in ("scale", "offset")]
        if any(not isinstance(factor, (int, float)) for factor in scale):
            raise Undecided("a factor for each channel")
        if isinstance(inputs, Shape) and isinstance(self, _CROPS) and None in inputs.dims[1:]:
            raise Undecided("a crop of a picture whose size is not known")
        return super().output(inputs)


class _Enlarging(_Layer):
    """Factors that are no integers are TensorFlow's matter."""

    def output(self, inputs: Any) -> Any:
        factors = self.size if isinstance(self.size, (list, tuple)) else [self.size]
        if not all(isinstance(factor, int) for factor in factors):
            raise Undecided("a factor that is no integer")
        return super().output(inputs)


class _Enlarging3D(_Enlarging):
    """Keras 2 forgets what it would check about the input."""

    def check_inputs(self, first: Any) -> None:
        if isinstance(first, Shape) and not first.open and first.rank != 5:
            raise Undecided("Keras 2 does not check the rank here")
        super().check_inputs(first)


class _Enlarging2D(_Enlarging):
    """A size that is not known makes the other one unknown."""

    def _output_dtype(self, first: Any) -> Any:
        if self.interpolation not in ("nearest", "bilinear"):
            return Unknown("the dtype of an interpolation")
        return super()._output_dtype(first)

    def output(self, inputs: Any) -> Any:
        result: Shape = super().output(inputs)
        first = 2 if getattr(self, "data_format", None) == "channels_first" else 1
        sizes = result.dims[first : first + 2]
        if None in sizes and not result.open:
            return Shape((*result.dims[:first], None, None, *result.dims[first + 2 :]))
        return result


class _Dilated(_Layer):
    """TensorFlow loses sizes where holes are between the pixels of a kernel."""

    dilation_rate: Any

    def output(self, inputs: Any) -> Any:
        if _has_holes(self) and (None in inputs.dims[1:] or not isinstance(self, _FORWARD)):
            raise Undecided("what Keras 2 makes of a dilation here")
        return super().output(inputs)

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if _has_holes(self) and isinstance(self, ConvLSTM):
            raise Undecided("what Keras 2 makes of a dilation here")
        return super().infer_output(values, shapes)


def _has_holes(layer: Layer) -> bool:
    rate = getattr(layer, "dilation_rate", 1)
    return any(n != 1 for n in (rate if isinstance(rate, (tuple, list)) else [rate]))


_FORWARD = (DepthwiseConv, SeparableConv)


class _Cells(_Layer):
    """Called by itself, outside an RNN, it nests its states in its own way."""

    def check(self) -> None:
        super().check()
        if self.trainable is False:
            self.variables_unknown = "which weights of frozen cells are trainable"

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        raise Undecided("the states of cells that are called by themselves")


class _Attending(_Layer):
    """The scores have the batch axes of both tensors."""

    attention_axes: Any

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        given = [shape for shape in shapes.values() if isinstance(shape, Shape)]
        if self.attention_axes is not None and any(None in shape.dims[1:] for shape in given):
            raise Undecided("an attention over axes of which a size is not known")
        if any(not shape.open and shape.rank < 3 for shape in given):
            raise Undecided("a mask that has not an axis for each of the scores")
        scores = values.get("return_attention_scores") not in (False, None)
        several = self.attention_axes is not None or any(s.open or s.rank != 3 for s in given)
        if several and scores:
            raise Undecided("the scores of an attention over several axes")
        if scores and any(None in shape.dims[1:] for shape in given):
            raise Undecided("the scores of an attention over a length that is not known")
        if any(not shape.open and shape.dims[:1] != given[0].dims[:1] for shape in given):
            raise Undecided("the batch sizes of an attention differ")
        return super().infer_output(values, shapes)


class _Scoring(_Layer):
    """TensorFlow infers the shape from all tensors, the masks included."""

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        given = [shape for shape in flatten(list(shapes.values())) if isinstance(shape, Shape)]
        batches = {None if shape.open or not shape.dims else shape.dims[0] for shape in given}
        if len(batches) > 1 or any(shape.open or shape.rank != 3 for shape in given):
            raise Undecided("an attention with masks, or of several batch sizes")
        return super().infer_output(values, shapes)


class _Additive(_Scoring):
    """The scale has the size of the value, not of the query."""

    def build(self, inputs: Any) -> None:
        if isinstance(inputs, (list, tuple)) and len(inputs) > 1:
            inputs = [inputs[1], *inputs[1:]]
        super().build(inputs)


class _Dot(_Layer):
    """TensorFlow infers the batch size from both tensors."""

    def output(self, inputs: Any) -> Any:
        one, other = _Merge.shapes_of(inputs, count=2)
        result = super().output(inputs)
        if len(one.dims) != len(other.dims) or one.open or other.open:
            raise Undecided("the product of tensors of different rank")
        if {one.dims[0], other.dims[0]} == {1, None}:
            return Shape((None, *result.dims[1:]))
        if result.dims and result.dims[0] is None:
            batch = other.dims[0] if one.dims[0] is None else one.dims[0]
            return Shape((batch, *result.dims[1:]))
        return result


class _Merge(_Layer):
    """TensorFlow infers the shape: of None and a size, it is the size."""

    def output(self, inputs: Any) -> Shape:
        shapes = self.shapes_of(inputs)
        if self.calls and len({shape.rank for shape in shapes}) > 1:
            raise Undecided("a merge of tensors of other ranks than before")
        rank = max(shape.rank for shape in shapes)
        padded = [
            Shape((shape[0], *(1,) * (rank - shape.rank), *shape.dims[1:])) for shape in shapes
        ]
        try:
            return broadcast_all(padded)
        except Fault:
            raise Undecided("whether the tensors broadcast") from None

    @staticmethod
    def shapes_of(inputs: Any, count: int | None = None) -> list[Shape]:
        """The shapes of the list of tensors; Undecided where they are not known."""
        if (
            not isinstance(inputs, (list, tuple))
            or not inputs
            or len(inputs) != (count or len(inputs))
        ):
            raise Undecided("it is not called on a list of tensors")
        if any(not isinstance(shape, Shape) or shape.open or not shape.dims for shape in inputs):
            raise Undecided("the shape of a tensor to merge is not known")
        return list(inputs)


class _Concatenate(_Layer):
    """TensorFlow infers the shape: where one tensor says a size, the others have it."""

    axis: Any

    def output(self, inputs: Any) -> Shape:
        result: Shape = super().output(inputs)
        if any(shape.open or shape.rank != result.rank for shape in (result, *inputs)):
            return result
        if not isinstance(self.axis, int):
            raise Undecided("an axis that is no integer")
        dims = list(result.dims)
        for place in range(len(dims)):
            sizes = [shape.dims[place] for shape in inputs]
            known = next((size for size in sizes if isinstance(size, int)), None)
            if dims[place] is None and place != self.axis % len(dims):
                dims[place] = known
        return Shape(dims)


_OWN: dict[type[Layer], type[Layer]] = {
    Concatenate: _Concatenate,
    Dot: _Dot,
    Merge: _Merge,
    BatchNormalization: _Normalizing,
    LayerNormalization: _Normalizing,
    PReLU: _Normalizing,
    Normalization: _Normalizing,
    Rescaling: _Picture,
    RandomCrop: _Picture,
    CenterCrop: _Picture,
    **dict.fromkeys(
        [
            CategoryEncoding,
            Discretization,
            HashedCrossing,
            Hashing,
            IntegerLookup,
            StringLookup,
        ],
        _Features,
    ),
    TextVectorization: _Texts,
    EinsumDense: _Expression,
    TimeDistributed: _Steps,
    Bidirectional: _Directions,
    Softmax: _Masked,
    UpSampling1D: _Enlarging,
    UpSampling2D: _Enlarging2D,
    UpSampling3D: _Enlarging3D,
    Pooling: _Pooling,
    **dict.fromkeys([ConvTranspose, ConvLSTM, DepthwiseConv, SeparableConv], _Dilated),
    StackedRNNCells: _Cells,
    AdditiveAttention: _Additive,
    Attention: _Scoring,
    MultiHeadAttention: _Attending,
}
"""What Keras 2 does otherwise in some layers, the most special first."""
