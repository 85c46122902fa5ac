"""Keep what the user wrote of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, write_notes


@dataclass(frozen=True)
class WriteNotes:
    """Write the name, the note and the star of the run at ``path``."""

    path: Path
    notes: RunNotes
    lane: Lane = Lane.READ
    title: str = "runs-job-notes"

    def run(self, ctx: JobContext) -> RunNotes:
        """What is kept now; raises `RunError` when the run is gone, or `OSError`."""
        ctx.check_cancelled()
        write_notes(RunFolder.open(self.path), self.notes)
        return self.notes
