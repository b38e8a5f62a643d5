"""TextVectorization: strings to sequences of token numbers, or encodings of them."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import DType
from kerashape.keras.layers.arguments import refuse, settle
from kerashape.keras.layers.base import Array, Layer, Spec
from kerashape.keras.layers.features import dtype_by_mode, one_tensor
from kerashape.keras.layers.image import ValueLayer
from kerashape.keras.layers.lookup import MODES, SYNONYMS, IndexLookup, StringLookup
from kerashape.keras.layers.values import dim_at, is_size, one_of_strings, plain
from kerashape.keras.signature import Arguments
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown, unknown_dim


class TextVectorization(ValueLayer):
    """Strings to sequences of token numbers (batch, length), or encodings (batch, tokens)."""

    casts_inputs = False
    same_on_data = False
    takes_texts = True
    signature = (
        "max_tokens=None, standardize='lower_and_strip_punctuation', split='whitespace', "
        "ngrams=None, output_mode='int', output_sequence_length=None, pad_to_max_tokens=False, "
        "vocabulary=None, idf_weights=None, sparse=False, ragged=False, encoding='utf-8', name=None"
    )
    keywords = "vocabulary_size=None, has_input_vocabulary=None"
    output_mode: Any
    lookup: IndexLookup | None = None

    def check(self) -> None:
        settle(self, "ngrams", "output_mode", "output_sequence_length", "ragged")
        settle(self, "split")
        one_of_strings(
            self,
            "standardize",
            ("lower_and_strip_punctuation", "lower", "strip_punctuation"),
            callables=True,
        )
        one_of_strings(self, "split", ("whitespace", "character"), callables=True)
        if isinstance(self.output_mode, str):
            self.output_mode = SYNONYMS.get(self.output_mode, self.output_mode)
        one_of_strings(self, "output_mode", MODES)
        self.check_lengths()
        names = "max_tokens vocabulary idf_weights pad_to_max_tokens sparse encoding"
        given = {name: self.arguments[name] for name in names.split()}
        given["vocabulary_size"] = self.arguments["vocabulary_size"]
        lookup = StringLookup.construct(
            Arguments(keywords={**given, "mask_token": "", "output_mode": self.output_mode}),
            self.names,
        )
        assert isinstance(lookup, IndexLookup)
        self.lookup = lookup

    def check_lengths(self) -> None:
        """The n-grams and what goes with the output mode only."""
        ngrams, mode, length = self.ngrams, self.output_mode, self.output_sequence_length
        is_tuple = isinstance(ngrams, tuple)
        refuse(
            "ngrams",
            lambda: (
                not (ngrams is None or is_size(ngrams) or (is_tuple and all(map(is_size, ngrams))))
            ),
            f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={ngrams}",
            expected="None, an integer or a tuple",
            found=ngrams,
        )
        refuse(
            "output_sequence_length",
            lambda: mode == "int" and plain(length) and not isinstance(length, (int, type(None))),
            "`output_sequence_length` must be either None or an integer when `output_mode` is "
            f"'int'. Received: output_sequence_length={length}",
            expected="None or an integer",
            found=length,
        )
        refuse(
            "output_sequence_length",
            lambda: mode != "int" and plain(length) and length is not None,
            "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
            f"Received output_sequence_length={length}.",
            expected="output_mode='int'",
            found=mode,
        )
        refuse(
            "ragged",
            lambda: self.ragged and mode != "int",
            "`ragged` must not be true if `output_mode` is `'int'`. "
            f"Received: ragged={self.ragged} and output_mode={mode}",
            expected="output_mode='int'",
            found=mode,
        )

    @property
    def sublayers(self) -> list[Layer]:
        return [self.lookup] if self.lookup is not None else []

    def output(self, inputs: Any) -> Any:
        shape = one_tensor(inputs)
        if self.within:
            return self._output_within(shape)
        if self.output_mode == "int":
            sequence = (dim_at(shape, 0), self.output_sequence_length)
            return Spec(standardize_shape(sequence), "int64")
        lookup = self._settled_lookup()
        dims = tuple(shape)
        if self.split is not None:
            dims = (*dims, None)
        elif len(dims) <= 1:
            dims = (*dims, 1)
        return Spec(lookup.encoded(dims), self.floatx)

    def _on_data(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        data = next(iter(values.values()))
        known = isinstance(data, Array) and not data.shape.open and plain(self.split)
        shape = None
        if known and self.output_mode == "int" and self.ragged is False:
            shape = self._sequences(data.shape)
        return Unknown("what the layer makes of data") if shape is None else Spec(shape, "int64")

    def _sequences(self, shape: Shape) -> Shape | None:
        """The numbers of the tokens: each text is cut to one length, or filled up to the longest.

        What is not split is tokens as it is, cut along the last axis.
        """
        length = self.output_sequence_length
        if shape.rank > 2:
            return None
        if self.split is not None:
            self._check_within(shape)
            texts = shape[:-1] if shape.rank > 1 else shape
            return Shape((*texts, unknown_dim() if length is None else length))
        return None if length is None or not shape.rank else Shape((*shape[:-1], length))

    def _settled_lookup(self) -> IndexLookup:
        if self.lookup is None or isinstance(self.split, Unknown):
            raise Undecided("how the text is split is not known")
        return self.lookup

    def _output_within(self, shape: Shape) -> Spec:
        """What comes out when the layer runs: the texts are split, and all cut to one length."""
        lookup, dims = self._settled_lookup(), tuple(shape)
        if not plain(self.standardize):
            raise Undecided("what the standardization makes of the texts")
        if self.split is not None:
            self._check_within(shape)
            texts = dims[:-1] if len(dims) > 1 else dims
            if len(texts) == 1 and self.split == "whitespace":
                texts = (None,)  # TensorFlow forgets how many there are
            dims = (*texts, None)
        elif dims and self.ngrams is not None:
            dims = (*dims[:-1], None)
        if self.output_mode != "int":
            return lookup.encoded_within(dims)
        if self.output_sequence_length is not None and not self.ragged:
            if not dims:
                raise Undecided("a single token has no length")
            dims = (*dims[:-1], self.output_sequence_length)
        return Spec(standardize_shape(dims), "int64")

    def _output_dtype(self, first: Any) -> DType:
        return dtype_by_mode(self.output_mode, "int64", self.floatx)

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        return Unknown("what the layer makes of it when it runs")

    def _check_within(self, shape: Shape) -> None:
        """What the layer looks at when it runs."""
        if shape.rank > 1 and shape[-1] != 1:
            raise Fault(
                "wrong-rank",
                "When using `TextVectorization` to tokenize strings, the input rank must be 1 or "
                "the last shape dimension must be 1.",
                expected="one text an example",
                found=shape,
            )

    def fallback(self, first: Any) -> Shape:
        numbers = self.arguments["output_mode"] == "int" and not self.within
        return Shape.of_rank(2) if numbers else Shape.unknown()
