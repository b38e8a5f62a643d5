"""The formats of pictures: well-formed, whatever the names, and with the faults in red."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kerashape.picture.dot import dot
from kerashape.picture.layout import NoLayout, lay_out, size_of
from kerashape.picture.mermaid import mermaid
from kerashape.picture.model import Picture
from kerashape.picture.page import graph_page
from kerashape.picture.svg import HUES, svg, variables
from tests.picture.programs import FAULTY, pictures

EVIL = "<b>&\"' ]\\ --> | `é 漢` %0A {x}"
NAMED = f"""
i = keras.Input((8,), name="i")
model = keras.Model(i, layers.Dense(3, name={EVIL!r})(i), name={EVIL!r})
"""
SVG = "{http://www.w3.org/2000/svg}"
needs_layout = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None, reason="pygraphviz is not installed"
)


@pytest.fixture
def faulty(tmp_path: Path) -> Picture:
    return pictures(FAULTY, tmp_path)["model"]


@pytest.fixture
def named(tmp_path: Path) -> Picture:
    return pictures(NAMED, tmp_path)["model"]


@needs_layout
def test_svg_shows_every_layer_and_the_fault_in_red(faulty: Picture) -> None:
    root = ElementTree.fromstring(svg(faulty))
    boxes = {g.get("id"): g for g in root.iter(f"{SVG}g") if "box" in (g.get("class") or "")}
    assert set(boxes) == {box.id for box in faulty.boxes}
    red = [g for g in boxes.values() if "error" in (g.get("class") or "").split()]
    assert len(red) == 1
    words = " ".join(t.text or "" for t in red[0].iter(f"{SVG}text"))
    assert "KS203" in words
    assert "does not fit" in words
    arrows = [g for g in root.iter(f"{SVG}g") if "arrow" in (g.get("class") or "")]
    assert len(arrows) == len(faulty.arrows)
    assert sum("broken" in (g.get("class") or "") for g in arrows) == 2
    labels = {t.text for g in arrows for t in g.iter(f"{SVG}text")}
    assert {"(None, 8)", "(None, 3)", "(None, 4, 4)", "?"} == labels


@needs_layout
def test_svg_has_every_colour_it_uses(faulty: Picture) -> None:
    text = svg(faulty)
    used = set(re.findall(r"var\(--([a-z-]+)\)", text))
    for part in (text.split("@media")[0], text.split("@media")[1]):
        assert used <= set(re.findall(r"--([a-z-]+):", part))


@needs_layout
def test_boxes_neither_overlap_nor_leave_the_picture(faulty: Picture) -> None:
    layout = lay_out(faulty)
    places = list(layout.boxes.values())
    for index, one in enumerate(places):
        assert one.x >= 0
        assert one.y >= 0
        assert one.x + one.width <= layout.width + 0.2
        assert one.y + one.height <= layout.height + 0.2
        for other in places[index + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.2
                or other.x + other.width <= one.x + 0.2
                or one.y + one.height <= other.y + 0.2
                or other.y + other.height <= one.y + 0.2
            )
            assert apart
    for box in faulty.boxes:
        width, height = size_of(box)
        assert layout.boxes[box.id].width == pytest.approx(width, abs=0.1)
        assert layout.boxes[box.id].height == pytest.approx(height, abs=0.1)


@needs_layout
def test_names_are_text_in_svg_and_html(named: Picture) -> None:
    root = ElementTree.fromstring(svg(named))
    assert any((t.text or "") == EVIL for t in root.iter(f"{SVG}text"))
    page = graph_page([named])
    assert "<b>&" not in page
    assert page.count("</script>") == page.count("<script")


@needs_layout
def test_dot_is_dot(named: Picture, faulty: Picture) -> None:
    import pygraphviz

    for picture in (named, faulty):
        graph = pygraphviz.AGraph(string=dot(picture))
        assert {str(node) for node in graph.nodes()} == {box.id for box in picture.boxes}
        assert len(graph.edges()) == len({(a.source, a.target) for a in picture.arrows})
    assert 'bgcolor="red"' in dot(faulty)


def test_mermaid_has_no_special_characters_in_its_texts(named: Picture, faulty: Picture) -> None:
    for picture in (named, faulty):
        text = mermaid(picture)
        assert text.startswith("flowchart TD\n")
        for quoted in re.findall(r'"([^"]*)"', text):
            assert not set(quoted.replace("<br/>", "")) & set("<>\"'`[]{}|&%\\")
        assert all(line.count('"') in (0, 2) for line in text.splitlines())
    assert re.search(r"class n\d+ fault", mermaid(faulty))


@needs_layout
def test_png(faulty: Picture) -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    from kerashape.picture.png import png

    assert png(faulty).startswith(b"\x89PNG\r\n")


def test_without_the_library_there_is_no_layout(
    faulty: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(NoLayout, match=r"pip install 'kerashape\[graph\]'"):
        svg(faulty)
    assert dot(faulty)
    assert mermaid(faulty)


def test_every_family_has_a_colour() -> None:
    from kerashape.picture.families import FAMILIES

    assert {*FAMILIES, "operation", "model", "layer"} == set(HUES)


TEXT_ON = [
    *((ink, ground) for ink in ("ink", "soft") for ground in ("page", "box", "group")),
    *((mark, ground) for mark in ("bad", "warn") for ground in ("page", "box", f"{mark}-box")),
    ("ink", "bad-box"),
    ("soft", "bad-box"),
    ("ink", "warn-box"),
    ("hue-model", "page"),
    ("hue-merge", "box"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(ink: str, ground: str, dark: bool) -> None:
    """The contrast that WCAG 2 asks for (AA)."""
    colours = dict(re.findall(r"--([a-z-]+):(#\w+);", variables(dark)))
    lighter, darker = sorted(map(_luminance, (colours[ink], colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
