"""Reads what a study came to so far, as plain values; changes nothing and needs no torch."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as Stored

from finetune_gui.core.history import RunHistory
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.study import (
    StudyFolder,
    StudySpec,
    StudyStory,
    TrialRow,
    TrialState,
    is_held,
)
from finetune_gui.engine.search_storage import open_study

FEWEST_FOR_IMPORTANCE = 6  # complete trials that differ
_STATES: dict[Stored, TrialState] = {
    Stored.COMPLETE: "complete",
    Stored.PRUNED: "pruned",
    Stored.FAIL: "failed",
}


def read_story(path: Path, *, importance: bool = True) -> StudyStory:
    """All there is to know of the study at ``path`` now.

    Raises:
        RunError: there is no study, or its storage cannot be reached.
    """
    folder = StudyFolder(path)
    spec = folder.read_spec()
    spent = folder.read_state()[1]
    story = StudyStory(path, spec, folder.state(), verdict=folder.read_verdict(), spent=spent)
    if not spec.storage and not folder.journal.exists():
        return story  # nobody has begun: to look must not make a study in it
    study = open_study(folder, spec)
    frozen = study.get_trials(deepcopy=False)
    default = min((t.number for t in frozen if t.user_attrs.get("default")), default=-1)
    rows = tuple(
        _row(folder, spec, t, is_default=t.number == default)
        for t in frozen
        if t.state is not Stored.WAITING
    )
    weights = _importance(study, frozen) if importance else {}
    return _with_its_verdict(replace(story, trials=rows, importance=weights))


def _with_its_verdict(story: StudyStory) -> StudyStory:
    """Another computer may have found a better trial since: the answer was about the one before."""
    best, verdict = story.best, story.verdict
    if verdict is not None and (best is None or best.number != verdict.winner):
        return replace(story, verdict=None)
    return story


def _row(folder: StudyFolder, spec: StudySpec, trial: FrozenTrial, *, is_default: bool) -> TrialRow:
    noted = trial.user_attrs
    run = RunFolder(folder.trial(trial.number))
    is_here = noted.get("place") == spec.place and run.recipe_file.is_file()
    row = TrialRow(
        number=trial.number,
        state=_STATES.get(trial.state, "running"),
        values=dict(noted.get("values") or {}),
        accuracy=noted.get("accuracy"),
        loss=noted.get("loss"),
        score=trial.value if trial.state is Stored.COMPLETE else None,
        seconds=float(noted.get("seconds", 0.0)),
        is_default=is_default,
        cut=bool(noted.get("cut")),
        folder=run.path if is_here else None,
        error=str(noted.get("error", "")),
        params=dict(noted.get("params") or {}),
    )
    if "study" in noted:
        return replace(row, state="earlier", study=str(noted["study"]))
    if trial.state is Stored.RUNNING and is_here:
        return _live(folder, row, run)
    return row


def _live(folder: StudyFolder, row: TrialRow, run: RunFolder) -> TrialRow:
    """A trial that is not over, with what its run tells."""
    story: RunHistory = run.read_history()
    last = story.epochs[-1] if story.epochs else None
    worked_on = is_held(folder.workers / f"trial-{row.number:04d}.claim")
    return replace(
        row,
        state="running" if worked_on else "unfinished",
        epoch=0 if last is None else last.epoch,
        epochs=0 if story.started is None else story.started.epochs,
        accuracy=None if last is None else last.val_accuracy,
    )


def _importance(study: optuna.Study, trials: list[FrozenTrial]) -> dict[str, float]:
    """How much each field has to do with the differences between trials (sums to 1).

    By the variance that trees explain (Hutter et al. 2014, fANOVA).
    """
    done = [t for t in trials if t.state is Stored.COMPLETE]
    if len(done) < FEWEST_FOR_IMPORTANCE or len({t.value for t in done}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    try:
        found: dict[str, Any] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except (RuntimeError, ValueError):  # all alike in what they have in common
        return {}
    return {key: float(v) for key, v in found.items() if math.isfinite(v)}
