"""What Keras 3 has not any more: only certain uses are reported."""

from __future__ import annotations

from pathlib import Path

import pytest

import kerashape

KERAS = "import keras\nfrom keras import backend as K, layers\n"
SILENT = {
    "a fallback": "try:\n    from keras.layers.core import Dense\n"
    "except ImportError:\n    from keras.layers import Dense\n",
    "a fallback the other way": "try:\n    from keras_x import Dense\n"
    "except ImportError:\n    from keras.layers.core import Dense\n",
    "an attribute that may be missing": "try:\n    f = K.mean\nexcept AttributeError:\n    f = None\n",
    "a flag that says which": "try:\n    import keras.engine\n    OLD = True\n"
    "except ImportError:\n    OLD = False\nif OLD:\n    K.sum([1])\n",
    "a version": "if keras.__version__ < '3':\n    K.mean([1])\n",
    "a version in a variable": "version = int(keras.__version__[0])\n"
    "if version == 2:\n    K.mean([1])\nelse:\n    pass\n",
    "the rest of a function after a version": "def f(x):\n"
    "    if keras.__version__ >= '3':\n        return x\n    return K.mean(x)\nf(1)\n",
    "the rest after a refusal": "if keras.__version__ >= '3':\n    raise ImportError\nK.mean([1])\n",
    "a conditional expression": "f = K.mean if keras.__version__ < '3' else None\n",
    "a function for a version": "if keras.__version__ < '3':\n    def f(x):\n"
    "        return K.mean(x)\n",
    "hasattr": "d = layers.Dense(3)\ns = d.output_shape if hasattr(d, 'output_shape') else None\n",
    "a module that is there": "if hasattr(keras.utils, 'legacy'):\n    pass\nelse:\n"
    "    keras.utils.np_utils.to_categorical([1])\n",
    "the number of a version": "from package import tf_major\nif tf_major == 1:\n"
    "    from keras.layers import LocallyConnected2D\n",
    "a question before the use": "def f(o):\n    return hasattr(keras.utils, 'np_utils') and "
    "isinstance(o, keras.utils.np_utils.T)\nf(1)\n",
    "a question that was kept": "has = hasattr(K, 'square')\ny = K.square(3) if has else 9\n"
    "if has and K.square(2):\n    pass\n",
    "a version before the use": "y = keras.__version__ < '3' and K.square(3)\n",
    "a default": "f = getattr(K, 'square', None)\nif f is not None:\n    K.mean([1])\n",
    "one of two roots": "import os\nif os.environ.get('F') == 'keras':\n    import keras.backend as B\n"
    "else:\n    from tensorflow.keras import backend as B\nB.square(3)\n",
    "a root that is chosen": "def choose(name):\n    if name == 1:\n        import keras as k\n"
    "    else:\n        from tensorflow import keras as k\n    return k\n"
    "choose(int(input())).backend.square(3)\n",
    "a private module": "from keras.src.layers.core.dense import Dense\n",
    "TensorFlow's own copy": "from tensorflow.python.keras.layers import CuDNNLSTM\n",
    "what tf.keras has kept": "import tensorflow as tf\nf = tf.keras.backend.mean\n",
    "a method of one's own": "class M(keras.Model):\n    def fit_generator(self, x):\n"
    "        return x\nM().fit_generator(1)\n",
    "a path that is not known": "m = keras.Sequential()\nm.save(input())\n",
    "a path of Hugging Face": "m = keras.Sequential()\nm.save('hf://me/model')\n",
    "an unzipped model": "m = keras.Sequential()\nm.save('folder', zipped=False)\n",
    "a suppressed error": "import contextlib\nwith contextlib.suppress(AttributeError):\n"
    "    K.mean([1])\n",
}
TOLD = {
    "a module": ("from keras.layers.core import Dense\n", "KS601"),
    "an alias": ("L = keras.layers\nx = L.CuDNNGRU(3)\n", "KS601"),
    "a function of the backend": ("y = K.square(3)\n", "KS601"),
    "from a helper": ("def f(l):\n    return l.output_shape\nf(layers.Dense(3))\n", "KS601"),
    "a model that was loaded": (
        "m = keras.models.load_model('a.h5')\nm.fit_generator(1)\n",
        "KS601",
    ),
    "gone from both roots": (
        "import os\nif os.environ.get('F') == '1':\n    import keras.backend as B\n"
        "else:\n    from tensorflow.keras import backend as B\nB.get_session()\n",
        "KS601",
    ),
    "a question about something else": (
        "y = hasattr(K, 'floatx') and K.square(3)\n",
        "KS601",
    ),
    "a finally": ("try:\n    y = K.square(3)\nfinally:\n    pass\n", "KS601"),
    "an optimizer by keywords": ("s = {'lr': 0.1}\nkeras.optimizers.SGD(**s)\n", "KS602"),
    "a partial": (
        "import functools\nf = functools.partial(layers.Conv2D, border_mode='same')\nf(3, 3)\n",
        "KS602",
    ),
    "the end of a path": ("m = keras.Sequential()\nm.save(input() + '.pb')\n", "KS603"),
}


def codes(text: str, folder: Path, **settings: int) -> list[str]:
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    file = folder / "program.py"
    file.write_text(KERAS + text, encoding="utf-8")
    found = kerashape.lint([file], select=["KS6"], **settings).diagnostics
    return [diagnostic.code for diagnostic in found]


@pytest.mark.parametrize("text", SILENT.values(), ids=list(SILENT))
def test_nothing_is_said_of_what_may_be_meant_for_another_version(
    text: str, tmp_path: Path
) -> None:
    assert codes(text, tmp_path) == []


@pytest.mark.parametrize(("text", "code"), TOLD.values(), ids=list(TOLD))
def test_it_is_reported_once_where_it_is_certain(text: str, code: str, tmp_path: Path) -> None:
    assert codes(text, tmp_path) == [code]


@pytest.mark.parametrize(("text", "code"), TOLD.values(), ids=list(TOLD))
def test_code_for_keras_2_is_left_alone(text: str, code: str, tmp_path: Path) -> None:
    assert codes(text, tmp_path, keras_version=2) == []


COMPAT = {
    "tf_keras": "import tensorflow as tf\n\ndef pick():\n    version = getattr(tf.keras, 'version', None)\n"
    "    if version and version().startswith('3.'):\n        import tf_keras as found\n"
    "    else:\n        found = tf.keras\n    return found\n\nkeras = pick()\n",
    "the environment": "import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
    "from tensorflow import keras\n",
}


@pytest.mark.parametrize("compat", COMPAT.values(), ids=list(COMPAT))
def test_a_module_that_asks_for_keras_2_does_so_for_all_that_import_it(
    compat: str, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "compat.py").write_text(compat, encoding="utf-8")
    for name in ("one", "other"):
        (tmp_path / f"{name}.py").write_text(
            "from compat import keras\n\n\nclass L(keras.layers.Layer):\n    def build(self, shape):\n"
            "        self.w = self.add_weight('w', shape=(3,))\n\n\n"
            "L()(keras.Input((3,)))\nkeras.optimizers.SGD(lr=0.1)\n",
            encoding="utf-8",
        )
    assert kerashape.lint([tmp_path]).diagnostics == []


KERAS_3 = {
    "ops": "from keras import ops\n",
    "a list with ops": "from keras import (\n    layers,\n    ops,\n)\n",
    "random": "import keras\nkeras.random.normal((2,))\n",
    "a backend": "import os\nos.environ['KERAS_BACKEND'] = 'jax'\n",
}


@pytest.mark.parametrize("text", KERAS_3.values(), ids=list(KERAS_3))
def test_a_program_that_uses_what_only_keras_3_has_is_read_as_such(
    text: str, tmp_path: Path
) -> None:
    """Whatever its project declares: half a project may have moved."""
    call = "import keras\nkeras.layers.LeakyReLU(negative_slope=0.1)(keras.Input((3,)))\n"
    (tmp_path / "requirements.txt").write_text("tf_keras==2.15\n")
    for name, code in (("old", call), ("new", text + call)):
        (tmp_path / f"{name}.py").write_text(code)
    found = kerashape.lint([tmp_path]).diagnostics
    assert {(d.code, Path(d.span.path).stem) for d in found} == {("KS110", "old")}


EAGER = """\
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import tensorflow as tf
i = tf.keras.Input((3,))
m = tf.keras.Model(i, tf.keras.layers.Lambda(lambda x: x * 2)(i))
m(tf.ones({shape}))
"""


@pytest.mark.parametrize(
    ("shape", "raises"),
    [("[3]", False), ("[2, 3]", False), ("[2, 3, 1]", False), ("[2, 3, 4]", False),
     ("[2, 4]", True), ("[2, 2, 3]", True)],
)  # fmt: skip
def test_keras_2_compares_only_sizes_that_both_have(
    shape: str, raises: bool, tmp_path: Path
) -> None:
    """As tf_keras does: of another rank it looks at what is left."""
    file = tmp_path / "program.py"
    file.write_text(EAGER.format(shape=shape), encoding="utf-8")
    found = kerashape.lint([file]).diagnostics
    assert [diagnostic.code for diagnostic in found] == (["KS202"] if raises else [])


def test_a_layer_of_keras_2_is_renamed_by_its_private_name(tmp_path: Path) -> None:
    text = (
        "import keras\nfrom keras import layers\n"
        "m = keras.Sequential([layers.Dense(3, name='a', input_shape=(2,))])\n"
        "m.get_layer('a')._name = 'b'\nm.get_layer('b')\n"
    )
    (tmp_path / "program.py").write_text(text)
    for version, expected in ((2, []), (3, ["KS109"])):
        found = kerashape.lint([tmp_path / "program.py"], keras_version=version).diagnostics
        assert [d.code for d in found if d.code == "KS109"] == expected
