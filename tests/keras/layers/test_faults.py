"""Each raise site of the layers: the rule, the argument at fault, and Keras's own words."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape

IMAGE = (None, 8, 8, 6)
Call = Any
"""A shape, or a nested list of shapes, that the layer is called on; None: it is not."""

SITES: list[tuple[str, str, tuple[Any, ...], dict[str, Any], list[Call]]] = [
    # rule and argument, layer, arguments, shapes of its calls
    ("bad-argument units", "Dense", (32.0,), {}, []),
    ("bad-argument units", "Dense", (0,), {}, []),
    ("bad-argument activation", "Dense", (3, "rely"), {}, []),
    ("bad-argument activity_regularizer", "Dense", (3,), {"activity_regularizer": "l3"}, []),
    ("bad-argument input_length", "Dense", (3,), {"input_length": 4}, []),
    ("bad-argument name", "Dense", (3,), {"name": "a/b"}, []),
    ("bad-argument trainable", "Dense", (3,), {"trainable": "yes"}, []),
    ("wrong-rank", "Dense", (3,), {}, [(None,)]),
    ("undefined-dimension", "Dense", (3,), {}, [(None, None)]),
    ("incompatible-input", "Dense", (3,), {}, [(None, 4), (None, 5)]),
    ("bad-argument lora_rank", "Dense", (3,), {"lora_rank": 2, "kernel_constraint": "non_neg"}, [(1, 4)]),
    ("bad-argument input_dim", "Embedding", (0, 3), {}, []),
    ("bad-argument output_dim", "Embedding", (3, 2.0), {}, []),
    ("bad-argument equation", "EinsumDense", ("ab-bc",), {"output_shape": 3}, [(None, 4)]),
    ("bad-argument equation", "EinsumDense", ("ab,bc->ad",), {"output_shape": 3}, [(None, 4)]),
    ("bad-argument equation", "EinsumDense", ("ab,bd->ac",), {"output_shape": 3}, [(None, 4)]),
    ("op-mismatch output_shape", "EinsumDense", ("abc,cd->abd",), {"output_shape": (9, 4)}, [(None, 8, 5)]),
    ("bad-argument bias_axes", "EinsumDense", ("ab,bc->ac", 3), {"bias_axes": "z"}, [(None, 4)]),
    ("bad-argument function", "Lambda", (3,), {}, []),
    ("bad-argument output_shape", "Lambda", (len, [3]), {}, [(None, 4)]),
    # convolution
    ("bad-argument filters", "Conv2D", (0, 3), {}, []),
    ("undefined-dimension", "Conv2D", (None, 3), {}, [IMAGE]),
    ("bad-argument kernel_size", "Conv2D", (4, (3, 3, 3)), {}, []),
    ("bad-argument kernel_size", "Conv2D", (4, 0), {}, []),
    ("bad-argument strides", "Conv2D", (4, 3, "same"), {}, []),
    ("bad-argument rank", "Conv2D", (4, 3), {"rank": 2}, []),
    ("bad-argument lora_rank", "Conv2D", (4, 3), {"lora_rank": 2, "kernel_constraint": "non_neg"}, [IMAGE]),
    ("bad-argument padding", "Conv2D", (4, 3), {"padding": "causal"}, []),
    ("bad-argument data_format", "Conv2D", (4, 3), {"data_format": "last"}, []),
    ("bad-argument groups", "Conv2D", (4, 3), {"groups": 0}, []),
    ("channel-mismatch groups", "Conv2D", (4, 3), {"groups": 3}, []),
    ("channel-mismatch groups", "Conv2D", (4, 3), {"groups": 4}, [IMAGE]),
    ("bad-argument dilation_rate", "Conv2D", (4, 3, 2), {"dilation_rate": 2}, []),
    ("empty-output", "Conv2D", (4, 9), {}, [IMAGE]),
    ("empty-output", "Conv1D", (4, 3), {"dilation_rate": 4}, [(None, 8, 2)]),
    ("undefined-dimension", "Conv2D", (4, 3), {}, [(None, 8, 8, None)]),
    ("wrong-rank", "Conv2D", (4, 3), {}, [(None, 8, 8)]),
    ("wrong-rank", "Conv2D", (4, 3), {}, [(None, 8, 8, 8, 3)]),
    ("incompatible-input", "Conv2D", (4, 3), {}, [IMAGE, (None, 8, 8, 5)]),
    ("bad-argument output_padding", "Conv2DTranspose", (4, 3), {"output_padding": 1}, []),
    ("undefined-dimension", "Conv2DTranspose", (4, 3), {}, [(None, 8, 8, None)]),
    ("bad-argument depth_multiplier", "DepthwiseConv2D", (3,), {"depth_multiplier": 0}, []),
    ("undefined-dimension", "DepthwiseConv2D", (3,), {}, [(None, 8, 8, None)]),
    ("undefined-dimension", "SeparableConv2D", (4, 3), {}, [(None, 8, 8, None)]),
    # pooling
    ("bad-argument pool_size", "MaxPooling2D", ((2, 2, 2),), {}, []),
    ("bad-argument padding", "MaxPooling2D", (), {"padding": "full"}, [IMAGE]),
    ("bad-argument strides", "MaxPooling2D", (2, 0), {}, [IMAGE]),
    ("empty-output", "MaxPooling2D", (9,), {}, [IMAGE]),
    ("wrong-rank", "GlobalAveragePooling2D", (), {}, [(None, 8)]),
    ("bad-argument output_size", "AdaptiveMaxPooling2D", ((1, 2, 3),), {}, []),
    # reshaping
    ("bad-argument target_shape", "Reshape", (4,), {}, []),
    ("bad-argument target_shape", "Reshape", ((-1, -1),), {}, []),
    ("bad-argument target_shape", "Reshape", ((-2,),), {}, []),
    ("reshape-mismatch", "Reshape", ((4, 4),), {}, [(None, 15)]),
    ("reshape-mismatch", "Reshape", ((4, -1),), {}, [(None, 15)]),
    ("bad-argument dims", "Permute", ((0, 1),), {}, []),
    ("wrong-rank", "Permute", ((2, 1),), {}, [IMAGE]),
    ("bad-argument n", "RepeatVector", (2.0,), {}, []),
    ("bad-argument size", "UpSampling1D", (0,), {}, []),
    ("bad-argument size", "UpSampling2D", ((1, 2, 3),), {}, []),
    ("empty-output cropping", "Cropping1D", (4,), {}, [(None, 8, 2)]),
    ("empty-output cropping", "Cropping2D", (4,), {}, [IMAGE]),
    ("empty-output cropping", "Cropping3D", (4,), {}, [(None, 9, 9, 8, 2)]),
    ("bad-argument cropping", "Cropping2D", (-1,), {}, []),
    ("bad-argument padding", "ZeroPadding2D", ((1, 2, 3),), {}, []),
    ("empty-output", "ZeroPadding2D", (-5,), {}, [IMAGE]),
    # merging
    ("wrong-arity", "Add", (), {}, [(None, 4)]),
    ("wrong-arity", "Add", (), {}, [[]]),
    ("merge-mismatch", "Add", (), {}, [[(None, 4), (None, 5)]]),
    ("merge-mismatch", "Multiply", (), {}, [[(2, 4), (3, 4)]]),
    ("wrong-arity", "Subtract", (), {}, [[(None, 4)] * 3]),
    ("wrong-arity", "Concatenate", (), {}, [(None, 4)]),
    ("concatenate-mismatch", "Concatenate", (), {}, [[(None, 4, 5), (None, 3, 5)]]),
    ("concatenate-mismatch", "Concatenate", (), {}, [[(None, 4, 5), (None, 5)]]),
    ("bad-argument axis", "Concatenate", (-4,), {}, [[(None, 4, 5), (None, 4, 5)]]),
    ("wrong-arity", "Dot", (1,), {}, [[(None, 4)]]),
    ("merge-mismatch", "Dot", (1,), {}, [[(None, 4), (None, 5)]]),
    ("bad-argument axes", "Dot", ("1",), {}, []),
    ("bad-argument axes", "Dot", (3,), {}, [[(None, 4), (None, 5)]]),
    # normalization
    ("bad-argument axis", "BatchNormalization", (4,), {}, [IMAGE]),
    ("bad-argument axis", "BatchNormalization", ([1, 2],), {}, []),
    ("undefined-dimension", "BatchNormalization", (), {}, [(None, None)]),
    ("wrong-rank", "BatchNormalization", (), {}, [IMAGE, (None, 6)]),
    ("bad-argument axis", "LayerNormalization", ("last",), {}, []),
    ("undefined-dimension", "LayerNormalization", (1,), {}, [(None, None, 5)]),
    ("bad-argument groups", "GroupNormalization", (0,), {}, []),
    ("channel-mismatch groups", "GroupNormalization", (4,), {}, [IMAGE]),
    ("channel-mismatch groups", "GroupNormalization", (32,), {}, [IMAGE]),
    ("undefined-dimension", "GroupNormalization", (2,), {}, [(None, 8, None)]),
    ("bad-argument axis", "UnitNormalization", (5,), {}, [IMAGE]),
    # regularization and activation
    ("bad-argument rate", "Dropout", (50,), {}, []),
    ("bad-argument rate", "Dropout", ("0.5",), {}, []),
    ("bad-argument noise_shape", "Dropout", (0.5, (0, 1)), {}, []),
    ("bad-argument seed", "Dropout", (0.5,), {"seed": 1.5}, []),
    ("bad-argument stddev", "GaussianNoise", (2,), {}, []),
    ("wrong-rank", "SpatialDropout2D", (0.5,), {}, [(None, 8, 8)]),
    ("bad-argument l1", "ActivityRegularization", (-1.0,), {}, []),
    ("bad-argument activation", "Activation", ("sigmod",), {}, []),
    ("bad-argument negative_slope", "LeakyReLU", (-0.1,), {}, []),
    ("bad-argument max_value", "ReLU", (-6,), {}, []),
    ("bad-argument shared_axes", "PReLU", (), {"shared_axes": [4]}, [IMAGE]),
]  # fmt: skip


def realise(call: Call, tensor: Any) -> Any:
    if isinstance(call, list):
        return [realise(item, tensor) for item in call]
    return tensor(call)


def fault_of(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Call]) -> Fault:
    """What kerashape says. The last call is at fault; without calls, the constructor is."""
    record = layers.find(name)
    assert record is not None
    if not calls:
        with pytest.raises(Fault) as caught:
            record.construct(Arguments(args, kwargs))
        return caught.value
    layer = record.construct(Arguments(args, kwargs))
    results = [layer(Arguments((realise(call, lambda s: Tensor(Shape(s))),))) for call in calls]
    assert [result.fault for result in results[:-1]] == [None] * (len(calls) - 1)
    fault = results[-1].fault
    assert fault is not None
    return fault


def message_of(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Call]) -> str:
    """What Keras says."""
    keras = pytest.importorskip("keras")
    from keras.src.utils.naming import reset_uids

    reset_uids()
    if not calls:
        with pytest.raises((ValueError, TypeError, AttributeError)) as raised:
            getattr(keras.layers, name)(*args, **kwargs)
        return str(raised.value)
    layer = getattr(keras.layers, name)(*args, **kwargs)
    inputs = [realise(call, keras.KerasTensor) for call in calls]
    for value in inputs[:-1]:
        layer(value)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any type that Keras raises
        layer(inputs[-1])
    return str(caught.value)


@pytest.mark.keras
@pytest.mark.parametrize(("rule", "name", "args", "kwargs", "calls"), SITES)
def test_site(
    rule: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], calls: list[Call]
) -> None:
    fault = fault_of(name, args, kwargs, calls)
    assert " ".join(filter(None, [fault.rule, fault.argument])) == rule
    assert fault.text
    assert fault.text in message_of(name, args, kwargs, calls)
