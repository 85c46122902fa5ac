"""One trial of a search: an ordinary run, watched while it trains, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import optuna
from filelock import FileLock
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import (
    EpochFinished,
    Event,
    RunFailed,
    RunFinished,
    StageStarted,
    TrialMoved,
)
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.core.study import TrialState, score_of
from finetune_gui.engine import starting_point
from finetune_gui.engine.search_storage import STEPS
from finetune_gui.engine.shared_features import SharedFeatures
from finetune_gui.engine.training import go_on_with

_STOPPED_EARLY = "error-stopped-before-model"
# These say something of the computer or the photos, not of the settings that were tried.
_NOT_ITS_FAULT = (
    *("error-disk-full", "error-no-permission", "error-file-gone", "error-run-photo"),
    *("error-run-in-use", "error-too-few-photos"),
)


@dataclass
class Claimed:
    """A trial that this process works on; ``claim`` is held until the study knows how it ended."""

    trial: optuna.Trial
    claim: FileLock
    run: RunFolder
    recipe: Recipe
    is_default: bool


@dataclass(frozen=True)
class Outcome:
    """How a trial's run stands; ``accuracy`` and ``loss`` are of its best model, where it has one.

    ``cut``: it was stopped because the time was over.
    """

    state: TrialState
    accuracy: float | None = None
    loss: float | None = None
    seconds: float = 0.0
    error: str = ""
    params: dict[str, Any] | None = None
    cut: bool = False


class TrialControl(JobControl):
    """What a trial's run is asked to do: by the user, by the pruner and by the clock.

    Whether the user pauses or stops the search: the run saves its state and can go on exactly
    there. Before it fine-tunes there is nothing to save, so that it is simply ended.
    """

    def __init__(self, outer: JobControl, deadline: float | None) -> None:
        super().__init__()
        self._outer, self._deadline = outer, deadline
        self.fine_tunes = False

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return self._deadline is not None and time.monotonic() > self._deadline

    @property
    def is_interrupted(self) -> bool:
        """Whether the user paused or stopped the search."""
        return self._outer.cancel_requested or self._outer.pause_requested

    @property
    @override
    def cancel_requested(self) -> bool:
        """To end now and keep the best model."""
        if self._cancel.is_set() or self.is_late:
            return True
        return not self.fine_tunes and self.is_interrupted

    @property
    @override
    def pause_requested(self) -> bool:
        """To save the state and end."""
        return self.is_interrupted


class TrialWatch:
    """Hears what a trial's run tells; reports it to the study and ends what promises nothing."""

    def __init__(
        self, claimed: Claimed, control: TrialControl, n_validation: int, ctx: JobContext
    ) -> None:
        self._claimed, self._control, self._ctx = claimed, control, ctx
        self._n_validation = n_validation
        trial = claimed.trial
        frozen = trial.study.get_trials(deepcopy=False)[trial.number]
        # What a run does again after a kill was reported before.
        self._reported = max(frozen.intermediate_values, default=0)
        self.pruned = False

    def hear(self, event: Event) -> None:
        """Take in one event of the run."""
        match event:
            case StageStarted(stage="finetune"):
                self._control.fine_tunes = True
            case EpochFinished():
                self._on_epoch(event)

    def _on_epoch(self, event: EpochFinished) -> None:
        epochs = self._claimed.recipe.train.epochs
        moved = TrialMoved(
            self._claimed.trial.number, "running", event.epoch, epochs, event.val_accuracy
        )
        self._ctx.emit(moved)
        # Shares of a training, not epochs: trials of different lengths are compared by them.
        step = STEPS * event.epoch // max(1, epochs)
        if step <= self._reported:
            return
        score = score_of(event.val_accuracy, event.val_loss, self._n_validation)
        for between in range(self._reported + 1, step + 1):
            self._claimed.trial.report(score, between)
        self._reported = step
        if step < STEPS and not self._claimed.is_default and self._claimed.trial.should_prune():
            self.pruned = True
            self._control.cancel()


def run_trial(
    claimed: Claimed,
    manifest: Manifest,
    paths: AppPaths,
    control: TrialControl,
    ctx: JobContext,
    shared: SharedFeatures,
) -> Outcome:
    """Begin the run of a trial, or go on with it; returns how it stands then.

    Raises:
        UserError: it could not go on for a reason that has nothing to do with its settings.
    """
    known = outcome_of(claimed.run)
    if known.state != "unfinished":  # killed after its end, before the study knew of it
        return known
    if not claimed.run.manifest_file.is_file():
        own = replace(manifest, started_from=starting_point.for_manifest(claimed.recipe.model))
        claimed.run.write_manifest(own)
    n_validation = sum(entry.split == "validation" for entry in manifest.samples)
    watch = TrialWatch(claimed, control, n_validation, ctx)
    try:
        go_on_with(claimed.run, paths, JobContext(watch.hear, control), shared, evaluate=False)
    except Cancelled:
        return Outcome("unfinished")
    except UserError as error:
        if not is_its_fault(error):
            raise
        return Outcome("failed", error=error.key, params=error.params)
    found = outcome_of(claimed.run)
    return replace(found, cut=found.state == "pruned" and not watch.pruned)


def is_its_fault(error: UserError) -> bool:
    """Whether it may be the settings that a training failed."""
    return not error.key.startswith(_NOT_ITS_FAULT)


def outcome_of(run: RunFolder) -> Outcome:
    """How the run of a trial stands by what it told."""
    story = run.read_history()
    match story.end:
        case RunFinished():
            accuracy, loss = best_figures(story)
            state: TrialState = "pruned" if story.end.reason == "stopped" else "complete"
            return Outcome(state, accuracy, loss, story.end.seconds)
        case RunFailed(message=key, params=params) if not key.startswith(
            (*_NOT_ITS_FAULT, _STOPPED_EARLY)
        ):
            return Outcome("failed", error=key, params=params)
        case _:
            return Outcome("unfinished")


def best_figures(story: RunHistory) -> tuple[float | None, float | None]:
    """Validation accuracy and loss of the best model so far."""
    if not story.best_epoch:
        found = story.baseline
        return (None, None) if found is None else (found.val_accuracy, found.val_loss)
    best = next(e for e in reversed(story.epochs) if e.epoch == story.best_epoch)
    return best.val_accuracy, best.val_loss


def tell(claimed: Claimed, outcome: Outcome, n_validation: int, *, counts_cut: bool) -> TrialState:
    """Let the study know how a trial ended; returns the state that it has there.

    A trial that the clock cut short is one that was pruned; with ``counts_cut`` what it came to
    counts, because there is nothing else.
    """
    trial, state = claimed.trial, outcome.state
    if outcome.cut and counts_cut:
        state = "complete"
    noted = {
        "accuracy": outcome.accuracy,
        "loss": outcome.loss,
        "seconds": round(outcome.seconds, 2),
        "cut": outcome.cut,
        "error": outcome.error,
        "params": outcome.params or {},
    }
    for key, value in noted.items():
        trial.set_user_attr(key, value)
    if state == "complete" and outcome.accuracy is not None and outcome.loss is not None:
        score = score_of(outcome.accuracy, outcome.loss, n_validation)
        trial.study.tell(trial, score)
        return "complete"
    pruned = optuna.trial.TrialState.PRUNED
    failed = optuna.trial.TrialState.FAIL
    trial.study.tell(trial, state=pruned if state == "pruned" else failed)
    return "pruned" if state == "pruned" else "failed"
