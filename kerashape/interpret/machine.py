"""The machine: the state of an interpretation, and the joints between its parts."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kerashape.analysis import Analysis, UnknownFact
from kerashape.interpret import (  # noqa: F401 (some for what they register)
    attributes,
    builtins,
    calls,
    contexts,
    items,
    iteration,
    kinds,
    libraries,
    loops,
    search_path,
    statements,
    targets,
    trying,
)
from kerashape.interpret.budget import Budget
from kerashape.interpret.callables import Builtin, Function
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.expressions import EVALUATORS
from kerashape.interpret.forgetting import forget
from kerashape.interpret.frame import Frame
from kerashape.interpret.join import join
from kerashape.interpret.journal import Journal
from kerashape.interpret.leaving import Pending, branch
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.raising import ExceptionValue, Raised
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import FAULTY, truth
from kerashape.keras.graph import Call, Tensor, is_certainly_symbolic
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Model
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Undecided, Unknown
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.interpret.project import Project
    from kerashape.source import Source


_ONLY_KERAS_3 = frozenset({"bad-argument", "raw-op-on-symbolic-tensor", "renamed-argument",
                           "sequential-misuse"})  # fmt: skip


class Machine:
    """Interprets one program.

    Attributes:
        analysis: where the facts go.
        root: the name by which what is being called was reached, ``keras`` or ``tf.keras``.
        journal: what changed on the running branch.
        names: Keras's counters of automatic names.
        guarded: above 0 while faults are expected (in a ``try`` that catches them, in
            ``assertRaises``): nothing there is reported.
        pending: the ways out that were met on one side of a branch.
        trying: above 0 in a ``try`` with handlers: what raises there for certain matters.
        risks: grows with whatever may raise, it is not known.
        training: what ``training`` is within the call that runs; None where nobody said.
        alone: above 0 while code is run that nobody calls: when it is called is not known.
        entered: the time when that code was entered.
        resolving: above 0 while a loss of the program's is run to see which one it calls.
        assumed: above 0 while a function is run with values that nobody passed.
        fallback: above 0 on branches for other versions of a library, and in the handlers of
            exceptions: what is used there may be meant for an older Keras.
        assumes: whether the options of the command line are taken to be their defaults.
        took_defaults: whether that was done.
        files: the models that the program saved, by path.
        distributed: above 0 in the scope of a strategy, which shares batches among devices.
        flags: the defaults of the program's absl flags.
        forgetting: while what a function may have changed is forgotten: what was gone through.
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
        self.keras_version = self.asked_version = keras_version
        self.root = ""
        self.budget = budget or Budget()
        self.journal = Journal()
        self.names = Names(old=keras_version < 3)
        self.names.registers = source.registers_names
        self.module_scope = Scope()
        self.frame = Frame(source, self.module_scope)
        self.frames = [self.frame]
        self.module_scope.source = source
        self.pending: list[Pending] = []
        self.guarded = 0
        self.trying = 0
        self.risks = 0
        self.tracing = 0
        self.training: Any = None
        self.alone = 0
        self.entered = 0
        self.resolving = 0
        self.assumed = 0
        self.fallback = 0
        self.doubt = 0
        self.files = Scope()
        self.distributed = 0
        self.generators: dict[ast.AST, bool] = {}
        self.flags: dict[str, Any] = {}
        self.forgetting: set[tuple[int, int]] | None = None
        self.assumes = True
        self.took_defaults = False
        self.guards: dict[ast.AST, bool] = {}
        self.changes: dict[ast.AST, tuple[frozenset[str], bool]] = {}
        self.functions: list[Function] = []
        self.classes: list[Class] = []

    # -- places -----------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """The innermost scope."""
        return self.frame.scope

    def site(self, node: ast.AST) -> Site:
        """Where ``node`` is, for a fact."""
        frame = self.frame
        if node is HERE:
            node = frame.statement or frame.source.tree
        return Site(
            frame.source,
            frame.statement or node,
            node,
            frame.caller,
            certain=not (self.guarded or self.assumed),
            doubtful=self.doubt > 0,
            function=frame.function.name if frame.function is not None else "",
        )

    def source_of(self, scope: Scope) -> Source:
        """The file or notebook in which the names of ``scope`` stand."""
        return scope.module.source or self.frame.source

    def unknown(self, node: ast.AST, reason: str) -> Unknown:
        """Note that something at ``node`` could not be known."""
        self.analysis.unknowns.append(UnknownFact(self.site(node), reason))
        return Unknown(reason)

    # -- evaluation -------------------------------------------------------------------

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression."""
        self.budget.step()
        evaluator = EVALUATORS.get(type(node))
        if evaluator is None:
            self.risks += 1
            return Unknown(f"{type(node).__name__} is not followed")
        try:
            value = evaluator(self, node)
        except Undecided as undecided:
            value = Unknown(undecided.reason)
        if isinstance(value, Unknown):
            self.risks += 1
        return value

    def throw(self, name: str, text: object) -> Unknown:
        """Python raises here for certain; outside of a ``try`` the value is just unknown.

        Raises:
            Raised: in a ``try`` with handlers.
        """
        if self.trying:
            raise Raised(ExceptionValue(name, (text,)))
        return Unknown(f"{name} is raised here")

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
                and (isinstance(value, Instance) or holder.is_rebound(name))
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
        open_ = self.scope.module.stars or self.alone or self.frame.source.notebook is not None
        if self.trying and not open_:
            return self.throw("NameError", name)
        if name in builtins.OLD_NAMES:
            return Builtin(name)
        return Unknown(f"the name {name} is not known", label=name)

    def attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        """``value.name``."""
        return attributes.get(self, value, name, node)

    def call(self, function: Any, arguments: Arguments, node: ast.AST) -> Any:
        """``function(*arguments)``. What a fault leaves behind is unknown."""
        try:
            return calls.call(self, function, arguments, node)
        except Undecided as undecided:
            return Unknown(undecided.reason)

    def call_function(self, function: Any, *positional: Any, node: ast.AST) -> Any:
        """Call with plain positional arguments."""
        return self.call(function, Arguments(positional, {}), node)

    def defaults_of(self, parameters: ast.arguments) -> dict[str, Any]:
        """The default values of a function, by parameter name."""
        plain = [*parameters.posonlyargs, *parameters.args]
        pairs: list[tuple[ast.arg, ast.expr | None]] = [
            *zip(plain[len(plain) - len(parameters.defaults) :], parameters.defaults),
            *zip(parameters.kwonlyargs, parameters.kw_defaults),
        ]
        return {p.arg: self.evaluate(default) for p, default in pairs if default is not None}

    # -- changes ----------------------------------------------------------------------

    def bind(self, name: str, value: Any) -> None:
        """Bind a name in the scope that the language says."""
        scope = self.scope.target(name)
        self.journal.touch(scope)
        if isinstance(value, Unknown) and value.label is None:
            value.label = name
        scope.variables[name] = value

    def unbind(self, name: str) -> None:
        """``del name``."""
        scope = self.scope.target(name)
        self.journal.touch(scope)
        scope.variables.pop(name, None)

    def assign(self, target: ast.expr, value: Any) -> None:
        """``target = value``, for every kind of target."""
        targets.assign(self, target, value)

    def delete(self, target: ast.expr) -> None:
        """``del target``, for every kind of target."""
        targets.delete(self, target)

    def store(self, container: Any, key: Any, value: Any) -> None:
        """``container[key] = value``."""
        if isinstance(container, Array):
            self.forget(container, "items of it were set")
        items.store(self, container, key, value)

    def forget(self, value: Any, reason: str) -> None:
        """Something unseen may have changed ``value``: forget what it may have changed."""
        forget(self, value, reason)

    def escape(self, arguments: Arguments, reason: str) -> None:
        """Something unseen was given these arguments, and may have changed them."""
        for value in [*arguments.positional, *(arguments.keywords or {}).values()]:
            self.forget(value, reason)

    def enter(self) -> None:
        """Code that nobody calls is entered now: what is older may have changed since."""
        CLOCK.now += 1
        self.entered = CLOCK.now

    # -- branches ---------------------------------------------------------------------

    def truth(self, value: Any, node: ast.AST) -> bool | None:
        """The truth of a condition; None where it is not known. A symbolic tensor has none."""
        if isinstance(value, Tensor):
            self.refuse_symbolic(
                value, node, "A symbolic KerasTensor cannot be used as a boolean.", "a condition",
                "builtins.bool",
            )  # fmt: skip
        return self.truth_of(value)

    def truth_of(self, value: Any) -> bool | None:
        """``bool(value)``; None where it is not known."""
        if isinstance(value, Instance):
            for name in ("__bool__", "__len__"):
                method = value.cls.find(name)
                if method is not None:
                    outcome = self.call_function(method, value, node=HERE)
                    return truth(outcome)
            if value.cls.is_named_tuple:
                return bool(value.attributes)
            opaque = value.cls.external_bases and not value.cls.is_enum
            return None if opaque or value.cls.is_open else True
        decided = truth(value)
        if decided is None:
            self.risks += 1
        return decided

    def items_of(self, value: Any, node: ast.AST) -> list[Any] | None:
        """What a loop or an unpacking visits; None where it is not known."""
        if isinstance(value, Tensor):
            self.refuse_symbolic(
                value, node, "Iterating over a symbolic KerasTensor is not supported.", "a sequence",
                "builtins.iter",
            )  # fmt: skip
        return iteration.items_of(self, value, node)

    def refuse_symbolic(
        self, value: Tensor, node: ast.AST, text: str, what: str, callee: str
    ) -> None:
        """Keras 3 raises where ``callee`` takes a symbolic tensor for data."""
        if self.keras_version >= 3 and not self.tracing and is_certainly_symbolic(value):
            fault = Fault("raw-op-on-symbolic-tensor", text, expected=what, found=value)
            given = Arguments([value]) if callee.startswith("builtins.") else None
            self.fault(fault, node, callee, tensor=value, given=given)

    def either(self, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        """The value of one of two expressions, it is not known which."""
        values: list[Any] = []
        sides: list[Callable[[], Any]] = [
            lambda: values.append(first()),
            lambda: values.append(second()),
        ]
        if branch(self, sides) == "raise":
            raise Raised(self.frame.leaving)
        return join(values[0], values[-1])

    def perhaps(self, action: Callable[[], Any]) -> None:
        """Do something that may not happen, or happen several times over."""

        def side() -> None:
            action()

        if branch(self, [side, lambda: None]) == "raise":
            raise Raised(self.frame.leaving)

    @contextlib.contextmanager
    def inner_scope(self) -> Iterator[None]:
        """A scope within the running one, for a comprehension."""
        outer = self.frame.scope
        self.frame.scope = Scope(outer, outer.module)
        self.frame.scope.transient = True
        try:
            yield
        finally:
            self.frame.scope = outer

    @contextlib.contextmanager
    def outside_comprehensions(self) -> Iterator[None]:
        """Where ``:=`` binds: the scope around the comprehensions."""
        inner = self.frame.scope
        while self.frame.scope.transient and self.frame.scope.parent is not None:
            self.frame.scope = self.frame.scope.parent
        try:
            yield
        finally:
            self.frame.scope = inner

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

    @contextlib.contextmanager
    def doubting(self, certain: bool = True) -> Iterator[None]:
        """A stretch that may not be for the values that reach it here, where ``certain``."""
        self.doubt += certain
        try:
            yield
        finally:
            self.doubt -= certain

    # -- faults -----------------------------------------------------------------------

    def fault(
        self,
        fault: Fault,
        node: ast.AST,
        callee: str = "",
        tensor: Any = None,
        *,
        call: Call | None = None,
        draft: Model | None = None,
        either: bool = False,
        given: Arguments | None = None,
        on: Model | None = None,
    ) -> Unknown:
        """Record that Keras raises at ``node``; what the expression gives is unknown.

        Most records are those of Keras 3, and where Keras 2 may differ it is not accused;
        ``either`` says that the version was looked at.
        """
        from kerashape.analysis import FaultFact

        if self.keras_version < 3 and not either and fault.rule in _ONLY_KERAS_3:
            return Unknown("something that Keras 3 does not take")
        fact = FaultFact(self.site(node), fault, callee, tensor, draft, given, on, call)
        self.analysis.faults.append(fact)
        result = Unknown(FAULTY)
        result.call = call
        return result
