"""What a person chose in the window and wants to find again."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import tomli_w
from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict

from finetune_gui.core import atomic

MAX_RECENT = 8


class Settings(BaseModel):
    """Kept in ``settings.toml``. A file that is broken or from elsewhere gives the defaults.

    ``language`` empty: the system's. ``recipe`` is the TOML of the recipe last set in the form.
    ``geometry`` is Qt's, as hexadecimal. ``photo_cache_gb`` bounds the decoded photos on disk; 0
    keeps none. ``unfinished_run`` is the one that is being trained, shown or not.
    ``weights_folders`` are only read, ``weights_mirror`` is a server's address: see
    `finetune_gui.core.weights_places`. ``welcome_due``: the program was never told which language
    it is to speak, and says hello at the next start that asks for nothing else.
    """

    model_config = ConfigDict(validate_assignment=True, extra="ignore")

    language: Literal["", "en", "zh_CN"] = ""
    theme: Literal["system", "light", "dark"] = "system"
    recent_datasets: list[str] = []
    last_dataset: str = ""
    last_run: str = ""
    unfinished_run: str = ""
    last_page: str = "data"
    recipe: str = ""
    geometry: str = ""
    thumbnail_size: int = 120
    hide_failed_runs: bool = False
    starred_runs_only: bool = False
    weights_folders: list[str] = []
    weights_mirror: str = ""
    welcome_due: bool = False
    photo_cache_gb: Annotated[int, Ge(0), Le(1000)] = 10

    def remember_dataset(self, source: Path) -> None:
        """Put a dataset on top of the recent ones."""
        name = str(source)
        self.last_dataset = name
        self.recent_datasets = [name, *(r for r in self.recent_datasets if r != name)][:MAX_RECENT]

    def forget_dataset(self, source: Path) -> None:
        """Take a dataset that is gone off the recent ones."""
        self.recent_datasets = [r for r in self.recent_datasets if r != str(source)]
        if self.last_dataset == str(source):
            self.last_dataset = ""


def load(path: Path) -> Settings:
    """Read the settings; whatever cannot be read is at its default."""
    # ValueError: not UTF-8, not TOML, or values that are not possible.
    with contextlib.suppress(OSError, ValueError):
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    return Settings()


def is_first_start(path: Path) -> bool:
    """Whether there are no settings yet; False where nobody may look."""
    try:
        return not path.exists()
    except OSError:
        return False


def save(settings: Settings, path: Path) -> None:
    """Write the settings, whole or not at all; raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = tomli_w.dumps(settings.model_dump())
    # Linux lets a folder's name be any bytes; what UTF-8 cannot hold is lost.
    atomic.write_bytes(path, text.encode("utf-8", "replace"))
