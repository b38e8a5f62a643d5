"""StringLookup and IntegerLookup: tokens to their numbers, or encodings of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kerashape.keras.graph import DType
from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.layers.features import dtype_by_mode, encoded_within, one_tensor
from kerashape.keras.layers.image import ValueLayer
from kerashape.keras.layers.values import fault, one_of_strings, plain
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
SYNONYMS = {"binary": "multi_hot", "tf-idf": "tf_idf"}


class IndexLookup(ValueLayer):
    """What StringLookup and IntegerLookup have in common.

    The number of tokens is known from the ``vocabulary`` or from ``max_tokens``; ``adapt``
    may set it later on, so that without either it is unknown.
    """

    casts_inputs = False
    same_on_data = False
    takes_base_arguments = False
    keywords: ClassVar[str] = "vocabulary_size=None, has_input_vocabulary=None"
    token_type: ClassVar[str] = "string"
    output_mode: Any
    num_oov_indices: Any

    def _on_data(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        data = next(iter(values.values()))
        plain_numbers = self.output_mode == "int" and self.invert is False
        if isinstance(data, Array) and data.shape.known and data.shape.dims and plain_numbers:
            return Spec(data.shape, "int64")
        return super()._on_data(values, shapes)

    @classmethod
    def bind(cls, arguments: Arguments) -> Bound:
        """``trainable`` and ``dtype`` are taken and dropped; other keywords are refused late."""
        text = f"{cls.signature}, *, {cls.keywords}, **kwargs"
        bound = bind(Signature.parse(text), arguments, f"{cls.__name__}.__init__")
        extra = {k: v for k, v in bound.extra.items() if k not in ("trainable", "dtype")}
        if extra:
            name = next(iter(extra))
            raise Fault(
                "bad-argument",
                f"Unrecognized keyword argument(s): {extra}",
                argument=name,
                binding="unexpected",
                choices=tuple(bound.values),
            )
        bound.values.setdefault("oov_method", "floormod")
        return bound

    def check(self) -> None:
        settle(self, "max_tokens", "num_oov_indices", "output_mode", "sparse", "invert")
        settle(self, "pad_to_max_tokens", "oov_method", "salt", "mask_token")
        self.check_sizes()
        one_of_strings(self, "oov_method", ("floormod", "farmhash"))
        self.check_salt()
        if isinstance(self.output_mode, str):
            self.output_mode = SYNONYMS.get(self.output_mode, self.output_mode)
        one_of_strings(self, "output_mode", MODES)
        self.check_mode()
        self.check_mask_token()
        self.check_vocabulary()

    def check_sizes(self) -> None:
        """The numbers of tokens."""
        most, oov = self.max_tokens, self.num_oov_indices
        refuse(
            "max_tokens",
            lambda: most is not None and most <= 1,
            f"If set, `max_tokens` must be greater than 1. Received: max_tokens={shown(most)}",
            expected="2 or more",
            found=most,
        )
        refuse(
            "pad_to_max_tokens",
            lambda: self.pad_to_max_tokens and most is None,
            "If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None",
            expected="False without `max_tokens`",
            found=self.pad_to_max_tokens,
            help="give it `max_tokens`, too",
        )
        refuse(
            "num_oov_indices",
            lambda: oov < 0,
            "`num_oov_indices` must be greater than or equal to 0. "
            f"Received: num_oov_indices={shown(oov)}",
            expected="0 or more",
            found=oov,
        )

    def check_salt(self) -> None:
        """Keras: "`salt` can only be used when `oov_method='farmhash'`"."""
        salt = self.salt
        if salt is None or isinstance(salt, Unknown):
            return
        if self.token_type == "int64" and self.oov_method != "farmhash":
            raise fault(
                "salt",
                "`salt` can only be used when `oov_method='farmhash'`. "
                f"Received: oov_method={self.oov_method}",
                salt,
                "oov_method='farmhash'",
            )
        two = isinstance(salt, (list, tuple)) and len(salt) == 2
        if not two and not isinstance(salt, int):
            raise fault(
                "salt",
                "The `salt` argument for `IndexLookup` can only be a tuple of 2 integers, or a "
                f"single integer. Received: salt={salt}.",
                salt,
                "an integer, or two",
            )

    def check_mode(self) -> None:
        """What does not go with the output mode."""
        mode = self.output_mode
        refuse(
            "output_mode",
            lambda: self.invert and mode != "int",
            f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={mode}",
            expected="'int'",
            found=mode,
        )
        refuse(
            "sparse",
            lambda: self.sparse and mode == "int",
            "`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` "
            f"or `'tf_idf'`. Received: sparse={self.sparse} and output_mode={mode}",
            expected="another output_mode",
            found=mode,
        )
        weights = self.idf_weights
        if weights is not None and not isinstance(weights, Unknown):
            refuse(
                "idf_weights",
                lambda: mode != "tf_idf",
                "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. "
                "Received: idf_weights=",
                expected="output_mode='tf_idf'",
                found=mode,
            )

    def check_mask_token(self) -> None:
        """TensorFlow: "Cannot convert 0 to EagerTensor of dtype string"."""
        token = self.mask_token
        if token is None or not plain(token) or isinstance(token, (list, tuple, dict)):
            return
        if self.token_type == "string":
            fits = isinstance(token, (str, bytes))
        else:
            fits = isinstance(token, int)
        if not fits:
            raise fault(
                "mask_token",
                f"Cannot convert {token!r} to EagerTensor of dtype {self.token_type}",
                token,
                f"a token of type {self.token_type}",
            )

    # -- the vocabulary -------------------------------------------------------------------

    @property
    def special_tokens(self) -> list[Any]:
        """The tokens before the vocabulary: the mask and those out of the vocabulary."""
        mask = [self.mask_token] if self.mask_token is not None else []
        oov = self.num_oov_indices
        if not plain(oov):
            raise Undecided("the number of tokens out of the vocabulary is not known")
        if isinstance(oov, float):
            text = "can't multiply sequence by non-int of type 'float'"
            raise fault("num_oov_indices", text, oov, "an integer")
        return (mask if self.output_mode == "int" else []) + [self.oov_token] * oov

    def check_vocabulary(self) -> None:
        """The vocabulary that was given, and its weights."""
        tokens, weights = self.vocabulary, self.idf_weights
        if tokens is None:
            return
        if self.output_mode == "tf_idf" and weights is None:
            raise fault(
                "idf_weights",
                "When specifying the `vocabulary` argument, in TF-IDF output mode, the "
                "`idf_weights` argument must also be provided.",
                None,
                "as many weights as tokens",
            )
        if isinstance(tokens, (str, Array)) or not plain(tokens):
            return
        if not isinstance(tokens, (list, tuple)):
            text = f"'{type(tokens).__name__}' object has no attribute 'size'"
            raise fault("vocabulary", text, tokens, "a list of tokens")
        if not tokens:
            text = f"Cannot set an empty vocabulary. Received: vocabulary={list(tokens)}"
            raise fault("vocabulary", text, tokens, "at least one token")
        self.check_tokens(_as_array(tokens, self.token_type))
        self.check_weights(len(tokens))

    def check_tokens(self, tokens: list[Any]) -> None:
        """Whether the tokens are different, and leave the special ones alone."""
        special = self.special_tokens
        rest = tokens[len(special) :] if tokens[: len(special)] == special else tokens
        if len(set(rest)) != len(rest):
            raise fault(
                "vocabulary",
                "The passed vocabulary has at least one repeated term. Please uniquify your "
                "dataset. The repeated terms are: ",
                sorted({token for token in rest if rest.count(token) > 1}),
                "different tokens",
            )
        reserved = {"mask": self.mask_token, "OOV": self.oov_token if self.invert else None}
        for words, token in reserved.items():
            if token is not None and token in rest:
                raise fault(
                    "vocabulary",
                    f"Found reserved {words} token at unexpected location in `vocabulary`.",
                    token,
                    "a vocabulary without it",
                )
        size = len(special) + len(rest)
        refuse(
            "vocabulary",
            lambda: self.max_tokens is not None and size > self.max_tokens,
            "Attempted to set a vocabulary larger than the maximum vocab size. Received "
            f"vocabulary size is {size}; `max_tokens` is {self.max_tokens}.",
            expected=f"at most {self.max_tokens} tokens",
            found=size,
        )
        self.tokens, self.size = rest, size

    size: Any = None
    """The number of tokens, special ones included, where the vocabulary is known."""
    tokens: list[Any] | None = None
    """The tokens after the special ones, where they are known."""

    def take_vocabulary(self, tokens: Any, weights: Any = None) -> None:
        """``set_vocabulary()``. Raises :class:`Fault` where Keras refuses the tokens."""
        before = self.size
        self.forget("the vocabulary that was set is not known")
        self.vocabulary, self.idf_weights = tokens, weights
        self.check_vocabulary()
        known = isinstance(before, int) and isinstance(self.size, int)
        frozen = self.output_mode != "int" and self.pad_to_max_tokens in (False, None)
        if known and frozen and before != self.size:
            raise fault(
                "vocabulary",
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, "
                "the vocabulary size cannot be changed after the layer is called.",
                self.size,
                f"{before} tokens, as before",
            )

    def learn(self, counts: Mapping[Any, int]) -> None:
        """``adapt()`` on data with these tokens: the frequent ones, of equals the last, first."""
        special = [self.mask_token, self.oov_token]
        order = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        tokens = [token for token in order if token not in special]
        start = len(self.special_tokens)
        if isinstance(self.max_tokens, Unknown):
            raise Undecided(self.max_tokens.reason)
        if self.max_tokens:
            tokens = tokens[: self.max_tokens - start]
        if not tokens:
            raise Undecided("no tokens were found in the data")
        self.tokens, self.size = tokens, start + len(tokens)

    def forget(self, reason: str) -> None:
        """Of the vocabulary nothing is known any more."""
        self.tokens, self.size = None, Unknown(reason)

    def known_size(self) -> Any:
        """``vocabulary_size()``."""
        return (
            Unknown("the size of the vocabulary is not known") if self.size is None else self.size
        )

    def known_tokens(self, *, special: bool) -> list[Any]:
        """``get_vocabulary()``. Raises :class:`Undecided` if the tokens are not known."""
        if self.tokens is None:
            raise Undecided("the vocabulary is not known")
        return [*(self.special_tokens if special else []), *self.tokens]

    def check_weights(self, count: int) -> None:
        """The inverse document frequencies."""
        weights = self.idf_weights
        if weights is None or not plain(weights) or self.output_mode != "tf_idf":
            return
        if not isinstance(weights, (list, tuple)):
            text = f"object of type '{type(weights).__name__}' has no len()"
            raise fault("idf_weights", text, weights, "a list of numbers")
        if len(weights) != count:
            raise fault(
                "idf_weights",
                "`idf_weights` must be the same length as vocabulary. len(idf_weights) is "
                f"{len(weights)}; len(vocabulary) is {count}",
                len(weights),
                count,
            )

    def _output_dtype(self, first: Any) -> DType:
        return dtype_by_mode(self.output_mode, "int64", self.floatx)

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        return Unknown("what the layer makes of it when it runs")

    @property
    def depth(self) -> Any:
        """The size of an encoding."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        size = self.vocabulary_size if self.size is None else self.size
        return Unknown("the size of the vocabulary is not known") if size is None else size

    def output(self, inputs: Any) -> Any:
        shape = one_tensor(inputs)
        if self.output_mode == "int":
            return Spec(shape, self.token_type if self.within and self.invert else "int64")
        if self.within:
            return self.encoded_within(tuple(shape))
        return Spec(self.encoded(tuple(shape)), self.floatx)

    def encoded_within(self, dims: tuple[Any, ...]) -> Spec:
        """What the layer makes of tokens of that shape when it runs: counts along the axis 1."""
        weighted = self.output_mode == "tf_idf"
        if weighted and self.sparse and len(dims) > 1:
            raise Undecided("whether TensorFlow has such a sparse encoding")
        shape = encoded_within(Shape(dims), self.depth, self.output_mode, self.sparse)
        return Spec(shape, self.floatx if weighted else "int64", sparse=bool(self.sparse))

    def encoded(self, dims: tuple[Any, ...]) -> Shape:
        """The shape of an encoding of tokens of that shape."""
        kept = dims[:-1]
        if self.output_mode == "one_hot" and not (len(dims) > 1 and dims[-1] == 1):
            kept = dims
        return standardize_shape((*kept, self.depth))


def _as_array(tokens: Any, token_type: str) -> list[Any]:
    """The tokens as numpy and TensorFlow convert them."""
    if any(isinstance(token, (list, tuple, dict)) for token in tokens):
        raise Undecided("a nested vocabulary")
    if token_type == "string":
        if any(isinstance(token, str) for token in tokens):
            return [str(token) for token in tokens]
        if all(isinstance(token, bytes) for token in tokens):
            raise Undecided("a vocabulary of bytes")
        name = type(tokens[0]).__name__
        text = "Failed to convert a NumPy array to a Tensor (Unsupported object type "
        raise fault("vocabulary", text, name, "strings")
    for token in tokens:
        if token is None or isinstance(token, bytes):
            raise fault("vocabulary", "Failed to convert a NumPy array", token, "integers")
        if isinstance(token, str):
            try:
                int(token)
            except ValueError:
                text = "invalid literal for int() with base 10:"
                raise fault("vocabulary", text, token, "integers") from None
    return [int(token) for token in tokens]


class StringLookup(IndexLookup):
    """Strings to their numbers in a vocabulary, or encodings of them."""

    takes_texts = True
    signature = (
        "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token='[UNK]', "
        "vocabulary=None, idf_weights=None, invert=False, output_mode='int', "
        "pad_to_max_tokens=False, sparse=False, encoding='utf-8', name=None, salt=None"
    )
    keywords = "vocabulary_size=None, has_input_vocabulary=None, oov_method='floormod'"


class IntegerLookup(IndexLookup):
    """Integers to their numbers in a vocabulary, or encodings of them."""

    signature = (
        "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, "
        "vocabulary_dtype='int64', idf_weights=None, invert=False, output_mode='int', "
        "sparse=False, pad_to_max_tokens=False, oov_method='floormod', salt=None, name=None"
    )
    token_type = "int64"

    def check_sizes(self) -> None:
        most, oov = self.max_tokens, self.num_oov_indices
        refuse(
            "max_tokens",
            lambda: most is not None and most <= 1,
            "If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. "
            f"Received: max_tokens={shown(most)}",
            expected="2 or more",
            found=most,
        )
        refuse(
            "num_oov_indices",
            lambda: oov < 0,
            "The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. "
            f"Received: num_oov_indices={shown(oov)}",
            expected="0 or more",
            found=oov,
        )
        dtype = self.vocabulary_dtype
        if plain(dtype) and dtype != "int64":
            raise fault(
                "vocabulary_dtype",
                "Only `vocabulary_dtype='int64'` is supported at this time. "
                f"Received: vocabulary_dtype={dtype}",
                dtype,
                "'int64'",
            )
        super().check_sizes()
