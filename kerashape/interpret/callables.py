"""What can be called: names of libraries, and functions of the program, of Python and our own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerashape.syntax import FunctionNode

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.objects import Class
    from kerashape.interpret.scope import Scope
    from kerashape.keras.signature import Arguments


@dataclass(frozen=True, slots=True)
class External:
    """A name of a library, by its canonical dotted path: ``keras.layers.Dense``.

    ``root`` is the name by which Keras was reached, ``keras`` or ``tf.keras``.
    """

    path: str
    root: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Builtin:
    """A builtin function or class."""

    name: str

    def __repr__(self) -> str:
        return f"the function {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a value that is not an instance of a user's class: ``"a b".split``."""

    receiver: Any
    name: str

    def __repr__(self) -> str:
        return f"the method {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Python:
    """A function of the interpreter's own, called with (positional, keywords)."""

    name: str
    function: Callable[..., Any]

    def __repr__(self) -> str:
        return f"the function {self.name}"


@dataclass(slots=True, eq=False)
class Function:
    """A user's function or lambda. ``defaults`` are by parameter name."""

    name: str
    node: FunctionNode | ast.Lambda
    scope: Scope
    defaults: dict[str, Any]
    owner: Class | None = None
    called: bool = False
    fallback: bool = False
    """Whether it is defined on a branch for other versions of a library."""
    graph: bool = False
    """Whether TensorFlow makes a graph of it."""
    attributes: dict[str, Any] = field(default_factory=dict)
    born: int = 0

    def save(self) -> Any:
        return dict(self.attributes)

    def restore(self, state: Any) -> None:
        self.attributes = dict(state)

    def __repr__(self) -> str:
        return "a lambda" if self.name == "<lambda>" else f"the function {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A function with its first argument."""

    function: Any
    receiver: Any

    def __repr__(self) -> str:
        return str(self.function).replace("the function", "the method")


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """``functools.partial``."""

    function: Any
    positional: tuple[Any, ...]
    keywords: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.function} with some of its arguments"


@dataclass(frozen=True, slots=True, eq=False)
class Decorated:
    """A function marked ``property``, ``staticmethod``, ``custom_gradient``..."""

    kind: str
    function: Any
    setter: Any = None

    def __repr__(self) -> str:
        return f"a {self.kind}"


@dataclass(frozen=True, slots=True, eq=False)
class NullContext:
    """``contextlib.nullcontext(value)``."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorContext:
    """A generator that serves as a context manager (``contextlib.contextmanager``)."""

    function: Function
    arguments: Arguments
