"""Modules that do nothing, whatever is asked of them."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from kerashape.dynamic import silence
silence.install()
import matplotlib.pyplot as plt, seaborn as sns
from mpl_toolkits.mplot3d import Axes3D
from IPython.display import display, HTML
figure, (left, right) = plt.subplots(1, 2)
a, b, c = plt.hist([1, 2])
for axis in left.flat: raise AssertionError
with plt.xkcd(): plt.plot([1], "r-")[0].set_data(1)
@plt.cm.register
def kept(): return 3
assert kept() == 3
class Callback(sns.Base): pass
plt.rc["font"] = 1
print("silent")
"""


def test_silent_modules_take_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == "silent\n"
