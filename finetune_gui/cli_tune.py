"""What ``tune`` prints: JSON for scripts, a few lines for people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from finetune_gui.core.study import StudyStory, TrialRow
from finetune_gui.core.study_words import changes_of, verdict_words


def tune_result(story: StudyStory) -> tuple[dict[str, Any], list[str]]:
    """The JSON of a search and its lines, in the language now set."""
    best, default = story.best, story.default
    data = {
        "study": str(story.path),
        "state": story.state,
        "seconds": round(story.spent, 1),
        "default": None if default is None else _trial(default),
        "best": None if best is None else _trial(best),
        "advised": None if story.advised is None else story.advised.number,
        "importance": story.importance,
        "verdict": None if story.verdict is None else asdict(story.verdict),
        "trials": [_trial(trial) for trial in story.trials],
    }
    return data, _lines(story)


def _trial(trial: TrialRow) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state,
        "accuracy": trial.accuracy,
        "loss": trial.loss,
        "seconds": trial.seconds,
        "values": trial.values,
        "default": trial.is_default,
        "run": None if trial.folder is None else str(trial.folder),
    }


def _lines(story: StudyStory) -> list[str]:
    words = verdict_words(story)
    lines = [words.heading, words.text] if words.text else [words.heading]
    shown = story.offered or story.default
    if shown is not None and not shown.is_default:
        lines += [f"  {line}" for line in changes_of(story, shown)]
    if shown is not None and shown.folder is not None:
        lines.append(str(shown.folder))
    lines.append(str(story.path))
    return lines
