"""Every constructor of ``keras.applications``, found by name and loaded on demand.

To add an application, write its architecture over the words of
:mod:`kerashape.keras.applications.blocks` and its name into ``FAMILIES``.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerashape.keras.applications.base import Application

FAMILIES = {
    "convnext": "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
    "densenet": "DenseNet121 DenseNet169 DenseNet201",
    "efficientnet": "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 "
    "EfficientNetB5 EfficientNetB6 EfficientNetB7",
    "efficientnet_v2": "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 "
    "EfficientNetV2S EfficientNetV2M EfficientNetV2L",
    "inception": "InceptionV3 InceptionResNetV2",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3": "MobileNetV3Small MobileNetV3Large",
    "nasnet": "NASNetMobile NASNetLarge",
    "resnet": "ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2",
    "vgg": "VGG16 VGG19",
    "xception": "Xception",
}
"""The module here of each application."""

MODULES: dict[str, tuple[str, ...]] = {
    "convnext": tuple(FAMILIES["convnext"].split()),
    "densenet": tuple(FAMILIES["densenet"].split()),
    "efficientnet": tuple(FAMILIES["efficientnet"].split()),
    "efficientnet_v2": tuple(FAMILIES["efficientnet_v2"].split()),
    "imagenet_utils": (),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "inception_v3": ("InceptionV3",),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": (),
    "nasnet": ("NASNetMobile", "NASNetLarge"),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet50": ("ResNet50",),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
    "vgg16": ("VGG16",),
    "vgg19": ("VGG19",),
    "xception": ("Xception",),
}
"""The applications in each public submodule of ``keras.applications``."""

_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names.split()}


def names() -> list[str]:
    """The names of all applications."""
    return list(_FAMILY_OF)


@functools.cache
def find(name: str) -> Application | None:
    """``keras.applications.<name>``; None if Keras has no such application."""
    family = _FAMILY_OF.get(name)
    if family is None:
        return None
    module = importlib.import_module(f"{__name__}.{family}")
    found: Application = next(a for a in module.APPLICATIONS if a.name == name)
    return found
