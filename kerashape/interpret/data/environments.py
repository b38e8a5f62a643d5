"""``gym`` and ``gymnasium``: how large the observations and actions of the well-known tasks are."""

from __future__ import annotations

import re
from typing import Any

from kerashape.interpret.data.registry import attribute, function, method
from kerashape.interpret.data.values import DataObject, array
from kerashape.shapes import Unknown

GYM, GYMNASIUM = "gym.Env", "gymnasium.Env"
_SPACE = "gymnasium.Space"

TASKS: dict[str, tuple[Any, Any]] = {
    "Acrobot": ((6,), 3),
    "BipedalWalker": ((24,), (4,)),
    "BipedalWalkerHardcore": ((24,), (4,)),
    "CartPole": ((4,), 2),
    "CliffWalking": (48, 4),
    "FrozenLake": (16, 4),
    "FrozenLake8x8": (64, 4),
    "LunarLander": ((8,), 4),
    "LunarLanderContinuous": ((8,), (2,)),
    "MountainCar": ((2,), 3),
    "MountainCarContinuous": ((2,), (1,)),
    "Pendulum": ((3,), (1,)),
    "Taxi": (500, 6),
}
"""Of each task, in all its versions, the observations and the actions: the shape of an array, or
how many different ones there are."""

_HARMLESS = {"render_mode", "max_episode_steps", "disable_env_checker", "autoreset", "is_slippery"}
"""Options that do not change the spaces."""


@function("gym.make", "id, **kwargs")
def _make(id: Any, kwargs: Any) -> Any:
    return _made(GYM, id, kwargs)


@function("gymnasium.make", "id, **kwargs")
def _make_new(id: Any, kwargs: Any) -> Any:
    return _made(GYMNASIUM, id, kwargs)


def _made(kind: str, name: Any, options: Any) -> Any:
    found = re.fullmatch(r"(\w+)-v\d+", name) if isinstance(name, str) else None
    plain = isinstance(options, dict) and options.keys() <= _HARMLESS
    task = TASKS.get(found[1]) if found is not None and plain else None
    if task is None:
        return Unknown("what an environment is like")
    observations, actions = (DataObject(_SPACE, {"of": size}) for size in task)
    return DataObject(kind, {"observation_space": observations, "action_space": actions})


@attribute(_SPACE, "shape")
def _shape(space: DataObject) -> Any:
    return space["of"] if isinstance(space["of"], tuple) else ()


@attribute(_SPACE, "n")
def _n(space: DataObject) -> Any:
    return space["of"] if isinstance(space["of"], int) else Unknown("it has no n")


@attribute(_SPACE, "high low")
def _bounds(space: DataObject) -> Any:
    return _one(space) if isinstance(space["of"], tuple) else Unknown("it has no bounds")


@method(_SPACE, "sample", "*args, **kwargs")
def _one(space: DataObject) -> Any:
    """One observation or action."""
    return array(space["of"]) if isinstance(space["of"], tuple) else Unknown("a number")


@method(GYMNASIUM, "reset", "*args, **kwargs")
def _reset(environment: DataObject) -> Any:
    return _one(environment["observation_space"]), Unknown("what else is told")


@method(GYMNASIUM, "step", "action")
def _step(environment: DataObject) -> Any:
    told = [Unknown("the reward"), *(Unknown("whether it is over") for _ in range(2))]
    return _one(environment["observation_space"]), *told, Unknown("what else is told")


@attribute(f"{GYM} {GYMNASIUM}", "unwrapped env")
def _itself(environment: DataObject) -> Any:
    return environment


@method(f"{GYM} {GYMNASIUM}", "seed close render", "*args, **kwargs")
def _nothing(environment: DataObject) -> Any:
    return Unknown("what an environment does")
