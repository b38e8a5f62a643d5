"""``tf.distribute``: strategies, which share the work of a program among devices."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, attribute, function, method
from kerashape.interpret.data.values import DataObject, Pipeline, with_rows
from kerashape.keras.graph import map_structure
from kerashape.shapes import Unknown, unknown_dim

SCOPE = "tensorflow.distribute.Strategy.scope"
"""What ``strategy.scope()`` gives."""
_STRATEGY = "tensorflow.distribute.Strategy"


@function(
    "tensorflow.distribute.MirroredStrategy tensorflow.distribute.OneDeviceStrategy "
    "tensorflow.distribute.MultiWorkerMirroredStrategy tensorflow.distribute.TPUStrategy "
    "tensorflow.distribute.ParameterServerStrategy tensorflow.distribute.get_strategy "
    "tensorflow.distribute.experimental.CentralStorageStrategy "
    "tensorflow.distribute.experimental.MultiWorkerMirroredStrategy "
    "tensorflow.distribute.experimental.ParameterServerStrategy "
    "tensorflow.distribute.experimental.TPUStrategy",
    "*args, **kwargs",
)
def _strategy() -> Any:
    return DataObject(_STRATEGY, {})


@attribute(_STRATEGY, "num_replicas_in_sync")
def _replicas(strategy: DataObject) -> Any:
    return Unknown("how many devices there are")


@method(_STRATEGY, "scope")
def _scope(strategy: DataObject) -> Any:
    return DataObject(SCOPE, {})


@method(_STRATEGY, "experimental_distribute_dataset", "dataset, options=None")
def _distributed(strategy: DataObject, dataset: Any) -> Any:
    """Each device gets its part of every batch."""
    if not isinstance(dataset, Pipeline) or not dataset.batched:
        return Unknown("a data set for several devices")
    return dataset.but(element=map_structure(_part, dataset.element))


def _part(batch: Any) -> Any:
    return with_rows(batch, unknown_dim())


@method(_STRATEGY, "distribute_datasets_from_function", "dataset_fn, options=None")
def _from_function(strategy: DataObject, dataset_fn: Any, call: Calling) -> Any:
    return _distributed(strategy, call.run(dataset_fn, Unknown("which device it is for")))


@method(_STRATEGY, "run", "fn, args=(), kwargs=None, options=None")
def _run(strategy: DataObject, fn: Any, args: Any, kwargs: Any, call: Calling) -> Any:
    """The function on each device, with its part of the data."""
    if isinstance(args, (list, tuple)) and not kwargs:
        call.run(fn, *args)
    else:
        call.run_on_anything(fn)
    return Unknown("what several devices return")


@method(_STRATEGY, "reduce gather experimental_local_results", "*args, **kwargs")
def _gathered(strategy: DataObject) -> Any:
    return Unknown("what several devices return")
