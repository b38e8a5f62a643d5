"""What IPython reads before Python does, line for line."""

from __future__ import annotations

import pytest

from kerashape.ipython import to_python
from kerashape.parsing import check

CELLS = {
    "line magic": ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    "shell": ("!pip install keras\nx = 1", "pass\nx = 1"),
    "shell over lines": ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
    "shell with quotes": ("!echo 'it\nx = 1", "pass\nx = 1"),
    "in a block": ("if x:\n    !ls (\n    y = 1", "if x:\n    pass\n    y = 1"),
    "assigned shell": ("files = !ls *.py\nx = 1", "files = get_ipython()\nx = 1"),
    "assigned magic": ("a, b = %timeit -o f()", "a, b = get_ipython()"),
    "help": ("?print\nprint?\nx.y??\nx = 1", "pass\npass\npass\nx = 1"),
    "pattern": ("*int*?\nnp.*load*?", "pass\npass"),
    "timed statement": ("%time x = f(1)\ny = x", "0    ;x = f(1)\ny = x"),
    "timed often": ("%timeit -n1 -r 3 -q f(1)\ny = x", "0                  ;f(1)\ny = x"),
    "timed assignment": ("%timeit x = f(1)\ny = x", "pass\ny = x"),
    "timed loop": ("%timeit -r1 for x in y: pass\n%time with x: y\nx = 1", "pass\npass\nx = 1"),
    "timed without": ("%timeit\n%timeit -n 3\nx = 1", "pass\npass\nx = 1"),
    "timed cell": ("%%time\nx = 1", "\nx = 1"),
    "captured cell": ("\n%%capture out\n!ls\nx = 1", "\n\npass\nx = 1"),
    "other language": ("%%bash\nls\nfor f in *; do x; done", "\n\n"),
    "written file": ("%%writefile a.py\nimport keras", "\n"),
    "automagic": ("pip install keras\nx = 1\n", "pass\nx = 1\n"),
    "modulo in brackets": ("x = (a\n  % b)\n!ls", "x = (a\n  % b)\npass"),
    "modulo behind a backslash": ("x = a \\\n  % b\n!ls", "x = a \\\n  % b\npass"),
    "in a string": ("x = '''\n!ls\n%time\n'''\n!ls", "x = '''\n!ls\n%time\n'''\npass"),
    "in a raw string": ('x = r"""\\\n!ls\n"""\n!ls', 'x = r"""\\\n!ls\n"""\npass'),
    "quote in a comment": ("x = 1  # it's (\n!ls", "x = 1  # it's (\npass"),
    "quotes in strings": ("x = 'a\\'(' + \"[\"\n!ls", "x = 'a\\'(' + \"[\"\npass"),
    "question in a comment": ("x = 1  # why?\n!ls", "x = 1  # why?\npass"),
}


@pytest.mark.parametrize("name", CELLS)
def test_cells(name: str) -> None:
    cell, program = CELLS[name]
    found = to_python(cell.split("\n"))
    assert "\n".join(found) == program
    assert len(found) == len(cell.split("\n"))
    assert check("\n".join([*found, ""])) is None
