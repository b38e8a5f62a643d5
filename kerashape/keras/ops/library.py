"""Functions of other libraries: TensorFlow's, numpy's, the old ``keras.backend``'s.

A record is the function's own signature, and either a law of its own or the call of a
function of ``keras.ops`` that does the same::

    library.add("reduce_sum", "input_tensor, axis=None, keepdims=False, name=None",
                "sum(input_tensor, axis, keepdims)")

The arguments of that call are parameters or constants; the shape law is that function's.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kerashape.keras import ops
from kerashape.keras.graph import Call, DType, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.ops.backends import CHECKED_BEFORE, BackendFault, KerasCheck, on_backend
from kerashape.keras.ops.base import (
    ROLES,
    CallFunction,
    Function,
    L,
    Law,
    Mode,
    Op,
    Spec,
    as_array,
)
from kerashape.keras.ops.dtypes import Kind, standardize_dtype
from kerashape.keras.ops.operands import decides_dtype
from kerashape.keras.ops.sizes import static
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

NOT_AN_ARRAY = (
    "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any "
    "actual numerical value. You cannot convert it to a NumPy array."
)
NOT_FOR_TENSORFLOW = "A KerasTensor cannot be used as input to a TensorFlow function."
Kinds = Sequence[Kind | Unknown]
Rule = Callable[[Kinds], DType]
"""The dtype of the result, from the dtypes of the operands and the types of plain numbers."""


def first(kinds: Kinds) -> DType:
    """The dtype of the first tensor."""
    named = [kind for kind in kinds if not isinstance(kind, type)]
    return named[0] if named else Unknown("the dtype of plain numbers")


def first_or_float(kinds: Kinds) -> DType:
    """The same, where floats alone make a tensor of 32 bits."""
    return "float32" if kinds and all(kind is float for kind in kinds) else first(kinds)


def always(dtype: str) -> Rule:
    """One dtype, whatever comes in."""
    return lambda kinds: dtype


@dataclass(slots=True)
class LibraryOp(Op):
    """The record of a function of another library.

    Attributes:
        expression: the call that it stands for, if it has no law of its own.
        kind: the rule of the dtype; None for that of the law.
        on_symbolic: the text of what Keras raises for symbolic tensors outside a layer's
            ``call``; empty if nothing, None if that is not known.
        gives_data: whether it always returns data, whatever is not known of the arguments.
        texts: how the library tells a fault, by a part of Keras's text; None if it is
            TensorFlow that does.
        of_list: the array that a list of numbers makes.
        named: the dtype that a name or type means.
        lenient: whether it may take arguments that the signature does not have.
        faults_as: the function of ``keras.ops`` that has the faults of the own law.
    """

    expression: str = ""
    kind: Rule | None = None
    on_symbolic: str | None = ""
    gives_data: bool = False
    texts: Mapping[str, str] | None = None
    of_list: Callable[[Any], Spec] = as_array
    named: Callable[[Any], DType] = standardize_dtype
    faults_as: str = ""
    lenient: bool = False

    @property
    def law_name(self) -> str:
        """The name of the function of ``keras.ops`` whose law it is."""
        return _parsed(self.expression)[0] if self.expression else self.faults_as or self.callee

    def apply(
        self,
        arguments: Arguments,
        names: Names | None = None,
        site: Site | None = None,
        *,
        traced: bool = False,
        call_function: CallFunction | None = None,
    ) -> Call:
        """As :meth:`Op.apply`; what is no function for symbolic tensors is a fault on them."""
        given = list(flatten([*arguments.positional, arguments.keywords or {}]))
        tensors = [leaf for leaf in given if isinstance(leaf, Tensor)]
        unclear = self.gives_data if traced else self.on_symbolic is None
        if tensors and unclear:
            reason = f"what {self.callee} does to a symbolic tensor"
            return Call(Function(self, site, self.name), tensors, site=site, reason=reason)
        if tensors and self.on_symbolic and not traced:
            fault = Fault(
                "raw-op-on-symbolic-tensor",
                self.on_symbolic,
                expected="data",
                found=tensors[0],
            )
            return Call(Function(self, site, self.name), tensors, site=site, fault=fault)
        call = Op.apply(
            self, arguments, names, site, traced=traced and not self.gives_data,
            call_function=call_function,
        )  # fmt: skip
        if self.lenient and call.fault is not None and not call.values:
            call.reason, call.fault = f"whether {self.callee} takes these arguments", None
        return call

    def _infer(self, values: dict[str, Any], mode: Mode, call_function: CallFunction | None) -> Any:
        if self.expression:
            target, given = self._target(values)
            symbolic = Mode(symbolic=True, traced=False)  # the laws are numpy's, too
            inner = symbolic if self.texts is not None else mode
            result = target._infer(given, inner, call_function)
        else:
            result = Op._infer(self, values, mode, call_function)
        if self.kind is None or not self.expression:
            return result
        dtype = self._dtype(values, mode)
        return map_structure(
            lambda leaf: replace(leaf, dtype=dtype) if isinstance(leaf, Spec) else leaf, result
        )

    def _target(self, values: dict[str, Any]) -> tuple[Op, dict[str, Any]]:
        """The function that it stands for, and its arguments."""
        name, arguments = _parsed(self.expression)
        target = ops.find(name)
        assert target is not None, name
        signature = target.signature
        given: dict[str, Any] = {**signature.positional, **signature.keyword_only}
        if signature.varkw is not None:
            given[signature.varkw] = {}
        roles = target._roles_of(target.law)
        for parameter, value in arguments.items():
            if isinstance(value, ast.Name):
                role = roles.get(parameter, "").partition(" ")[0]
                value = values[value.id] if role in _LISTS else static(values[value.id])
                if role in _SINGLE and self.texts is not None and isinstance(value, (list, tuple)):
                    value = self._array_of(value)
            given[parameter] = value
        return target, given

    def _array_of(self, value: Any) -> Spec:
        """The array that numpy makes of a list (Keras does not)."""
        made = self.of_list(value)
        if any(type(size) is int and size == 0 for size in made.shape.dims):
            raise Undecided("what is in a list that is empty as far as can be seen")
        return made

    def _told(self, fault: Fault, values: dict[str, Any], mode: Mode) -> Fault:
        if self.texts is None:
            return self._told_by_tensorflow(fault, values, mode)
        for part, text in self.texts.items():
            if part in fault.text:
                fault.text = text
                return fault
        raise Undecided(f"whether {self.callee} accepts this: {fault.text}")

    def _told_by_tensorflow(self, fault: Fault, values: dict[str, Any], mode: Mode) -> Fault:
        """Without Keras's own checks, which compare None with sizes, and loop over tensors."""
        checked = isinstance(fault, KerasCheck) or CHECKED_BEFORE.match(fault.text)
        if isinstance(fault, BackendFault) and not checked:
            return fault
        shapes = [x.shape for x in flatten(values) if isinstance(x, (Tensor, Array))]
        open_sizes = any(None in shape.dims for shape in shapes)
        if checked and (open_sizes or fault.rule == "raw-op-on-symbolic-tensor"):
            raise Undecided(f"whether {self.callee} accepts this: {fault.text}")
        return on_backend(self.law_name, fault, self._has_scalar(values), mode.traced)

    def _dtype(self, values: dict[str, Any], mode: Mode) -> DType:
        if self.kind is None:
            return Op._dtype(self, values, mode)
        asked = values.get("dtype") if self.takes_dtype else None
        if asked is not None:
            return asked if isinstance(asked, Unknown) else self.named(asked)
        return self.kind(self._kinds(values))

    def _heeds_no_floatx(self, values: dict[str, Any], mode: Mode) -> bool:
        return False

    def _kinds(self, values: dict[str, Any]) -> list[Kind | Unknown]:
        """The dtypes of the operands; the type of one that is a plain number."""
        kinds: list[Kind | Unknown] = []
        for name, role in self._operand_roles().items():
            value = values[name]
            if self.dtype_of and name not in self.dtype_of:
                continue
            if isinstance(value, (list, tuple)) and role in ("Shapes", "Specs"):
                kinds += [self._kind_of(item) for item in value]
            elif value is not None:
                kinds.append(self._kind_of(value))
        return kinds

    def _operand_roles(self) -> dict[str, str]:
        if not self.expression:
            roles = self._roles_of(self.law)
            return {
                n: r.partition(" ")[0] for n, r in roles.items() if r.partition(" ")[0] in ROLES
            }
        name, arguments = _parsed(self.expression)
        target = ops.find(name)
        assert target is not None
        found = {}
        for parameter, role in target._roles_of(target.law).items():
            value = arguments.get(parameter)
            if role.partition(" ")[0] in ROLES and isinstance(value, ast.Name):
                found[value.id] = role.partition(" ")[0]
        return found

    def _kind_of(self, value: Any) -> Kind | Unknown:
        if isinstance(value, (Tensor, Array, Spec)):
            return value.dtype
        if isinstance(value, Unknown):
            return value
        if isinstance(value, (list, tuple)):
            return self.of_list(value).dtype
        return int if isinstance(value, Symbol) else type(value)

    def _all_known(self, values: dict[str, Any]) -> bool:
        return False

    def _is_operand(self, values: dict[str, Any]) -> bool:
        unknown = any(isinstance(leaf, Unknown) for leaf in flatten(values))
        return unknown and not self.gives_data

    def _undecided_result(self, values: dict[str, Any], mode: Mode) -> Any:
        target = ops.find(self.law_name) if self.expression else self
        if target is None or target.outputs != 1:
            return Unknown(f"what {self.callee} returns is not known")
        dtype: DType = Unknown("its dtype is not known")
        if self.kind is not None and (self.expression or not decides_dtype(self.law)):
            try:
                dtype = self._dtype(values, mode)
            except (Fault, Undecided):
                pass  # it stays unknown
        return Spec(Shape.unknown(), dtype)


_LISTS = frozenset({"Shapes", "Specs", "Nested"})
"""The roles of lists of tensors: they hold no sizes."""
_SINGLE = ROLES - _LISTS


@functools.cache
def _parsed(expression: str) -> tuple[str, dict[str, Any]]:
    """The name of the function, and its arguments: names, or constants as they are."""
    call = ast.parse(expression, mode="eval").body
    assert isinstance(call, ast.Call)
    name = ast.unparse(call.func)
    target = ops.find(name)
    assert target is not None, name
    parameters = list(target.signature.positional)
    arguments: dict[str, ast.expr] = {}
    for index, value in enumerate(call.args):
        if isinstance(value, ast.Starred):
            arguments[str(target.signature.varargs)] = value.value
        else:
            arguments[parameters[index]] = value
    arguments.update({str(keyword.arg): keyword.value for keyword in call.keywords})
    return name, {
        key: value if isinstance(value, ast.Name) else ast.literal_eval(value)
        for key, value in arguments.items()
    }


class Library:
    """The functions of one library, by name.

    Args:
        root: what their names start with.
        kind: the dtype rule where none is given.
        on_symbolic, gives_data, texts, of_list, named: see :class:`LibraryOp`.
    """

    def __init__(
        self,
        root: str,
        *,
        kind: Rule | None = None,
        on_symbolic: str | None = "",
        gives_data: bool = False,
        texts: Mapping[str, str] | None = None,
        of_list: Callable[[Any], Spec] = as_array,
        named: Callable[[Any], DType] = standardize_dtype,
    ) -> None:
        self.texts = texts
        self.of_list = of_list
        self.named = named
        self.root = root
        self.kind = kind
        self.on_symbolic = on_symbolic
        self.gives_data = gives_data
        self.records: dict[str, LibraryOp] = {}

    def add(
        self,
        names: str,
        parameters: str,
        expression: str = "",
        kind: Rule | None = None,
        **options: Any,
    ) -> None:
        """Declare functions that stand for a call."""
        for name in names.split():
            self._declare(name, parameters, _no_law, expression, kind, options)

    def law(
        self, names: str, parameters: str, kind: Rule | None = None, **options: Any
    ) -> Callable[[L], L]:
        """Declare functions by a law of their own."""

        def declare(law: L) -> L:
            for name in names.split():
                self._declare(name, parameters, law, "", kind, options)
            return law

        return declare

    def _declare(
        self,
        name: str,
        parameters: str,
        law: Law,
        expression: str,
        kind: Rule | None,
        options: dict[str, Any],
    ) -> None:
        record = LibraryOp(
            name,
            parameters,
            law,
            callee=f"{self.root}.{name}",
            class_name=name.rpartition(".")[2],
            node=False,
            expression=expression,
            kind=kind or self.kind,
            on_symbolic=self.on_symbolic,
            gives_data=self.gives_data,
            texts=self.texts,
            of_list=self.of_list,
            named=self.named,
            lenient=self.texts is not None,
        )
        for option, value in options.items():
            setattr(record, option, value)
        self.records[name] = record


def _no_law() -> None:
    raise AssertionError("the function stands for another one")


__all__ = [
    "NOT_AN_ARRAY",
    "NOT_FOR_TENSORFLOW",
    "Kinds",
    "Library",
    "LibraryOp",
    "Rule",
    "always",
    "first",
]
