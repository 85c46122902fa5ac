"""Where everything is kept: the one place that knows folders.

``resource`` reaches the files that the program ships. `AppPaths` names the folders it writes to;
``--basedir`` puts all of them under one folder, which tests and portable installs use.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

import platformdirs

APP_NAME = "finetune-gui"


def resource(*parts: str) -> Path:
    """A file or folder under ``resources/``, from a checkout, a wheel or the frozen bundle."""
    return _resources_root().joinpath(*parts)


def is_bundled() -> bool:
    """Whether this is the program that an installer brings, with its own Python in it."""
    return bool(getattr(sys, "frozen", False))


def path_of(text: str) -> Path:
    """The absolute path that a file manager means, which may give a ``file://`` address.

    Anything else is taken for a path from the present folder. Raises nothing: whether there is such
    a file is for others to see.
    """
    if text[:7].lower() != "file://":
        return Path(text).absolute()
    server, slash, rest = text[7:].partition("/")
    # In an address any byte may stand as %XX, in a file's name on Linux too.
    name = os.fsdecode(unquote_to_bytes(slash + rest))
    if sys.platform == "win32":
        here = server in ("", "localhost")
        name = name.lstrip("/") if here else f"//{unquote(server)}{name}"
    return Path(name)


def _resources_root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


@dataclass(frozen=True)
class AppPaths:
    """The folders that the program writes to. They are made when first asked for.

    Where one cannot be made, whoever comes to write into it says so: most are only a help, and a
    home that cannot be written must stop nobody from training elsewhere.
    """

    config_root: Path
    cache_root: Path
    data_root: Path

    @classmethod
    def for_user(cls) -> AppPaths:
        """The folders that the operating system sets aside for this program."""
        dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
        return cls(dirs.user_config_path, dirs.user_cache_path, dirs.user_data_path)

    @classmethod
    def under(cls, basedir: Path) -> AppPaths:
        """Everything under one folder."""
        base = basedir.expanduser().absolute()
        return cls(base / "config", base / "cache", base / "data")

    @property
    def settings_file(self) -> Path:
        """What the user chose in the window: language, theme, recent datasets."""
        return _made(self.config_root) / "settings.toml"

    @property
    def thumbnails(self) -> Path:
        """Small copies of photos; safe to delete."""
        return _made(self.cache_root / "thumbnails")

    @property
    def photos(self) -> Path:
        """Decoded photos; safe to delete."""
        # Made when something is kept in it: a folder that cannot be written must not stop anyone.
        return self.cache_root / "photos"

    @property
    def unpacked(self) -> Path:
        """Datasets unpacked from zip files; safe to delete."""
        return _made(self.cache_root / "unpacked")

    @property
    def measurements_file(self) -> Path:
        """What was measured on this machine (fastest precision for a backbone); safe to delete."""
        return _made(self.cache_root) / "measurements.json"

    @property
    def weights(self) -> Path:
        """Pretrained weights that were fetched or put here by hand."""
        return _made(self.data_root / "weights")

    @property
    def searches(self) -> Path:
        """One folder for each search for the best settings."""
        return _made(self.data_root / "searches")

    @property
    def runs(self) -> Path:
        """One folder for each run."""
        return _made(self.data_root / "runs")

    @property
    def lesson(self) -> Path:
        """The runs of the lesson and how far it is; not among the user's runs."""
        # Made when the lesson begins: who never takes it has no such folder.
        return self.data_root / "lesson"

    @property
    def cross_validations(self) -> Path:
        """One folder for each cross-validation."""
        return _made(self.data_root / "cross-validations")

    @property
    def test_looks_file(self) -> Path:
        """How often models were judged by which test photos."""
        return _made(self.data_root) / "test_looks.jsonl"

    @property
    def log_file(self) -> Path:
        """The program's own log."""
        return _made(self.data_root / "logs") / "finetune-gui.log"


def _made(folder: Path) -> Path:
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def natural_key(text: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key that puts ``photo2`` before ``photo10``, as file managers do."""
    parts: list[tuple[int, int | str]] = []
    digits = ""
    word = ""
    for char in text.casefold():
        if char.isascii() and char.isdigit():
            if word:
                parts.append((1, word))
                word = ""
            digits += char
        else:
            if digits:
                parts.append((0, int(digits)))
                digits = ""
            word += char
    if digits:
        parts.append((0, int(digits)))
    if word:
        parts.append((1, word))
    return tuple(parts)
