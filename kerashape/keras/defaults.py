"""Keras's global settings (``keras.config``), which a program may change on its way."""

from __future__ import annotations

from typing import Any

DATA_FORMAT = "channels_last"
FLOATX = "float32"


class Defaults:
    """What applies where a layer or operation is not told otherwise.

    Attributes:
        data_format: ``keras.config.image_data_format()``.
        dtype_policy: the name of ``keras.config.dtype_policy()``; None: it follows ``floatx``.
        floatx: ``keras.config.floatx()``.
        settled: whether a layer was made, which settles the policy: a later ``set_floatx``
            changes nothing.
    """

    def __init__(self) -> None:
        self.data_format: Any = DATA_FORMAT
        self.dtype_policy: Any = None
        self.floatx: Any = FLOATX
        self.settled = False

    @property
    def untouched(self) -> bool:
        """Whether everything is as Keras comes."""
        return (
            self.dtype_policy is None and self.data_format == DATA_FORMAT and self.floatx == FLOATX
        )

    def fill(self, values: dict[str, Any], dtype: Any = None) -> None:
        """Put what applies in place of a ``data_format`` and ``dtype`` that are None."""
        if values.get("data_format", "") is None:
            values["data_format"] = self.data_format
        if dtype is not None and values.get("dtype", "") is None:
            values["dtype"] = dtype

    def policy(self) -> Any:
        """The dtype policy of a layer that is given none; None: the usual one."""
        if self.dtype_policy is None and not self.settled and self.floatx != FLOATX:
            self.dtype_policy = self.floatx
        self.settled = True
        return self.dtype_policy

    def save(self) -> dict[str, Any]:
        """The state, detached; what is settled on one branch is taken for settled."""
        return {name: value for name, value in vars(self).items() if name != "settled"}

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what :meth:`save` returned."""
        vars(self).update(state)
