"""The data sets of ``keras.datasets``: the shapes that ``load_data()`` returns.

Source: the loaders in ``keras.src.datasets``, and the documentation of each.
"""

from __future__ import annotations

from dataclasses import dataclass

from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set.

    Attributes:
        train, test: the number of samples of each part.
        sample: the shape of one sample; () where the samples are lists of different lengths.
        label: the shape of one label.
        classes: how many there are; None for numbers.
        dtype: of the samples.
    """

    train: int
    test: int
    sample: tuple[int, ...]
    label: tuple[int, ...] = ()
    classes: int | None = None
    dtype: str = "uint8"
    label_dtype: str = "uint8"

    def arrays(self, name: str) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        """What ``load_data()`` returns."""
        train, test = (
            (
                Array(Shape((count, *self.sample)), self.dtype, name),
                Array(Shape((count, *self.label)), self.label_dtype, name, classes=self.classes),
            )
            for count in (self.train, self.test)
        )
        return train, test


DATASETS = {
    "mnist": Dataset(60000, 10000, (28, 28), classes=10),
    "fashion_mnist": Dataset(60000, 10000, (28, 28), classes=10),
    "cifar10": Dataset(50000, 10000, (32, 32, 3), (1,), 10),
    "cifar100": Dataset(50000, 10000, (32, 32, 3), (1,), 100, label_dtype="int64"),
    "imdb": Dataset(25000, 25000, (), classes=2, dtype="object", label_dtype="int64"),
    "reuters": Dataset(8982, 2246, (), classes=46, dtype="object", label_dtype="int64"),
    "boston_housing": Dataset(404, 102, (13,), dtype="float64", label_dtype="float64"),
    "california_housing": Dataset(16512, 4128, (8,), dtype="float32", label_dtype="float32"),
}

# Arguments that change how many samples there are, or which.
RESHAPING = frozenset({"test_split", "version", "maxlen", "label_mode"})
