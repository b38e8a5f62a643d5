"""Programs that have no end, or grow beyond all bounds: an answer all the same, and soon."""

from __future__ import annotations

import textwrap
import time
import tracemalloc

import pytest

from kerashape.analysis import Analysis
from kerashape.checks import check
from kerashape.interpret import interpret
from kerashape.interpret.budget import Budget
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run, run_module
from kerashape.rulebook import RuleSet
from kerashape.source import Source

KERAS = "import keras\nx = keras.layers.Dense(3)(keras.Input((2,)))\n"

PROGRAMS = {
    "exponential calls": "def f(n): return f(n - 1) + f(n - 1) if n else 1\nf(60)",
    "calls of many": "\n".join(
        ["def f0(): return 1", *(f"def f{i + 1}(): return f{i}() + f{i}()" for i in range(40))]
    )
    + "\nf40()",
    "endless loop": "while True:\n    x = 1",
    "endless loops in one another": "while a:\n while b:\n  while c:\n   while d:\n    x = [x]",
    "endless generator": "def g():\n    while True: yield 1\nlist(g())\nsum(x for x in g())",
    "generators of generators": "def g(n):\n    yield from g(n + 1)\nlist(g(0))",
    "endless recursion": "def f(): return f()\nf()\ndef g(n): return g(n + 1)\ng(0)",
    "mutual recursion": "def f(x): return g([x])\ndef g(x): return f([x])\nf(1)",
    "a class of itself": "class A(A): pass\nclass B:\n    def __getattr__(self, n):"
    " return getattr(self, n)\nB().x\nclass C:\n    def __init__(self): self.c = C()\nC()",
    "a property of itself": "class A:\n    @property\n    def x(self): return self.x\nA().x",
    "a list in itself": "a = []\na.append(a)\nb = a == a\nc = str(a)\nd = [*a]\nfor x in a: a = x\n"
    "import copy\ncopy.deepcopy(a)\nkeras.Input(a)\nkeras.layers.Dense(a)\nprint(f'{a}')",
    "a dict in itself": "d = {}\nd['d'] = d\nd == d\nstr(d)\nkeras.Model(d, d)\nkeras.layers.Dense(**d)",
    "a growing list": "a = [1]\nfor i in range(100): a = a + a\nfor i in range(100): a += a\n"
    "for i in range(99): a.extend(a)\nfor x in a: a.append(x)",
    "a growing text": "s = 'a'\nfor i in range(100): s = s + s\nfor i in range(50): s = f'{s}{s}'\n"
    "for i in range(50): s = s.replace('a', 'aa')\nfor i in range(99): s = '%s%s' % (s, s)\n"
    "for i in range(99): s = '{0}{0}'.format(s)\nfor i in range(99): s = s.join([s, s, s])",
    "a growing tuple": "t = (1,)\nfor i in range(100): t = t + t\nfor i in range(99): t = (*t, *t)",
    "a growing list by a display": "a = [1]\nfor i in range(100): a = [*a, *a]",
    "a growing dict": "d = {}\nfor i in range(400): d = {**d, i: d}\nfor i in range(10**9): d[i] = i",
    "growing numbers": "n = 3\nfor i in range(500): n = n * n\nfor i in range(400): n **= 3\n"
    "x = 1 << 10**10\ny = 10 ** 10 ** 10\nz = pow(7, 10**9)\nw = -1 << n",
    "huge texts": "a = 'a' * 10**12\nb = [0] * 10**12\nc = (1,) * 10**10\nd = f'{1:>1000000000000}'\n"
    "e = '%1000000000d' % 3\ng = 'a'.ljust(10**11)\nh = bytes(10**11)\ni = '{:>99999999999}'.format(1)\n"
    "j = 'a'.zfill(10**10)\nk = 'a'.center(10**10)\nl = b'a' * 10**11\nm = '\\t'.expandtabs(10**10)",
    "huge ranges": "a = list(range(10**12))\nb = sum(range(10**15))\nfor i in range(10**18): c = i\n"
    "d = [i for i in range(10**9)]\ne = max(range(10**14))\nf = 5 in range(10**20)\n"
    "x, *y = range(10**10)\nz = len(range(10**15))\nsorted(range(10**9))\n[*range(10**10)]",
    "huge products": "import itertools, math\na = list(itertools.product(range(99), repeat=99))\n"
    "b = list(itertools.permutations(range(99)))\nc = math.factorial(10**7)\nd = math.comb(10**6, 10**5)\n"
    "e = list(itertools.repeat(1, 10**12))\nf = list(itertools.combinations(range(10**4), 5000))\n"
    "g = list(itertools.islice(itertools.count(), 10**10))",
    "huge shapes": "i = keras.Input((10**30, 10**30))\nj = keras.layers.Flatten()(i)\n"
    "k = keras.layers.Dense(10**40)(j)\nl = keras.layers.UpSampling2D(10**9)(keras.Input((9, 9, 3)))\n"
    "m = keras.layers.RepeatVector(10**18)(keras.Input((9,)))\n"
    "n = keras.layers.Dense(2 ** 4000)(keras.Input((3,)))\no = keras.Input((1,) * 5000)",
    "a Sequential of itself": "m = keras.Sequential()\nm.add(m)\nm(x)\nn = keras.Sequential([m, m])\n"
    "m.add(n)\nm.build((None, 3))\nm.summary()\nm.count_params()",
    "many layers": "for i in range(10**6):\n    x = keras.layers.Dense(3)(x)",
    "a layer that makes layers": "class L(keras.layers.Layer):\n    def __init__(self):\n"
    "        super().__init__()\n        self.inner = L()\n    def call(self, x): return self(x)\nL()(x)",
    "a metaclass and its class": "class M(type):\n    def __call__(cls): return cls()\n"
    "class A(metaclass=M): pass\nA()",
    "decorators of decorators": "def d(f): return d(f)\n@d\n@d\ndef f(): pass\nf()",
    "lambdas": "f = lambda f: f(f)\nf(f)\ny = (lambda g: g(g))(lambda g: g(g))",
    "an iterator of itself": "class A:\n    def __iter__(self): return self\n    def __next__(self):"
    " return 1\nlist(A())\nfor x in A(): y = x\nx, y = A()\nclass B:\n"
    "    def __getitem__(self, i): return i\nlist(B())\n5 in A()",
    "len of itself": "class A:\n    def __len__(self): return len(self)\n    def __bool__(self):"
    " return bool(self)\n    def __eq__(self, o): return self == o\n    def __str__(self):"
    " return str(self)\na = A()\nlen(a)\nbool(a)\na == a\nif a: pass\nstr(a)\nf'{a}'",
    "a context of itself": "from contextlib import contextmanager\n@contextmanager\ndef c():\n"
    "    with c(): yield\nwith c(): pass",
    "tries": "def f():\n    try: f()\n    except Exception: f()\n    finally: f()\nf()",
    "unknown branches": "\n".join(f"if a{i}: x{i} = [x{i - 1}] if b{i} else {{}}" for i in range(1, 200)),
    "unknown branches in one another": "".join(f"{' ' * i}if a{i}:\n" for i in range(60)) + " " * 60 + "x = 1",
    "returns on unknown branches": "def f():\n"
    + "".join(f"    if a{i}: return [{i}]\n" for i in range(200))
    + "    return 1\ny = f()\nfor i in range(300):\n    if a: break\n    if b: continue\n    y = [y]",
    "unknown branches in calls": "def f(n):\n    if a: return f(n - 1)\n    if b: return f(n - 2)\n"
    "    return n\nf(50)",
    "assignments to what is unpacked": "a = b = c = [1]\nfor i in range(300): a, b, c = [a, b], [b, c], a",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_an_answer_in_time(name: str) -> None:
    source = Source.from_text(KERAS + PROGRAMS[name] + "\n")
    source.tree  # noqa: B018 - parsing is not what is measured
    start = time.thread_time()
    analysis = interpret(source)
    assert time.thread_time() - start < 8
    assert str(analysis.calls[0].call.output.shape) == "(None, 3)"


def test_what_ran_out_is_said_and_the_rest_goes_on() -> None:
    program = KERAS + PROGRAMS["exponential calls"] + "\ny = keras.layers.Dense(5)(x)\n"
    analysis = interpret(Source.from_text(program))
    assert any(reason.startswith("budget") for reason in analysis.reasons())
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(None, 3)", "(None, 5)"]


RECURSIONS = {
    "walks a tree": """
        def walk(node, prefix, depth=0):
            for child in node.children:
                if child.leaf:
                    print(prefix, child)
                elif child.wide:
                    walk(child, prefix + "  ", depth + 1)
                else:
                    walk(child, prefix + " ", depth + 1)
        """,
    "searches": """
        def find(layers, path=()):
            for layer in layers:
                if hasattr(layer, "layers"):
                    found = find(layer.layers, path + (layer.name,))
                    if found is not None:
                        return found
                elif layer.frozen and find([layer.inner], path):
                    return path
            return None
        """,
    "flattens": """
        def flatten(path, structure, flat=[]):
            if isinstance(structure, dict):
                for key in sorted(structure):
                    flatten((*path, key), structure[key], flat)
            elif isinstance(structure, (list, tuple)):
                for index, item in enumerate(structure):
                    flatten((*path, index), item, flat)
            else:
                flat.append((path, structure))
        """,
}


@pytest.mark.parametrize("name", RECURSIONS)
def test_a_recursion_without_a_known_end_costs_little(name: str) -> None:
    """What it is given is known (a prefix, a depth); whether it goes on is not."""
    budget = Budget()
    left = budget.left + budget._spare
    source = Source.from_text(KERAS + textwrap.dedent(RECURSIONS[name]))
    machine = Machine(source, Analysis(source), budget=budget)
    run(machine)
    assert left - (budget.left + budget._spare) < 5_000


TRAININGS = {
    "episodes": """
        for episode in range(600):
            seen = env.reset()
            for step in range(200):
                seen, reward, done = env.step(policy(seen))
                rewards.append(reward)
                if done:
                    break
            totals.append(sum(rewards))
        """,
    "episodes in functions": """
        def play(model, steps):
            rewards, seen = [], env.reset()
            for step in range(steps):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(model(seen[np.newaxis]))
                seen, reward, done = env.step(int(loss))
                rewards.append(reward)
                if done:
                    break
            return rewards
        for iteration in range(150):
            found = [play(model, 200) for _ in range(10)]
            totals = sum(map(sum, found))
        """,
    "tables": """
        for s in range(300):
            for a in range(300):
                table[s, a] = np.sum([p[s][a][n] * (r[s][a] + 0.9 * table[n].max()) for n in range(3)])
        """,
}


@pytest.mark.parametrize("name", TRAININGS)
def test_a_long_loop_without_layers_costs_little(name: str) -> None:
    budget = Budget()
    left = budget.left + budget._spare
    program = KERAS + "model = keras.Sequential([keras.layers.Dense(3)])\n"
    source = Source.from_text(program + textwrap.dedent(TRAININGS[name]))
    machine = Machine(source, Analysis(source), budget=budget)
    run(machine)
    assert not any(reason.startswith("budget") for reason in machine.analysis.reasons())
    assert left - (budget.left + budget._spare) < 40_000


def test_a_long_comprehension_without_layers_has_its_length() -> None:
    program = KERAS + textwrap.dedent("""
        def walk(grammar):
            state, found = 0, []
            while state is not None:
                word, state = grammar[state][np.random.randint(len(grammar[state]))]
                found.append(walk(word) if isinstance(word, list) else word)
            return "".join(found)
        inner = [[("a", 1)], [("b", 1), ("c", None)]]
        words = [walk([[("a", 1), (inner, 1)], [("d", None)]]) for _ in range(5000)]
        seen, more = [], []
        [seen.append(word) for word in words]
        sizes = {i: more.append(i) for i in range(5000)}
        for width in (len(words), len(words[0]), len(seen), len(sizes), len(more)):
            keras.layers.Dense(width)(x)
    """)
    analysis = interpret(Source.from_text(program))
    assert not any(reason.startswith("budget") for reason in analysis.reasons())
    units = [fact.call.output.shape[-1] for fact in analysis.calls[1:]]
    assert units[0] == 5000
    assert all(not isinstance(unit, int) or unit == 5000 for unit in units[2:])
    assert not isinstance(units[1], int)


def test_a_long_loop_of_layers_is_followed() -> None:
    program = KERAS + textwrap.dedent("""
        widths = []
        for i in range(100):
            width = i + 1
            for _ in range(9):
                width = width + 1
            widths.append(width)
            x = keras.layers.Dense(width)(x)
    """)
    analysis = interpret(Source.from_text(program))
    assert [f.call.output.shape[-1] for f in analysis.calls[1:]] == [i + 10 for i in range(100)]


def test_memory_is_bounded() -> None:
    program = KERAS + "\n".join(
        PROGRAMS[n] for n in PROGRAMS if n.startswith(("a growing", "huge"))
    )
    source = Source.from_text(program)
    source.tree  # noqa: B018 - parsing is not what is measured
    tracemalloc.start()
    try:
        interpret(source)
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def test_a_check_that_follows_a_function_again_may_run_out_of_it() -> None:
    source = Source.from_text(
        "import keras\n"
        "import numpy as np\n"
        "x = keras.Input((None, 4))\n"
        "model = keras.Sequential([x, keras.layers.Lambda(lambda x: x + 1), keras.layers.Dense(2)])\n"
        'model.compile("sgd", "mse")\n'
        "model.fit(np.zeros((8, 3, 4)), np.zeros((9, 3, 2)))\n"
    )
    machine = Machine(source, Analysis(source))
    run_module(machine)
    machine.budget.left = 0
    assert [found.code for found in check(machine.analysis, RuleSet.of())] == ["KS404"]
