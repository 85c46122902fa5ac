"""Read searches from disk: one with its trials, or the list of those on some photos."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.study import StudySpec, StudyState, StudyStory, list_studies

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadStudy:
    """All there is to know of the search at ``path`` now.

    ``before`` is what was known of it: what takes long to compute is only computed anew once
    another trial is complete.
    """

    path: Path
    before: StudyStory | None = None
    lane: Lane = Lane.READ
    title: str = "search-job-read"

    def run(self, ctx: JobContext) -> StudyStory:
        """See `finetune_gui.engine.search_story.read_story`."""
        from finetune_gui.engine.search_story import read_story

        ctx.check_cancelled()
        if self.before is not None and self.before.path == self.path:
            story = read_story(self.path, importance=False)
            if _complete(story) == _complete(self.before):
                return replace(story, importance=self.before.importance)
        return read_story(self.path)


def _complete(story: StudyStory) -> int:
    return sum(trial.state == "complete" for trial in story.trials)


@dataclass(frozen=True)
class StudyLine:
    """One search in the list; ``path`` is its folder."""

    path: Path
    spec: StudySpec
    state: StudyState


@dataclass(frozen=True)
class ListStudies:
    """The searches under ``folder``, the newest first; those of one dataset, if it is given."""

    folder: Path
    dataset: str = ""
    lane: Lane = Lane.READ
    title: str = "search-job-read"

    def run(self, ctx: JobContext) -> tuple[StudyLine, ...]:
        """Those that can be read; the others are named in the log."""
        found = []
        for study in list_studies(self.folder):
            ctx.check_cancelled()
            try:
                spec = study.read_spec()
            except (UserError, OSError) as error:
                _logger.info("left out of the list: %s (%s)", study.path, error)
                continue
            if not self.dataset or spec.dataset == self.dataset:
                found.append(StudyLine(study.path, spec, study.state()))
        return tuple(found)
