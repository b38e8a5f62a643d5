"""Hashing and HashedCrossing: values to the numbers of bins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerashape.keras.graph import DType
from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Spec
from kerashape.keras.layers.features import dtype_by_mode, encoded_within, one_tensor
from kerashape.keras.layers.image import ValueLayer
from kerashape.keras.layers.values import dim_at, one_of_strings, plain
from kerashape.keras.signature import Arguments, Bound, Signature
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Symbol, Unknown


class Hashing(ValueLayer):
    """Values to the numbers of their bins, or encodings of them."""

    casts_inputs = False
    same_on_data = False
    signature = "num_bins, mask_value=None, salt=None, output_mode='int', sparse=False"
    dtype: Any

    @classmethod
    def settles_dtype(cls, values: dict[str, Any]) -> bool:
        return True

    def check(self) -> None:
        settle(self, "num_bins", "output_mode", "sparse", "salt")
        mode, bins, salt = self.output_mode, self.num_bins, self.salt
        if self.dtype is None:
            self.dtype = dtype_by_mode(mode, "int64", self.floatx)
        refuse(
            "num_bins",
            lambda: bins is None or bins <= 0,
            "The `num_bins` for `Hashing` cannot be `None` or non-positive values. "
            f"Received: num_bins={shown(bins)}.",
            expected="a positive integer",
            found=bins,
        )
        refuse(
            "dtype",
            lambda: mode == "int" and plain(self.dtype) and self.dtype not in ("int32", "int64"),
            "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'in64'. "
            f"Received: dtype={self.dtype}",
            expected="'int32' or 'int64'",
            found=self.dtype,
        )
        modes = ("int", "one_hot", "multi_hot", "count")
        refuse(
            "output_mode",
            lambda: mode not in modes,
            "Invalid value for argument `output_mode`. Expected one of "
            f"{modes}. Received: output_mode={mode}",
            expected=f"one of {modes}",
            found=mode,
        )
        refuse(
            "sparse",
            lambda: self.sparse and mode == "int",
            '`sparse` may only be true if `output_mode` is `"one_hot"`, `"multi_hot"`, or '
            f'`"count"`. Received: sparse={self.sparse} and output_mode={mode}',
            expected="another output_mode",
            found=mode,
        )
        refuse(
            "salt",
            lambda: (
                not (
                    salt is None
                    or isinstance(salt, (Unknown, Symbol))
                    or (isinstance(salt, (list, tuple)) and len(salt) == 2)
                    or isinstance(salt, int)
                )
            ),
            "The `salt` argument for `Hashing` can only be a tuple of size 2 integers, or a single "
            f"integer. Received: salt={salt}.",
            expected="an integer, or two",
            found=salt,
        )

    def _output_dtype(self, first: Any) -> DType:
        return self.variable_dtype

    def output(self, inputs: Any) -> Any:
        shape = one_tensor(inputs)
        if self.output_mode == "int":
            return Spec(shape, self.variable_dtype)
        if self.within:
            if self.output_mode == "one_hot":
                shape = shape[:-1] if dim_at(shape, -1) == 1 else shape  # and once more below
            encoding = encoded_within(shape, self.num_bins, self.output_mode, self.sparse)
            return Spec(encoding, self.variable_dtype, sparse=bool(self.sparse))
        return Spec(standardize_shape((*shape[:-1], self.num_bins)), self.variable_dtype)


class HashedCrossing(ValueLayer):
    """Two tensors of one shape to the numbers of their crosses, or one-hot encodings."""

    casts_inputs = False
    same_on_data = False
    of_several = True
    signature = "num_bins, output_mode='int', sparse=False, name=None, dtype=None, **kwargs"
    takes_base_arguments = False
    dtype: Any

    @classmethod
    def settles_dtype(cls, values: dict[str, Any]) -> bool:
        return not plain(values["output_mode"]) or values["output_mode"] == "int"

    @classmethod
    def bind(cls, arguments: Arguments) -> Bound:
        """Keras drops the keywords that it does not know."""
        names = Signature.parse(cls.signature).names
        keywords = {k: v for k, v in (arguments.keywords or {}).items() if k in names}
        return super().bind(
            Arguments(
                arguments.positional, keywords, arguments.more_positional, arguments.more_keywords
            )
        )

    def check(self) -> None:
        settle(self, "num_bins", "output_mode")
        if self.dtype is None:
            self.dtype = dtype_by_mode(self.output_mode, "int64")
        one_of_strings(self, "output_mode", ("int", "one_hot"))

    def output(self, inputs: Any) -> Any:
        if isinstance(inputs, Mapping):
            if len(inputs) == 2:
                raise Fault("wrong-arity", "0", expected="a list of two tensors", found="a dict")
            raise self.not_two(inputs)
        items = list(inputs)
        if len(items) != 2 or not all(isinstance(item, Shape) for item in items):
            raise self.not_two(inputs)
        first: Shape = items[0]
        second: Shape = items[1]
        if self.within:
            self._check_within(first, second)
            if not first.rank:
                single = Shape() if self.output_mode == "int" else Shape((1, self.num_bins))
                return Spec(single, self.compute_dtype, sparse=self._is_sparse)
        if dim_at(first, -1) != dim_at(second, -1):
            raise Fault(
                "merge-mismatch",
                "Expected the two input tensors to have identical shapes. "
                f"Received input_shape={shown(inputs)}",
                expected=first,
                found=second,
            )
        if self.output_mode == "int":
            return first
        if first[-1] == 1:
            first = first[:-1]
        crossed = standardize_shape((*first, self.num_bins))
        return Spec(crossed, self.compute_dtype, sparse=True) if self._is_sparse else crossed

    @property
    def _is_sparse(self) -> bool:
        """Whether an encoding is sparse, which only shows when the layer runs."""
        return self.within and self.output_mode != "int" and bool(self.sparse)

    def _check_within(self, first: Shape, second: Shape) -> None:
        """What the layer looks at when it runs."""
        if first.rank > 2 or (first.rank == 2 and first[-1] != 1):
            raise Fault(
                "wrong-rank",
                "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or "
                "`(batch_size, 1)`. Received: inputs=",
                expected="a value an example",
                found=first,
            )
        if tuple(first) != tuple(second):
            raise Fault(
                "merge-mismatch",
                "All `HashedCrossing` inputs should have equal shape. Received: inputs=",
                expected=first,
                found=second,
            )

    def not_two(self, inputs: Any) -> Fault:
        """Keras: "Expected as input a list/tuple of 2 tensors"."""
        return Fault(
            "wrong-arity",
            f"Expected as input a list/tuple of 2 tensors. Received input_shape={shown(inputs)}",
            expected="two tensors",
            found=shown(inputs),
        )
