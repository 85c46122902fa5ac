"""Whole runs whose stages open one after the other, and go back where one does not help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from finetune_gui.core.events import EpochFinished, Event, RunFinished, StageJudged, StepFinished
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import baseline
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.model_file import load_model, read_info
from finetune_gui.engine.training import resume, train
from finetune_gui.engine.validation import Validation
from tests.helpers.tiny import tiny_recipe

BASELINE = 0.93
Start = Callable[..., RunFolder]
# The head in epoch 1, the last stage in 2 and 3, the one before it in 4 and 5, one more in 6.
STAGED = {
    "schedule__head_epochs": 1,
    "schedule__stage_epochs": 2,
    "train__epochs": 6,
    "train__patience": 0,
}


@pytest.fixture
def start(dataset: Dataset, paths: AppPaths, tmp_path: Path) -> Start:
    """Trains a very small network into a new folder; keywords change the recipe."""

    def run(ctx: JobContext, name: str = "run", **values: object) -> RunFolder:
        small = {
            "model__backbone": "test_resnet.r160_in1k",
            "model__pretrained": False,
            "model__input_size": 32,
            "train__threads": 1,
            "train__batch_size": 6,
        }
        recipe = tiny_recipe(**{**small, **STAGED, **values})
        return train(dataset, recipe, tmp_path / name, paths, ctx)

    return run


@pytest.fixture
def accuracies(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Decides how well each epoch from 1 does; the baseline gets `BASELINE`."""

    def judge_as(*values: float) -> None:
        def validate(tuner: FineTuner) -> Validation:
            return Validation(1.0, values[tuner.state.epoch], 0.5)

        monkeypatch.setattr(FineTuner, "validate", validate)
        monkeypatch.setattr(baseline, "score", lambda *_: Validation(1.0, BASELINE, BASELINE))

    return judge_as


class Snapshots:
    """The weights of the last state on disk after each epoch."""

    def __init__(self, run: Path) -> None:
        self.ctx = JobContext(self._look)
        self.events: list[Event] = []
        self.after: list[dict[str, Tensor]] = []
        self._run = run

    def _look(self, event: Event) -> None:
        self.events.append(event)
        if event.kind == "checkpoint":
            last = load_file(self._run / "checkpoint" / "last.safetensors")
            self.after.append({k: t for k, t in last.items() if k.startswith("network.")})

    def moved(self, epoch: int) -> set[str]:
        """The parts of the network that changed in an epoch."""
        before, after = self.after[epoch - 1], self.after[epoch]
        return {k.split(".")[1] for k in after if not torch.equal(before[k], after[k])}


def judged(run: RunFolder) -> list[tuple[int, bool]]:
    return [(s.stage, s.kept) for s in run.read_history().stages]


def same_bits(first: RunFolder, second: RunFolder) -> bool:
    names = ("model.safetensors", "checkpoint/last.safetensors", "checkpoint/best.safetensors")
    pairs = [(load_file(first.path / n), load_file(second.path / n)) for n in names]
    return all(a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a) for a, b in pairs)


def test_stages_open_one_after_the_other(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.96, 0.97, 0.98, 0.99, 1.0)
    seen = Snapshots(tmp_path / "run")
    run = start(seen.ctx)
    assert seen.moved(1) == {"fc"}
    assert seen.moved(2) == seen.moved(3) == {"fc", "layer4"}
    assert seen.moved(5) == {"fc", "layer4", "layer3"}
    assert seen.moved(6) == {"fc", "layer4", "layer3", "layer2"}
    assert judged(run) == [(0, True), (1, True), (2, True), (3, True)]
    gains = [round(s.gain, 6) for s in run.read_history().stages[1:]]
    assert gains == [0.02, 0.02, 0.01]


def test_a_stage_that_does_not_help_is_undone_and_learns_no_more(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.9, 0.94, 0.96, 0.97, 0.5)
    seen = Snapshots(tmp_path / "run")
    run = start(seen.ctx)
    assert judged(run) == [(0, True), (1, False), (2, True), (3, False)]
    for name, tensor in seen.after[1].items():
        assert torch.equal(seen.after[3][name], tensor), name  # as they were after the head
        assert torch.equal(seen.after[6][name], seen.after[5][name]), name
    assert seen.moved(4) == seen.moved(5) == {"fc", "layer3"}
    stage = run.read_history().stages[1]
    assert (stage.epoch, stage.val_accuracy, round(stage.gain, 6)) == (3, 0.94, -0.01)
    end = run.read_history().end
    assert isinstance(end, RunFinished)
    assert (end.winner_epoch, read_info(run.path).epoch) == (5, 5)
    assert "stays frozen" in run.log_file.read_text(encoding="utf-8")


def test_going_back_takes_the_best_and_not_the_last(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.99, 0.9, 0.8, 0.8, 0.8)
    seen = Snapshots(tmp_path / "run")
    start(seen.ctx)
    assert all(torch.equal(seen.after[5][k], t) for k, t in seen.after[2].items())
    model = load_file(tmp_path / "run" / "model.safetensors")
    assert all(torch.equal(seen.after[6][f"network.{k}"], t) for k, t in model.items())


def test_a_head_that_does_not_help_begins_again_at_the_baseline(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.0, 0.99, 1.0, 1.0, 1.0, 1.0)
    seen = Snapshots(tmp_path / "run")
    run = start(seen.ctx)
    assert judged(run)[0] == (0, False)
    assert all(torch.equal(seen.after[1][k], t) for k, t in seen.after[0].items())


def test_everything_may_be_kept(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.9, 0.9, 0.9, 0.9, 0.9)
    seen = Snapshots(tmp_path / "run")
    run = start(seen.ctx, schedule__keep_only_gains=False)
    assert judged(run) == [(0, True), (1, True), (2, True), (3, True)]
    assert "layer4" in seen.moved(5)
    assert not (run.checkpoint / "best.safetensors").exists()


def test_the_head_and_then_all_at_once(
    start: Start, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.96, 0.97, 0.98)
    seen = Snapshots(tmp_path / "run")
    run = start(seen.ctx, schedule__stage_epochs=0, train__epochs=4)
    assert seen.moved(1) == {"fc"}
    assert {"conv1", "layer1", "layer2", "layer3", "layer4", "fc"} <= seen.moved(2)
    (head, rest) = run.read_history().stages
    assert (head.stage, head.opened, rest.opened) == (0, 0, rest.stage)
    assert rest.stage > 3


def test_patience_waits_for_the_last_stage(
    start: Start, ctx: JobContext, accuracies: Callable[..., None]
) -> None:
    accuracies(*(0.0,) * 12)
    run = start(ctx, train__epochs=12, train__patience=1)
    history = run.read_history()
    assert isinstance(history.end, RunFinished)
    assert history.end.reason == "early_stop"
    assert history.epochs[-1].epoch > 6
    assert history.stages[-1].epoch == history.epochs[-1].epoch


def test_without_stages_nothing_is_judged(start: Start, ctx: JobContext) -> None:
    plain = {"schedule__head_epochs": 0, "schedule__stage_epochs": 0, "train__epochs": 1}
    run = start(ctx, **plain)
    assert not run.read_history().stages
    assert not (run.checkpoint / "best.safetensors").exists()


def paused_at(number: int) -> JobContext:
    control = JobControl()

    def emit(event: Event) -> None:
        if isinstance(event, StepFinished) and event.step == number:
            control.pause()

    return JobContext(emit, control)


@pytest.mark.parametrize(
    "values",
    [
        {"optim__weight_average": 0.9, "optim__optimizer": "sgd"},
        {"model__backbone": "test_vit.r160_in1k", "model__adapter": "lora", "model__head": "mlp"},
    ],
    ids=["average", "lora"],
)
def test_stopped_anywhere_and_resumed_it_ends_the_same(
    start: Start,
    paths: AppPaths,
    ctx: JobContext,
    accuracies: Callable[..., None],
    values: dict[str, object],
) -> None:
    accuracies(0.95, 0.9, 0.94, 0.96, 0.97, 0.5)
    whole = start(ctx, "whole", **values)
    assert len(whole.read_history().steps) == 12
    cut = start(paused_at(1), "cut", **values)  # with the head alone
    for number in (4, 7, 10):  # at the end of an epoch, after going back, in the last stage kept
        resume(cut.path, paths, paused_at(number))
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)
    told = [(s.stage, s.gain, s.kept) for s in whole.read_history().stages]
    assert told == [(s.stage, s.gain, s.kept) for s in cut.read_history().stages]
    mine, theirs = cut.read_history().epochs, whole.read_history().epochs
    assert [(e.epoch, e.train_loss) for e in mine] == [(e.epoch, e.train_loss) for e in theirs]
    assert not any("lora" in name for name in load_file(cut.model_file))


def test_killed_while_a_stage_is_judged_it_ends_the_same(
    start: Start, paths: AppPaths, tmp_path: Path, accuracies: Callable[..., None]
) -> None:
    accuracies(0.95, 0.9, 0.94, 0.96, 0.97, 0.5)
    whole = start(JobContext(lambda _event: None), "whole")

    class Killed(BaseException):
        pass

    def kill(event: Event) -> None:
        if isinstance(event, StageJudged) and event.stage == 1:
            raise Killed

    with pytest.raises(Killed):
        start(JobContext(kill), "cut")
    resume(tmp_path / "cut", paths, JobContext(lambda _event: None))
    cut = RunFolder.open(tmp_path / "cut")
    assert same_bits(whole, cut)
    assert judged(cut) == judged(whole)


def test_real_photos_and_a_real_network(dataset: Dataset, paths: AppPaths, tmp_path: Path) -> None:
    """Nothing is decided from outside: head, then the last stage, of pretrained weights."""
    recipe = tiny_recipe(
        schedule__head_epochs=1,
        schedule__stage_epochs=1,
        train__epochs=3,
        model__freeze="all_but_last_two_stages",
        model__head="mlp",
        model__pooling="both",
    )
    run = train(dataset, recipe, tmp_path / "run", paths, JobContext(lambda _event: None))
    history = run.read_history()
    assert [s.stage for s in history.stages] == [0, 1, 2]
    assert history.baseline is not None
    reached = [history.baseline.val_accuracy]
    for stage in history.stages:
        assert stage.gain == pytest.approx(stage.val_accuracy - reached[-1])
        reached.append(max(reached[-1], stage.val_accuracy))
    assert isinstance(history.end, RunFinished)
    assert history.end.val_accuracy == pytest.approx(reached[-1])
    assert load_model(run.path).info.head == "mlp"
    assert [e.epoch for e in history.epochs if isinstance(e, EpochFinished)] == [1, 2, 3]
