"""Random models of 3 to 30 layers, as programs.

A program grows line by line: each line is tried in real Keras and kept if Keras takes it, so
that the tensors at hand are known while drawing. The result is plain source, for both sides.
"""

from __future__ import annotations

import re
from typing import Any

from tests.oracle.case import arguments_text
from tests.oracle.draw import Draw
from tests.oracle.layer_makers.drawing import draw_arguments
from tests.oracle.reference import counters_now, keras, reset, restore_settings
from tests.oracle.values import Draft

ANY_RANK = (
    "Activation", "BatchNormalization", "Dense", "Dropout", "ELU", "Flatten", "GaussianNoise", "Identity",
    "LayerNormalization", "LeakyReLU", "PReLU", "ReLU", "Rescaling", "Softmax", "UnitNormalization",
)  # fmt: skip
BY_RANK = {
    2: ("RepeatVector", "Reshape", "Dense"),
    3: ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "Conv1D", "MaxPooling1D", "GlobalAveragePooling1D",
        "GlobalMaxPooling1D", "Permute", "ZeroPadding1D", "UpSampling1D", "SeparableConv1D",
        "TimeDistributed", "SpatialDropout1D", "Cropping1D", "Conv1DTranspose"),
    4: ("Conv2D", "MaxPooling2D", "AveragePooling2D", "Conv2DTranspose", "SeparableConv2D",
        "DepthwiseConv2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "ZeroPadding2D",
        "UpSampling2D", "Cropping2D", "SpatialDropout2D", "Resizing", "RandomFlip", "Permute"),
    5: ("Conv3D", "MaxPooling3D", "GlobalAveragePooling3D", "ConvLSTM2D", "UpSampling3D"),
}  # fmt: skip
MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate")
OPERATORS = ("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "keras.ops.maximum({a}, {b})")
FUNCTIONS = (
    "keras.ops.relu({a})", "{a} * 2", "1 - {a}", "{a}[:, 0]", "{a}[..., :2]", "-{a}", "{a} ** 2",
    "keras.ops.mean({a}, axis=1)", "keras.ops.expand_dims({a}, -1)", "keras.ops.reshape({a}, (-1, 4))",
    "keras.ops.concatenate([{a}, {a}], axis=-1)", "keras.ops.sum({a}, axis=-1, keepdims=True)",
)  # fmt: skip


SETTINGS = (
    "keras.config.set_dtype_policy('mixed_float16')",
    "keras.mixed_precision.set_global_policy('mixed_bfloat16')",
    "keras.config.set_dtype_policy(keras.DTypePolicy('float16'))",
    "keras.backend.set_floatx('float64')",
    "keras.config.set_image_data_format('channels_first')",
    "keras.backend.set_image_data_format('channels_first')",
)
LAMBDAS = (
    "lambda t: keras.ops.mean(t, axis=-1, keepdims=True)", "lambda t: t[:, :1]", "lambda t: t * 2 + 1",
    "lambda t: keras.ops.concatenate([t, t], axis=-1)", "keras.ops.square", "lambda t: t",
    "lambda t, n=2: keras.ops.tile(t, [1] * (len(t.shape) - 1) + [n])",
)  # fmt: skip


def program(seed: int, index: int) -> str:
    """The source of one model: always the same one."""
    try:
        growing = _Growing(Draw(f"graph {seed} {index}"))
        return growing.grow_stack() if growing.draw.chance(0.1) else growing.grow()
    finally:
        restore_settings()


class _Growing:
    """A program that grows line by line."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.lines = ["import keras", "from keras import layers"]
        self.scope: dict[str, Any] = {}
        self.tensors: list[str] = []
        self.loose: list[str] = []
        """The tensors that nothing was called on yet."""
        self.count = 0
        reset()
        exec("\n".join(self.lines), self.scope)

    def grow(self) -> str:
        draw = self.draw
        if draw.chance(0.12):
            self.keep(draw.choice(SETTINGS))
        inputs = [self.input() for _ in range(draw.of(1, 1, 1, 2, 2, 3))]
        target = draw.randint(3, 26)
        steps = (
            *[self.layer] * 12, *[self.merge] * 4, self.operator, self.function, self.shared,
            self.nested, self.attention, self.states, self.loop, self.block, self.extractor,
            self.stack, self.lambda_, self.masked, self.frozen, self.several,
        )  # fmt: skip
        tries = 0
        while self.count < target and tries < target * 6:
            tries += 1
            draw.choice(steps)()
        ends = [name for name in self.loose if name not in inputs] or self.tensors[-1:]
        outputs = ends[-draw.of(1, 1, 1, 2, 3) :]
        listed = [f"[{', '.join(names)}]" if len(names) > 1 or draw.chance(0.2) else names[0]
                  for names in (inputs, outputs)]  # fmt: skip
        name = ', name="network"' if draw.chance(0.2) else ""
        self.lines.append(f"model = keras.Model({listed[0]}, {listed[1]}{name})")
        return "\n".join(self.lines) + "\n"

    # -- lines ----------------------------------------------------------------------------

    def keep(self, line: str, result: str = "") -> bool:
        """Run a line; keep it if Keras takes it and the tensor is of a sensible size."""
        counters = counters_now()
        try:
            exec(line, self.scope)
            if result and not _sensible(self.scope[result]):
                raise ValueError("not a tensor to go on with")
        except Exception:
            # The names that a failed line used up must not be missing later.
            reset(counters)
            self.scope.pop(result, None)
            return False
        self.lines.append(line)
        return True

    def add(self, expression: str) -> bool:
        name = f"x{self.count}"
        if not self.keep(f"{name} = {expression}", name):
            return False
        self.loose = [t for t in self.loose if not re.search(rf"\b{t}\b", expression)]
        self.tensors.append(name)
        self.loose.append(name)
        self.count += 1
        return True

    def pick(self) -> str:
        """A tensor to go on from: mostly a loose end, so that the model hangs together."""
        if self.loose and self.draw.chance(0.7):
            return self.draw.choice(self.loose)
        return self.draw.choice(self.tensors[-4:] if self.draw.chance(0.7) else self.tensors)

    def shape(self, name: str) -> tuple[int | None, ...]:
        return tuple(self.scope[name].shape)

    def input(self) -> str:
        draw = self.draw
        name = f"i{len(self.tensors)}"
        rank = draw.of(2, 3, 4, 4, 3, 5)
        shape = [draw.size(6, 14) for _ in range(rank - 2)] + [draw.size(1, 6)]
        if rank > 2 and draw.chance(0.25):
            shape[:-1] = [None] * (rank - 2)
        named = f', name="{name}_in"' if draw.chance(0.3) else ""
        self.keep(f"{name} = keras.Input(shape={tuple(shape)}{named})", name)
        self.tensors.append(name)
        self.loose.append(name)
        return name

    def layer_for(self, tensor: str) -> str:
        draw = self.draw
        shape = self.shape(tensor)
        fitting = BY_RANK.get(len(shape), ())
        kind = draw.choice(fitting if fitting and draw.chance(0.7) else ANY_RANK)
        draft = Draft(kind, draw, next((n for n in (1, 2, 3) if f"{n}D" in kind), 2))
        fixed: dict[str, Any] = {}
        if kind == "Reshape":
            fixed["target_shape"] = draw.of((-1, 1), (1, -1), (shape[-1], 1), (-1,))
        elif kind == "Permute":
            axes = list(range(1, len(shape)))
            draw.shuffle(axes)
            fixed["dims"] = tuple(axes)
        elif kind == "TimeDistributed":
            fixed["layer"] = draw_arguments(Draft("Dense", draw))
        elif kind == "Bidirectional":
            inner = draw.of("LSTM", "GRU", "SimpleRNN")
            fixed["layer"] = draw_arguments(Draft(inner, draw))
        left_out = ("data_format", "dtype", "activity_regularizer", "return_state", "stateful")
        made = draw_arguments(draft, fixed, left_out)
        kwargs = {k: v for k, v in made.kwargs.items() if k not in ("dtype", "name")}
        if draw.chance(0.15):
            kwargs["name"] = f"{kind.lower()}_{draw.size(1, 40)}x"
        text = arguments_text(made.args, kwargs).replace("keras.layers.", "layers.")
        return f"layers.{kind}({text})"

    def layer(self) -> bool:
        tensor = self.pick()
        return self.add(f"{self.layer_for(tensor)}({tensor})")

    def pair(self) -> tuple[str, str]:
        """Two tensors, of the same shape if there are such."""
        one = self.pick()
        same = [t for t in self.tensors if t != one and self.shape(t) == self.shape(one)]
        return one, self.draw.choice(same or self.tensors)

    def merge(self) -> bool:
        one, two = self.pair()
        kind = self.draw.choice(MERGES)
        more = f", {self.pick()}" if self.draw.chance(0.1) and kind != "Subtract" else ""
        if self.draw.chance(0.2):
            return self.add(f"layers.{kind.lower()}([{one}, {two}{more}])")
        return self.add(f"layers.{kind}()([{one}, {two}{more}])")

    def operator(self) -> bool:
        one, two = self.pair()
        return self.add(self.draw.choice(OPERATORS).format(a=one, b=two))

    def function(self) -> bool:
        return self.add(self.draw.choice(FUNCTIONS).format(a=self.pick()))

    def lambda_(self) -> bool:
        return self.add(f"layers.Lambda({self.draw.choice(LAMBDAS)})({self.pick()})")

    def masked(self) -> bool:
        """A layer whose output has a mask, and one that it reaches."""
        tensor = self.pick()
        makes = f"layers.Embedding({self.draw.size(3, 9)}, {self.draw.size(1, 5)}, mask_zero=True)"
        if len(self.shape(tensor)) == 3:
            makes = "layers.Masking()"
        takes = self.draw.of(
            "layers.LSTM(3)", "layers.GRU(2, return_sequences=True)", "layers.Dropout(0.2)",
            "layers.GlobalAveragePooling1D()", "layers.TimeDistributed(layers.Dense(2))",
            "layers.Bidirectional(layers.LSTM(2))", "layers.LayerNormalization()",
        )  # fmt: skip
        return self.add(f"{makes}({tensor})") and self.add(f"{takes}({self.tensors[-1]})")

    def frozen(self) -> bool:
        """A layer with a dtype of its own, or one that is not trained."""
        tensor = self.pick()
        layer = f"own{self.count}"
        how = self.draw.of("trainable=False", "dtype='float16'", "dtype='mixed_bfloat16'")
        if not self.keep(f"{layer} = layers.Dense({self.draw.size(1, 6)}, {how})"):
            return False
        if self.draw.chance(0.3):
            self.keep(f"{layer}.trainable = {self.draw.of(True, False)}")
        return self.add(f"{layer}({tensor})")

    def several(self) -> bool:
        """A model with outputs in a list or dict, taken apart."""
        tensor, name = self.pick(), f"x{self.count}"
        shape = self.shape(tensor)[1:]
        inner = f"many{self.count}"
        ends = f"[{inner}_a, {inner}_b]"
        take = f"{name} = {inner}({tensor})[{self.draw.of(0, 1)}]"
        if self.draw.chance(0.5):
            ends = f"{{'a': {inner}_a, 'b': {inner}_b}}"
            take = f"{name} = {inner}({tensor})['{self.draw.of('a', 'b')}']"
        lines = [
            f"{inner}_in = keras.Input({shape})",
            f"{inner}_a = layers.Dense({self.draw.size(1, 4)})({inner}_in)",
            f"{inner}_b = {self.layer_for(tensor)}({inner}_a)",
            f"{inner} = keras.Model({inner}_in, {ends})",
            take,
        ]
        return self.grown("\n".join(lines), name)

    def attention(self) -> bool:
        one, two = self.pair()
        if self.draw.chance(0.4):
            return self.add(f"layers.Attention()([{one}, {two}])")
        return self.add(f"layers.MultiHeadAttention(2, {self.draw.size(1, 4)})({one}, {two})")

    def shared(self) -> bool:
        one, two = self.pair()
        layer = f"shared{self.count}"
        if not self.keep(f"{layer} = {self.layer_for(one)}"):
            return False
        return self.add(f"{layer}({one})") and self.add(f"{layer}({two})")

    def nested(self) -> bool:
        tensor = self.pick()
        shape = self.shape(tensor)[1:]
        inner = f"inner{self.count}"
        if self.draw.chance(0.5):
            stack = ", ".join(self.layer_for(tensor) for _ in range(self.draw.size(1, 3)))
            first = f"keras.Input({shape}), " if self.draw.chance(0.7) else ""
            made = self.keep(f"{inner} = keras.Sequential([{first}{stack}])")
        else:
            made = self.keep(f"{inner}_in = keras.Input({shape})", f"{inner}_in")
            body = f"{inner}_out = {self.layer_for(tensor)}({inner}_in)"
            made = made and self.keep(body, f"{inner}_out")
            made = made and self.keep(f"{inner} = keras.Model({inner}_in, {inner}_out)")
        return made and self.add(f"{inner}({tensor})")

    def states(self) -> bool:
        """A recurrent layer that returns its states, too."""
        tensor, name = self.pick(), f"x{self.count}"
        kind, states = self.draw.of(("LSTM", 2), ("GRU", 1), ("SimpleRNN", 1))
        several = self.draw.of("", ", return_sequences=True")
        rest = ", ".join(f"{name}_{state}" for state in range(states))
        size = self.draw.size(1, 5)
        call = f"layers.{kind}({size}, return_state=True{several})({tensor})"
        if not self.keep(f"{name}, {rest} = {call}", name):
            return False
        self.tensors += [name, f"{name}_0"]
        self.loose += [name, f"{name}_0"]
        self.count += 1
        return True

    def loop(self) -> bool:
        """The same layer a few times over."""
        tensor, name = self.pick(), f"x{self.count}"
        body = f"    {name} = {self.layer_for(tensor)}({name})"
        times = self.draw.of("range(2)", "range(3)", "(4, 4)", "['a', 'b']")
        return self.grown(f"{name} = {tensor}\nfor _ in {times}:\n{body}", name)

    def block(self) -> bool:
        """A function that applies layers, with a residual connection where it fits."""
        tensor, name = self.pick(), f"x{self.count}"
        size = self.shape(tensor)[-1]
        layers = (
            "    y = layers.Dense(units, activation='relu')(t)\n"
            "    y = layers.Dropout(rate)(y)\n"
            "    y = layers.Dense(t.shape[-1])(y)\n"
        )
        function = f"def block{self.count}(t, units={size}, *, rate=0.1):\n{layers}    return t + y"
        call = f"block{self.count}({tensor}, {self.draw.size(1, 5)})"
        return self.grown(f"{function}\n{name} = {call}", name)

    def extractor(self) -> bool:
        """A model of what is there already, called on a new Input."""
        entry = next(name for name in self.tensors if name.startswith("i"))
        inside, name = self.pick(), f"x{self.count}"
        shape = self.shape(entry)[1:]
        made = f"part{self.count} = keras.Model({entry}, {inside})"
        if self.draw.chance(0.5):
            return self.grown(f"{made}\n{name} = part{self.count}({entry})", name)
        call = f"{name} = part{self.count}(layers.Rescaling(0.5)({entry}))"
        return len(shape) > 0 and self.grown(f"{made}\n{call}", name)

    def stack(self) -> bool:
        """A Sequential model, layer by layer; its output is used as a tensor now and then."""
        tensor, name, stack = self.pick(), f"x{self.count}", f"stack{self.count}"
        lines = [
            f"{stack} = keras.Sequential()",
            f"{stack}.add(keras.Input({self.shape(tensor)[1:]}))",
        ]
        lines += [f"{stack}.add({self.layer_for(tensor)})" for _ in range(self.draw.size(1, 3))]
        return self.grown("\n".join([*lines, f"{name} = {stack}({tensor})"]), name)

    def grown(self, lines: str, name: str) -> bool:
        """Keep several lines, of which the last makes a tensor."""
        if not self.keep(lines, name):
            return False
        self.tensors.append(name)
        self.loose.append(name)
        self.count += 1
        return True

    def grow_stack(self) -> str:
        """A Sequential model as the whole program."""
        draw = self.draw
        tensor = self.input()
        self.lines = self.lines[:2]
        shape = self.shape(tensor)[1:]
        reset()
        self.keep("model = keras.Sequential()")
        self.keep(f"model.add(keras.Input({shape}))")
        self.scope["top"] = keras.KerasTensor((None, *shape))
        for _ in range(draw.size(1, 12)):
            layer = self.layer_for("top")
            # A failed ``add`` would leave the layer in the model: try it beside the model.
            counters = counters_now()
            lines = len(self.lines)
            fits = self.keep(f"top = {layer}(top)", "top")
            del self.lines[lines:]
            reset(counters)
            if not fits:
                break
            self.keep(f"model.add({layer})")
        return "\n".join(self.lines) + "\n"


def _sensible(value: Any) -> bool:
    if not isinstance(value, keras.KerasTensor) or not 1 < len(value.shape) < 6:
        return False
    size = 1
    for dim in value.shape:
        size *= dim or 1
    return size < 20_000
