"""Functional and Sequential models: graphs of layers that are layers themselves.

The order of checks, the order of ``model.layers`` and the treatment of intermediate
tensors follow ``keras.src.models.functional`` and ``keras.src.ops.function``.
"""

from kerashape.keras.models.base import Model
from kerashape.keras.models.entry import make_input
from kerashape.keras.models.functional import Functional
from kerashape.keras.models.sequential import OtherKeras, Sequential

__all__ = ["Functional", "Model", "OtherKeras", "Sequential", "make_input"]
