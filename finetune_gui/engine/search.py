"""The search for the best settings: trial after trial until the budget is used up.

Each trial is a run of its own. Optuna's storage says which trials there are and what they came to;
a lock of the operating system beside each says whether a process works on it. So several processes
share a study, and whatever is killed at whatever moment, the next one to look finds the trial that
nobody works on and goes on with its run: none is lost, and none is done twice.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock, Timeout
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as Stored

from finetune_gui.core.errors import RecipeError, RunError, UserError
from finetune_gui.core.events import TrialMoved
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.search_space import values_in
from finetune_gui.core.study import (
    Budget,
    StudyFolder,
    StudySpec,
    StudyState,
    StudyStory,
    recipe_for,
)
from finetune_gui.engine.search_clock import SearchClock
from finetune_gui.engine.search_create import widened
from finetune_gui.engine.search_earlier import trials_from_earlier
from finetune_gui.engine.search_storage import (
    draw,
    lock_beside,
    open_study,
    sampler_for,
    shares_lock,
)
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.search_trial import Claimed, Outcome, TrialControl, run_trial, tell
from finetune_gui.engine.search_verdict import compare, wants_comparison
from finetune_gui.engine.shared_features import SharedFeatures

_ENOUGH_FAILED = 3  # in a row: it is not the settings
# What is not worth beginning: it would be ended when the time is over.
_FEWEST_SECONDS = 1.0
_WORTH_BEGINNING = 0.7  # of the time that the quickest trial took
_GONE_AFTER = timedelta(minutes=2)


def go_on(path: Path, paths: AppPaths, ctx: JobContext, more: Budget | None = None) -> StudyStory:
    """Search in the study at ``path`` until its budget is used up, and compare with the default.

    With ``more`` it has that budget from now on. Paused, stopped or out of time: the trial that
    was going on can go on later, and the best so far stands.

    Raises:
        RunError: there is no study, or its storage cannot be reached.
        UserError: something that has nothing to do with the settings went wrong.
    """
    folder = StudyFolder(path)
    spec = folder.read_spec()
    if more is not None:
        spec = widened(folder, spec, more)
    with _working(folder):
        search = _Search(folder, spec, paths, ctx)
        state: StudyState = "interrupted"
        try:
            state = search.run()
        finally:
            search.clock.keep(state)
    _tidy(folder)
    return read_story(path)


def compare_now(path: Path, folds: int, paths: AppPaths, ctx: JobContext) -> StudyStory:
    """Compare the best trial of a study with the default, however long that takes.

    Raises:
        RunError: there is no study.

    Where the user stops it, the study has no answer; what was trained is used the next time.
    """
    folder = StudyFolder(path)
    with _working(folder):
        compare(folder, read_story(path), paths, ctx, folds=folds)
    _tidy(folder)
    return read_story(path)


def _tidy(folder: StudyFolder) -> None:
    """Features may take gigabytes: they go once no process needs them for a next trial."""
    if folder.state() in ("done", "stopped"):
        shutil.rmtree(folder.features, ignore_errors=True)


@contextmanager
def _working(folder: StudyFolder) -> Iterator[None]:
    """Show others that a process works on the study, for as long as it does."""
    folder.workers.mkdir(exist_ok=True)
    path = folder.workers / f"{secrets.token_hex(6)}.lock"
    with FileLock(path):
        yield
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


class _Search:
    """One process at work on a study."""

    def __init__(
        self, folder: StudyFolder, spec: StudySpec, paths: AppPaths, ctx: JobContext
    ) -> None:
        self._folder, self._spec, self._paths, self._ctx = folder, spec, paths, ctx
        self._manifest = folder.read_manifest()
        self._n_validation = sum(e.split == "validation" for e in self._manifest.samples)
        self._study = open_study(folder, spec)
        self._shared = SharedFeatures(folder.features)
        self._lock = lock_beside(folder, spec.storage)
        self.clock = SearchClock(folder, spec.budget)
        self._failed_in_a_row = 0

    def run(self) -> StudyState:
        """Trial after trial; then the comparison."""
        with self._lock:
            self._prepare()
        while True:
            if self._wants_to_end():
                return self._how_it_ends()
            claimed = self._next()
            if claimed is None and self._wants_to_end():
                return self._how_it_ends()
            if claimed is None:
                break
            try:
                if self._work(claimed).state == "unfinished" and self._wants_to_end():
                    return self._how_it_ends()
            finally:
                claimed.claim.release()
        self.clock.end()
        self._judge()
        return self._how_it_ends() if self._wants_to_end() else "done"

    def _wants_to_end(self) -> bool:
        control = self._ctx.control
        return control.cancel_requested or control.pause_requested

    def _how_it_ends(self) -> StudyState:
        return "stopped" if self._ctx.control.cancel_requested else "paused"

    # ---- trials

    def _prepare(self) -> None:
        """Put the default first, and what earlier searches on the same photos found out."""
        study = self._study
        if any(t.user_attrs.get("default") for t in study.get_trials(deepcopy=False)):
            return
        values = values_in(self._spec.recipe, self._spec.searched)
        near = {d.key: d.nearest(values[d.key]) for d in self._spec.searched}
        study.enqueue_trial(near, user_attrs={"default": True})
        for trial in trials_from_earlier(self._folder, self._spec):
            study.add_trial(trial)

    def _next(self) -> Claimed | None:
        """A trial that nobody works on, or a new one; None when the budget is used up."""
        # Settings that are not possible are drawn anew, but not for ever.
        while not self._wants_to_end():
            with self._lock:
                claimed = self._orphan()
                if claimed is not None or not self._may_begin():
                    return claimed
                claimed = self._new()
            if claimed is not None:
                return claimed
        return None

    def _orphan(self) -> Claimed | None:
        """A trial that was begun in this folder and on which no process works any more."""
        if self.clock.is_late:
            return None
        for frozen in self._study.get_trials(deepcopy=False, states=(Stored.RUNNING,)):
            if not self._is_ours(frozen):
                continue
            claim = self._claim(frozen.number)
            if claim is None:
                continue
            if not self._is_running(frozen.number):  # whoever worked on it is through just now
                claim.release()
                continue
            trial = optuna.Trial(self._study, frozen._trial_id)  # what `ask` does after it made one
            found = self._as_claimed(trial, claim)
            if found is not None:
                return found
        return None

    def _is_running(self, number: int) -> bool:
        return self._study.get_trials(deepcopy=False)[number].state is Stored.RUNNING

    def _is_ours(self, frozen: FrozenTrial) -> bool:
        place = frozen.user_attrs.get("place")
        if place is not None:
            return bool(place == self._spec.place)
        # Killed between making it and naming its place, which happens under one lock.
        if shares_lock(self._spec.storage):
            return True
        begun = frozen.datetime_start
        return begun is not None and datetime.now(UTC) - begun.astimezone() > _GONE_AFTER

    def _new(self) -> Claimed | None:
        known = len(self._study.get_trials(deepcopy=False))
        self._study.sampler = sampler_for(self._spec, known)
        trial = self._study.ask()
        claim = self._claim(trial.number)
        if claim is None:
            raise RunError("error-search-broken", path=str(self._folder.path))
        return self._as_claimed(trial, claim)

    def _claim(self, number: int) -> FileLock | None:
        claim = FileLock(self._folder.workers / f"trial-{number:04d}.claim")
        try:
            # Whoever only looks holds it as well, for less than a millisecond.
            claim.acquire(timeout=0.1, poll_interval=0.02)
        except Timeout:
            return None
        return claim

    def _as_claimed(self, trial: optuna.Trial, claim: FileLock) -> Claimed | None:
        """The trial with its values and its run folder; None when its settings are not possible."""
        try:
            trial.set_user_attr("place", self._spec.place)
            drawn = {d.key: draw(trial, d) for d in self._spec.searched}
            is_default = bool(trial.user_attrs.get("default")) and _is_first_default(trial)
            values = values_in(self._spec.recipe, self._spec.searched) if is_default else drawn
            trial.set_user_attr("values", values)
            recipe = recipe_for(self._spec, values, default=is_default)
            run = self._folder_for(trial.number, recipe)
        except RecipeError as error:
            trial.set_user_attr("error", error.key)
            trial.set_user_attr("params", error.params)
            trial.study.tell(trial, state=Stored.FAIL)
            claim.release()
            return None
        except BaseException:
            claim.release()
            raise
        return Claimed(trial, claim, run, recipe, is_default)

    def _folder_for(self, number: int, recipe: Recipe) -> RunFolder:
        run = RunFolder(self._folder.trial(number))
        if run.recipe_file.is_file():
            return run
        # Killed while the folder was made: there is nothing in it yet.
        shutil.rmtree(run.path, ignore_errors=True)
        return RunFolder.create(run.path, recipe)

    # ---- budget

    def _may_begin(self) -> bool:
        self.clock.learn_comparison()
        own = self._own()
        most = self._spec.budget.trials
        begun = sum(t.state is not Stored.WAITING for t in own)
        if most is not None and begun >= most:
            return False
        return self._is_worth_beginning(own)

    def _is_worth_beginning(self, own: list[FrozenTrial]) -> bool:
        left = self.clock.left
        if left is None:
            return True
        took = [float(t.user_attrs.get("seconds", 0)) for t in own if t.state is Stored.COMPLETE]
        # The first one also got ready what later ones share, and says little of them.
        expected = min(took) if len(took) > 1 else 0.0
        return left > max(_FEWEST_SECONDS, _WORTH_BEGINNING * expected)

    # ---- work

    def _work(self, claimed: Claimed) -> Outcome:
        """Do a trial and tell the study how it ended."""
        number, epochs = claimed.trial.number, claimed.recipe.train.epochs
        self._folder.forget_uncompared()
        self.clock.keep()
        self._tell_progress()
        self._ctx.emit(TrialMoved(number, "running", 0, epochs))
        left = self.clock.left
        deadline = None if left is None else time.monotonic() + left
        control = TrialControl(self._ctx.control, deadline)
        heard = JobContext(self._hear, self._ctx.control)
        begun = time.monotonic()
        outcome = run_trial(claimed, self._manifest, self._paths, control, heard, self._shared)
        if outcome.state == "unfinished":
            self._ctx.emit(TrialMoved(number, "unfinished", 0, epochs))
            return outcome
        if not outcome.seconds:
            outcome = replace(outcome, seconds=time.monotonic() - begun)
        self._learn_skipped(claimed.run)
        state = tell(claimed, outcome, self._n_validation, counts_cut=not self._has_complete())
        self._ctx.emit(TrialMoved(number, state, epochs, epochs, outcome.accuracy))
        self._stop_if_hopeless(outcome)
        return outcome

    def _hear(self, event: Any) -> None:
        self._ctx.emit(event)
        self.clock.keep_now_and_then()
        self._tell_progress()

    def _tell_progress(self) -> None:
        budget = self._spec.budget
        whole, left = self.clock.whole, self.clock.left
        if whole is not None and left is not None:
            done = min(whole, max(0.0, whole - left))
            self._ctx.progress(int(done), int(whole), "search-progress-time")
        elif budget.trials is not None:
            done = sum(t.state.is_finished() for t in self._own())
            self._ctx.progress(done, budget.trials, "search-progress-trials")

    def _own(self) -> list[FrozenTrial]:
        trials = self._study.get_trials(deepcopy=False)
        return [t for t in trials if "study" not in t.user_attrs]

    def _has_complete(self) -> bool:
        return any(t.state is Stored.COMPLETE for t in self._own())

    def _learn_skipped(self, run: RunFolder) -> None:
        """Photos that turned out to be unreadable need not be tried again."""
        skipped = run.read_manifest().skipped if run.manifest_file.is_file() else {}
        if skipped.keys() - self._manifest.skipped.keys():
            self._manifest = replace(self._manifest, skipped=self._manifest.skipped | skipped)
            self._folder.write_manifest(self._manifest)

    def _stop_if_hopeless(self, outcome: Outcome) -> None:
        self._failed_in_a_row = self._failed_in_a_row + 1 if outcome.state == "failed" else 0
        if self._failed_in_a_row >= _ENOUGH_FAILED:
            raise UserError(outcome.error, **(outcome.params or {}))

    def _judge(self) -> None:
        """Compare the winner with the default, unless another process still has a trial."""
        with self._lock:
            others = any(
                t.state is Stored.RUNNING and self._is_ours(t) and self._is_worked_on(t.number)
                for t in self._own()
            )
        if others:
            return
        with contextlib.suppress(Timeout), FileLock(self._folder.workers / "verdict.claim", 0):
            story = read_story(self._folder.path)
            while wants_comparison(story):
                compare(self._folder, story, self._paths, self._ctx)
                compared, story = story.best, read_story(self._folder.path)
                if story.best == compared:  # else another process found a better one meanwhile
                    break

    def _is_worked_on(self, number: int) -> bool:
        claim = self._claim(number)
        if claim is not None:
            claim.release()
        return claim is None


def _is_first_default(trial: optuna.Trial) -> bool:
    """Two hosts may each have put the default first at the same moment: one of them counts."""
    trials = trial.study.get_trials(deepcopy=False)
    return trial.number == min(t.number for t in trials if t.user_attrs.get("default"))
