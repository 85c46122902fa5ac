"""Show a run as one plain PyTorch script, or save it so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import language, speaking
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.jobs.documents import write_document


@dataclass(frozen=True)
class ShowScript:
    """The script of the run at ``path``.

    ``spoken`` is the language of its comments, empty for the one now set.
    """

    path: Path
    paths: AppPaths
    spoken: str = ""
    lane: Lane = Lane.READ
    title: str = "script-job"

    def run(self, ctx: JobContext) -> str:
        """Its text.

        Raises:
            RunError: there is no run, or it has not looked at its photos yet.
            UserError: what the run did is no plain code yet.
            Cancelled: the user asked it to stop.
        """
        from finetune_gui.engine.script import script_of

        ctx.check_cancelled()
        with speaking(self.spoken or language()):
            return script_of(RunFolder.open(self.path), WeightsPlaces.of(self.paths))


@dataclass(frozen=True)
class SaveScript:
    """Write the script of the run at ``path`` to ``out``."""

    path: Path
    paths: AppPaths
    out: Path
    lane: Lane = Lane.READ
    title: str = "script-job"

    def run(self, ctx: JobContext) -> Path:
        """The file; raises as `ShowScript` does, and `OSError` when it cannot be written."""
        return write_document(self.out, ShowScript(self.path, self.paths).run(ctx))


@dataclass(frozen=True)
class SaveText:
    """Write a text that is shown to ``out``."""

    text: str
    out: Path
    lane: Lane = Lane.READ
    title: str = "script-job"

    def run(self, ctx: JobContext) -> Path:
        """The file; raises `UserError` or `OSError` when it cannot be written."""
        ctx.check_cancelled()
        return write_document(self.out, self.text)
