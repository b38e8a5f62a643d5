"""Each site where Keras raises: the program is diagnosed, in Keras's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import kerashape
from kerashape.diagnostic import Diagnostic, Severity

TABLE = Path(__file__).with_name("raise_sites.txt")
HEAD = "import keras\nfrom keras import layers\n"
RAISES = re.compile(r"^(?:Keras|Python) raises: ")


@dataclass(frozen=True)
class Site:
    """One row: a place in Keras's source, and a program that comes there."""

    name: str
    code: str
    program: str

    @property
    def reason(self) -> str:
        """Why nothing is said, if nothing is."""
        return "" if self.code.startswith("KS") else self.code


def table() -> list[Site]:
    blocks = re.split(r"^== ", TABLE.read_text(), flags=re.MULTILINE)[1:]
    sites = []
    for block in blocks:
        head, _, body = block.partition("\n")
        name, _, code = head.rpartition(" | ")
        sites.append(Site(name, code, f"{HEAD}{body.strip()}\n"))
    return sites


SITES = table()


def plain(text: str) -> str:
    """The text without colours, in one line."""
    return " ".join(re.sub(r"\x1b\[\d*m", "", text).split())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Diagnostic]]:
    """The errors of each program, all linted in one run."""
    folder = tmp_path_factory.mktemp("sites")
    (folder / "pyproject.toml").write_text("")
    for index, site in enumerate(SITES):
        (folder / f"site_{index}.py").write_text(site.program)
    errors: dict[str, list[Diagnostic]] = {site.name: [] for site in SITES}
    for diagnostic in kerashape.lint([folder]).diagnostics:
        if diagnostic.severity is Severity.ERROR:
            site = SITES[int(Path(diagnostic.span.path).stem.removeprefix("site_"))]
            errors[site.name].append(diagnostic)
    return errors


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_the_program_is_diagnosed(site: Site, found: dict[str, list[Diagnostic]]) -> None:
    codes = [diagnostic.code for diagnostic in found[site.name]]
    assert codes == ([] if site.reason else [site.code])


@pytest.mark.keras
def test_keras_says_what_is_quoted(
    found: dict[str, list[Diagnostic]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    different = []
    monkeypatch.chdir(tmp_path)
    for site in SITES:
        keras.utils.clear_session(free_memory=False)
        try:
            exec(compile(site.program, "program", "exec"), {"__name__": "__main__"})
        except Exception as error:
            said = plain(f"{error}")
        else:
            different.append(f"{site.name}: Keras raises nothing")
            continue
        for diagnostic in found[site.name]:
            quoted = plain(RAISES.sub("", diagnostic.note))
            if quoted not in said:
                different.append(f"{site.name}: {quoted!r} is not in {said[:300]!r}")
    assert not different, "\n".join(different)
