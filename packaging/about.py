"""What the installers say of the program. The version stands in the package alone."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "finetune-gui"
TITLE = "Finetune GUI"
SUMMARY = "Fine-tune an image classifier on your own computer"
APP_ID = "io.github.finetune_gui.FinetuneGUI"
MAINTAINER = "Finetune GUI developers <finetune-gui@localhost>"
# Files of one version carry one time, so that building twice gives the same files.
_EPOCH = 1_767_225_600  # the beginning of 2026


def version() -> str:
    """Of the program."""
    text = (ROOT / "finetune_gui" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise SystemExit("finetune_gui/__init__.py names no version")
    return found.group(1)


def machine() -> str:
    """The kind of processor, as Debian calls it."""
    names = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}
    return names.get(platform.machine(), platform.machine())


def flavour(bundle: Path) -> str:
    """``gpu`` where the bundle holds NVIDIA's libraries, else ``cpu``."""
    found = any(list(bundle.rglob(name)) for name in ("libcudart*", "cudart64*"))
    return "gpu" if found else "cpu"


def epoch() -> int:
    """The time that files carry, in Unix seconds: ``SOURCE_DATE_EPOCH`` where it is set."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH))
