"""Builds what people install. ``make package`` runs ``package.py all``.

bundle    one folder with the program, in dist/finetune-gui
deb       a package for Debian and Ubuntu, of that folder
archive   the same folder as .tar.zst, with install.sh for people without root
windows   an installer made by NSIS, on Windows or wherever makensis is
dmg       a disk image, on macOS
all       the bundle, and what this system installs

What comes out lies in dist/, each file with its SHA-256 beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import about
import linux_packages
import make_icons

BUILD = about.ROOT / "build" / "package"
DIST = about.ROOT / "dist"
BUNDLE = DIST / about.NAME
LARGE = 5_000_000  # bytes: files above are named, so that none slips in unseen


def bundle() -> Path:
    """Build the folder; returns where it is."""
    make_icons.make(BUILD / "icons")
    (BUILD / "version.txt").write_text(_windows_version(), encoding="utf-8")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    # Both make the order of sets and the time in archives the same each time.
    fixed = {"SOURCE_DATE_EPOCH": str(about.epoch()), "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    folders = ["--distpath", str(DIST), "--workpath", str(BUILD / "work")]
    spec = about.ROOT / "packaging" / "finetune-gui.spec"
    subprocess.run([*command, *folders, str(spec)], check=True, env={**os.environ, **fixed})
    if sys.platform == "linux":
        (BUNDLE / f"{about.NAME}-window").symlink_to(about.NAME)
    _list_files()
    return BUNDLE


def deb() -> Path:
    """A .deb of the bundle."""
    return linux_packages.make_deb(_bundle_there(), BUILD, DIST)


def archive() -> Path:
    """A .tar.zst of the bundle with a script that installs it for one user."""
    return linux_packages.make_archive(_bundle_there(), BUILD, DIST)


def windows() -> Path:
    """An installer for Windows, for one user and without administrator's rights."""
    out = DIST / f"{about.NAME}-{about.version()}-setup.exe"
    defined = {
        "VERSION": about.version(),
        "BUNDLE": str(_bundle_there()),
        "ICON": str(BUILD / "icons" / "app.ico"),
        "OUT": str(out),
    }
    words = [f"-D{name}={value}" for name, value in defined.items()]
    script = about.ROOT / "packaging" / "windows" / "installer.nsi"
    subprocess.run(
        ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, str(script)], check=True
    )
    return out


def dmg() -> Path:
    """A disk image for macOS."""
    out = DIST / f"{about.NAME}-{about.version()}-{about.machine()}.dmg"
    script = about.ROOT / "packaging" / "macos" / "make_dmg.sh"
    app = DIST / f"{about.TITLE}.app"
    subprocess.run(["sh", str(script), str(app), str(out)], check=True)
    return out


STEPS: dict[str, Callable[[], Path]] = {
    "bundle": bundle,
    "deb": deb,
    "archive": archive,
    "windows": windows,
    "dmg": dmg,
}
OF_SYSTEM = {"linux": ("deb", "archive"), "win32": ("windows",), "darwin": ("dmg",)}


def _bundle_there() -> Path:
    if not (BUNDLE / "_internal").is_dir():
        raise SystemExit("There is no bundle yet: run `package.py bundle` first.")
    return BUNDLE


def _list_files() -> None:
    """Name every file with its size and SHA-256: two builds can be compared by it."""
    files = sorted(path for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink())
    lines = [
        f"{_sha256(p)} {p.stat().st_size:>12} {p.relative_to(BUNDLE).as_posix()}" for p in files
    ]
    name = f"{about.NAME}-{about.version()}-{about.flavour(BUNDLE)}.files.txt"
    (DIST / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in sorted(files, key=lambda p: -p.stat().st_size):
        if path.stat().st_size > LARGE:
            _say(f"  {path.stat().st_size / 1e6:7.1f} MB  {path.relative_to(BUNDLE)}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(p.lstat().st_size for p in path.rglob("*") if p.is_file() and not p.is_symlink())


def _windows_version() -> str:
    """The block that Windows shows under Properties; PyInstaller evaluates it."""
    numbers = [int(n) for n in about.version().split(".")[:3]]
    dotted = (*numbers, 0)
    texts = {
        "CompanyName": about.TITLE,
        "FileDescription": about.TITLE,
        "FileVersion": about.version(),
        "ProductName": about.TITLE,
        "ProductVersion": about.version(),
        "OriginalFilename": f"{about.NAME}.exe",
        "LegalCopyright": "MIT licence",
    }
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={dotted}, prodvers={dotted}, mask=0x3F, "
        "flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)), "
        f"kids=[StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Do what was asked for, and say how large and how long."""
    parser = argparse.ArgumentParser(description="Build what people install.")
    parser.add_argument("what", nargs="+", choices=[*STEPS, "all"])
    asked = parser.parse_args().what
    if "all" in asked:
        asked = ["bundle", *OF_SYSTEM[sys.platform]]
    DIST.mkdir(exist_ok=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in asked:
        begun = time.monotonic()
        out = STEPS[name]()
        _say(f"{name}: {out.name}, {_size(out) / 1e6:,.0f} MB in {time.monotonic() - begun:.0f} s")
        if out.is_file():
            sums = out.with_name(f"{out.name}.sha256")
            sums.write_text(f"{_sha256(out)}  {out.name}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
