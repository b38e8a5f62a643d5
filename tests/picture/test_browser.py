"""The pages in a browser: nothing fails, and the graph answers to mouse, keys and search.

The page is opened in headless Chromium with a script appended that plays the person, and
writes down what it sees; a console message is a failure.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from kerashape.__main__ import main
from tests.picture.programs import FAULTY, HEAD

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.skipif(
        importlib.util.find_spec("pygraphviz") is None, reason="pygraphviz is not installed"
    ),
]

PLAY = """
<script>
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const key = (at, name) => at.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true, cancelable: true}));
const viewer = () => document.querySelector(".viewer");
const scene = () => viewer().querySelector(".scene").getAttribute("transform");
const opened = async () => { for (let i = 0; i < 50 && !scene(); i++) await wait(100); };
const scale = () => Number(/scale\\(([\\d.]+)\\)/.exec(scene())[1]);
const card = () => viewer().querySelector(".card").innerText;
addEventListener("load", async () => {
  const seen = {};
  try { await wait(300); await opened(); await play(seen); } catch (error) { seen.error = String(error.stack || error); }
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
const play = async (seen) => {
%s
};
</script>
</body>
"""


def open_page(file: Path, script: str, folder: Path) -> dict[str, Any]:
    """What the script saw."""
    played = folder / "played.html"
    text = file.read_text(encoding="utf-8")
    played.write_text(text.replace("</body>", PLAY % script), encoding="utf-8")
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}",
            "--window-size=1200,900", "--virtual-time-budget=6000", "--dump-dom", played.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not complaints
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stdout[-2000:] + done.stderr[-2000:]
    seen: dict[str, Any] = json.loads(unescape(found[1]))
    assert "error" not in seen, seen["error"]
    return seen


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(HEAD + FAULTY)
    return tmp_path


def test_the_report(here: Path) -> None:
    (here / "b.py").write_text(
        HEAD + "stack = keras.Sequential([keras.Input((4,)), layers.Dense(3, name='zebra')])\n"
    )
    assert main(["report", "a.py", "b.py", "-o", "r.html"]) == 0
    seen = open_page(
        here / "r.html",
        """
  seen.red = getComputedStyle(document.querySelector(".viewer .error .body")).stroke;
  seen.white = getComputedStyle(document.body).backgroundColor;
  document.getElementById("theme").click();
  await wait(50);
  seen.dark = getComputedStyle(document.body).backgroundColor;
  seen.darkred = getComputedStyle(document.querySelector(".viewer .error .body")).stroke;
  document.getElementById("theme").click();
  viewer().focus();
  const start = scale();
  key(viewer(), "+"); seen.larger = scale() > start;
  key(viewer(), "0"); seen.fitted = scale() === start;
  viewer().querySelector('[data-do="out"]').click(); seen.smaller = scale() < start;
  key(viewer(), "Home"); seen.first = card();
  key(viewer(), "ArrowDown"); seen.second = card();
  key(viewer(), "ArrowDown"); seen.third = card();
  seen.lit = document.querySelectorAll(".viewer .on").length > 1;
  key(viewer(), "Escape"); seen.hint = card();
  const box = viewer().querySelector(".error");
  const area = box.getBoundingClientRect();
  const place = {bubbles: true, pointerId: 1, clientX: area.x + 20, clientY: area.y + 8};
  box.dispatchEvent(new PointerEvent("pointermove", place));
  seen.hovered = card();
  const field = document.getElementById("search");
  key(document.body, "/"); seen.focused = document.activeElement === field;
  field.value = "zebra"; field.dispatchEvent(new Event("input")); await wait(300);
  seen.models = [...document.querySelectorAll(".model:not([hidden]) h3")].map((h) => h.innerText);
  seen.told = document.querySelectorAll("article:not([hidden])").length;
  key(field, "Escape"); seen.back = document.querySelectorAll(".model:not([hidden])").length;
  const details = document.querySelector(".layers");
  details.open = true; await wait(200);
  seen.rows = details.querySelectorAll("tbody tr").length;
  details.querySelector("tbody a").click(); await wait(50);
  seen.linked = card();
""",
        here,
    )
    assert seen["white"] == "rgb(255, 255, 255)"
    assert seen["dark"] != seen["white"]
    for name in ("red", "darkred"):
        red, green, blue = map(int, re.findall(r"\d+", seen[name])[:3])
        assert red > 2 * green * 0.7
        assert red > 2 * blue * 0.7
    assert seen["larger"]
    assert seen["fitted"]
    assert seen["smaller"]
    assert seen["first"].startswith("i InputLayer")
    assert seen["second"].startswith("a Dense")
    assert "(None, 3)" in seen["second"]
    assert 'a = layers.Dense(3, name="a")(i)' in seen["second"]
    assert "a.py:6:5" in seen["second"]
    assert "KS203" in seen["third"]
    assert seen["lit"]
    assert "arrow keys" in seen["hint"]
    assert seen["hovered"].startswith("c Concatenate")
    assert seen["focused"]
    assert [title.split()[0] for title in seen["models"]] == ["stack"]
    assert seen["told"] == 0
    assert seen["back"] == 2
    assert seen["rows"] == 5
    assert seen["linked"].startswith("i InputLayer")


def test_a_graph(here: Path) -> None:
    assert main(["graph", "a.py", "-o", "g.html"]) == 0
    seen = open_page(
        here / "g.html",
        """
  const before = scene();
  const wheel = new WheelEvent("wheel", {deltaY: -200, clientX: 300, clientY: 300, bubbles: true, cancelable: true});
  viewer().dispatchEvent(wheel);
  seen.zoomed = scene() !== before && wheel.defaultPrevented;
  const field = document.getElementById("search");
  field.value = "concat"; field.dispatchEvent(new Event("input")); await wait(300);
  seen.hits = [...document.querySelectorAll(".box.hit")].length;
  seen.card = card();
""",
        here,
    )
    assert seen["zoomed"]
    assert seen["hits"] == 1
    assert seen["card"].startswith("c Concatenate")
