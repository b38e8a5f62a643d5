"""Choosing a device, with the driver replaced."""

from __future__ import annotations

import os

import pytest

from kerashape.dynamic import devices, nursery, verify
from kerashape.dynamic.devices import Card, choose
from kerashape.dynamic.errors import CannotRun

CARDS = [Card(0, "NVIDIA A"), Card(3, "NVIDIA B")]


@pytest.mark.parametrize(
    ("wanted", "cards", "number"),
    [
        ("cpu", CARDS, None),
        ("auto", [], None),
        ("auto", CARDS, 0),
        ("gpu", CARDS, 0),
        ("gpu:0", CARDS, 0),
        ("gpu:3", CARDS, 3),
    ],
)
def test_only_the_chosen_card_is_visible(
    wanted: str, cards: list[Card], number: int | None
) -> None:
    device = choose(wanted, lambda: cards)
    assert (device.card.number if device.card else None) == number
    visible = device.environment["CUDA_VISIBLE_DEVICES"]
    assert visible == ("-1" if number is None else str(number))
    if number is not None:
        assert device.environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
        assert device.environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
        assert str(device) == f"GPU {number} ({'NVIDIA A' if number == 0 else 'NVIDIA B'})"


@pytest.mark.parametrize(
    ("wanted", "cards", "words"),
    [
        ("gpu", [], "this machine has no GPU"),
        ("gpu:1", CARDS, r"no GPU 1: it has gpu:0 \(NVIDIA A\), gpu:3 \(NVIDIA B\)"),
        ("gpu:1", [], "this machine has no GPU"),
        ("tpu", CARDS, "no such device 'tpu'"),
        ("gpu:", CARDS, "no such device"),
    ],
)
def test_another_device_is_never_taken_in_its_place(
    wanted: str, cards: list[Card], words: str
) -> None:
    with pytest.raises(CannotRun, match=words):
        choose(wanted, lambda: cards)


def test_jax_on_a_card_searches_for_no_fast_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLA_FLAGS", "--mine")
    card, cpu = choose("gpu", lambda: CARDS), choose("cpu")
    flags = devices.environment(card, "jax", 3)["XLA_FLAGS"]
    assert flags == f"{devices.HASTY} --mine"
    assert "XLA_FLAGS" not in devices.environment(card, "torch", 3)
    assert "XLA_FLAGS" not in devices.environment(cpu, "jax", 3)
    # A version that does not know them ends itself: they are taken back, the user's stay.
    monkeypatch.setenv("XLA_FLAGS", flags)
    assert nursery._unhurried()
    assert os.environ["XLA_FLAGS"] == "--mine"
    assert not nursery._unhurried()


@pytest.mark.parametrize(
    ("program", "installed", "asked", "expected"),
    [
        ("import keras", {"tensorflow", "jax"}, None, "tensorflow"),
        ("import keras", {"jax"}, None, "jax"),
        ("import jax, keras", {"tensorflow", "jax"}, None, "jax"),
        ("from torch import nn", {"tensorflow", "torch"}, None, "torch"),
        ("import jax", {"tensorflow"}, None, "tensorflow"),
        ("os.environ['KERAS_BACKEND'] = 'jax'", {"tensorflow"}, None, "jax"),
        ('os.environ.setdefault("KERAS_BACKEND", "torch")', {"tensorflow"}, None, "torch"),
        ("import jax", {"tensorflow", "jax"}, "torch", "torch"),
    ],
)
def test_the_backend_is_the_one_that_the_code_names(
    program: str,
    installed: set[str],
    asked: str | None,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "installed", installed.__contains__)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    verifier = verify.Verifier(verify.Options(device="cpu", backend=asked))
    assert verifier._backend(program.encode()) == expected


def test_what_is_missing_or_too_old_is_said_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "installed", lambda module: module != "tensorflow")
    with pytest.raises(CannotRun, match=r"tensorflow is not installed: pip install 'kerashape\["):
        verify._require("keras", "tensorflow")
    monkeypatch.setattr(devices, "installed", lambda module: True)
    monkeypatch.setattr(verify.importlib.metadata, "version", lambda name: "2.12.1")
    with pytest.raises(CannotRun, match=r"keras 2.12 is too old, 3.3 is needed: pip install"):
        verify._require("keras", "jax")
