"""The learning-rate finder on real, tiny networks: the same each time, and nothing left behind."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from torch import nn

from finetune_gui.core.events import Event, LrTrialMoved, LrTried, Progress
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.lr_trials import three_around
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import OptimRecipe, Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry
from finetune_gui.dataset.index import Dataset, open_dataset
from finetune_gui.engine import lr_trials
from finetune_gui.engine.learner import Learner
from finetune_gui.engine.lr_finder import FEWEST_PHOTOS, find_lr, learning_rates, thinned
from finetune_gui.engine.lr_trials import shortened
from finetune_gui.engine.step import NotFiniteError, Stepper
from finetune_gui.jobs.find_lr import FindLr
from finetune_gui.jobs.try_lrs import TryLrs
from tests.helpers import tiny
from tests.helpers.tiny import make_coloured_photos


def tiny_recipe(**values: object) -> Recipe:
    """Smaller still, and mostly frozen: a test has dozens of updates."""
    return tiny.tiny_recipe(
        **{"model__input_size": 32, "model__freeze": "all_but_last_stage", **values}
    )


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def cancelled_at(kind: type[Event]) -> JobContext:
    """A context whose job is cancelled at the first event of a kind."""
    control = JobControl()

    def emit(event: Event) -> None:
        if isinstance(event, kind):
            control.cancel()

    return JobContext(emit, control)


def test_the_same_curve_twice_and_nothing_left(
    dataset: Dataset, paths: AppPaths, ctx: JobContext, events: list[Event], temporary: Path
) -> None:
    first = FindLr(dataset, tiny_recipe(), paths).run(ctx)
    told = [e for e in events if not isinstance(e, Progress)]
    assert [(e.lr, e.loss) for e in told if isinstance(e, LrTried)] == [
        (p.lr, p.loss) for p in first.points
    ]
    assert len(told) == len(first.points), "what happens in a run is not told"
    assert FindLr(dataset, tiny_recipe(), paths).run(ctx) == first
    assert not list(temporary.iterdir())
    assert not paths.runs.exists() or not list(paths.runs.iterdir())
    # However high the rate of the recipe, the test begins at the lowest.
    assert first.points[0].lr == pytest.approx(1e-6)
    assert first.diverged_at is not None, "a rate of 1 destroys any network"
    assert first.diverged_at >= first.points[-1].lr


@pytest.mark.parametrize("when", [Progress, LrTried])
def test_cancel_leaves_nothing(
    dataset: Dataset, paths: AppPaths, temporary: Path, when: type[Event]
) -> None:
    with pytest.raises(Cancelled):
        find_lr(dataset, tiny_recipe(), paths, cancelled_at(when))
    assert not list(temporary.iterdir())


def test_too_few_photos_are_not_tested(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    photos = make_coloured_photos(tmp_path / "few", per_class=4)
    recipe = tiny_recipe()
    found = find_lr(open_dataset(photos, paths, ctx), recipe, paths, ctx)
    assert (found.verdict, found.suggestion, found.points) == ("few_photos", None, ())
    assert FEWEST_PHOTOS > 6
    assert found.reason


def test_a_loss_that_is_no_number_ends_the_test(
    dataset: Dataset, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    step: Callable[..., object] = Stepper.step
    count = Counter[str]()

    def explode(self: Stepper, *args: object) -> object:
        count["steps"] += 1
        if count["steps"] > 20:
            raise NotFiniteError
        return step(self, *args)

    monkeypatch.setattr(Stepper, "step", explode)
    found = find_lr(dataset, tiny_recipe(), paths, ctx)
    assert len(found.points) == 20
    assert found.diverged_at == pytest.approx(learning_rates(OptimRecipe(), 3)[20])


def test_a_frozen_backbone_is_tested_by_its_features(
    dataset: Dataset, paths: AppPaths, ctx: JobContext
) -> None:
    recipe = tiny_recipe(model__freeze="backbone", train__balance_classes=True)
    found = find_lr(dataset, recipe, paths, ctx)
    assert found.points
    assert found.reason


def test_rates_grow_by_one_factor_over_a_pass_of_the_photos() -> None:
    for steps_per_epoch, expected in ((3, 60), (75, 75), (5000, 100)):
        rates = learning_rates(OptimRecipe(), steps_per_epoch)
        assert len(rates) == expected
        factors = [b / a for a, b in pairwise(rates)]
        assert factors == pytest.approx([factors[0]] * len(factors))
        assert (rates[0], rates[-1]) == (pytest.approx(1e-6), pytest.approx(1.0))
    assert learning_rates(OptimRecipe(optimizer="sgd"), 3)[-1] == pytest.approx(10.0)


def test_thinning_keeps_the_shares_of_the_classes() -> None:
    entries = tuple(
        ManifestEntry(f"{label}{i}.png", label, split, "")
        for label, n in (("a", 300), ("b", 100), ("c", 2))
        for split in ("train", "validation")
        for i in range(n)
    )
    manifest = Manifest("photos", ("a", "b", "c"), entries)
    most = {"train": 100, "validation": 1000}
    found = thinned(manifest, 0, most)
    kept = Counter((e.split, e.label) for e in found.samples)
    assert kept["train", "a"] == pytest.approx(75, abs=1)
    assert kept["train", "b"] == pytest.approx(25, abs=1)
    assert kept["train", "c"] == 1
    assert kept["validation", "a"] == 300
    # Augmentation depends on a photo's number, which must not change.
    assert [e.path for e in found.samples] == [e.path for e in entries]
    assert found == thinned(manifest, 0, most)
    assert found != thinned(manifest, 1, most)


@pytest.mark.parametrize(
    ("epochs", "steps_per_epoch", "short", "warmup"),
    [(8, 10, 4, 0.5), (8, 100, 2, 0.25), (1, 10, 1, 1.0), (0, 10, 1, 1.0), (100, 1, 40, 0.4)],
)
def test_a_short_training_is_a_whole_one_made_short(
    epochs: int, steps_per_epoch: int, short: int, warmup: float
) -> None:
    recipe = Recipe.model_validate({"train": {"epochs": epochs, "patience": 3}})
    made = shortened(recipe, steps_per_epoch)
    assert made.train.epochs == short
    assert made.train.patience == 0
    assert made.schedule.warmup_epochs == pytest.approx(warmup)


def test_three_trainings_from_one_baseline(
    dataset: Dataset, paths: AppPaths, ctx: JobContext, events: list[Event], temporary: Path
) -> None:
    found = TryLrs(dataset, tiny_recipe(optim__lr=0.5), 1e-4, paths).run(ctx)
    assert tuple(trial.lr for trial in found.trials) == three_around(1e-4)
    assert all(trial.val_loss is not None for trial in found.trials)
    assert len({trial.val_loss for trial in found.trials}) == 3
    told = [e for e in events if isinstance(e, LrTrialMoved)]
    assert {e.trial for e in told} == {0, 1, 2}
    ends = [e.val_loss for e in told if e.val_loss is not None and e.epoch == 2]
    assert ends == [trial.val_loss for trial in found.trials]
    assert len({e.train_loss for e in told if e.epoch == pytest.approx(1 / 3)}) == 1, (
        "all begin with the same weights and the same photos"
    )
    assert not list(temporary.iterdir())


def test_trainings_that_open_stage_by_stage_open_all_of_them(
    dataset: Dataset, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning: list[int] = []
    make = lr_trials.make_learner

    def count(network: nn.Module, recipe: Recipe) -> Learner:
        learning.append(sum(p.requires_grad for p in network.parameters()))
        return make(network, recipe)

    monkeypatch.setattr(lr_trials, "make_learner", count)
    recipe = tiny_recipe(schedule__head_epochs=1, train__epochs=4)
    found = TryLrs(dataset, recipe, 1e-4, paths).run(ctx)
    assert all(trial.val_loss is not None for trial in found.trials)
    assert len(learning) == 3
    assert set(learning) == {max(learning)}
    assert max(learning) > 2, "not the head alone"


def test_a_training_that_explodes_is_named(
    dataset: Dataset, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    step: Callable[..., object] = Stepper.step

    def explode(self: Stepper, *args: object) -> object:
        if self._optimizer.param_groups[-1]["lr"] > 2e-4:
            raise NotFiniteError
        return step(self, *args)

    monkeypatch.setattr(Stepper, "step", explode)
    found = TryLrs(dataset, tiny_recipe(), 1e-4, paths).run(ctx)
    assert [trial.val_loss is None for trial in found.trials] == [False, False, True]


def test_cancelling_the_trials_leaves_nothing(
    dataset: Dataset, paths: AppPaths, temporary: Path
) -> None:
    with pytest.raises(Cancelled):
        TryLrs(dataset, tiny_recipe(), 1e-4, paths).run(cancelled_at(LrTrialMoved))
    assert not list(temporary.iterdir())
