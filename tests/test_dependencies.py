"""Which Keras a project depends on, by its own declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerashape.dependencies import keras_version_of

REQUIREMENTS = {
    "": 3,
    "numpy\n": 3,
    "tensorflow\n": 3,
    "keras\n": 3,
    "tensorflow<2.16\n": 2,
    "tensorflow<=2.15\n": 2,
    "tensorflow<=2.16\n": 3,
    "tensorflow<2.16.1\n": 3,
    "tensorflow<2.17\n": 3,
    "tensorflow<3\n": 3,
    "tensorflow==2.10.1\n": 2,
    "tensorflow==2.15.*\n": 2,
    "tensorflow == 2.16.1\n": 3,
    "tensorflow~=2.15.0\n": 2,
    "tensorflow~=2.15\n": 3,
    "tensorflow>=2.10,<2.14 # old\n": 2,
    "TensorFlow_CPU[and-cuda]>=2.4,<2.12; python_version<'3.11'\n": 2,
    "tensorflow-gpu (==1.15)\n": 2,
    "keras<3\n": 2,
    "keras<3.0\n": 2,
    "keras==2.*\n": 2,
    "keras~=2.11\n": 2,
    "keras>=2.4\n": 3,
    "keras>=3\ntensorflow<2.16\n": 3,
    "keras>=3.3,<4\n": 3,
    "tf-keras\n": 2,
    "tf_keras~=2.16\n": 2,
    "keras-tuner<2\n": 3,
    "-r other.txt\n--hash=sha256:00\n# tensorflow<2.0\ngit+https://example.org/keras.git\n": 3,
}


@pytest.mark.parametrize("text", REQUIREMENTS)
def test_requirements(tmp_path: Path, text: str) -> None:
    (tmp_path / "requirements-dev.txt").write_text(text)
    assert keras_version_of(tmp_path) == REQUIREMENTS[text]


FILES = {
    "pyproject.toml": [
        '[project]\ndependencies = ["numpy", "tensorflow<2.16"]\n',
        '[project.optional-dependencies]\ndl = ["keras<3"]\n',
        '[dependency-groups]\ndev = [{include-group = "x"}, "keras<3"]\n',
        '[tool.poetry.dependencies]\npython = "^3.9"\ntensorflow = "~2.10"\n',
        '[tool.poetry.dependencies]\nkeras = "^2.10"\n',
        '[tool.poetry.dependencies]\ntensorflow = "2.13.0"\n',
        '[tool.poetry.group.dl.dependencies]\nkeras = {version = "<3", optional = true}\n',
        '[tool.poetry.dev-dependencies]\ntf-keras = "*"\n',
    ],
    "setup.cfg": [
        "[options]\ninstall_requires =\n    numpy\n    tensorflow<2.16\n",
        "[options.extras_require]\ndl =\n    keras<3\n",
    ],
    "requirements/base.txt": ["tensorflow==2.4\n"],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, ts in FILES.items() for t in ts])
def test_places(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert keras_version_of(tmp_path) == 2
    inner = tmp_path / "src" / "package"
    inner.mkdir(parents=True)
    assert keras_version_of(inner) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = "^2.10"\n'),
        ("pyproject.toml", "[tool.poetry]\ndependencies = 3\n"),
        ("pyproject.toml", "project = 3\ntool = 4\n"),
        ("pyproject.toml", "this is not TOML"),
        ("setup.cfg", "this is not INI"),
    ],
)
def test_what_does_not_decide(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert keras_version_of(tmp_path) == 3


def test_the_nearest_that_decides(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("keras<3\n")
    (tmp_path / "a" / "requirements.txt").write_text("numpy\n")
    assert keras_version_of(inner) == 2
    (tmp_path / "a" / ".git").mkdir()
    assert keras_version_of(inner) == 3, "what is above the repository is another project"
