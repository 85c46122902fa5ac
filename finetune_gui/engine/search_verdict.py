"""Whether the winner of a search is better than the default, judged on other photos.

The best of many trials is partly the luckiest: its validation accuracy is too high by that. So
both recipes are trained anew on the same parts of the training and validation photos, each part
judging the models that have not seen it. The validation photos, which chose the winner, are among
them: a little of its luck stays. The test photos stay out of all of this.

In how many parts is a matter of time. Of k parts each training learns from (k - 1) / k of the
photos, so all of them together cost k - 1 times what both trials cost: every photo judges once,
be it five parts or two, and with fewer parts the models have learned from fewer photos.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats as _untyped_stats
from sklearn.model_selection import StratifiedKFold as _Folds

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event, RunFinished, StageStarted
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.core.study import (
    UNUSED,
    Answer,
    StudyFolder,
    StudyStory,
    TrialRow,
    Verdict,
)
from finetune_gui.engine import starting_point
from finetune_gui.engine.evaluation import evaluate_run, read_evaluation
from finetune_gui.engine.search_trial import TrialControl, is_its_fault
from finetune_gui.engine.shared_features import SharedFeatures
from finetune_gui.engine.training import go_on_with

FOLDS = (5, 3, 2)  # the most that there is time for
_FEWEST_OF_A_CLASS = 3
_FEWEST_TO_VARY = 3  # of how much trainings vary two folds say nothing
_FOR_TRAININGS = 2.0  # how much wider the interval of the photos alone is made then
_AROUND_EPOCHS_S = 2.0  # building the network, and judging
_LEVEL = 0.95
# Neither has type hints.
_stats: Any = _untyped_stats
_stratified: Any = _Folds


def compare(
    folder: StudyFolder,
    story: StudyStory,
    paths: AppPaths,
    ctx: JobContext,
    folds: int | None = None,
) -> Verdict | None:
    """Train the winner and the default on the same folds, and keep the answer in the study.

    ``folds`` None: as many as the time that was kept for it allows. What a run stopped in the
    middle has trained is used the next time. None where there is nothing to compare, or the user
    stopped it.
    """
    winner, default = story.best, story.default
    if winner is None or default is None:
        return None
    verdict = _without_training(story, winner, default, folds)
    if verdict is None:
        verdict = _Comparison(folder, story, paths, ctx).run(winner, _folds(story, folds))
    if verdict is not None:
        folder.write_verdict(verdict)
    return verdict


def wants_comparison(story: StudyStory) -> bool:
    """Whether there is no answer, or one of fewer parts than there is time for now."""
    verdict = story.verdict
    return verdict is None or 0 < verdict.folds < _folds(story, None)


def _without_training(
    story: StudyStory, winner: TrialRow, default: TrialRow, folds: int | None
) -> Verdict | None:
    """The answer where no training is needed for it."""
    ended = [t for t in story.own if t.state in ("complete", "pruned") and not t.cut]
    if all(t.is_default for t in ended):
        return Verdict("only_default", winner.number)
    if default.state == "failed":
        return Verdict("default_failed", winner.number)
    if winner.number == default.number or story.recipe_of(winner) == story.spec.recipe:
        return Verdict("default_won", winner.number)
    if not _folds(story, folds):
        needed = seconds_to_compare((winner, default), FOLDS[0])
        return Verdict("too_short", winner.number, seconds_needed=needed)
    if _smallest_class(StudyFolder(story.path).read_manifest()) < _FEWEST_OF_A_CLASS:
        return Verdict("too_few", winner.number)
    return None


def seconds_to_compare(trials: Iterable[TrialRow], folds: int) -> float:
    """About how long it takes to train these trials' recipes on so many parts."""
    return (folds - 1) * sum(_seconds_of_training(trial) for trial in trials)


def _seconds_of_training(trial: TrialRow) -> float:
    """Without what the first trial got ready for all others, in its first epoch or before."""
    epochs = [] if trial.folder is None else RunFolder(trial.folder).read_history().epochs
    if not epochs:
        return trial.seconds
    usual = statistics.median(epoch.seconds for epoch in epochs)
    return min(trial.seconds, _AROUND_EPOCHS_S + len(epochs) * usual)


def _folds(story: StudyStory, folds: int | None) -> int:
    """Into how many parts the photos are divided; 0 where there is no time for the fewest."""
    seconds, both = story.spec.budget.seconds, (story.best, story.default)
    if folds is not None or seconds is None:
        return folds or FOLDS[0]
    left = story.spec.budget.since + seconds - story.spent
    trials = [t for t in both if t is not None]
    return next((k for k in FOLDS if seconds_to_compare(trials, k) <= left), 0)


def _smallest_class(manifest: Manifest) -> int:
    used = [e.label for e in manifest.samples if _counts(manifest, e.path, e.split)]
    return min((used.count(name) for name in manifest.classes), default=0)


def _counts(manifest: Manifest, path: str, split: str) -> bool:
    return split != UNUSED and path not in manifest.skipped


class _Comparison:
    """The trainings behind a verdict, each in a run folder of its own under ``verdict/``."""

    def __init__(
        self, folder: StudyFolder, story: StudyStory, paths: AppPaths, ctx: JobContext
    ) -> None:
        self._folder, self._story, self._paths, self._ctx = folder, story, paths, ctx
        self._shared = SharedFeatures(folder.features)
        self._manifest = folder.read_manifest()

    def run(self, winner: TrialRow, folds: int) -> Verdict | None:
        """Train fold by fold; None when the user stopped it."""
        recipes = {"winner": self._story.recipe_of(winner), "default": self._story.spec.recipe}
        pairs = []
        manifests = list(fold_manifests(self._manifest, folds, self._story.spec.recipe.seed))
        for number, manifest in enumerate(manifests):
            right = {}
            for place, (name, recipe) in enumerate(recipes.items()):
                self._ctx.progress(2 * number + place, 2 * len(manifests), "search-progress-folds")
                run = RunFolder(self._folder.verdicts / _name(name, winner, len(manifests), number))
                found = self._right(run, recipe, manifest)
                if found is None:
                    return None
                right[name] = found
            pairs.append(_pair(right, manifest))
        return judged(winner.number, pairs)

    def _right(self, run: RunFolder, recipe: Recipe, manifest: Manifest) -> dict[str, bool] | None:
        """Which of the judging photos a training gets right.

        None when the user stopped it; empty when it failed by its settings.
        """
        if not isinstance(run.read_history().end, RunFinished):
            try:
                self._train(run, recipe, manifest)
            except UserError as error:
                if is_its_fault(error):
                    return {}
                raise
        elif read_evaluation(run) is None:  # killed between the training and its evaluation
            evaluate_run(run, "test", self._ctx)
        evaluation = read_evaluation(run)
        if evaluation is None:
            return None
        # Only the answers are needed any more.
        shutil.rmtree(run.checkpoint, ignore_errors=True)
        return {str(j.path): j.truth == j.label for j in evaluation.judged}

    def _train(self, run: RunFolder, recipe: Recipe, manifest: Manifest) -> None:
        if not run.manifest_file.is_file():
            shutil.rmtree(run.path, ignore_errors=True)
            run = RunFolder.create(run.path, recipe)
            started = starting_point.for_manifest(recipe.model)
            run.write_manifest(replace(manifest, started_from=started))
        control = TrialControl(self._ctx.control, None)

        def hear(event: Event) -> None:
            if isinstance(event, StageStarted) and event.stage == "finetune":
                control.fine_tunes = True

        with contextlib.suppress(Cancelled):
            go_on_with(run, self._paths, JobContext(hear, control), self._shared)


def _name(name: str, winner: TrialRow, folds: int, number: int) -> str:
    which = name if name == "default" else f"trial-{winner.number:04d}"
    return f"{which} {number + 1} of {folds}"


def _pair(right: dict[str, dict[str, bool]], manifest: Manifest) -> Pair:
    """Both sides of a fold; who failed in it gets no photo right."""
    judging = [entry.path for entry in manifest.samples if entry.split == "test"]
    photos = list(right["winner"] or right["default"]) or judging
    wrong = dict.fromkeys(photos, False)
    n_train = sum(entry.split == "train" for entry in manifest.samples)
    return Pair(right["winner"] or wrong, right["default"] or wrong, n_train)


@dataclass(frozen=True)
class Pair:
    """Which photos of one fold the winner and the default got right, by path; ``n_train`` photos
    were there to learn from."""

    winner: dict[str, bool]
    default: dict[str, bool]
    n_train: int

    def differences(self) -> list[int]:
        """For each photo of both: 1 where only the winner was right, -1 where only the default."""
        both = sorted(self.winner.keys() & self.default.keys())
        return [int(self.winner[p]) - int(self.default[p]) for p in both]


def judged(winner: int, pairs: Sequence[Pair]) -> Verdict:
    """The answer from all folds.

    Its interval is the wider one of two: `_of_trainings`, since three folds may differ by more
    than their photos would, and `_of_photos`, since they may also agree by chance. How much
    trainings vary cannot be told from two folds: there the second is taken twice as wide, and the
    winner must be ahead in both. By simulation equal recipes are then called better in less than
    2.5 % of all cases, while trainings vary by 2 points on 200 photos or by 1 on 1,000.
    """
    each = [pair.differences() for pair in pairs]
    flat = np.array([d for fold in each for d in fold], dtype=float)
    half = 1.96 * _of_photos(int((flat > 0).sum()), int((flat < 0).sum()), len(flat))
    sure = True
    if len(pairs) >= _FEWEST_TO_VARY:
        half = max(half, _of_trainings(each, [pair.n_train for pair in pairs]))
    else:
        half *= _FOR_TRAININGS
        sure = all(sum(fold) > 0 for fold in each)
    difference = float(flat.mean())
    answer: Answer = "not_better"
    if difference > 0:
        answer = "better" if sure and difference - half > 0 else "chance"
    return Verdict(
        answer,
        winner,
        winner_accuracy=_accuracy([pair.winner for pair in pairs]),
        default_accuracy=_accuracy([pair.default for pair in pairs]),
        difference=difference,
        low=max(-1.0, difference - half),
        high=min(1.0, difference + half),
        folds=len(each),
        photos=len(flat),
    )


def _of_trainings(each: Sequence[Sequence[int]], n_train: Sequence[int]) -> float:
    """Half of the interval by how much folds differ (Nadeau & Bengio 2003).

    Trainings that share most of their photos do not vary as freely as independent ones would, so
    the variance between folds is corrected by the ratio of judging to training photos.
    """
    means = np.array([np.mean(fold) for fold in each])
    ratio = float(np.mean([len(d) / n for d, n in zip(each, n_train, strict=True)]))
    between = math.sqrt((1 / len(each) + ratio) * float(np.var(means, ddof=1)))
    return float(_stats.t.ppf(0.5 + _LEVEL / 2, len(each) - 1)) * between


def _of_photos(winner_alone: int, default_alone: int, photos: int) -> float:
    """The standard error of the difference by the photos that only one of both got right.

    Half a photo is added to each kind of answer (Agresti & Min 2005): that two models agree on
    all of some photos does not mean that they would on all others.
    """
    n, b, c = photos + 2, winner_alone + 0.5, default_alone + 0.5
    return math.sqrt(b + c - (b - c) ** 2 / n) / n


def _accuracy(folds: Sequence[dict[str, bool]]) -> float:
    return float(np.mean([right for fold in folds for right in fold.values()]))


def fold_manifests(manifest: Manifest, folds: int, seed: int) -> Iterator[Manifest]:
    """The photos of training and validation, each in the judging part ("test") of one fold.

    Of the others, the same share of each class as in ``manifest`` chooses the best epoch.
    """
    samples = manifest.samples
    used = [i for i, e in enumerate(samples) if _counts(manifest, e.path, e.split)]
    labels = [samples[i].label for i in used]
    n_validation = sum(samples[i].split == "validation" for i in used)
    share = n_validation / max(1, len(used))
    k = min(folds, _smallest_class(manifest))
    splitter: Any = _stratified(n_splits=k, shuffle=True, random_state=seed)
    for number, (rest, held) in enumerate(splitter.split(np.zeros(len(used)), labels)):
        splits = dict.fromkeys(range(len(samples)), UNUSED)
        splits |= dict.fromkeys((used[i] for i in held), "test")
        splits |= dict.fromkeys((used[i] for i in rest), "train")
        order = np.random.RandomState(seed + number)
        for label in manifest.classes:
            members = [used[i] for i in rest if labels[i] == label]
            n = min(len(members) - 1, max(1, round(share * len(members))))
            splits |= dict.fromkeys(order.permutation(members)[:n].tolist(), "validation")
        yield replace(
            manifest,
            samples=tuple(replace(e, split=splits[i]) for i, e in enumerate(samples)),
        )
