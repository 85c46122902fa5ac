"""Is there a graphics card of NVIDIA that torch does not use, and what helps?

Only files are looked at: no process is started and no driver is woken up.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NVIDIA = "0x10de"
# The first digits of a PCI class: displays, and cards that only compute ("3D controller"). Sound
# and USB of the same card have others, as have NVIDIA's old chips for mainboards.
_DISPLAY = "0x03"


@dataclass(frozen=True)
class NvidiaCard:
    """What this computer has of NVIDIA: a ``card``, and a ``driver`` for it that is loaded."""

    card: bool = False
    driver: bool = False


def find_nvidia(root: Path | None = None, platform: str = sys.platform) -> NvidiaCard:
    """Look for a card. ``root`` stands for ``/``, or for the folder of Windows.

    On Windows a card is only known by the library that its driver installs. macOS has none.
    """
    with contextlib.suppress(OSError):  # a sandbox may forbid to look
        if platform == "win32":
            windows = root or Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
            there = (windows / "System32" / "nvcuda.dll").is_file()
            return NvidiaCard(there, there)
        if platform == "linux":
            return _find_on_linux(root or Path("/"))
    return NvidiaCard()


def _find_on_linux(root: Path) -> NvidiaCard:
    # Windows lends its card to Linux inside it (WSL) without any sign of it on the PCI bus.
    lent = (root / "usr/lib/wsl/lib/libcuda.so.1").exists()
    driver = lent or (root / "proc/driver/nvidia/version").exists()
    listed = any((root / "proc/driver/nvidia/gpus").glob("*"))
    on_the_bus = any(_is_card(device) for device in _devices(root))
    return NvidiaCard(lent or listed or on_the_bus, driver)


def _devices(root: Path) -> Iterator[Path]:
    yield from (root / "sys/bus/pci/devices").glob("*")
    # A card of a small computer (Jetson) or of a container need not be on the PCI bus.
    yield from (root / "sys/class/drm").glob("card*/device")


def _is_card(device: Path) -> bool:
    kind = _first_line(device / "class") or _DISPLAY  # all below "drm" are displays
    return _first_line(device / "vendor") == _NVIDIA and kind.startswith(_DISPLAY)


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip().lower()
    except OSError:
        return ""


def advice_for(found: NvidiaCard, *, torch_has_cuda: bool, usable: bool, bundled: bool) -> str:
    """The message that says how to use the card; empty when it is used or there is none.

    ``torch_has_cuda``: torch was built for NVIDIA's cards. ``usable``: torch computes on a graphics
    card. ``bundled``: see `finetune_gui.core.paths.is_bundled`.
    """
    if usable or not found.card:
        return ""
    if not torch_has_cuda:
        return "shell-gpu-build" if bundled else "shell-gpu-torch"
    return "shell-gpu-no-answer" if found.driver else "shell-gpu-no-driver"
