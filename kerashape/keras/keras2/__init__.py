"""Keras 2 where it differs: signatures, the arguments of Keras 1, layers, and how they are called.

The signatures come from the comparison of the two packages (``kerashape.keras.migration``); the
laws on shapes are those of Keras 3, except where ``calling`` says otherwise.
"""

from kerashape.keras.keras2.construction import construct, find, signature_of

__all__ = ["construct", "find", "signature_of"]
