"""Branches: what holds after them, holds whichever way the program took."""

from __future__ import annotations

import itertools
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerashape.api import analyze
from kerashape.shapes import Symbol, Unknown
from tests.interpret.semantics import differences, is_known, run_interpreter, run_python

FLAGS = ("p", "q", "r")

PROGRAMS = {
    "a loop that is longer than anybody follows": """
        x, y, z, last = 0, "before", [], None
        for i in range(3000):
            y = "after"
            last = i
            if p:
                x = 1
            if q and i == 7:
                z.append(i)
                break
        else:
            z.append("end")
        """,
    "attributes of a function": """
        def f():
            if not hasattr(f, "kept"):
                if p:
                    f.kept = 1
                else:
                    f.kept = 2
            return f.kept
        f.other = 3
        if q:
            f.other = 4
        x = f()
        y = f.other
        """,
    "an assignment before and after a return": """
        log = []
        def f():
            global x
            if p:
                return 1
            x = 5
            log.append(1)
            return 2
        x = 1
        y = f()
        """,
    "returns in a loop": """
        x = 0
        def f():
            global x
            for i in range(3):
                if p:
                    return i
                x = x + 1
                if q:
                    continue
                x = x + 10
            return "end"
        y = f()
        """,
    "breaks": """
        x = []
        for i in range(3):
            if p:
                break
            x.append(i)
            if q and i == 1:
                continue
            x.append("b")
        else:
            z = 1
        y = len(x)
        """,
    "a loop that is left perhaps, in a function": """
        x = 1
        def g():
            global x
            n = 0
            while n < 1:
                n += 1
                if p: break
                x = 0
            for i in [1, 2]:
                if q: break
                x = x + 1
            return x
        y = g()
        """,
    "while with breaks": """
        n = 0
        while n < 4:
            n += 1
            if p and n == 2:
                break
            if q:
                n += 1
        """,
    "raising on one side": """
        x = 1
        def f():
            global x
            if p:
                x = 2
                raise ValueError
            if q:
                x = 3
                raise KeyError
            x = 4
        try:
            f()
            y = 1
        except ValueError:
            y = 2
        except KeyError:
            y = 3
        """,
    "finally on every way": """
        log = []
        def f():
            for i in range(3):
                try:
                    if p:
                        return "a"
                    if q:
                        continue
                    if r:
                        break
                    log.append(i)
                finally:
                    log.append("f")
            return "b"
        y = f()
        """,
    "nested returns": """
        log = []
        def f():
            if p:
                if q:
                    log.append(1)
                    return 1
                log.append(2)
                if r:
                    return 2
                log.append(3)
            log.append(4)
            return 3
        y = f()
        """,
    "a generator": """
        def g():
            yield 1
            if p:
                yield 2
            if q:
                return
            yield 3
        a = list(g())
        b = sum(g())
        h = g()
        c = next(h)
        """,
    "short circuits": """
        log = []
        def t(x):
            log.append(x)
            return x
        a = p and t(1)
        b = p or t(2)
        c = t(3) if q else t(4)
        d = (p and q) or (t(5) and r)
        """,
    "aliases on one side": """
        a = [1]
        b = [2]
        c = a if p else b
        c.append(3)
        d = {"k": a}
        if q:
            d["k"] = b
        d["k"].append(4)
        """,
    "objects": """
        class A:
            n = 0
            def __init__(self):
                if p:
                    self.x = 1
            def f(self):
                if q:
                    return self.n
                self.n = 5
                return self.n
        a = A()
        b = a.f()
        c = getattr(a, "x", 7)
        d = a.n
        """,
    "comprehensions": """
        a = [i for i in range(4) if p or i > 1]
        b = [i if q else -i for i in range(3)]
        c = {i: (p, i) for i in range(2)}
        """,
    "deleting": """
        a = [1, 2, 3]
        d = {"x": 1, "y": 2}
        if p:
            del a[0]
            d.pop("x")
        else:
            a.pop()
        b = len(a)
        c = "x" in d
        """,
    "match": """
        match p:
            case True: x = 1
            case False: x = 2
        match q:
            case True if r: y = 1
            case _: y = 3
        """,
    "closures": """
        def make():
            n = 0
            def inc():
                nonlocal n
                if p:
                    n += 1
                    return n
                n += 10
                return -n
            return inc, lambda: n
        inc, get = make()
        a = inc()
        b = inc() if q else 0
        c = get()
        """,
    "with": """
        log = []
        class C:
            def __enter__(self): log.append("in")
            def __exit__(self, *a):
                log.append("out")
                return p
        def f():
            with C():
                if q:
                    raise ValueError
                if r:
                    return 1
                log.append("body")
            return 2
        try:
            y = f()
        except ValueError:
            y = 3
        """,
}


def check(program: str) -> None:
    """Interpretation without the flags against Python with every choice of them."""
    program = textwrap.dedent(program)
    unknown = {name: Unknown("a flag", label=name) for name in FLAGS}
    abstract, _ = run_interpreter(program, **unknown)
    for choice in itertools.product([True, False], repeat=len(FLAGS)):
        actual, error = run_python(program, **dict(zip(FLAGS, choice)))
        assert error is None
        wrong: list[str] = []
        for name, value in abstract.items():
            if name.startswith("_") or name in FLAGS:
                continue
            if name in actual:
                wrong += differences(actual[name], value, name)
            elif is_known(value):
                wrong.append(f"{name}: {value!r} for nothing")
        assert not wrong, (choice, program)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_known_holds_on_every_way(name: str) -> None:
    check(PROGRAMS[name])


# -- generated programs -------------------------------------------------------------------

NAMES = ("a", "b", "c")
EXPRESSION = st.sampled_from(
    ["0", "1", "[1]", "a", "b", "c", "'s'", "p", "len(log)", "(a, b)", "[a, b]", "f()", "g(b)",
     "a if q else b", "p and a", "b or c", "[x for x in (a, b) if r]", "{'k': a}", "log[:]"]
)  # fmt: skip


@st.composite
def block(draw: st.DrawFn, depth: int, inside: str) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(statement(depth, inside))
    return lines


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def statement(draw: st.DrawFn, depth: int, inside: str) -> list[str]:
    name = draw(st.sampled_from(NAMES))
    simple = ["assign", "append", "item", "swap"]
    if "l" in inside:
        simple += ["break", "continue"]
    if "f" in inside:
        simple += ["return"]
    if "t" in inside:
        simple += ["raise"]
    compound = ["if", "if-else", "for", "while", "try", "finally"] if depth else []
    kind = draw(st.sampled_from([*simple, *simple, *compound]))
    flag = draw(st.sampled_from(FLAGS))
    if kind == "assign":
        return [f"{name} = {draw(EXPRESSION)}"]
    if kind == "append":
        return [f"log.append({draw(EXPRESSION)})"]
    if kind == "item":
        return [f"d[{draw(st.sampled_from(['0', 'len(log)', repr('k')]))}] = {draw(EXPRESSION)}"]
    if kind == "swap":
        return ["a, b = b, a"]
    if kind in ("break", "continue"):
        return [f"if {flag}: {kind}"]
    if kind == "return":
        return [f"if {flag}: return {draw(EXPRESSION)}"]
    if kind == "raise":
        return [f"if {flag}: raise {draw(st.sampled_from(['ValueError', 'KeyError']))}"]
    inner = indented(draw(block(depth - 1, inside)))
    if kind == "if":
        return [f"if {flag}:", *inner]
    if kind == "if-else":
        return [f"if {flag}:", *inner, "else:", *indented(draw(block(depth - 1, inside)))]
    looped = indented(draw(block(depth - 1, inside + "l")))
    if kind == "for":
        return [f"for i in range({draw(st.integers(0, 3))}):", *looped]
    if kind == "while":
        limit = draw(st.integers(1, 3))
        counter = f"n{depth}"  # its own: an inner loop must not set it back
        return [f"{counter} = 0", f"while {counter} < {limit}:", f"    {counter} += 1", *looped]
    tried = indented(draw(block(depth - 1, inside + "t")))
    if kind == "finally":
        return ["try:", *inner, "finally:", "    log.append('f')"]
    return ["try:", *tried, "except ValueError:", *inner, "except KeyError:",
            *indented(draw(block(depth - 1, inside)))]  # fmt: skip


@st.composite
def program(draw: st.DrawFn) -> str:
    """A program on three flags: two functions that change what is global, and a body."""
    lines = ["log, d, a, b, c, i = [], {}, 1, [2], 's', 0"]
    # a call within a function would recurse: its body has none
    for header in ("def f():", "def g(x):"):
        body = [line for line in draw(block(2, "f")) if "f()" not in line and "g(" not in line]
        lines += [header, "    global a, b, c, i", *indented(body), "    return a"]
    lines += draw(block(3, ""))
    return "\n".join(lines) + "\n"


def compiles(text: str) -> bool:
    try:
        compile(text, "<program>", "exec")
    except SyntaxError:
        return False
    return True


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(program().filter(compiles))
def test_generated_programs_on_unknown_flags(text: str) -> None:
    check(text)


STACK = """\
import keras
import numpy as np
m = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
{code}
"""
FIRST, OTHER = "m(np.zeros((8, 4, 2)))", "m(np.zeros((5, 4, 2)))"
LOOPS = {
    f"for _ in range(int(input())):\n    {FIRST}": [(8, 8), (8, 3)],
    f"while input():\n    {FIRST}\n{FIRST}": [(8, 8), (8, 3)],
    f"if input():\n    {FIRST}\n{OTHER}": [(8, 8), (8, 3), ("?", 8), ("?", 3)],
    f"if input():\n    {FIRST}\nelse:\n    {OTHER}": [(8, 8), (8, 3), (5, 8), (5, 3)],
}


def test_a_stack_may_be_built_on_branches_within_branches() -> None:
    program = "for _ in range(int(input())):\n    if input():\n        {0}\n    elif input():\n        {1}"
    assert analyze(STACK.format(code=program.format(FIRST, OTHER))).faults == []


@pytest.mark.parametrize("code", LOOPS)
def test_a_stack_that_is_built_perhaps_is_built_for_what_it_may_be(code: str) -> None:
    calls = analyze(STACK.format(code=code)).calls
    found = [
        tuple("?" if isinstance(dim, Symbol) else dim for dim in fact.call.output.shape)
        for fact in calls
    ]
    assert found == LOOPS[code] or found == LOOPS[code] * 2
