"""The machine: the state of an interpretation, and the joints between its parts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.analysis import Analysis, BindingFact, UnknownFact
from kerashape.interpret import attributes, builtins, calls, libraries, loops, statements, trying
from kerashape.interpret.budget import Budget
from kerashape.interpret.expressions import EVALUATORS
from kerashape.interpret.join import join
from kerashape.interpret.journal import Delta, Journal
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import (
    FAULTY,
    Builtin,
    Class,
    DictValue,
    External,
    Foreign,
    Function,
    Instance,
    ListValue,
    Mutable,
    iterate,
    truth,
)
from kerashape.keras.graph import Call, Tensor
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Model, is_certainly_symbolic
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Undecided, Unknown
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.interpret.project import Project
    from kerashape.source import Source


_ONLY_KERAS_3 = frozenset({"bad-argument", "raw-op-on-symbolic-tensor", "renamed-argument",
                           "sequential-misuse"})  # fmt: skip


@dataclass(eq=False)
class Pending:
    """A ``return``, ``break`` or ``continue`` that was met on one side of a branch."""

    kind: str
    value: Any
    delta: Delta


@dataclass(eq=False)
class Frame:
    """A running module, function or class body."""

    source: Source
    scope: Scope
    function: Function | None = None
    receiver: Any = None
    owner: Class | None = None
    caller: Site | None = None
    statement: cst.CSTNode | None = None
    pending: list[Pending] = field(default_factory=list)
    older: bool = False
    """Whether a branch for some versions of a library has left: the rest is for the others."""
    yields: list[Any] | None = None
    """What was yielded so far; None in what is no generator."""


class Machine:
    """Interprets one program.

    Attributes:
        analysis: where the facts go.
        journal: what changed on the running branch.
        names: Keras's counters of automatic names.
        guarded: above 0 while faults are expected (in a ``try`` that catches them, in
            ``assertRaises``): nothing there is reported.
        training: what ``training`` is within the call that runs; None where nobody said.
        alone: above 0 while code is run that nobody calls: when it is called is not known.
        assumed: above 0 while a function is run with values that nobody passed.
        fallback: above 0 on branches for other versions of a library, and in the handlers of
            exceptions: what is used there may be meant for an older Keras.
    """

    def __init__(
        self,
        source: Source,
        analysis: Analysis,
        project: Project | None = None,
        keras_version: int = 3,
        budget: Budget | None = None,
    ) -> None:
        self.analysis = analysis
        self.project = project
        self.keras_version = keras_version
        self.budget = budget or Budget()
        self.journal = Journal()
        self.names = Names()
        self.module_scope = Scope()
        self.frame = Frame(source, self.module_scope)
        self.frames = [self.frame]
        self.module_scope.source = source
        self.guarded = 0
        self.tracing = 0
        self.training: Any = None
        self.alone = 0
        self.assumed = 0
        self.fallback = 0
        self.literals: dict[cst.CSTNode, Any] = {}
        self.functions: list[Function] = []
        self.classes: list[Class] = []

    # -- places -----------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """The innermost scope."""
        return self.frame.scope

    def site(self, node: cst.CSTNode) -> Site:
        """Where ``node`` is, for a fact."""
        frame = self.frame
        return Site(
            frame.source,
            frame.statement or node,
            node,
            frame.caller,
            certain=not (self.guarded or self.assumed),
            function=frame.function.name if frame.function is not None else "",
        )

    def source_of(self, scope: Scope) -> Source:
        """The file or notebook in which the names of ``scope`` stand."""
        return scope.module.source or self.frame.source

    def unknown(self, node: cst.CSTNode, reason: str) -> Unknown:
        """Note that something at ``node`` could not be known."""
        self.analysis.unknowns.append(UnknownFact(self.site(node), reason))
        return Unknown(reason)

    # -- evaluation -------------------------------------------------------------------

    def evaluate(self, node: cst.BaseExpression) -> Any:
        """The value of an expression."""
        self.budget.step()
        evaluator = EVALUATORS.get(type(node))
        if evaluator is None:
            return Unknown(f"{type(node).__name__} is not followed")
        try:
            return evaluator(self, node)
        except Undecided as undecided:
            return Unknown(undecided.reason)

    def run(self, body: Any) -> str | None:
        """Run statements; ``"return"``, ``"break"``, ``"continue"`` or ``"raise"`` if one did."""
        return statements.run(self, body)

    def look_up(self, name: str) -> Any:
        """The value of a name."""
        holder = self.scope.holder(name)
        if holder is not None:
            value = holder.variables[name]
            if (
                self.alone
                and holder.module is holder
                and (isinstance(value, Instance) or holder.is_reassigned(name))
            ):
                return Unknown(f"the state of {name} when the code is called", label=name)
            return value
        scope: Scope | None = self.scope
        while scope is not None:
            for module in reversed(scope.stars):
                value = libraries.exported(module, name)
                if value is not None:
                    return value
            scope = scope.parent
        if name in builtins.NAMES:
            return Builtin(name)
        return Unknown(f"the name {name} is not known", label=name)

    def attribute(self, value: Any, name: str, node: cst.CSTNode) -> Any:
        """``value.name``."""
        return attributes.get(self, value, name, node)

    def call(self, function: Any, arguments: Arguments, node: cst.CSTNode) -> Any:
        """``function(*arguments)``. What a fault leaves behind is unknown."""
        try:
            return calls.call(self, function, arguments, node)
        except Undecided as undecided:
            return Unknown(undecided.reason)

    def call_function(self, function: Any, *positional: Any, node: cst.CSTNode) -> Any:
        """Call with plain positional arguments."""
        return self.call(function, Arguments(positional, {}), node)

    def defaults_of(self, parameters: cst.Parameters) -> dict[str, Any]:
        """The default values of a function, by parameter name."""
        return {
            parameter.name.value: self.evaluate(parameter.default)
            for parameter in (
                *parameters.posonly_params,
                *parameters.params,
                *parameters.kwonly_params,
            )
            if parameter.default is not None
        }

    # -- changes ----------------------------------------------------------------------

    def bind(self, name: str, value: Any) -> None:
        """Bind a name in the scope that the language says."""
        scope = self.scope.target(name)
        self.journal.touch(scope)
        if isinstance(value, Unknown) and value.label is None:
            value.label = name
        scope.variables[name] = value

    def assign(self, target: cst.BaseExpression, value: Any) -> None:
        """``target = value``, for every kind of target."""
        if isinstance(value, Model) and isinstance(target, (cst.Name, cst.Attribute)):
            name = target.value if isinstance(target, cst.Name) else target.attr.value
            self.analysis.bindings.append(BindingFact(self.site(target), name, value))
        if isinstance(target, cst.Name):
            self.bind(target.value, value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(target.elements, value)
        elif isinstance(target, cst.Attribute):
            receiver = self.evaluate(target.value)
            attributes.set(self, receiver, target.attr.value, value)
        elif isinstance(target, cst.Subscript):
            from kerashape.interpret.expressions import index_of

            container = self.evaluate(target.value)
            self.store(container, index_of(self, target), value)
        elif isinstance(target, cst.StarredElement):
            self.assign(target.value, value)

    def _unpack(self, elements: Any, value: Any) -> None:
        items = self.items_of(value, elements[0].value)
        star = next((i for i, e in enumerate(elements) if isinstance(e, cst.StarredElement)), None)
        count = len(elements)
        if items is not None and star is not None and len(items) >= count - 1:
            tail = count - star - 1
            middle = ListValue(items[star : len(items) - tail])
            items = [*items[:star], middle, *items[len(items) - tail :]]
        if items is None or len(items) != count:
            reason = value.reason if isinstance(value, Unknown) else "an unpacking"
            items = [Unknown(reason) for _ in elements]
        for element, item in zip(elements, items):
            self.assign(element.value, item)

    def store(self, container: Any, key: Any, value: Any) -> None:
        """``container[key] = value``."""
        if isinstance(container, (ListValue, DictValue)):
            self.journal.touch(container)
        if isinstance(container, ListValue) and container.items is not None:
            if isinstance(key, int) and -len(container.items) <= key < len(container.items):
                container.items[key] = value
            else:
                container.forget("an item was set at a place that is not known")
        elif isinstance(container, DictValue) and container.items is not None:
            from kerashape.interpret.operators import is_key

            if is_key(key):
                container.items[key] = value
            else:
                container.forget("an item was set under a key that is not known")
        elif isinstance(container, Foreign):
            from kerashape.interpret import data

            data.set_item(self, container, key, value)
        elif isinstance(container, Instance):
            method = container.cls.find("__setitem__")
            if method is not None:
                node = self.frame.statement or cst.Name("_")
                self.call_function(method, container, key, value, node=node)

    def forget(self, value: Any, reason: str) -> None:
        """Something unseen may have changed ``value``: forget what it may have changed."""
        if isinstance(value, (ListValue, DictValue)):
            if value.items is not None:
                self.journal.touch(value)
                value.forget(reason)
        elif isinstance(value, Layer):
            from kerashape.keras.models import Sequential

            if isinstance(value, Sequential):
                self.journal.touch(value)
                value.stack, value.graph = Unknown(reason), None
        elif isinstance(value, Instance) or (
            isinstance(value, Foreign) and isinstance(value, Mutable)
        ):
            self.journal.touch(value)
            for name in value.attributes:
                value.attributes[name] = Unknown(reason)
        elif isinstance(value, tuple):
            for item in value:
                self.forget(item, reason)

    def escape(self, arguments: Arguments, reason: str) -> None:
        """Something unseen was given these arguments, and may have changed them."""
        for value in [*arguments.positional, *(arguments.keywords or {}).values()]:
            self.forget(value, reason)

    # -- branches ---------------------------------------------------------------------

    def truth(self, value: Any, node: cst.CSTNode) -> bool | None:
        """The truth of a condition; None where it is not known. A symbolic tensor has none."""
        if isinstance(value, Tensor):
            self._refuse_symbolic(
                value, node, "A symbolic KerasTensor cannot be used as a boolean.", "a condition"
            )
        return truth(value)

    def items_of(self, value: Any, node: cst.CSTNode) -> list[Any] | None:
        """What a loop or an unpacking visits; None where it is not known."""
        if isinstance(value, Tensor):
            self._refuse_symbolic(
                value, node, "Iterating over a symbolic KerasTensor is not supported.", "a sequence"
            )
        return iterate(value)

    def _refuse_symbolic(self, value: Tensor, node: cst.CSTNode, text: str, what: str) -> None:
        if self.keras_version >= 3 and not self.tracing and is_certainly_symbolic(value):
            fault = Fault("raw-op-on-symbolic-tensor", text, expected=what, found=value)
            self.fault(fault, node, tensor=value)

    def either(self, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        """The value of one of two expressions, it is not known which."""
        self.journal.start()
        a = first()
        after_a = self.journal.rewind()
        self.journal.start()
        b = second()
        after_b = self.journal.rewind()
        self.journal.merge([after_a, after_b])
        return join(a, b)

    def perhaps(self, action: Callable[[], Any]) -> None:
        """Do something that may not happen, or happen several times over."""
        self.journal.start()
        action()
        after = self.journal.rewind()
        self.journal.merge([after, {}])

    @contextlib.contextmanager
    def inner_scope(self) -> Iterator[None]:
        """A scope within the running one, for a comprehension."""
        outer = self.frame.scope
        self.frame.scope = Scope(outer, outer.module)
        try:
            yield
        finally:
            self.frame.scope = outer

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """A stretch in which faults are expected and not reported."""
        self.guarded += 1
        try:
            yield
        finally:
            self.guarded -= 1

    @contextlib.contextmanager
    def perhaps_older(self, certain: bool = True) -> Iterator[None]:
        """A stretch that may be meant for an older Keras, where ``certain``."""
        self.fallback += certain
        try:
            yield
        finally:
            self.fallback -= certain

    # -- faults -----------------------------------------------------------------------

    def fault(
        self,
        fault: Fault,
        node: cst.CSTNode,
        callee: str = "",
        tensor: Any = None,
        *,
        call: Call | None = None,
        draft: Model | None = None,
    ) -> Unknown:
        """Record that Keras raises at ``node``; what the expression gives is unknown.

        The records are those of Keras 3: where Keras 2 may differ it is not accused.
        """
        from kerashape.analysis import FaultFact

        if self.keras_version < 3 and fault.rule in _ONLY_KERAS_3:
            return Unknown("something that Keras 3 does not take")
        fact = FaultFact(self.site(node), fault, callee, tensor, draft)
        self.analysis.faults.append(fact)
        result = Unknown(FAULTY)
        result.call = call
        return result


__all__ = ["External", "Frame", "Machine", "Pending", "loops", "trying"]
