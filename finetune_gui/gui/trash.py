"""Put runs into the system's trash. Only Qt knows it on every system, so this job is here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths

from finetune_gui.core.errors import RunError, UserError, as_user_error
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder


def move_to_trash(path: Path) -> bool:
    """Put a file or folder into the trash; False where that cannot be done."""
    # On Linux Qt makes the trash where there is none yet, but not the folder that it belongs in.
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    with contextlib.suppress(OSError):
        Path(place).mkdir(parents=True, exist_ok=True)
    return QFile(str(path)).moveToTrash()


@dataclass(frozen=True)
class Trashed:
    """The runs that are in the trash now, and why the next one is not."""

    gone: tuple[Path, ...]
    error: UserError | None = None


@dataclass(frozen=True)
class TrashRuns:
    """Move run folders into the trash, one after the other, until one cannot be moved."""

    paths: tuple[Path, ...]
    lane: Lane = Lane.READ
    title: str = "runs-job-trash"

    def run(self, ctx: JobContext) -> Trashed:
        """What is in the trash now. A run that is being trained, or is no run, is left alone."""
        gone: list[Path] = []
        try:
            for path in self.paths:
                ctx.check_cancelled()
                run = RunFolder.open(path)
                if run.is_locked():
                    raise RunError("error-run-in-use", path=str(path))
                if not move_to_trash(path):
                    raise RunError("error-no-trash", path=str(path))
                gone.append(path)
        except (UserError, OSError) as error:
            return Trashed(tuple(gone), as_user_error(error))
        return Trashed(tuple(gone))
