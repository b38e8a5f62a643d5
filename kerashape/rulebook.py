"""The rules: the Markdown pages in ``rules/``, which ones are on, and how severe they are.

A page is the single source of its rule's metadata. Only the front matter is read, until
somebody asks for the prose.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import takewhile
from operator import eq
from pathlib import Path

from kerashape.diagnostic import Diagnostic, Fix, Label, Severity, Span, Step

PAGES_URL = "https://github.com/kerashape/kerashape/blob/main/rules/"

SECTIONS = (
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "When to ignore it",
    "References",
)
"""The headings of every page, in order."""

_KEYS = ("code", "name", "severity", "summary", "fixable", "keras", "default")


class BadPage(Exception):
    """A page of the rulebook that is not what it has to be."""


class UnknownRule(Exception):
    """A selector that selects no rule; ``suggestion`` is the nearest that does."""

    def __init__(self, selector: str, suggestion: str | None) -> None:
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        super().__init__(f"unknown rule {selector!r}{hint}")
        self.selector = selector
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, as its page's front matter has it.

    Args:
        code: e.g. ``KS101``; never reused.
        name: e.g. ``model-input-not-input``.
        severity: unless the configuration says otherwise.
        summary: one line.
        fixable: ``none``, ``safe`` or ``unsafe``.
        keras: the major versions of Keras to which it applies.
        default: whether it is on unless it is asked for.
        file: its page.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    fixable: str
    keras: tuple[int, ...]
    default: bool
    file: Path

    @property
    def url(self) -> str:
        """Where its page is on the web."""
        return f"{PAGES_URL}{self.file.name}"

    @property
    def page(self) -> str:
        """The prose of its page, as Markdown."""
        return self.file.read_text(encoding="utf-8").split("---\n", 2)[2].lstrip()

    @property
    def sections(self) -> dict[str, str]:
        """The page's sections by heading."""
        parts = re.split(r"^## (.+)$", self.page, flags=re.MULTILINE)
        return {head.strip(): text.strip() for head, text in zip(parts[1::2], parts[2::2])}

    @classmethod
    def read(cls, file: Path) -> Rule:
        """The front matter of a page. Raises :class:`BadPage`."""
        fields: dict[str, str] = {}
        with file.open(encoding="utf-8") as lines:
            if next(lines, "").strip() != "---":
                raise BadPage(f"{file.name}: the page does not start with ---")
            for line in lines:
                if line.strip() == "---":
                    break
                key, colon, value = line.partition(":")
                if not colon or key in fields:
                    raise BadPage(f"{file.name}: not a `key: value` line: {line.strip()!r}")
                fields[key] = value.strip()
        if tuple(fields) != _KEYS:
            raise BadPage(f"{file.name}: the keys are {', '.join(fields)}; due: {', '.join(_KEYS)}")
        try:
            return cls(
                code=fields["code"],
                name=fields["name"],
                severity=Severity[fields["severity"].upper()],
                summary=fields["summary"],
                fixable=_one_of(fields["fixable"], ("none", "safe", "unsafe")),
                keras=tuple(int(version) for version in fields["keras"].split(",")),
                default=_one_of(fields["default"], ("on", "off")) == "on",
                file=file,
            )
        except (KeyError, ValueError) as error:
            raise BadPage(f"{file.name}: bad value: {error}") from None


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ValueError(f"{value!r} is not one of {', '.join(choices)}")
    return value


class Rulebook(Mapping[str, Rule]):
    """All rules by code.

    Args:
        folder: where the pages are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        rules = [Rule.read(file) for file in sorted(self.folder.glob("KS*.md"))]
        return {rule.code: rule for rule in rules}

    @cached_property
    def _by_name(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in self._rules.values()}

    def __getitem__(self, code: str) -> Rule:
        return self._rules[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def find(self, name_or_code: str) -> Rule:
        """The rule of that code (in any case) or name. Raises :class:`UnknownRule`."""
        rule = self._rules.get(name_or_code.upper()) or self._by_name.get(name_or_code.lower())
        if rule is None:
            raise UnknownRule(name_or_code, self._nearest(name_or_code))
        return rule

    def select(self, selector: str) -> tuple[int, frozenset[str]]:
        """The codes that a code, a prefix (``KS1``), a name or ``ALL`` selects.

        With them goes how specific the selector is: the more, the higher. Raises
        :class:`UnknownRule`.
        """
        upper = selector.strip().upper()
        if upper == "ALL":
            return 0, frozenset(self)
        if re.fullmatch(r"KS\d*", upper) and upper not in self._rules:
            codes = frozenset(code for code in self if code.startswith(upper))
            if codes:
                return len(upper), codes
        return 100, frozenset([self.find(selector.strip()).code])

    def _nearest(self, text: str) -> str | None:
        names = {known.lower(): known for known in (*self._rules, *self._by_name)}
        text = text.lower()
        close = difflib.get_close_matches(text, names, n=20, cutoff=0.5)
        if not close:
            return None
        if text.startswith("ks"):
            # Codes are all alike: the one with the longest common beginning is meant.
            close.sort(key=lambda known: -_common_beginning(known, text))
        return names[close[0]]


def _common_beginning(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(bool, map(eq, one, other)))


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    """The rules that ship with kerashape: in the wheel, or in the checkout."""
    package = Path(__file__).parent
    shipped = package / "_rules"
    return Rulebook(shipped if shipped.is_dir() else package.parent / "rules")


@dataclass(frozen=True, slots=True)
class Selection:
    """What one place (a configuration file, the command line) says about which rules are on.

    Args:
        select: only these; None: the rules that are on by default.
        extend_select: these too.
        ignore: not these.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class RuleSet:
    """The rules that are on, with their severities.

    Args:
        rules: by code, each with the severity that it is to have.
    """

    def __init__(self, rules: Mapping[str, Rule], book: Rulebook | None = None) -> None:
        self._rules = rules
        self._book = rulebook() if book is None else book

    @classmethod
    def of(
        cls,
        selections: Iterable[Selection] = (),
        severities: Mapping[str, Severity] | None = None,
        *,
        keras_version: int = 3,
        book: Rulebook | None = None,
    ) -> RuleSet:
        """The rules that the selections leave on, the last one having the last word.

        Within a selection the more specific selector wins: ``ignore = ["KS1"]`` with
        ``select = ["KS101"]`` leaves KS101 on. Raises :class:`UnknownRule`.
        """
        book = rulebook() if book is None else book
        on = {code for code, rule in book.items() if rule.default}
        for selection in selections:
            if selection.select is not None:
                on.clear()
            steps = [
                (*book.select(s), True)
                for s in (*(selection.select or ()), *selection.extend_select)
            ]
            steps += [(*book.select(s), False) for s in selection.ignore]
            for _, codes, add in sorted(steps, key=lambda step: (step[0], not step[2])):
                on = on | codes if add else on - codes
        chosen: dict[str, Severity] = {}
        levels = [(*book.select(s), severity) for s, severity in (severities or {}).items()]
        for _, codes, severity in sorted(levels, key=lambda level: level[0]):
            chosen.update(dict.fromkeys(codes, severity))
        return cls(
            {
                code: replace(book[code], severity=chosen.get(code, book[code].severity))
                for code in sorted(on)
                if keras_version in book[code].keras
            },
            book,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    @cached_property
    def signature(self) -> str:
        """The rules and their severities in a few words, the same for the same rules."""
        return " ".join(f"{code}:{int(rule.severity)}" for code, rule in self._rules.items())

    def __contains__(self, name_or_code: str) -> bool:
        return self._book.find(name_or_code).code in self._rules

    def without(self, selectors: Iterable[str]) -> RuleSet:
        """The same without some rules. Raises :class:`UnknownRule`."""
        off: set[str] = set()
        for selector in selectors:
            off |= self._book.select(selector)[1]
        return RuleSet({c: rule for c, rule in self._rules.items() if c not in off}, self._book)

    def diagnostic(
        self,
        name_or_code: str,
        span: Span,
        message: str,
        *,
        label: str = "",
        help: str = "",
        related: Iterable[Label] = (),
        trace: Iterable[Step] = (),
        fix: Fix | None = None,
        note: str = "",
        at_most: Severity | None = None,
    ) -> Diagnostic | None:
        """A diagnostic of that rule, ``at_most`` so severe; None where the rule is off.

        Raises :class:`UnknownRule` where there is no such rule.
        """
        rule = self._rules.get(self._book.find(name_or_code).code)
        if rule is None:
            return None
        return Diagnostic(
            code=rule.code,
            name=rule.name,
            severity=rule.severity if at_most is None else min(rule.severity, at_most),
            message=message,
            span=span,
            label=label,
            help=help,
            related=tuple(related),
            trace=tuple(trace),
            fix=fix,
            note=note,
            url=rule.url,
        )
