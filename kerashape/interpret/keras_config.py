"""``keras.config`` and its older names: what applies where nothing else is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import to_python
from kerashape.keras.defaults import FLOATX
from kerashape.keras.policy import check_policy
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

POLICIES = frozenset(
    f"keras.{name}"
    for name in (
        "DTypePolicy", "FloatDTypePolicy", "dtype_policies.DTypePolicy",
        "dtype_policies.FloatDTypePolicy", "mixed_precision.DTypePolicy",
        "mixed_precision.Policy", "mixed_precision.experimental.Policy", "dtype_policies.get",
    )
)  # fmt: skip
"""What makes a dtype policy from its name."""

SETTINGS = frozenset(
    {
        "backend", "epsilon", "floatx", "image_data_format", "image_dim_ordering", "set_floatx",
        "set_image_data_format", "set_image_dim_ordering",
    }
)  # fmt: skip
"""The functions of ``keras.backend`` that tell or change a setting."""

_SETS_POLICY = frozenset(
    {"set_dtype_policy", "set_global_policy", "set_policy", "set_global_dtype_policy"}
)
_TELLS_POLICY = frozenset({"dtype_policy", "global_policy"})


def configure(machine: Machine, path: str, arguments: Arguments) -> Any:
    """Call a function that tells or changes a setting, or makes a policy."""
    name = path.rpartition(".")[2]
    given = [*arguments.positional, *(arguments.keywords or {}).values()]
    first = given[0] if given else Unknown("a missing argument")
    defaults = machine.names.defaults
    if path in POLICIES:
        return KerasObject(path, tuple(arguments.positional), dict(arguments.keywords or {}))
    if name.startswith("set_"):
        machine.journal.touch(defaults)
    if name in ("set_image_data_format", "set_image_dim_ordering"):
        defaults.data_format = _data_format(first)
    elif name in _SETS_POLICY:
        defaults.dtype_policy = _policy(first)
    elif name == "set_floatx":
        if first != defaults.floatx:
            defaults.floatx = first if isinstance(first, str) else Unknown("which floats")
    elif name in _TELLS_POLICY:
        policy = defaults.dtype_policy or FLOATX
        return KerasObject("keras.DTypePolicy", (policy,), {})
    else:
        return _told(machine, name, path)
    return None


def _told(machine: Machine, name: str, path: str) -> Any:
    defaults = machine.names.defaults
    if name == "image_data_format":
        return defaults.data_format
    if name == "image_dim_ordering":
        return "tf"
    if name == "backend":
        return "tensorflow"
    if name == "floatx":
        return defaults.floatx
    if name == "epsilon":
        return 1e-07
    return Unknown(f"what {path} returns")


def _data_format(value: Any) -> Any:
    older = {"tf": "channels_last", "th": "channels_first"}
    known = isinstance(value, str) and value.lower() in ("channels_last", "channels_first", *older)
    return older.get(value, value.lower()) if known else Unknown("which data format applies")


def policy_of(value: Any) -> Any:
    """The name of a dtype policy, where a policy object is given; any other value as it is."""
    value = to_python(value)
    if isinstance(value, KerasObject) and value.path in POLICIES:
        named = [*value.positional, *value.keywords.values()]
        return policy_of(named[0]) if named else None
    return value


def _policy(value: Any) -> Any:
    """The policy that applies from here on; unknown if Keras may not take the name."""
    policy = policy_of(value)
    try:
        check_policy(policy)
    except Fault:
        policy = None
    return policy if isinstance(policy, str) else Unknown("which dtype policy applies")
