"""KS405 with pipelines that read files: what they say, against the model and its loss."""

from __future__ import annotations

import pytest

from tests.checks.test_checks import diagnostics

HEAD = """\
import keras
from keras import layers

DIRECTORY = "photos"


def net(units, activation, size=150):
    image = keras.Input((size, size, 3))
    x = layers.Flatten()(layers.Conv2D(4, 3)(image))
    return keras.Model(image, layers.Dense(units, activation=activation)(x))


"""
READ = "keras.utils.image_dataset_from_directory(DIRECTORY, image_size=(150, 150){})"

CASES = [
    ("", 5, "softmax", "sparse_categorical_crossentropy", None),
    ("", 5, "softmax", "categorical_crossentropy", "KS405"),
    (", label_mode='categorical'", 5, "softmax", "categorical_crossentropy", None),
    (", label_mode='categorical'", 5, "softmax", "sparse_categorical_crossentropy", "KS405"),
    (", label_mode='binary'", 1, "sigmoid", "binary_crossentropy", None),
    (", label_mode='binary'", 2, "softmax", "categorical_crossentropy", "KS405"),
    (", color_mode='grayscale'", 5, "softmax", "sparse_categorical_crossentropy", "KS405"),
    (", label_mode=None", 5, "softmax", "sparse_categorical_crossentropy", "KS408"),
]


@pytest.mark.parametrize(("options", "units", "activation", "loss", "code"), CASES)
def test_what_is_read_fits_the_model(
    options: str, units: int, activation: str, loss: str, code: str | None
) -> None:
    program = (
        f"photos = {READ.format(options)}\nm = net({units}, '{activation}')\n"
        f"m.compile('adam', '{loss}')\nm.fit(photos)\n"
    )
    assert [d.code for d in diagnostics(program, HEAD)] == ([code] if code else [])


@pytest.mark.parametrize(("size", "codes"), [(150, []), (180, ["KS405"])])
def test_the_image_size_is_compared_through_the_pipeline(size: int, codes: list[str]) -> None:
    program = f"""
    photos = keras.utils.image_dataset_from_directory(DIRECTORY, image_size=({size}, {size}))
    photos = photos.map(lambda x, y: (x / 255, y)).cache().shuffle(100).prefetch(2)
    m = net(5, "softmax")
    m.compile("adam", "sparse_categorical_crossentropy")
    m.fit(photos)
    """
    found = diagnostics(program, HEAD)
    assert [d.code for d in found] == codes
    assert all("the same image size" in d.help for d in found)
