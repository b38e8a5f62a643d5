"""A small program that shows one call as kerashape sees it, to send with a report of a bug."""

from __future__ import annotations

from typing import Any

from kerashape.dynamic.plan import Plan, Step


class TooLarge(Exception):
    """The call is of a whole model, or stands on what only the program can make."""


def program(plan: Plan, fact: int) -> str | None:
    """The call of that number as a program of its own; None where it takes more than a call."""
    step = next((s for s in plan.steps if s["do"] == "call" and s["fact"] == fact), None)
    if step is None:
        return None
    try:
        return _Writer(plan).program(step)
    except TooLarge:
        return None


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.layers = {s["layer"]: s for s in plan.steps if s["do"] in ("layer", "model", "stack")}
        self.shapes: dict[int, tuple[Any, str]] = {}
        for step in plan.steps:
            for number, shape, dtype in _made(step):
                self.shapes[number] = shape, dtype
        self.inputs: dict[int, str] = {}

    def program(self, step: Step) -> str:
        values = [(name, self.text(value)) for name, value in step["values"]]
        if "layer" in step:
            first = [text for _, text in values[:1]]
            rest = [f"{name}={text}" for name, text in values[1:]]
            call = f"{self.layer(step['layer'])}({', '.join([*first, *rest])})"
        else:
            call = f"{step['path']}({', '.join(f'{name}={text}' for name, text in values)})"
        return "\n".join(["import keras", "", *self.inputs.values(), f"print({call})", ""])

    def layer(self, number: int) -> str:
        step = self.layers.get(number)
        if step is None or step["do"] != "layer":
            raise TooLarge
        arguments = [f"{name}={self.text(value)}" for name, value in step["arguments"].items()]
        return f"{step['path']}({', '.join(arguments)})"

    def text(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{', '.join(map(self.text, value))}]"
        if not isinstance(value, dict):
            return repr(value)
        [(kind, content)] = value.items()
        if kind == "$tensor":
            return self.tensor(content)
        if kind == "$layer":
            return self.layer(content)
        if kind == "$tuple":
            comma = "," if len(content) == 1 else ""
            return f"({', '.join(map(self.text, content))}{comma})"
        if kind == "$dict":
            return f"{{{', '.join(f'{self.text(k)}: {self.text(v)}' for k, v in content)}}}"
        if kind == "$slice":
            return f"slice({', '.join(map(self.text, content))})"
        if kind == "$ellipsis":
            return "..."
        if kind == "$name":
            return str(content)
        if kind == "$make":
            path, positional, keywords = content
            arguments = [*map(self.text, positional)]
            arguments += [f"{name}={self.text(item)}" for name, item in keywords.items()]
            return f"{path}({', '.join(arguments)})"
        raise TooLarge

    def tensor(self, number: int) -> str:
        shape, dtype = self.shapes.get(number, (None, ""))
        if not isinstance(shape, list) or "?" in shape:
            raise TooLarge
        name = f"x{number}"
        sizes = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        self.inputs[number] = f"{name} = keras.Input(batch_shape=({sizes}), dtype={dtype!r})"
        return name


def _made(step: Step) -> list[tuple[int, Any, str]]:
    """The tensors that a step makes: number, shape, dtype."""
    numbers = step.get("outputs") or []
    if step["do"] == "input":
        return [(numbers[0], step["shape"], step["dtype"])]
    if step["do"] == "stand-in":
        return [*zip(numbers, step["shapes"], step["dtypes"])]
    if step["do"] == "call":
        found = zip(numbers, step["expected"], step["dtypes"])
        return [(n, shape, dtype) for n, shape, dtype in found if n is not None]
    return []
