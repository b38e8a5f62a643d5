"""Small programs, each about one thing of Python; the oracle is CPython.

The names that are known to be unknown after a program stand in ``MAY_BE_UNKNOWN``.
"""

PROGRAMS = {
    # -- parameters -----------------------------------------------------------------
    "every parameter kind": """
        def f(a, b=2, /, c=3, *args, d, e=5, **kw): return (a, b, c, args, d, e, kw)
        r1 = f(1, d=4)
        r2 = f(1, 20, 30, 40, 50, d=4, z=6)
        r3 = f(*[1, 2], **{"d": 4, "e": 6, "y": 7})
        r4 = f(1, c=9, d=0)
        """,
    "positional-only names among the keywords": """
        def f(a, /, **kw): return a, kw
        r = f(1, a=2, b=3)
        """,
    "defaults are evaluated once": """
        def f(x, seen=[]):
            seen.append(x)
            return seen
        a = f(1)
        b = f(2)
        n = 1
        def g(k=n): return k
        n = 2
        c = g()
        """,
    "lambda": """
        f = lambda x, *y, k=3, **z: (x, y, k, z)
        r = f(1, 2, 3, k=4, w=5)
        g = (lambda: 7)()
        late = [lambda: i for i in range(3)]
        r2 = [h() for h in late]
        early = [lambda i=i: i for i in range(3)]
        r3 = [h() for h in early]
        """,
    "closures": """
        def counter(start):
            n = start
            def step(by=1):
                nonlocal n
                n += by
                return n
            def read(): return n
            return step, read
        step, read = counter(10)
        step(); step(5)
        r = read()
        other, _ = counter(0)
        s = other()
        """,
    "global": """
        total = 0
        def add(n):
            global total, fresh
            total += n
            fresh = n
        add(3); add(4)
        """,
    "recursion": """
        def fact(n): return 1 if n <= 1 else n * fact(n - 1)
        def depth(tree): return 0 if not tree else 1 + max(depth(t) for t in tree)
        r = fact(10)
        d = depth([[], [[], [[]]]])
        def fib(n):
            if n < 2:
                return n
            return fib(n - 1) + fib(n - 2)
        f = fib(10)
        """,
    "functions that call each other": """
        def even(n): return True if n == 0 else odd(n - 1)
        def odd(n): return False if n == 0 else even(n - 1)
        r = even(8), odd(8)
        """,
    "return on several ways": """
        def kind(n):
            if n < 0:
                return "negative"
            elif n == 0:
                return "zero"
            for i in range(10):
                if i == n:
                    return "small"
            return "large"
        r = [kind(n) for n in (-1, 0, 5, 50)]
        def nothing(): pass
        n = nothing()
        def bare(x):
            if x: return
            return 1
        b = bare(True), bare(False)
        """,
    "attributes of functions": """
        def f(): return f.count
        f.count = 3
        r = f(), f.__name__
        """,
    "sorted by a key": """
        r = sorted(["bb", "a", "ccc"], key=len, reverse=True)
        s = sorted([(2, "b"), (1, "c"), (1, "a")])
        t = sorted({"x": 3, "y": 1}.items(), key=lambda kv: kv[1])
        u = [3, 1, 2]
        u.sort()
        v = [3, 1, 2]
        v.sort(key=lambda n: -n)
        w = max([1, 5, 3], key=lambda n: -n), min("b", "a"), max([], default=7)
        z = sorted(range(5), key=lambda n: n % 2)
        """,
    # -- decorators -------------------------------------------------------------------
    "a user's decorators": """
        import functools
        def twice(f):
            @functools.wraps(f)
            def inner(*a, **k): return 2 * f(*a, **k)
            return inner
        def times(n):
            def wrap(f):
                def inner(*a): return n * f(*a)
                return inner
            return wrap
        @twice
        @times(5)
        def f(x): return x + 1
        r = f(3)
        class Register:
            known = {}
            def __call__(self, f):
                self.known[f.__name__] = f
                return f
        register = Register()
        @register
        def g(): return 4
        s = sorted(Register.known), register.known["g"]()
        """,
    "a decorator of classes": """
        registry = {}
        def register(name):
            def wrap(cls):
                registry[name] = cls
                cls.label = name
                return cls
            return wrap
        @register("block")
        class Block:
            def width(self): return 8
        r = registry["block"]().width(), Block.label
        """,
    "cache": """
        import functools
        @functools.lru_cache(maxsize=None)
        def f(n): return n if n < 2 else f(n - 1) + f(n - 2)
        @functools.cache
        def g(n): return n + 1
        r = f(15), g(2)
        """,
    # -- classes ------------------------------------------------------------------------
    "classes": """
        class A:
            size = 3
            names = []
            def __init__(self, n=1): self.n = n
            def both(self): return self.n + self.size
            @staticmethod
            def double(x): return 2 * x
            @classmethod
            def make(cls, n): return cls(n * 10)
            @property
            def half(self): return self.n / 2
            @half.setter
            def half(self, v): self.n = v * 2
        a = A(4)
        r = a.both(), A.double(3), a.double(4), A.make(2).n, a.half
        a.half = 10
        s = a.n
        a.size = 5
        t = a.both(), A.size, A(1).both()
        A.size = 7
        u = A(1).both(), a.both()
        a.names.append(1)
        v = A.names
        """,
    "inheritance and super": """
        class Base:
            kind = "base"
            def __init__(self, a): self.a = a
            def name(self): return self.kind + str(self.a)
            def both(self): return self.name() + "!"
        class Child(Base):
            kind = "child"
            def __init__(self, a, b):
                super().__init__(a)
                self.b = b
            def name(self): return super().name() + str(self.b)
        class Old(Child):
            def __init__(self): super(Old, self).__init__(7, 8)
            def name(self): return Base.name(self)
        r = Child(1, 2).both(), Old().both(), isinstance(Old(), Base), issubclass(Old, Child)
        """,
    "a diamond": """
        class A:
            def f(self): return ["A"]
        class B(A):
            def f(self): return ["B"] + super().f()
        class C(A):
            def f(self): return ["C"] + super().f()
        class D(B, C):
            def f(self): return ["D"] + super().f()
        r = D().f()
        m = [c.__name__ for c in D.__mro__]
        """,
    "special methods": """
        class V:
            def __init__(self, *x): self.x = list(x)
            def __add__(self, o): return V(*[a + b for a, b in zip(self.x, o.x)])
            def __mul__(self, k): return V(*[a * k for a in self.x])
            __rmul__ = __mul__
            def __len__(self): return len(self.x)
            def __getitem__(self, i): return self.x[i]
            def __setitem__(self, i, v): self.x[i] = v
            def __contains__(self, v): return v in self.x
            def __iter__(self): return iter(self.x)
            def __call__(self, k): return self.x[0] + k
            def __eq__(self, o): return self.x == o.x
            def __neg__(self): return self * -1
            def __bool__(self): return bool(self.x)
            def __str__(self): return f"V{self.x}"
            def __lt__(self, o): return self.x < o.x
            def __iadd__(self, o):
                self.x.append(o)
                return self
            def __enter__(self): return 5
            def __exit__(self, *a): pass
        v = V(1, 2) + V(3, 4)
        w = 2 * v
        v[0] = 9
        r = v.x, w.x, len(v), v[1], 9 in v, list(v), [i for i in v], v(1), V(1) == V(1), (-V(1)).x
        s = bool(V()), str(v), V(1) < V(2), V(1) != V(1), V(1) != V(2)
        v += 4
        t = v.x
        with V(1) as five: pass
        a, *b = V(1, 2, 3)
        c = "yes" if V() else "no"
        """,
    "attributes by name": """
        class A:
            x = 1
            def f(self): return 2
            def __getattr__(self, name): return name.upper()
        a = A()
        setattr(a, "y", 3)
        r = getattr(a, "x"), getattr(a, "y"), getattr(a, "f")(), a.zzz, hasattr(a, "y")
        class B: pass
        b = B()
        s = getattr(b, "q", 5), hasattr(b, "q")
        b.q = 1
        t = hasattr(b, "q"), vars(b), b.__dict__
        del b.q
        u = hasattr(b, "q")
        def g(): return 1
        g.note = 2
        names = "__len__", "__call__", "__name__", "__iter__", "__dict__", "note", "missing"
        v = [hasattr(g, name) for name in names]
        w = [hasattr(lambda: 1, name) for name in names]
        v = type(b).__name__, b.__class__ is B
        """,
    "class bodies": """
        n = 3
        class A:
            a = n + 1
            b = [a * 2, n]
            for i in range(3): total = i
            if a > 3: big = True
            def f(self): return n
            class Inner: z = 5
        r = A.a, A.b, A.total, A.big, A().f(), A.Inner.z, A.Inner().z
        """,
    "slots, new and reprs": """
        class A:
            __slots__ = ("x",)
            def __new__(cls, x):
                self = super().__new__(cls)
                return self
            def __init__(self, x): self.x = x
            def __repr__(self): return "A(%d)" % self.x
        r = repr(A(2)), str(A(3)), f"{A(4)}"
        """,
    "dataclasses": """
        from dataclasses import dataclass, field, replace, asdict
        @dataclass
        class Config:
            units: int
            rate: float = 0.5
            sizes: list = field(default_factory=list)
            name: str = field(default="x")
            def wide(self): return self.units * 2
        @dataclass
        class Bigger(Config):
            depth: int = 2
            def __post_init__(self): object.__setattr__(self, "extra", self.depth + 1)
        c = Config(8)
        c.sizes.append(1)
        d = Config(8, sizes=[3])
        e = Bigger(1, depth=4)
        r = c.units, c.rate, c.sizes, c.name, c.wide(), d.sizes, Config(1).sizes
        s = e.units, e.depth, e.extra, c == Config(8, sizes=[1]), c == d
        t = replace(c, units=3).units, asdict(c)
        """,
    "named tuples": """
        from collections import namedtuple
        from typing import NamedTuple
        P = namedtuple("P", "x y")
        Q = namedtuple("Q", ["a", "b", "c"], defaults=[9])
        class R(NamedTuple):
            w: int
            h: int = 4
            def area(self): return self.w * self.h
        p = P(1, y=2)
        x, y = p
        r = p.x, p[1], x, y, len(p), Q(1, 2).c, R(3).area(), p._replace(x=5).x, p == (1, 2)
        s = p._asdict(), P._fields, [n for n in R(1, 2)], R(1)[1], sum(p)
        """,
    "enum": """
        from enum import Enum, IntEnum, auto
        class Mode(Enum):
            A = "a"
            B = "b"
        class Size(IntEnum):
            S = 1
            L = 3
        class Kind(Enum):
            X = auto()
            Y = auto()
        r = Mode.A.value, Mode.B.name, Mode("b") is Mode.B, Mode.A == Mode.A, Mode.A == Mode.B
        s = Size.L + 1, Kind.Y.value, [m.value for m in Mode], Mode["A"].value, len(Mode)
        t = "yes" if Mode.A is Mode.A else "no"
        """,
    "abstract classes": """
        from abc import ABC, abstractmethod
        class Base(ABC):
            @abstractmethod
            def n(self): ...
            @property
            @abstractmethod
            def m(self): ...
            def twice(self): return 2 * self.n() + self.m
        class Child(Base):
            def n(self): return 4
            @property
            def m(self): return 1
        r = Child().twice()
        """,
    "metaclass keyword and generic bases": """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Box(Generic[T]):
            def __init__(self, v): self.v = v
        class Meta(type): pass
        class A(metaclass=Meta):
            k = 1
        r = Box(3).v, A.k
        """,
    # -- loops --------------------------------------------------------------------------
    "loops": """
        a = []
        for i, (x, y) in enumerate(zip([1, 2, 3], "abc"), 1):
            if i == 2: continue
            a.append((i, x, y))
        else:
            done = True
        for k, v in {"p": 1, "q": 2}.items(): a.append((k, v))
        for i in reversed(range(0, 6, 2)): a.append(i)
        n, steps = 27, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        for i in range(100):
            if i > 3: break
        else:
            i = -1
        while True:
            i += 10
            if i > 50: break
        """,
    "nested loops with breaks": """
        found = []
        for i in range(5):
            for j in range(5):
                if j > i: break
                if (i + j) % 3: continue
                found.append((i, j))
            else:
                found.append("full")
            if i == 3: break
        """,
    "a loop variable after its loop": """
        for i in range(3): pass
        for j in []: pass
        r = i
        for x in [1, 2, 3]:
            last = x
        """,
    "a list that grows under a loop": """
        a = [1, 2]
        for x in a:
            if len(a) < 6: a.append(x * 10)
        """,
    "comprehensions": """
        a = [x * y for x in range(4) if x % 2 for y in (1, 2) if y]
        b = {k: v for k, v in zip("ab", (1, 2))}
        c = {len(w) for w in ("a", "bb", "cc")}
        d = sum(i * i for i in range(5))
        x = "outer"
        e = [x for x in "in"]
        f = [[j for j in range(i)] for i in range(3)]
        g = {**b, "c": 3}
        h = [*a, *"xy"]
        k = dict((i, i * i) for i in range(3))
        m = [y := 5, y + 1]
        n = list(filter(None, [0, 1, "", "a"])), list(map(lambda a, b: a + b, [1, 2], [3, 4]))
        """,
    "generators": """
        def evens(n):
            for i in range(n):
                if i % 2 == 0:
                    yield i
        def both():
            yield from evens(3)
            yield 10
        a = list(evens(7))
        b = list(both())
        g = evens(5)
        c = next(g)
        d = list(g)
        e = list(g)
        f = next(g, "end")
        h = sum(evens(6)), max(evens(6)), tuple(both()), [*both()]
        z = zip([1, 2], [3, 4])
        i = list(z)
        j = list(z)
        it = iter([1, 2, 3])
        k = next(it)
        l = [x for x in it]
        m = (x * 2 for x in range(3))
        n = 2 in m
        o = list(m)
        p, q = evens(3)
        def walk(t):
            if isinstance(t, list):
                for u in t: yield from walk(u)
            else:
                yield t
        w = list(walk([1, [2, [3, 4]], 5]))
        """,
    "an endless generator": """
        def count(n):
            while True:
                yield n
                n += 1
        g = count(3)
        a = next(g), next(g)
        """,
    "itertools": """
        import itertools
        from itertools import chain, product
        a = list(chain([1], (2, 3))), list(chain.from_iterable([[1], [2]]))
        b = list(product([1, 2], "ab")), list(product([0, 1], repeat=2))
        c = list(itertools.islice(itertools.count(5), 3)), list(itertools.repeat(1, 3))
        d = list(itertools.accumulate([1, 2, 3])), list(itertools.combinations([1, 2, 3], 2))
        e = list(itertools.zip_longest([1], [2, 3], fillvalue=0))
        f = list(itertools.permutations([1, 2])), list(itertools.starmap(pow, [(2, 3)]))
        g = list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1]))
        """,
    # -- data -----------------------------------------------------------------------------
    "slices": """
        a = list(range(10))
        b = a[2:5], a[::-1], a[-3:], a[::3], a[:], "hello"[1:3], (1, 2, 3)[1:]
        a[2:4] = ["x"]
        a[-1] = "end"
        del a[0], a[1:3]
        c = a[slice(1, 3)]
        d = range(10)[2:5], range(10)[3], len(range(2, 10, 3)), list(range(5, 0, -2))
        """,
    "unpacking": """
        a, *b, c = range(5)
        (d, e), f = (1, 2), 3
        g, h = h0, g0 = 1, 2
        [i, *j] = "xyz"
        k = l = [1]
        l.append(2)
        *m, = (1, 2)
        n, (o, *p) = 1, [2, 3, 4]
        x, y = 1, 2
        x, y = y, x
        z = *b, 9
        i = 0
        q = [0, 0]
        i, q[i] = 1, 5
        """,
    "augmented assignment": """
        a = 5
        a += 2; a -= 1; a *= 4; a //= 5; a **= 3; a %= 50; a <<= 2; a >>= 1; a |= 1; a &= 7; a ^= 2
        b = [1]
        c = b
        b += [2]
        b *= 2
        d = (1,)
        e = d
        d += (2,)
        f = "a"
        f += "b"
        g = {"n": 1}
        g["n"] += 5
        class O: n = 1
        o = O()
        o.n += 1
        h = O.n, o.n
        s = {1}
        s |= {2}
        g |= {"m": 2}
        """,
    "lists": """
        a = [3, 1, 2]
        a.append(4); a.extend([5, 6]); a.insert(0, 9); x = a.pop(); y = a.pop(0); a.remove(1)
        b = a.index(2), a.count(3), len(a), a.copy(), 4 in a, a + [7], a * 2, [0] * 3
        a.reverse()
        c = list(a)
        a.clear()
        d = [] == a, [1, 2] < [1, 3], not a, [1] or 2, [] or 2
        n = [[0] * 2 for _ in range(2)]
        n[0][1] = 5
        m = [[0]] * 2
        m[0].append(1)
        """,
    "dicts": """
        d = {"a": 1, "b": 2}
        d["c"] = 3
        r = d.get("a"), d.get("z"), d.get("z", 0), "a" in d, len(d), list(d), list(d.values())
        p = d.pop("a"), d.pop("q", None), d.setdefault("e", 5), d.setdefault("b", 9)
        d.update({"x": 1}, y=2)
        d.update([("w", 0)])
        del d["w"]
        e = dict(d, z=1), dict(a=1), dict([("k", 2)]), dict.fromkeys("ab", 0), d.copy()
        f = {**d, "b": 0}, d | {"n": 1}, dict(zip("ab", [1, 2]))
        g = sorted(d), max(d), list(d.items())[0], next(iter(d))
        h = d.popitem()
        k = {(1, 2): "t", None: 0, 1: "one", True: "yes"}
        v = d.keys() & {"b"}, list(reversed(list(d)))
        for key in list(d):
            if key == "y": del d[key]
        """,
    "views follow their dict": """
        d = {"a": 1}
        keys = d.keys()
        d["b"] = 2
        r = list(keys), len(keys)
        """,
    "sets": """
        s = {1, 2, 3}
        s.add(4); s.discard(9); s.remove(1); s.update([7])
        a = s | {5}, s & {2, 3}, s - {2}, s ^ {2, 10}, 3 in s, len(s), sorted(s)
        b = set("aab") == {"a", "b"}, frozenset([1]), {1} < {1, 2}, {1}.issubset({1, 2}), set()
        c = s.union([1]), s.intersection([2]), s.difference([2]), {1} == {1}, {1, 2}.isdisjoint({3})
        """,
    "tuples": """
        t = (1, 2, 2)
        r = t.count(2), t.index(2), t + (3,), t * 2, len(t), t[-1], t[:2], (1, 2) < (1, 3), () or 1
        s = tuple([1]), tuple("ab"), (1,) == (1,), [1] == (1,), 2 in t
        """,
    "collections": """
        from collections import OrderedDict, defaultdict, Counter, deque
        o = OrderedDict([("a", 1)])
        o["b"] = 2
        r = list(o.items())
        d = defaultdict(list)
        d["x"].append(1)
        d["x"].append(2)
        n = defaultdict(int)
        n["k"] += 1
        s = d["x"], n["k"], dict(n), len(d), "q" in d
        c = Counter("aab")
        t = c["a"], c["z"], c.most_common(1), sum(c.values())
        q = deque([1, 2])
        q.append(3)
        u = q.popleft(), list(q), len(q)
        """,
    "strings": """
        s = "Hello, World"
        a = s.lower(), s.upper(), s.split(", "), s.replace("l", "L"), s.startswith("He"), s.find("o")
        b = "-".join(["a", "b"]), "  x ".strip(), "a,b".partition(","), "abc"[::-1], "ab" * 3, "a" in s
        c = "{} {name} {0:>5}".format("x", name=3) if False else "{0} {name:>5}".format("x", name=3)
        d = "%s-%d-%.2f-%5s|%%" % ("a", 3, 2.5, "r"), "%(n)s" % {"n": 1}, "%s" % 3, "%r" % ["a"]
        e = "x".zfill(3), "7".isdigit(), "a b".title(), "abc".encode(), b"ab".decode(), "a".ljust(3)
        f = "a" "b", r"\\n", "tab\\t", '''tri
        ple''', b"x" + b"y", "é"
        g = "a\\nb".splitlines(), "x=1".split("=", 1), "a.b.c".rsplit(".", 1), "ab".index("b")
        h = chr(97), ord("a"), str(3.0), repr("x"), len("abc"), "abc" < "abd", "b" > "a"
        i = "a-b_c".translate({45: 95}), "abc".removeprefix("a"), "conv1".isalnum()
        j = str([1, "a", (2,), {"k": None}]), str({1: 2}), repr((1,)), str(None), str(True)
        """,
    "f-strings": """
        i, name, x, w = 3, "conv", 3.14159, 8
        a = f"{name}_{i}", f"{i + 1}", f"{x:.2f}", f"{i:03d}", f"{name!r}", f"{name:>{w}}", f"{{}}{i}"
        b = f"{'a' if i else 'b'}", f"{[1, 2]}", f"{i=}", f"{name:*^10}", f"{1000000:,}", f"{0.5:%}"
        c = f"{ {'a': 1}['a'] }", f"{name}" f"_{i}", f"{x!s:.3}", rf"\\d{i}", f"{None} {True}"
        d = f"{i = }", f"{i + 1 = :>4}", f"{(1, 'a')} {['x']!r:>8}"
        """,
    "numbers": """
        a = 7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 2 ** -1, 7 / 2, 1e3, 0x1F, 0b11, 1_000, 3j * 2
        b = int("12"), int(3.9), int("ff", 16), float("1.5"), round(2.5), round(2.567, 2), abs(-3)
        c = divmod(7, 3), pow(2, 5), pow(2, 5, 7), min(3, 1), max(1, 2.5), sum([1, 2], 10), 1 < 2 < 3
        d = 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4, 16 >> 2, True + True, not 0, 3 == 3.0, bool([])
        e = (5).bit_length(), (2.0).is_integer(), int.from_bytes(b"a", "big"), float("inf") > 1
        f = 1 if 0 else 2, None is None, [] is not None, 0 or "x", 1 and "y", all([]), any([0, 1])
        g = bin(5), hex(255), int(True), complex(1, 2), 10 ** 3, -2 ** 2, (1).real
        """,
    "math": """
        import math
        from math import ceil, floor, sqrt
        a = ceil(2.1), floor(2.9), sqrt(16), math.log2(8), math.log(1), math.pi, math.gcd(12, 8)
        b = math.pow(2, 3), int(math.log(1000, 10) + 0.5), math.prod([2, 3]), math.inf > 3
        c = math.isqrt(17), math.factorial(4), math.trunc(2.7), math.fsum([0.1] * 2), math.comb(5, 2)
        """,
    "functools and operator": """
        import functools, operator
        from functools import partial, reduce
        add = lambda a, b, c=0: a + b + c
        p = partial(add, 1, c=10)
        q = partial(p, 5)
        r = p(2), q(), reduce(operator.mul, [1, 2, 3]), reduce(lambda a, b: a + b, "abc", "")
        s = p.func(1, 2), p.args, p.keywords
        t = operator.itemgetter(1)([5, 6]), operator.attrgetter("real")(3), operator.add(1, 2)
        u = sorted([(1, "b"), (0, "a")], key=operator.itemgetter(1)), operator.floordiv(7, 2)
        v = list(map(operator.methodcaller("upper"), ["a"])), operator.neg(3), operator.eq(1, 1)
        """,
    "copy": """
        import copy
        a = [[1], {"k": [2]}]
        b = copy.copy(a)
        c = copy.deepcopy(a)
        a[0].append(9)
        class A: pass
        o = A()
        o.x = [1]
        p = copy.copy(o)
        q = copy.deepcopy(o)
        o.x.append(2)
        r = p.x, q.x
        """,
    "aliases": """
        a = [1]
        b = a
        c = [a, a]
        d = {"k": a}
        def f(x): x.append(2)
        f(a)
        e = b, c, d, a is b, a is c[0], a == [1, 2]
        a = a + [3]
        """,
    # -- control ---------------------------------------------------------------------------
    "match": """
        class P:
            __match_args__ = ("x", "y")
            def __init__(self, x, y): self.x, self.y = x, y
        def f(v):
            match v:
                case 0: return "zero"
                case 1 | 2: return "low"
                case int(n) if n > 100: return "big"
                case [a]: return ("one", a)
                case [a, *rest]: return ("many", a, rest)
                case {"k": k, **other}: return ("dict", k, other)
                case P(x=0, y=q): return ("P0", q)
                case P(a, b): return ("P", a, b)
                case str() as s: return ("str", s)
                case None: return "none"
                case _: return "other"
        r = [f(v) for v in (0, 2, 500, [1], [1, 2, 3], {"k": 1, "z": 2}, P(0, 5), P(1, 2), "s", None)]
        o = f(50), f(2.5)
        """,
    "walrus": """
        r = []
        data = [1, 5, 9]
        if (n := len(data)) > 2: r.append(n)
        while (x := data.pop()) > 1: r.append(x)
        y = [z for v in range(4) if (z := v * 2) > 2]
        """,
    "conditions": """
        def f(x): return "a" if x is None else "b" if isinstance(x, (int, float)) else "c"
        r = f(None), f(1), f("s"), f(True)
        s = (1 < 2) and (3 if [] else 4) or 5
        t = not (1 > 2) and 3 not in [1, 2] and "a" != "b"
        u = type(1) is int, type("") == str, isinstance([], list), isinstance(True, int)
        v = isinstance({}, dict), isinstance((1,), (list, tuple)), callable(f), callable(3)
        """,
    "exceptions": """
        log = []
        def risky(n):
            if n == 0: raise ValueError("zero")
            if n == 1: raise KeyError("one")
            return n
        def safe(n):
            try:
                v = risky(n)
            except ValueError as e:
                return "value " + str(e)
            except (KeyError, IndexError):
                return "key"
            else:
                log.append(n)
                return v
            finally:
                log.append("f%d" % n)
        r = [safe(n) for n in range(3)]
        try:
            x = {}["missing"]
        except KeyError:
            x = 1
        try:
            y = [1][5]
        except IndexError:
            y = 2
        try:
            z = 1 // 0
        except ZeroDivisionError:
            z = 3
        try:
            w = int("x")
        except ValueError:
            w = 4
        try:
            u = undefined_name
        except NameError:
            u = 5
        class Own(Exception):
            def __init__(self, code): self.code = code
        try:
            raise Own(7)
        except Own as e:
            v = e.code
        try:
            try:
                raise ValueError
            finally:
                log.append("inner")
        except Exception:
            log.append("outer")
        for i in range(5):
            try:
                if i == 1: continue
                if i == 3: break
            finally:
                log.append(i)
        """,
    "exceptions through calls": """
        def a(n):
            if n > 2: raise RuntimeError(n)
            return n
        def b(n): return a(n) + 1
        out = []
        for n in range(5):
            try:
                out.append(b(n))
            except RuntimeError:
                out.append(None)
        def c():
            try:
                return b(9)
            except RuntimeError:
                raise ValueError("again") from None
        try:
            c()
            reached = True
        except ValueError:
            reached = False
        def d():
            try: return 1
            finally: out.append("d")
        e = d()
        """,
    "with": """
        from contextlib import contextmanager, suppress, nullcontext
        log = []
        class C:
            def __enter__(self):
                log.append("in")
                return self
            def __exit__(self, kind, value, trace):
                log.append("out")
                return kind is ValueError
        with C() as c, C():
            log.append("body")
        with C():
            raise ValueError
        @contextmanager
        def scope(n):
            log.append(n)
            yield n * 2
            log.append("end")
        with scope(4) as s: log.append(s)
        with suppress(KeyError): x = {}["q"]
        with nullcontext(3) as three: pass
        """,
    "assert": """
        x = 3
        assert x == 3, "no"
        try:
            assert x == 4
            r = 1
        except AssertionError:
            r = 2
        """,
    "del": """
        a, b, c = 1, [1, 2, 3], {"k": 1, "m": 2}
        del a
        del b[0], c["k"]
        (d, e) = 1, 2
        del (d, e)
        def f():
            x = 1
            del x
            x = 2
            return x
        r = f()
        """,
    "global statement order": """
        def setup():
            global CONFIG
            CONFIG = {"n": 1}
        def use(): return CONFIG["n"]
        setup()
        r = use()
        CONFIG = {"n": 2}
        s = use()
        """,
    "imports of the standard library": """
        import os.path, sys, string
        from types import SimpleNamespace
        n = SimpleNamespace(a=1, b=2)
        n.c = 3
        r = n.a, n.b + n.c
        config = SimpleNamespace(sizes=[64, 32], by_name={"k": [1]})
        config.by_name["k"].append(2)
        q = [size + 1 for size in config.sizes], config.by_name["k"]
        p = os.path.join("a", "b"), os.path.basename("x/y.png"), os.path.splitext("a.b.c")
        s = string.ascii_lowercase[:3], len(string.digits)
        """,
    "argparse with given arguments": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--units", type=int, default=32)
        parser.add_argument("-b", "--batch-size", default=4)
        parser.add_argument("--flag", action="store_true")
        args = parser.parse_args(["--units", "5"])
        """,
    "argparse without arguments": """
        import argparse
        def options():
            parser = argparse.ArgumentParser()
            parser.add_argument("--units", type=int, default=32)
            parser.add_argument("--flag", action="store_true")
            args = parser.parse_args([])
            other = parser.parse_args(args=[])
            return args.units, args.flag, other.units
        r = options()
        """,
    "main guard": """
        def main():
            global r
            r = 5
        if __name__ == "__main__":
            main()
        """,
    "async": """
        import asyncio
        async def f(): return 3
        async def g():
            async with x as y: pass
        def h(): return 1
        r = h()
        """,
    "type hints": """
        from typing import Optional, List
        x: int = 3
        y: Optional[List[int]] = None
        z: int
        def f(a: "int", *b: int, c: str = "q") -> "str": return c
        r = f(1)
        """,
    "numpy scalars": """
        import numpy as np
        a = int(np.prod([2, 3, 4])), np.log2(8), int(np.ceil(7 / 2)), np.sqrt(16.0), int(np.floor(2.5))
        b = np.pi, int(np.log2(16)), int(np.power(2, 3)), np.maximum(2, 3), int(np.sum([1, 2]))
        c = np.int32(3) + 1, float(np.float32(0.5)), int(np.round(2.6)), np.abs(-2), int(np.max([1, 4]))
        d = list(np.arange(3)), len(np.arange(4)), int(np.prod((2, 3))) // 2, np.mean([1.0, 3.0])
        """,
    "empty and odd statements": """
        pass
        ...
        "docstring"
        x = 1; y = 2;
        if x: pass
        elif y: pass
        else: pass
        z = (
            1 +
            2)
        w = 3
        """,
}
MAY_BE_UNKNOWN: dict[str, set[str]] = {
    "an endless generator": {"g"},
    "argparse with given arguments": {"args"},
    "numpy scalars": {"d"},
}
