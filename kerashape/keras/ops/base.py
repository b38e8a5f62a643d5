"""What every operation record builds on.

A record is a law on shapes beside its siblings, with the function's signature as Keras
declares it and its dtype as a rule::

    @op("sum", "x, axis=None, keepdims=False", accumulated_result)
    def sum_(x: Shape, axis: Any, keepdims: Any) -> Shape:
        return reduce_shape(x, axis, keepdims)

A law names the arguments that it needs. Those that are tensors say so by their annotation:

- ``Shape``: a tensor (an object with a ``shape``); its shape is passed.
- ``Operand``: a tensor or a plain number, whose shape is ``()``.
- ``Spec``: a tensor; its shape and dtype are passed.
- ``AnySpec``: a tensor or a plain number; of a number the Python type as dtype.
- ``Shapes``, ``Specs``: a list of tensors, or the ``*args`` of the signature.
- ``Nested``: any nesting of tensors; the same nesting of ``Spec`` is passed.

With ``| None`` the argument may be missing. The other arguments are passed as they are.
A law returns a ``Shape``, or a nesting of them for several results; a ``Spec`` where the
dtype is not what the rule says. It raises :class:`Fault` where Keras raises.

A function behaves in one of three ways, and the laws are those of the first unless a
variant is declared (:func:`eager`, :func:`traced`): on symbolic tensors it makes a node of
the graph; on data only, it calculates; within a layer's ``call``, it works on the backend's
tensors, of which TensorFlow infers the static shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from kerashape.keras.defaults import FLOATX
from kerashape.keras.graph import Call, DType, Operation, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.names import Names, snake_case
from kerashape.keras.ops.backends import (
    CHECKED_BEFORE,
    BackendFault,
    certain,
    check_places,
    may_differ,
    on_backend,
)
from kerashape.keras.ops.dtypes import (
    Kind,
    Rule,
    apply_rule,
    default_float,
    heeds_no_floatx,
    same,
    standardize_dtype,
)
from kerashape.keras.ops.operands import (
    ROLES,
    Mode,
    argument,
    as_array,
    decides_dtype,
    holding_tensors,
    kind_of,
    to_array,
    to_tensor,
    why_unknown,
)
from kerashape.keras.ops.sparsity import SPARSE, SparseRule
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

Operand = Shape
AnySpec = Spec
Shapes = Sequence[Shape]
Specs = Sequence[Spec]
Nested = Any
Law = Callable[..., Any]
CallFunction = Callable[[Any, Sequence[Any]], Any]
"""How an interpreter calls a function value: ``call_function(function, arguments)``."""
L = TypeVar("L", bound=Law)

OPS: dict[str, Op] = {}
"""The records of the modules that are loaded, by name."""

PYTHON_ERRORS: tuple[type[Exception], ...] = (
    TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError
)  # fmt: skip
"""What Python itself may raise in a law. The laws on symbolic tensors are Keras's own code, so
where all arguments are known, Keras raises it too."""


class Function(Operation):
    """A function of ``keras.ops`` at one place where it is called."""

    def __init__(self, record: Op, site: Site | None, name: str | Unknown) -> None:
        self.record = record
        self.site = site
        self.name = name

    @property
    def callee(self) -> str:  # type: ignore[override]
        """Its public name."""
        return self.record.callee

    @property
    def class_name(self) -> str:
        """The name of Keras's class for it."""
        return self.record.class_name

    def replay(self, values: dict[str, Any]) -> Any:
        """The nested tensors for other arguments (see :meth:`Operation.replay`)."""
        result = self.record.infer(values)
        return map_structure(lambda leaf: to_tensor(leaf, None), result)

    def __repr__(self) -> str:
        return f"<{self.class_name} name={self.name}>"


@dataclass(slots=True)
class Op:
    """The record of one function.

    Attributes:
        name: as in ``keras.ops.<name>``.
        parameters: the signature's text.
        law: the shape law.
        dtype: the dtype rule; its operands are those of ``dtype_of``, or all.
        class_name: Keras's class for the node.
        outputs: how many tensors it returns: 1, n for a tuple of n, None if that varies.
        takes_dtype: whether a ``dtype`` argument that is not None is the result's dtype.
        node: whether it makes a node of the graph.
        callee: its public name.
        sparse: whether the result is sparse, by the tensors' marks.
        when_eager, when_traced: the law on data, and within a layer's ``call``, where it differs.
    """

    name: str
    parameters: str
    law: Law
    dtype: Rule = same
    class_name: str = ""
    outputs: int | None = 1
    takes_dtype: bool = True
    dtype_of: tuple[str, ...] = ()
    node: bool = True
    callee: str = ""
    sparse: SparseRule | None = None
    when_eager: Law | None = None
    when_traced: Law | None = None
    _roles: dict[Law, dict[str, str]] = field(default_factory=dict)

    @property
    def law_name(self) -> str:
        """The name of the function of ``keras.ops`` whose law it is."""
        return self.name

    @property
    def signature(self) -> Signature:
        """The function's parameters, as Keras declares them."""
        return Signature.parse(self.parameters)

    def apply(
        self,
        arguments: Arguments,
        names: Names | None = None,
        site: Site | None = None,
        *,
        traced: bool = False,
        call_function: CallFunction | None = None,
    ) -> Call:
        """What a call of the function does: bind, check, infer; record the call.

        Never raises: a fault or an unknown is recorded in the :class:`Call`. Its output
        holds :class:`Tensor` if an argument does, else :class:`Array`; it is
        :class:`Unknown` where it is not known which.

        Args:
            names: the counters of automatic names.
            traced: whether this happens within a layer's ``call``.
            call_function: interprets a function that is given as an argument; without it,
                what depends on the function is not known.
        """
        function = Function(self, site, self.name)
        call = Call(function, None, site=site)
        try:
            call.values = values = self.bind(arguments)
            if names is not None and not names.defaults.untouched:
                names.defaults.fill(values)
        except Fault as fault:
            call.fault = fault
            return call
        leaves = list(flatten(values))
        call.inputs = holding_tensors(values)
        symbolic = traced or any(isinstance(leaf, Tensor) for leaf in leaves)
        if symbolic and not traced and self.node and names is not None:
            function.name = names.automatic(self.class_name)
        elif symbolic:
            function.name = Unknown("a function within a layer has no name of its own")
        function.calls = (call,)
        mode = Mode(symbolic, traced)
        try:
            result = self.infer(values, mode, call_function)
        except Fault as fault:
            call.fault = fault
            return call
        except Undecided as undecided:
            call.reason = undecided.reason
            result = self._undecided_result(values, mode)
        unknown = next((leaf for leaf in leaves if isinstance(leaf, Unknown)), None)
        if not symbolic and unknown is not None and self._is_operand(values):
            if self.node and names is not None:  # a node may have been made, and named
                names.counters[snake_case(self.class_name)] = None
            call.output = unknown
            call.reason = call.reason or unknown.reason
            return call
        convert = to_tensor if symbolic else to_array
        if names is not None and names.defaults.floatx != FLOATX:
            result = map_structure(lambda leaf: self._whatever_floats(leaf, values, mode), result)
        call.output = map_structure(lambda leaf: convert(leaf, call), result)
        if call.reason is None and any(not t.shape.known for t in call.output_tensors):
            call.reason = why_unknown(leaves)
        return call

    def bind(self, arguments: Arguments) -> dict[str, Any]:
        """The arguments by parameter name; those of ``*args`` and ``**kwargs`` too.

        Raises:
            Fault: ``bad-argument``, in Python's words.
        """
        signature = self.signature
        bound = bind(signature, arguments, self.name.rpartition(".")[2])
        values = dict(bound.values)
        if signature.varargs is not None:
            rest: Any = bound.varargs
            if arguments.more_positional:
                rest = Unknown("further arguments may have been given by an unpacking")
            values[signature.varargs] = rest
        if signature.varkw is not None:
            values[signature.varkw] = bound.extra
        return values

    def infer(
        self,
        values: dict[str, Any],
        mode: Mode | None = None,
        call_function: CallFunction | None = None,
    ) -> Any:
        """The nested ``Spec`` that the call returns (leaves that are no tensors stay).

        Raises:
            Fault: if Keras raises.
            Undecided: if it is not known.
        """
        mode = mode or Mode(symbolic=True, traced=False)
        if mode.traced:
            check_places(self.callee, values)
        try:
            return self._infer(values, mode, call_function)
        except Fault as fault:
            if mode.on_backend:
                raise self._told(fault, values, mode) from None
            raise
        except PYTHON_ERRORS as error:
            if not mode.on_backend and self._all_known(values):
                raise _python_fault(error) from error
            raise Undecided(f"{self.callee} was given something unforeseen: {error}") from error

    def _told(self, fault: Fault, values: dict[str, Any], mode: Mode) -> Fault:
        """The fault as the library tells it. Raises Undecided where it may be none there."""
        if isinstance(fault, BackendFault) or CHECKED_BEFORE.match(fault.text):
            return fault
        return on_backend(self.law_name, fault, self._has_scalar(values), mode.traced)

    def _infer(self, values: dict[str, Any], mode: Mode, call_function: CallFunction | None) -> Any:
        law = self._law(mode)
        if mode.on_backend and law is self.law and not certain(self.name, values, mode.traced):
            raise Undecided(f"what {self.callee} returns there")
        given: dict[str, Any] = {}
        for name, role in self._roles_of(law).items():
            if name == "call_function":
                given[name] = call_function
            elif name in values:
                given[name] = argument(values[name], role, mode)
        result = law(**given)
        dtype: DType | None = None
        sparse = not mode.on_backend and self._is_sparse(values)

        def spec(leaf: Any) -> Any:
            nonlocal dtype
            if isinstance(leaf, Spec):
                return Spec(_standardized(leaf.shape), leaf.dtype, leaf.sparse or sparse)
            if not isinstance(leaf, Shape):
                return leaf
            if dtype is None:
                dtype = self._dtype(values, mode)
            return Spec(_standardized(leaf), dtype, sparse)

        return map_structure(spec, result)

    def _is_sparse(self, values: dict[str, Any]) -> bool:
        if self.sparse is None:
            return False
        leaves = [
            leaf
            for name, role in self._roles_of(self.law).items()
            if role.partition(" ")[0] in ROLES
            for leaf in flatten(values[name])
        ]
        return self.sparse([leaf.sparse if isinstance(leaf, Tensor) else None for leaf in leaves])

    def _law(self, mode: Mode) -> Law:
        if mode.traced:
            return self.when_traced or self.law
        return self.law if mode.symbolic else self.when_eager or self.law

    def _roles_of(self, law: Law) -> dict[str, str]:
        if law not in self._roles:
            code = law.__code__
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            self._roles[law] = {name: law.__annotations__.get(name, "Any") for name in names}
        return self._roles[law]

    def _all_known(self, values: dict[str, Any]) -> bool:
        """Whether nothing about the arguments is left open."""
        for name, role in self._roles_of(self.law).items():
            tensors = role.partition(" ")[0] in ROLES
            for leaf in flatten(values.get(name)):
                if isinstance(leaf, (Tensor, Array)):
                    known = tensors and leaf.shape.known and isinstance(leaf.dtype, str)
                else:
                    known = isinstance(leaf, _PLAIN)
                if not known:
                    return False
        return True

    def _has_scalar(self, values: dict[str, Any]) -> bool:
        return any(
            isinstance(leaf, (Tensor, Array)) and not leaf.shape.open and not leaf.shape.dims
            for leaf in flatten(values)
        )

    def _is_operand(self, values: dict[str, Any]) -> bool:
        """Whether something unknown stands where a tensor may be."""
        return any(
            isinstance(leaf, Unknown)
            for name, role in self._roles_of(self.law).items()
            if role.partition(" ")[0] in ROLES
            for leaf in flatten(values.get(name))
        )

    def _dtype(self, values: dict[str, Any], mode: Mode) -> DType:
        given = values.get("dtype") if self.takes_dtype else None
        if isinstance(given, Unknown):
            return given
        if given is not None and (given or self.dtype is not default_float):
            return standardize_dtype(given)
        return apply_rule(self.dtype, self._operand_kinds(values, mode))

    def _operand_kinds(self, values: dict[str, Any], mode: Mode) -> list[Kind | Unknown]:
        """The dtypes that its rule goes by."""
        kinds: list[Kind | Unknown] = []
        for name, role in self._roles_of(self.law).items():
            role, _, optional = role.partition(" ")
            if role not in ROLES or (self.dtype_of and name not in self.dtype_of):
                continue
            value = values[name]
            if role in ("Shapes", "Specs", "Nested"):
                kinds += [kind_of(leaf, mode) for leaf in flatten(value)]
            elif not optional or value is not None:
                kinds.append(kind_of(value, mode))
        return kinds

    def _whatever_floats(self, leaf: Any, values: dict[str, Any], mode: Mode) -> Any:
        """A result where ``floatx`` is not the usual one, by which the records go."""
        if not isinstance(leaf, Spec):
            return leaf
        if self._heeds_no_floatx(values, mode) and leaf.dtype == self._dtype(values, mode):
            return leaf
        dtype = Unknown("which floats the program uses is not known")
        return Spec(leaf.shape, dtype, leaf.sparse)

    def _heeds_no_floatx(self, values: dict[str, Any], mode: Mode) -> bool:
        chosen = self.takes_dtype and values.get("dtype") is not None
        return not chosen and heeds_no_floatx(self.dtype, self._operand_kinds(values, mode))

    def _undecided_result(self, values: dict[str, Any], mode: Mode) -> Any:
        if self.outputs is None:
            return Unknown(f"what {self.callee} returns is not known")
        try:
            dtype = self._dtype(values, mode)
        except _ANY_ERROR:
            dtype = Unknown("its dtype is not known")
        asked = self.takes_dtype and values.get("dtype") is not None
        law = self._law(mode)
        another = may_differ(self.name) or law is not self.law
        if decides_dtype(law) or (mode.on_backend and (another or asked)):
            dtype = Unknown("its dtype is not known")
        one = Spec(Shape.unknown(), dtype)
        return one if self.outputs == 1 else (one,) * self.outputs


def op(
    name: str,
    parameters: str,
    dtype: Rule = same,
    *,
    class_name: str | None = None,
    outputs: int | None = 1,
    takes_dtype: bool = True,
    dtype_of: str = "",
    node: bool = True,
) -> Callable[[L], L]:
    """Declare the record of ``keras.ops.<name>`` over its shape law (see :class:`Op`)."""

    def declare(law: L) -> L:
        OPS[name] = Op(
            name,
            parameters,
            law,
            dtype,
            class_name or _camel(name),
            outputs,
            takes_dtype,
            tuple(dtype_of.split()),
            node,
            f"keras.ops.{name}",
            SPARSE.get(name),
        )
        return law

    return declare


def eager(*names: str) -> Callable[[L], L]:
    """Declare another law for the same function where it is given data only."""

    def declare(law: L) -> L:
        for name in names:
            OPS[name].when_eager = law
        return law

    return declare


def traced(*names: str) -> Callable[[L], L]:
    """Declare another law for the same function within a layer's ``call``."""

    def declare(law: L) -> L:
        for name in names:
            OPS[name].when_traced = law
        return law

    return declare


_ANY_ERROR: tuple[type[Exception], ...] = (Fault, Undecided, *PYTHON_ERRORS)
_PLAIN = (bool, int, float, complex, str, type(None))


def _standardized(shape: Shape) -> Shape:
    """What Keras makes of the sizes that a law gives, which may be impossible ones."""
    try:
        return standardize_shape(shape, "op-mismatch")
    except Fault as fault:  # whether Keras had a list or a tuple is not told
        fault.text = fault.text.partition("to a shape. ")[2]
        raise


def _python_fault(error: Exception) -> Fault:
    """Python's own error within Keras, in the words that do not depend on details."""
    if isinstance(error, IndexError):
        return Fault("op-mismatch", "index out of range")
    return Fault("bad-argument", str(error))


def on_backend_too(*names: str) -> Callable[[L], L]:
    """Declare another law for the same function wherever TensorFlow does it."""

    def declare(law: L) -> L:
        return traced(*names)(eager(*names)(law))

    return declare


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.rpartition(".")[2].split("_"))


__all__ = [
    "OPS", "ROLES", "AnySpec", "CallFunction", "Function", "Law", "Mode", "Nested", "Op",
    "Operand", "Shape", "Shapes", "Spec", "Specs", "as_array", "eager", "on_backend_too", "op",
    "traced",
]  # fmt: skip
