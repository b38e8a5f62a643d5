"""The data sets of ``keras.datasets``: the shapes that ``load_data()`` returns.

Source: the loaders in ``keras.src.datasets``, and the documentation of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerashape.keras.graph import DType
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Unknown


@dataclass(frozen=True, slots=True)
class Dataset:
    """One data set.

    Attributes:
        train, test: the number of samples of each part.
        sample: the shape of one sample; () where the samples are lists of different lengths.
        parameters: those of ``load_data``.
        label: the shape of one label.
        classes: how many there are; None for numbers.
        dtype: of the samples.
    """

    train: int
    test: int
    sample: tuple[int, ...]
    parameters: str = ""
    label: tuple[int, ...] = ()
    classes: int | None = None
    dtype: DType = "uint8"
    label_dtype: DType = "uint8"

    def arrays(self, name: str, given: dict[str, Any], channels_first: bool = False) -> Any:
        """What ``load_data(**given)`` returns, of the data set of that name."""
        total, classes = self.train + self.test, self.classes
        sample = self.sample
        if channels_first and len(sample) == 3:
            sample = (sample[2], *sample[:2])
        if given.get("version", "large") == "small":
            total = 600
        if given.get("label_mode", "fine") == "coarse":
            classes = 20
        split = given.get("test_split", 0.2)
        train: Any = self.train
        if (total != self.train + self.test or "test_split" in given) and not given.get("maxlen"):
            train = int(total * (1 - split))
        words = given.get("num_words")
        words = words if type(words) is int else None
        counts: tuple[Any, Any] = (train, total - train)
        if given.get("maxlen"):  # longer samples are left out
            counts = (Unknown("the samples that are short enough"),) * 2
        return tuple(
            (
                Array(Shape((count, *sample)), self.dtype, name, classes=words),
                Array(Shape((count, *self.label)), self.label_dtype, name, classes=classes),
            )
            for count in counts
        )


def classes_of(labels: Any, *, every: bool = False) -> int | None:
    """How many classes labels have that are certainly all those of a part of a data set.

    They count from 0, and the last one is among them; with ``every`` all of them are.
    """
    dataset = DATASETS.get(labels.origin) if isinstance(labels, Array) else None
    if dataset is None or dataset.classes is None or labels.shape.open or not labels.shape.dims:
        return None
    rows = labels.shape.dims[0]
    if not isinstance(rows, int) or rows not in (dataset.train, dataset.test):
        return None
    if every and not dataset.sample and rows != dataset.train:
        return None  # there may be no text on a rare topic in the smaller part
    classes: int | None = labels.classes
    return classes


def are_numbers(labels: Array) -> bool:
    """Whether labels are certainly numbers of a scale, not classes."""
    dataset = DATASETS.get(labels.origin)
    if dataset is not None:
        return dataset.classes is None
    return labels.origin in _CONTINUOUS and labels.dtype in ("float32", "float64")


_CONTINUOUS = frozenset(
    f"numpy.random.{name}"
    for name in ("rand", "randn", "random", "random_sample", "normal", "uniform",
                 "standard_normal", "exponential", "gamma", "beta", "lognormal")
)  # fmt: skip
_PATH = "path=None"
_TEXT = (
    "path=None, num_words=None, skip_top=0, maxlen=None, {}seed=113, start_char=1, oov_char=2, "
    "index_from=3, **kwargs"
)
_DTYPE = Unknown("the dtype in which it is stored")

DATASETS = {
    "mnist": Dataset(60000, 10000, (28, 28), _PATH, classes=10),
    "fashion_mnist": Dataset(60000, 10000, (28, 28), classes=10),
    "cifar10": Dataset(50000, 10000, (32, 32, 3), "", (1,), 10),
    "cifar100": Dataset(
        50000, 10000, (32, 32, 3), "label_mode='fine'", (1,), 100, label_dtype="int64"
    ),
    "imdb": Dataset(
        25000, 25000, (), _TEXT.format(""), classes=2, dtype="object", label_dtype="int64"
    ),
    "reuters": Dataset(
        8982, 2246, (), _TEXT.format("test_split=0.2, "), classes=46, dtype="object",
        label_dtype="int64",
    ),
    "boston_housing": Dataset(
        404, 102, (13,), f"{_PATH}, test_split=0.2, seed=113", dtype="float64",
        label_dtype="float64",
    ),
    "california_housing": Dataset(
        16512, 4128, (8,), f"version='large', {_PATH}, test_split=0.2, seed=113", dtype=_DTYPE,
        label_dtype=_DTYPE,
    ),
}  # fmt: skip
