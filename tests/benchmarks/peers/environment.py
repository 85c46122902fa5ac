"""A virtual environment with the peers that shares the project's torch, torchvision and timm.

The peers are the extra ``bench`` of ``pyproject.toml``. They are installed beside the project's
own packages, never into them, and pinned to the versions that the program runs with: otherwise
pip might fetch another torch, and two torches would be compared. Where a peer does not allow the
installed torch, pip says so and nothing is measured.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.peers.race import ROOT

_SHARED = ("torch", "torchvision", "timm", "numpy", "pillow", "safetensors")


def python_with_peers(folder: Path) -> Path:
    """The interpreter; makes the environment where it is not there or not up to date."""
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python, stamp = folder / scripts / "python", folder / "installed.txt"
    wanted = "\n".join([*_requirements(), *_pins()])
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        sys.stderr.write(f"Fetching the peers into {folder}; this takes a few minutes once\n")
        _make(folder, python)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def versions(python: Path) -> dict[str, str]:
    """What was compared."""
    names = ("torch", "timm", "fastai", "transformers")
    code = f"from importlib.metadata import version\nfor n in {names!r}: print(n, version(n))"
    asked = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True)
    return dict(found.split() for found in asked.stdout.splitlines())


def _requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["optional-dependencies"]["bench"])


def _pins() -> list[str]:
    return [f"{name}=={version(name)}" for name in _SHARED]


def _make(folder: Path, python: Path) -> None:
    _quietly([sys.executable, "-m", "venv", "--clear", str(folder)])
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    own.joinpath("shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(_pins()), encoding="utf-8")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    _quietly([*pip, "--constraint", str(constraints), *_requirements()])


def _quietly(command: list[str]) -> None:
    """Nothing on standard output, which belongs to the result."""
    subprocess.run(command, check=True, stdout=sys.stderr)
