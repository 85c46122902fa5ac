"""A card of NVIDIA, found in made-up trees of /sys and /proc."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.graphics import NvidiaCard, advice_for, find_nvidia
from finetune_gui.core.messages import LANGUAGES, set_language, tr

CARD = NvidiaCard(card=True)
WITH_DRIVER = NvidiaCard(card=True, driver=True)


def put(root: Path, name: str, text: str = "") -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="ascii")


def put_device(root: Path, vendor: str, kind: str, place: str = "sys/bus/pci/devices/01") -> None:
    put(root, f"{place}/vendor", f"{vendor}\n")
    put(root, f"{place}/class", f"{kind}\n")


def test_there_is_none(tmp_path: Path) -> None:
    put_device(tmp_path, "0x8086", "0x030000")
    assert find_nvidia(tmp_path, "linux") == NvidiaCard()
    assert find_nvidia(tmp_path / "not there", "linux") == NvidiaCard()


@pytest.mark.parametrize("kind", ["0x030000", "0x030200"])
def test_a_card_without_a_driver(tmp_path: Path, kind: str) -> None:
    put_device(tmp_path, "0x8086", "0x030000", "sys/bus/pci/devices/00")
    put_device(tmp_path, "0x10DE", kind)
    assert find_nvidia(tmp_path, "linux") == CARD


@pytest.mark.parametrize("kind", ["0x040300", "0x0c0330", "0x060400"])
def test_its_sound_or_an_old_chip_is_no_card(tmp_path: Path, kind: str) -> None:
    put_device(tmp_path, "0x10de", kind)
    assert find_nvidia(tmp_path, "linux") == NvidiaCard()


def test_a_card_with_its_driver(tmp_path: Path) -> None:
    put_device(tmp_path, "0x10de", "0x030000")
    put(tmp_path, "proc/driver/nvidia/version", "NVRM version: 570")
    assert find_nvidia(tmp_path, "linux") == WITH_DRIVER


def test_a_driver_alone_is_no_card(tmp_path: Path) -> None:
    put(tmp_path, "proc/driver/nvidia/version")
    assert find_nvidia(tmp_path, "linux") == NvidiaCard(driver=True)


def test_cards_that_are_not_on_the_bus(tmp_path: Path) -> None:
    put(tmp_path / "drm", "sys/class/drm/card0/device/vendor", "0x10de")
    assert find_nvidia(tmp_path / "drm", "linux") == CARD
    put(tmp_path / "proc", "proc/driver/nvidia/gpus/0000:01:00.0/information")
    put(tmp_path / "proc", "proc/driver/nvidia/version")
    assert find_nvidia(tmp_path / "proc", "linux") == WITH_DRIVER
    put(tmp_path / "wsl", "usr/lib/wsl/lib/libcuda.so.1")
    assert find_nvidia(tmp_path / "wsl", "linux") == WITH_DRIVER


def test_windows_and_macos(tmp_path: Path) -> None:
    assert find_nvidia(tmp_path, "win32") == NvidiaCard()
    put(tmp_path, "System32/nvcuda.dll")
    assert find_nvidia(tmp_path, "win32") == WITH_DRIVER
    assert find_nvidia(tmp_path, "darwin") == NvidiaCard()


@pytest.mark.parametrize(
    ("found", "torch_has_cuda", "usable", "bundled", "key"),
    [
        (NvidiaCard(), False, False, True, ""),
        (NvidiaCard(), True, False, False, ""),
        (WITH_DRIVER, True, True, False, ""),
        (WITH_DRIVER, False, True, False, ""),  # a build for another maker's cards
        (WITH_DRIVER, False, False, True, "shell-gpu-build"),
        (CARD, False, False, False, "shell-gpu-torch"),
        (CARD, True, False, True, "shell-gpu-no-driver"),
        (WITH_DRIVER, True, False, True, "shell-gpu-no-answer"),
    ],
)
def test_advice(
    found: NvidiaCard, torch_has_cuda: bool, usable: bool, bundled: bool, key: str
) -> None:
    given = advice_for(found, torch_has_cuda=torch_has_cuda, usable=usable, bundled=bundled)
    assert given == key
    for name in LANGUAGES:
        set_language(name)
        assert not key or "NVIDIA" in tr(key)
