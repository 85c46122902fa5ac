"""Read runs into the lab notebook, and save it as a page."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.coach.rules import findings
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import language, speaking
from finetune_gui.core.notebook import Entry, Notebook, compared, make_entry
from finetune_gui.core.notebook_page import PrintPage, html_page, print_page
from finetune_gui.core.notebook_plot import Ink
from finetune_gui.core.run_folder import Manifest, RunFolder, list_runs
from finetune_gui.core.run_notes import read_notes
from finetune_gui.jobs.coach import gather
from finetune_gui.jobs.documents import write_document

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MakeNotebook:
    """The notebook of all runs beside the one at ``path`` that learned from the same photos.

    With ``chosen`` it has these runs alone, whatever they learned from.
    """

    path: Path
    chosen: tuple[Path, ...] = ()
    lane: Lane = Lane.READ
    title: str = "notebook-job"

    def run(self, ctx: JobContext) -> Notebook:
        """The notebook; runs that cannot be read are left out and named in the log.

        Raises:
            RunError: there is no run at ``path``, or it has not looked at its photos yet.
            Cancelled: the user asked it to stop.
        """
        asked = RunFolder.open(self.path)
        dataset = asked.read_manifest().dataset
        beside = list_runs(self.path.parent)
        entries: list[Entry] = []
        elsewhere: list[Entry] = []
        for done, run in enumerate(beside):
            ctx.check_cancelled()
            ctx.progress(done, len(beside), "notebook-job")
            wanted = run.path in self.chosen if self.chosen else None
            try:
                manifest = run.read_manifest()
                if wanted is None:
                    wanted = manifest.dataset == dataset
                (entries if wanted else elsewhere).append(
                    _entry(run, manifest, ctx, with_coach=wanted)
                )
            except (UserError, OSError) as error:
                if run.path == self.path:
                    raise
                _logger.info("left out of the notebook: %s (%s)", run.path, error)
        return Notebook(dataset, compared(entries, elsewhere))


@dataclass(frozen=True)
class SaveNotebook:
    """Write the notebook of the run at ``path`` as one HTML file."""

    path: Path
    out: Path
    lane: Lane = Lane.READ
    title: str = "notebook-job-save"

    def run(self, ctx: JobContext) -> Path:
        """The file; raises as `MakeNotebook` does, and `OSError` when it cannot be written."""
        return SaveHtml(MakeNotebook(self.path).run(ctx), self.out).run(ctx)


@dataclass(frozen=True)
class SaveHtml:
    """Write a notebook that was read before; ``spoken`` empty is the language now set."""

    notebook: Notebook
    out: Path
    spoken: str = ""
    lane: Lane = Lane.READ
    title: str = "notebook-job-save"

    def run(self, ctx: JobContext) -> Path:
        """The file; raises `UserError` or `OSError` when it cannot be written."""
        ctx.check_cancelled()
        with speaking(self.spoken or language()):
            return write_document(self.out, html_page(self.notebook))


@dataclass(frozen=True)
class PutIntoWords:
    """Make what the window shows of a notebook, in the language ``spoken`` and these colours."""

    notebook: Notebook
    spoken: str
    ink: Ink
    text: str
    lane: Lane = Lane.READ
    title: str = "notebook-job"

    def run(self, ctx: JobContext) -> PrintPage:
        """The page."""
        ctx.check_cancelled()
        with speaking(self.spoken):
            return print_page(self.notebook, self.ink, self.text)


def _entry(run: RunFolder, manifest: Manifest, ctx: JobContext, *, with_coach: bool) -> Entry:
    made = make_entry(
        run.name,
        run.recipe_file.stat().st_mtime,
        run.state(),
        run.read_recipe(),
        manifest,
        run.read_history(),
        read_notes(run),
    )
    return replace(made, findings=_findings(run, ctx)) if with_coach else made


def _findings(run: RunFolder, ctx: JobContext) -> tuple[Finding, ...]:
    """What the coach says; before there is a model it has nothing to go by."""
    if run.read_history().baseline is None:
        return ()
    return findings(gather(run, ctx))
