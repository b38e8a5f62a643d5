"""``keras.datasets``: ``load_data()``."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, function
from kerashape.keras.datasets import DATASETS, Dataset
from kerashape.shapes import Unknown


def _declare(name: str, dataset: Dataset) -> None:
    parameters = [p.split("=")[0].strip("* ") for p in dataset.parameters.split(",") if p]

    def load(call: Calling, values: dict[str, Any]) -> Any:
        given = {key: values[key] for key in parameters if key in call.given}
        if any(isinstance(value, Unknown) for value in given.values()):
            return Unknown(f"what {name}.load_data() returns")
        first = call.machine.names.defaults.data_format == "channels_first"
        return dataset.arrays(name, given, first)

    function(f"keras.datasets.{name}.load_data", dataset.parameters)(load)


for _name, _dataset in DATASETS.items():
    _declare(_name, _dataset)
