"""Symbolic dimensions: polynomials with integer coefficients over named sizes.

``n * 2 // 2 == n`` and ``h * w * 3`` are kept exactly, in a canonical form. Two
symbols that are the same polynomial are equal; anything else about them is open, and
asking it (``==`` against another size, ``<``, truth) raises :class:`Undecided`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kerashape.shapes.outcome import Undecided

# An atom is a variable ("n", 3) or a floor division ("//", numerator, denominator, depth).
Atom = tuple[Any, ...]
Monomial = tuple[Atom, ...]
_serial = itertools.count()
# What is larger than this is no longer worth keeping exactly: it becomes an unknown size.
_MAX_TERMS = 12
_MAX_FACTORS = 6
_MAX_DEPTH = 3


class Symbol:
    """A size that is not known: a canonical polynomial over atoms.

    Build one with :meth:`named` or :func:`unknown_dim`, then calculate with it.
    """

    __slots__ = ("_terms",)

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self._terms: tuple[tuple[Monomial, int], ...] = tuple(
            sorted(((m, c) for m, c in terms.items() if c), key=repr)
        )

    @classmethod
    def named(cls, name: str) -> Symbol:
        """A fresh size, printed as ``name``; no other symbol is equal to it."""
        return cls({((name, next(_serial)),): 1})

    # -- arithmetic ---------------------------------------------------------------

    def __add__(self, other: Size) -> Size:
        terms = dict(self._terms)
        for monomial, coefficient in _terms_of(other):
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return _size(terms)

    __radd__ = __add__

    def __neg__(self) -> Size:
        return _size({m: -c for m, c in self._terms})

    def __sub__(self, other: Size) -> Size:
        return self + -other

    def __rsub__(self, other: Size) -> Size:
        return -self + other

    def __mul__(self, other: Size) -> Size:
        terms: dict[Monomial, int] = {}
        for (m1, c1), (m2, c2) in itertools.product(self._terms, _terms_of(other)):
            monomial = tuple(sorted(m1 + m2, key=repr))
            terms[monomial] = terms.get(monomial, 0) + c1 * c2
        return _size(terms)

    __rmul__ = __mul__

    def __floordiv__(self, other: Size) -> Size:
        return _floordiv(self, other)

    def __rfloordiv__(self, other: Size) -> Size:
        return _floordiv(other, self)

    def __mod__(self, other: Size) -> Size:
        return self - (self // other) * other

    def __rmod__(self, other: Size) -> Size:
        return other - (other // self) * self

    # -- questions ----------------------------------------------------------------

    def same(self, other: object) -> bool:
        """Whether both are certainly the same size (False: not certain)."""
        return isinstance(other, Symbol) and self._terms == other._terms

    def __eq__(self, other: object) -> bool:
        if self.same(other):
            return True
        raise Undecided(self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _undecided(self, *_: Any) -> bool:
        raise Undecided(self)

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _undecided

    def __index__(self) -> int:
        raise Undecided(self)

    def __hash__(self) -> int:
        return hash(self._terms)

    def value(self, number: Callable[[Atom], int]) -> int:
        """What it is where each named size, ``(name, serial)``, is ``number`` of it."""
        return sum(
            coefficient * math.prod(_atom_value(atom, number) for atom in monomial)
            for monomial, coefficient in self._terms
        )

    # -- printing -----------------------------------------------------------------

    @property
    def anonymous(self) -> bool:
        """Whether some part of it has no name of its own."""
        return any(_is_anonymous(atom) for monomial, _ in self._terms for atom in monomial)

    def __str__(self) -> str:
        if self.anonymous:
            return "?"
        text = ""
        for monomial, coefficient in sorted(self._terms, key=lambda t: (-len(t[0]), repr(t[0]))):
            factors = [_atom_text(atom) for atom in monomial]
            if abs(coefficient) != 1 or not factors:
                factors.insert(0, str(abs(coefficient)))
            sign = "-" if coefficient < 0 else "+" if text else ""
            text += (f" {sign} " if text else sign) + "*".join(factors)
        return text

    def __repr__(self) -> str:
        return f"Symbol({self})"


Size = int | Symbol
Dim = int | Symbol | None


def unknown_dim() -> Symbol:
    """A size of which nothing is known, printed as ``?``; equal to no other."""
    return Symbol.named("?")


def _terms_of(size: Size) -> Iterable[tuple[Monomial, int]]:
    if isinstance(size, Symbol):
        return size._terms
    if isinstance(size, float):
        raise Undecided("a fraction of a size that is not known")
    return [((), int(size))]  # an unknown value is undecided by itself


def _size(terms: Mapping[Monomial, int]) -> Size:
    """The polynomial, as an int when it is constant."""
    live = {m: c for m, c in terms.items() if c}
    if not live:
        return 0
    if set(live) == {()}:
        return live[()]
    if len(live) > _MAX_TERMS or any(len(monomial) > _MAX_FACTORS for monomial in live):
        return unknown_dim()
    return Symbol(live)


def _floordiv(numerator: Size, denominator: Size) -> Size:
    if isinstance(denominator, int):
        if denominator == 0:
            raise ZeroDivisionError("integer division or modulo by zero")
        whole: dict[Monomial, int] = {}
        rest: dict[Monomial, int] = {}
        for monomial, coefficient in _terms_of(numerator):
            quotient, remainder = divmod(coefficient, denominator)
            if not monomial or remainder == 0:
                whole[monomial] = quotient
                coefficient = remainder
            if remainder:
                rest[monomial] = coefficient
        if not any(rest):  # at most a constant smaller than the denominator is left
            return _size(whole)
        return _size(whole) + _opaque_division(_size(rest), denominator)
    if not isinstance(denominator, Symbol):
        denominator = _size(dict(_terms_of(denominator)))
        return _floordiv(numerator, denominator)
    quotient_terms: dict[Monomial, int] = {}
    if len(denominator._terms) == 1:
        (divisor, scale) = denominator._terms[0]
        for monomial, coefficient in _terms_of(numerator):
            left = list(monomial)
            if coefficient % scale or any(divisor.count(a) > left.count(a) for a in divisor):
                break
            for atom in divisor:
                left.remove(atom)
            quotient_terms[tuple(left)] = coefficient // scale
        else:
            return _size(quotient_terms)
    return _opaque_division(numerator, denominator)


def _opaque_division(numerator: Size, denominator: Size) -> Size:
    below = denominator._terms if isinstance(denominator, Symbol) else denominator
    depth = 1 + max(_depth(numerator), _depth(denominator))
    if depth > _MAX_DEPTH:
        return unknown_dim()
    return _size({(("//", tuple(_terms_of(numerator)), below, depth),): 1})


def _depth(size: Size) -> int:
    """How deep floor divisions nest in it."""
    atoms = (atom for monomial, _ in _terms_of(size) for atom in monomial)
    return max((atom[3] for atom in atoms if atom[0] == "//"), default=0)


def _is_anonymous(atom: Atom) -> bool:
    if atom[0] != "//":
        return bool(atom[0] == "?")
    parts = [part for part in atom[1:3] if isinstance(part, tuple)]
    return any(_is_anonymous(a) for part in parts for monomial, _ in part for a in monomial)


def _atom_value(atom: Atom, number: Callable[[Atom], int]) -> int:
    if atom[0] != "//":
        return number(atom)
    above, below = atom[1:3]
    divisor = below if isinstance(below, int) else Symbol(dict(below)).value(number)
    return Symbol(dict(above)).value(number) // divisor


def _atom_text(atom: Atom) -> str:
    if atom[0] != "//":
        return str(atom[0])
    numerator, denominator = atom[1:3]
    below = denominator if isinstance(denominator, int) else Symbol(dict(denominator))
    above = str(Symbol(dict(numerator)))
    return f"({above if ' ' not in above else f'({above})'}//{below})"
