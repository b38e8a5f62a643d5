"""What checks are made of: the facts they read and the findings they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerashape.checks.trace import callers, is_called_elsewhere, steps_to
from kerashape.diagnostic import Diagnostic, Fix, Label, Severity
from kerashape.rulebook import rulebook

if TYPE_CHECKING:
    from kerashape.analysis import (
        Analysis,
        ArgumentFact,
        CallFact,
        CommentFact,
        FaultFact,
        ImportFact,
        MethodFact,
        ModelFact,
    )
    from kerashape.keras.graph import Tensor
    from kerashape.rulebook import RuleSet
    from kerashape.site import Site


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What a check found: the words, and where to look.

    ``tensor`` is the tensor at fault: its chain of shapes is shown. ``related`` are further
    places with a word on each. ``at_most`` is how severe it is where the rule is more so:
    a warning where Keras raises only in other cases.
    """

    rule: str
    site: Site
    message: str
    label: str = ""
    help: str = ""
    note: str = ""
    tensor: Tensor | None = None
    related: tuple[tuple[Site, str], ...] = ()
    fix: Callable[[], Fix | None] | None = None
    """Computes the fix, when the finding is reported."""
    at_most: Severity | None = None

    def diagnostic(self, rules: RuleSet) -> Diagnostic | None:
        """The diagnostic, its places resolved and its fix made; None where the rule is off."""
        if self.rule not in rules:
            return None
        return rules.diagnostic(
            self.rule,
            self.site.span,
            self.message,
            label=self.label,
            help=self.help,
            note=self.note,
            related=[Label(site.span, text) for site, text in self._places()],
            trace=steps_to(self.tensor) if self.tensor is not None else (),
            fix=self.fix() if self.fix is not None else None,
            at_most=self.at_most,
        )

    def _places(self) -> Iterator[tuple[Site, str]]:
        """The related places, and the calls in other files that the values come from."""
        yield from self.related
        if rulebook().find(self.rule).code < _OF_TEXT and is_called_elsewhere(self.site):
            told = {id(site) for site, _ in self.related}
            yield from (place for place in callers(self.site) if id(place[0]) not in told)


_OF_TEXT = "KS5"
"""From here on the rules are about what is written, whatever the values are."""


@dataclass(slots=True, eq=False)
class Facts:
    """The facts to judge: those of the program, and those that hold of uncalled functions."""

    calls: list[CallFact] = field(default_factory=list)
    models: list[ModelFact] = field(default_factory=list)
    methods: list[MethodFact] = field(default_factory=list)
    arguments: list[ArgumentFact] = field(default_factory=list)
    faults: list[FaultFact] = field(default_factory=list)
    imports: list[ImportFact] = field(default_factory=list)
    comments: list[CommentFact] = field(default_factory=list)

    @classmethod
    def of(cls, analysis: Analysis) -> Facts:
        """The facts of an analysis."""
        facts = cls()
        for part in (analysis, analysis.general):
            if part is not None:
                facts.calls += part.calls
                facts.models += part.models
                facts.methods += part.methods
                facts.arguments += part.arguments
                facts.faults += part.faults
                facts.imports += part.imports
                facts.comments += part.comments
        return facts


Check = Callable[[Facts], Iterable[Finding]]
_CHECKS: list[tuple[str | None, Check]] = []


def check_for(rule: str | None) -> Callable[[Check], Check]:
    """Register a check under the name of its rule (None: it reports several rules)."""

    def register(function: Check) -> Check:
        _CHECKS.append((rule, function))
        return function

    return register


def registered() -> Iterator[tuple[str | None, Check]]:
    """All checks with the names of their rules."""
    return iter(_CHECKS)
