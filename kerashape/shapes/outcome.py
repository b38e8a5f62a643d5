"""The answers other than a shape: a fault, or unknown with a reason.

Shape laws are plain functions that return a shape. What does not fit is raised as
:class:`Fault`; what cannot be decided surfaces as :class:`Undecided`, by itself, as
soon as a law looks at a value that is :class:`Unknown` or at an open question about a
symbolic dimension. A law therefore never has to mention the unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NoReturn

_DEEPEST = 12
"""How long a chain of computations on unknown values is remembered."""


Binding = Literal["unexpected", "missing", "repeated"]
"""Why an argument could not be bound to the parameters of a callable."""


class Fault(Exception):
    """Keras will raise, and why.

    Args:
        rule: the name of the rule that reports it, e.g. ``"concatenate-mismatch"``.
        text: what Keras prints (a substring of its message), so that it can be searched for.
        expected: what would have fitted, in a few words or as a shape.
        found: what was given, likewise.
        argument: the name of the argument at fault, where it is one.
        binding: why that argument could not be bound, where that is the fault.
        choices: names of which one may have been meant.
        rank: the number of dimensions that would fit, or the fewest, where the rank is at fault.
        help: the repair, if this law knows a better one than its rule.
    """

    def __init__(
        self,
        rule: str,
        text: str,
        *,
        expected: object = None,
        found: object = None,
        argument: str | None = None,
        binding: Binding | None = None,
        choices: Sequence[str] = (),
        rank: int | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(text)
        self.rule = rule
        self.text = text
        self.expected = expected
        self.found = found
        self.argument = argument
        self.binding = binding
        self.choices = choices
        self.rank = rank
        self.help = help


class Undecided(Exception):
    """A law needed something that the analysis does not know.

    ``about`` is the reason, or a size that is not known: the words are made when asked for.
    """

    def __init__(self, about: object) -> None:
        super().__init__(about)
        self._about = about

    @property
    def reason(self) -> str:
        """Why, in words."""
        return (
            self._about if isinstance(self._about, str) else f"the size {self._about} is not known"
        )


class Unknown:
    """A value of which nothing is known, and why.

    Every question asked of it (truth, equality, length, arithmetic, iteration) raises
    :class:`Undecided`, so that no code can mistake it for a value.

    One object stands for one value: used as a dimension twice it is the same size
    (see :func:`kerashape.shapes.shape.size_of`).

    Attributes:
        reason: why it is not known.
        label: the name of the variable that holds it, if it has one.
        origin: the function and the operands that it was computed from, if it was.
        size: the symbol that stands for it, once somebody asked.
        call: the call that gave it in place of tensors, if one did.
    """

    __slots__ = ("call", "depth", "label", "origin", "reason", "size")

    def __init__(
        self,
        reason: str,
        *,
        label: str | None = None,
        origin: tuple[Callable[[Any, Any], Any], Any, Any] | None = None,
    ) -> None:
        self.reason = reason
        self.label = label
        self.origin = origin
        self.size: Any = None
        self.call: Any = None
        self.depth = 0
        if origin is not None:
            self.depth = 1 + max(getattr(operand, "depth", 0) for operand in origin[1:])
            if self.depth > _DEEPEST:
                self.origin, self.depth = None, 0

    def _undecided(self, *_: Any) -> NoReturn:
        raise Undecided(self.reason)

    __bool__ = __len__ = __iter__ = __getitem__ = __index__ = __int__ = __float__ = _undecided
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _undecided
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _undecided
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _undecided
    __pow__ = __rpow__ = _undecided

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise Undecided(self.reason)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"
