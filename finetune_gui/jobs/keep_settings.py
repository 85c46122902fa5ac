"""Write the settings without making the window wait for the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core import settings
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.settings import Settings


@dataclass(frozen=True)
class KeepSettings:
    """Save ``wanted``, a copy that nobody changes any more, to ``path``."""

    wanted: Settings
    path: Path
    lane: Lane = Lane.READ
    title: str = "shell-job-settings"

    def run(self, ctx: JobContext) -> None:
        """Write the file; raises `OSError`."""
        ctx.check_cancelled()
        settings.save(self.wanted, self.path)
