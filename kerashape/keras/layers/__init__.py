"""Every public layer of Keras 3, one record a layer, found by name and loaded on demand.

To add a layer, write its record beside its siblings and its name into ``FAMILIES``.
"""

from __future__ import annotations

import functools
import importlib

from kerashape.keras.layers.base import Layer

FAMILIES = {
    "input": "InputLayer",
    "attention": "Attention AdditiveAttention",
    "multi_head": "MultiHeadAttention GroupQueryAttention",
    "cells": "SimpleRNNCell GRUCell LSTMCell",
    "stacked_cells": "StackedRNNCells",
    "features": "CategoryEncoding Discretization Normalization",
    "hashing": "HashedCrossing Hashing",
    "lookup": "IntegerLookup StringLookup",
    "text": "TextVectorization",
    "colour": "AutoContrast ContrastLimitedAdaptiveHistogramEqualization Equalization "
    "RandomBrightness RandomColorDegeneration RandomContrast RandomGrayscale RandomHue "
    "RandomInvert RandomPosterization RandomSaturation RandomSharpness Solarization",
    "geometry": "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur "
    "RandomPerspective RandomRotation RandomShear RandomTranslation RandomZoom",
    "policies": "AugMix CutMix MaxNumBoundingBoxes MixUp Pipeline RandAugment RandomColorJitter",
    "spectrogram": "MelSpectrogram STFTSpectrogram",
    "foreign": "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper",
    "image": "Rescaling Resizing CenterCrop RandomCrop",
    "conv_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "recurrent": "RNN SimpleRNN GRU LSTM",
    "wrappers": "Wrapper TimeDistributed Bidirectional",
    "activation": "Activation ELU LeakyReLU PReLU ReLU Softmax",
    "convolution": "Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose "
    "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D",
    "einsum_dense": "EinsumDense",
    "core": "Dense Embedding Identity Lambda Layer Masking ReversibleEmbedding",
    "merging": "Add Average Concatenate Dot Maximum Minimum Multiply Subtract",
    "normalization": "BatchNormalization GroupNormalization LayerNormalization RMSNormalization "
    "SpectralNormalization UnitNormalization",
    "pooling": "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
    "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D "
    "AveragePooling2D AveragePooling3D GlobalAveragePooling1D GlobalAveragePooling2D "
    "GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "MaxPooling1D MaxPooling2D MaxPooling3D",
    "regularization": "ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise "
    "SpatialDropout1D SpatialDropout2D SpatialDropout3D",
    "reshaping": "Cropping1D Cropping2D Cropping3D Flatten Permute RepeatVector Reshape "
    "UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D",
}
"""The module of each layer."""

ALIASES: dict[str, str] = {
    "Convolution1D": "Conv1D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    **{f"AvgPool{n}D": f"AveragePooling{n}D" for n in (1, 2, 3)},
    **{f"MaxPool{n}D": f"MaxPooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalAvgPool{n}D": f"GlobalAveragePooling{n}D" for n in (1, 2, 3)},
    **{f"GlobalMaxPool{n}D": f"GlobalMaxPooling{n}D" for n in (1, 2, 3)},
}
"""Second names that Keras exports for the same class."""

LEGACY = frozenset(
    ["CuDNNGRU", "CuDNNLSTM", "LocallyConnected1D", "LocallyConnected2D", "RandomHeight",
     "RandomWidth", "SyncBatchNormalization", "ThresholdedReLU"]
)  # fmt: skip
"""Layers that Keras 2 has besides; their records are in ``legacy``."""

_MODULE_OF = {name: module for module, names in FAMILIES.items() for name in names.split()}


def names() -> list[str]:
    """The names of all layers that have a record, aliases included."""
    return [*_MODULE_OF, *ALIASES]


@functools.cache
def find(name: str) -> type[Layer] | None:
    """The record of ``keras.layers.<name>``; None if Keras has no such layer."""
    name = ALIASES.get(name, name)
    module = _MODULE_OF.get(name)
    if module is None:
        return None
    record: type[Layer] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return record
