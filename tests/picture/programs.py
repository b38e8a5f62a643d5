"""Programs, and their pictures, for the tests of pictures."""

from __future__ import annotations

from pathlib import Path

from kerashape.files import Target
from kerashape.linter import Examined, Linter
from kerashape.picture.build import picture_of
from kerashape.picture.marking import mark, places_of
from kerashape.picture.model import Picture
from kerashape.report.models import ProgramModel, models_of

HEAD = "import keras\nfrom keras import layers\n"


def pictures(text: str, folder: Path, *, expand_nested: bool | None = None) -> dict[str, Picture]:
    """The pictures of a program's models, by title, as ``kerashape graph`` makes them."""
    file = folder / "program.py"
    file.write_text(HEAD + text, encoding="utf-8")
    models: list[ProgramModel] = []

    def keep(target: Target, examined: Examined) -> None:
        assert examined.analysis is not None
        models.extend(models_of(target.path, examined.analysis, drafts=True))

    result = Linter(debug=True).run([Target.of(file)], each=keep)
    drawn = [picture_of(each, result.listings, expand_nested=expand_nested) for each in models]
    known = [(picture, places_of(picture, model)) for picture, model in zip(drawn, models)]
    return {picture.title: picture for picture in mark(known, result.diagnostics)}


def chain(picture: Picture) -> set[tuple[str, str, str]]:
    """What is connected to what, by the names of the layers, with the shapes."""
    names = {box.id: box.name for box in picture.boxes}
    return {(names[a.source], names[a.target], a.shape) for a in picture.arrows}


def marked(picture: Picture) -> dict[str, list[str]]:
    """The codes of the faults at each box that has some."""
    return {box.name: [m.code for m in box.marks] for box in picture.boxes if box.marks}


FAULTY = """
i = keras.Input((8,), name="i")
j = keras.Input((4, 4), name="j")
a = layers.Dense(3, name="a")(i)
c = layers.Concatenate(name="c")([a, j])
d = layers.Dense(2, name="d")(c)
model = keras.Model([i, j], d)
"""
