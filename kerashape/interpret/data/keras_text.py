"""Keras's functions on texts: tokens as numbers."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, function, method
from kerashape.interpret.data.values import LIST, DataObject, Pipeline, array, rows_of
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Shape, Symbol, Unknown, unknown_dim

TOKENIZER = "keras.preprocessing.text.Tokenizer"
_TOKENS = "filters=None, lower=True, split=' ', "


def _count(texts: Any) -> Dim:
    """How many texts there are."""
    if isinstance(texts, list):
        return len(texts)
    if isinstance(texts, Pipeline):
        return texts.count
    return rows_of(texts) if isinstance(texts, Array) else unknown_dim()


def _numbers(count: Dim) -> Pipeline:
    """A list of lists of numbers, of different lengths."""
    return Pipeline(LIST, Array(Shape((unknown_dim(),)), "int64"), count)


@function(
    f"{TOKENIZER} keras.legacy.preprocessing.text.Tokenizer",
    f"num_words=None, {_TOKENS}char_level=False, oov_token=None, analyzer=None, **kwargs",
)
def _tokenizer(num_words: Any) -> Any:
    return DataObject(TOKENIZER, {"num_words": num_words})


@method(TOKENIZER, "fit_on_texts fit_on_sequences", "texts")
def _fit(tokenizer: DataObject) -> Any:
    return None


@method(TOKENIZER, "texts_to_sequences", "texts")
def _to_sequences(texts: Any) -> Any:
    return _numbers(_count(texts))


@method(TOKENIZER, "texts_to_matrix sequences_to_matrix", "texts, mode='binary'")
def _to_matrix(tokenizer: DataObject, texts: Any) -> Any:
    words = tokenizer["num_words"]
    if not isinstance(words, (int, Symbol)):
        words = Unknown("the number of words")
    return array((_count(texts), words), "float64", "texts_to_matrix()")


@function("keras.preprocessing.text.one_hot", f"input_text, n, {_TOKENS}analyzer=None")
@function(
    "keras.preprocessing.text.hashing_trick", f"text, n, hash_function=None, {_TOKENS}analyzer=None"
)
def _hashed() -> Any:
    return Pipeline(LIST, array((), "int64"), Unknown("the number of words"))


@function("keras.preprocessing.text.text_to_word_sequence", f"input_text, {_TOKENS}")
def _words(call: Calling) -> Any:
    return Pipeline(LIST, array((), "str"), Unknown("the number of words"))
