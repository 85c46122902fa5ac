"""Where pretrained weights are looked for, and from where they are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core import settings
from finetune_gui.core.paths import AppPaths


@dataclass(frozen=True)
class WeightsPlaces:
    """``own`` is the folder that downloads go to.

    ``shared`` are folders that are only read, such as a network drive of a classroom, searched in
    this order after ``own``. ``mirror`` is the address of a server that has the files under the
    same paths as the hub and torchvision's server; empty: those themselves.
    """

    own: Path
    shared: tuple[Path, ...] = ()
    mirror: str = ""

    @classmethod
    def of(cls, paths: AppPaths) -> WeightsPlaces:
        """Those of the settings as they are on disk now."""
        kept = settings.load(paths.settings_file)
        shared = tuple(Path(name) for name in kept.weights_folders if name)
        mirror = kept.weights_mirror if is_address(kept.weights_mirror) else ""
        return cls(paths.weights, shared, mirror.rstrip("/"))

    def find(self, name: str) -> Path | None:
        """The file of that name in the first folder that has it."""
        return next((f / name for f in (self.own, *self.shared) if _is_file(f / name)), None)


def is_address(text: str) -> bool:
    """Whether a mirror may be called this: ``http://`` or ``https://`` and a host."""
    scheme, _, rest = text.partition("://")
    return scheme in ("http", "https") and bool(rest.strip("/ ")) and " " not in rest


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the network drive is away
        return False
