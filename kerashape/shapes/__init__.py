"""The algebra of dimensions and shapes. It knows neither Python syntax nor Keras.

A *dimension* is an ``int``, ``None`` (decided at run time, as Keras says it) or a
:class:`Symbol` (a size that the analysis does not know). A *shape* is a
:class:`Shape`: dimensions, possibly with an unknown number of further ones before.
A law that needs a value which is not known raises :class:`Undecided`; a law that
finds that the shapes cannot fit raises :class:`Fault`.
"""

from kerashape.shapes.outcome import Fault, Undecided, Unknown
from kerashape.shapes.shape import Shape
from kerashape.shapes.symbol import Dim, Symbol, unknown_dim

__all__ = ["Dim", "Fault", "Shape", "Symbol", "Undecided", "Unknown", "unknown_dim"]
