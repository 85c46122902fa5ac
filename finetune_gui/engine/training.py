"""A whole run: look at the photos, baseline, fine-tuning, evaluation; and how one is resumed."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor

from finetune_gui.core import atomic
from finetune_gui.core.errors import (
    DatasetError,
    PhotoError,
    RecipeError,
    RunError,
    UserError,
    as_user_error,
)
from finetune_gui.core.events import (
    BaselineFinished,
    Ending,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StageStarted,
)
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.index import Dataset, Split
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine import backbones, catalogue, evaluation, network, weights_store
from finetune_gui.engine.checkpoint import (
    TrainState,
    has_checkpoint,
    load_checkpoint,
)
from finetune_gui.engine.devices import choose_device, describe
from finetune_gui.engine.estimate import Counts, estimate_seconds, measured_in
from finetune_gui.engine.finetune import FineTuner, judge, make_learner
from finetune_gui.engine.head import Labelled, class_weights, fit_linear_head
from finetune_gui.engine.inference import infer, to_device
from finetune_gui.engine.loading import Unreadable
from finetune_gui.engine.model_file import ModelInfo, read_info, save_model
from finetune_gui.engine.preflight import threads_of_torch
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.step import free_cached_memory
from finetune_gui.engine.team import Team, folder_of_its_own, team_of_process
from finetune_gui.engine.workspace import Photos, Workspace

log = logging.getLogger(__name__)
_GONE = ("error-photo-gone", "error-photo-changed")
_PACKAGES = ("torch", "torchvision", "timm", "numpy", "pillow", "scikit-learn")


def train(
    dataset: Dataset, recipe: Recipe, out: Path, paths: AppPaths, ctx: JobContext
) -> RunFolder:
    """Train on ``dataset`` as ``recipe`` says, into the new run folder ``out``.

    Raises:
        Cancelled: stopped before there was a model.
        UserError: it could not be done; the run folder says why.
    """
    with _team_for(recipe) as team:
        _check_batch(team, recipe)
        if not team.is_first:
            return _help(team, paths)
        run = RunFolder.create(out, recipe)
        with run.locked():
            run.write_manifest(make_manifest(dataset, recipe))
            _lead(team, run, paths, ctx)
        return run


def resume(path: Path, paths: AppPaths, ctx: JobContext) -> RunFolder:
    """Go on with a run that was paused, killed or failed, exactly where it was.

    Raises:
        Cancelled: stopped before there was a model.
        RunError: there is no run, it is over, or another process trains in it.
        UserError: as for `train`.
    """
    run = RunFolder.open(path)
    if isinstance(run.read_history().end, RunFinished):
        raise RunError("error-run-finished", path=str(path))
    with _team_for(run.read_recipe()) as team:
        if not team.is_first:
            return _help(team, paths)
        with run.locked():
            atomic.sweep(run.path)
            _lead(team, run, paths, ctx)
        return run


def _team_for(recipe: Recipe) -> AbstractContextManager[Team]:
    return team_of_process(cpu=choose_device(recipe.train.device).type == "cpu")


def _check_batch(team: Team, recipe: Recipe) -> None:
    """Every process needs a photo of each batch."""
    if recipe.train.batch_size < team.size:
        batch = recipe.train.batch_size
        raise RecipeError("error-team-too-large", processes=team.size, batch=batch)


def _lead(team: Team, run: RunFolder, paths: AppPaths, ctx: JobContext) -> None:
    """Train in ``run``, with the help of the others in the team."""
    team.of_first(lambda: run.path)
    team.gather("copied")  # nothing may change before
    _work(run, paths, ctx, team)


def _help(team: Team, paths: AppPaths) -> RunFolder:
    """Do what the first process does, but write and tell nothing: returns the first one's run."""
    run = RunFolder.open(team.of_first(Path))
    with folder_of_its_own(run) as copy:
        team.gather("copied")
        _work(copy, paths, JobContext(lambda _event: None, JobControl()), team)
    return run


def make_manifest(dataset: Dataset, recipe: Recipe) -> Manifest:
    """What the run will learn from: every photo with its split and fingerprint.

    Raises:
        DatasetError: there are no photos to learn from or none to judge by.
    """
    data = recipe.data
    splits = assign_splits(dataset, data.validation_fraction, data.test_fraction, data.split_seed)
    samples = tuple(
        ManifestEntry(dataset.relative(s.path), s.label, split, fingerprint(s.path))
        for s, split in zip(dataset.samples, splits, strict=True)
    )
    for split in ("train", "validation"):
        if not any(entry.split == split for entry in samples):
            raise DatasetError("error-too-few-photos", path=str(dataset.source))
    return Manifest(
        dataset=str(dataset.root),
        classes=dataset.classes,
        samples=samples,
        skipped={dataset.relative(s.path): s.reason for s in dataset.skipped},
        device=describe(choose_device(recipe.train.device)),
        versions={name: version(name) for name in _PACKAGES},
    )


def _work(run: RunFolder, paths: AppPaths, ctx: JobContext, team: Team) -> None:
    with RunRecorder(run, ctx) as recorder:
        try:
            with _reproducible():
                work = _Run(run, paths, ctx, recorder, team)
                try:
                    work.work()
                finally:
                    work.free_memory()
        except Cancelled:
            raise
        except Exception as error:
            failure = _failure(error)
            log.exception("run %s failed", run.path)
            # The disk may be full or gone: then the sentence reaches the user by the job alone.
            with contextlib.suppress(OSError):
                recorder.emit(RunFailed(failure.key, failure.params))
            raise failure from error


def _failure(error: Exception) -> UserError:
    """What is said of an error; one about a photo alone would not say which."""
    if isinstance(error, PhotoError):
        return DatasetError("error-run-photo", path=error.params.get("path", ""))
    return as_user_error(error)


@contextmanager
def _reproducible() -> Iterator[None]:
    """Ask torch for algorithms that give the same result each time, where it has them."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(mode=before)


class _Run:
    """The steps of one run on an open, locked run folder."""

    def __init__(
        self,
        run: RunFolder,
        paths: AppPaths,
        ctx: JobContext,
        recorder: RunRecorder,
        team: Team,
    ) -> None:
        self._begun = time.monotonic()
        self._run, self._ctx, self._recorder, self._team = run, ctx, recorder, team
        self._recipe = run.read_recipe()
        self._space = self._open_workspace(paths)
        self._spent = 0.0

    def work(self) -> None:
        """From wherever the run is to its end."""
        try:
            threads = self._space.setup.threads
        except Cancelled:
            self._recorder.emit(RunFailed("error-stopped-before-model"))
            raise
        with threads_of_torch(threads):
            self._train()

    def _train(self) -> None:
        space = self._space
        resuming = has_checkpoint(self._run.checkpoint)
        try:
            if resuming:
                tuner = self._tuner(load=True)
                self._announce(tuner.state.step)
            else:
                self._announce(None)
                state = self._baseline()
                tuner = self._tuner(load=False, state=state)
                tuner.save_epoch_start()
        except Cancelled:
            self._recorder.emit(RunFailed("error-stopped-before-model"))
            raise
        self._spent = tuner.state.seconds
        self._recorder.emit(StageStarted("finetune"))
        try:
            reason = tuner.run()
        except Cancelled:
            self._finish(tuner.state, "stopped")
            return
        if reason == "paused":
            self._recorder.log("train-log-paused", step=tuner.state.step)
            self._recorder.emit(RunPaused(tuner.state.step))
            return
        self._finish(tuner.state, reason)
        del tuner  # and what it cached: the evaluation needs memory of its own
        if self._team.is_first:
            with contextlib.suppress(Cancelled):
                self._evaluate(space)

    def free_memory(self) -> None:
        """Give back the device's memory: the run is over, or pauses for who knows how long."""
        self._space.network.to("cpu")
        free_cached_memory(self._space.device)

    def _open_workspace(self, paths: AppPaths) -> Workspace:
        recipe = self._recipe
        device = self._team.device or choose_device(recipe.train.device)
        backbone = catalogue.find(recipe.model.backbone)
        manifest = self._run.read_manifest()
        preprocessing = backbones.preprocessing_for(recipe.model)
        root = Path(manifest.dataset)
        preprocessing.make_room(root / entry.path for entry in manifest.samples)
        weights = None
        if recipe.model.pretrained and not has_checkpoint(self._run.checkpoint):
            weights = weights_store.require_weights(backbone, paths.weights)
        torch.manual_seed(recipe.seed)
        built = backbones.build(recipe.model, len(manifest.classes), weights)
        network.freeze(built, recipe.model.freeze)
        return Workspace(
            run=self._run,
            recipe=recipe,
            manifest=manifest,
            device=device,
            preprocessing=preprocessing,
            network=to_device(built, device),
            recorder=self._recorder,
            ctx=self._ctx,
            measurements=measured_in(recipe, paths),
            team=self._team,
        )

    def _announce(self, resumed_at_step: int | None) -> None:
        space, setup = self._space, self._space.setup
        counts = Counts(
            len(space.photos("train")),
            len(space.photos("validation")),
            len(space.photos("test")),
            len(space.manifest.classes),
        )
        if resumed_at_step is not None:
            self._recorder.log("train-log-resumed", step=resumed_at_step)
        self._recorder.emit(
            RunStarted(
                backbone=self._recipe.model.backbone,
                classes=space.manifest.classes,
                n_train=counts.train,
                n_validation=counts.validation,
                n_test=counts.test,
                epochs=self._recipe.train.epochs,
                steps_per_epoch=space.steps_per_epoch(),
                device=space.manifest.device,
                precision=setup.training,
                resumed_at_step=resumed_at_step,
                backbone_title=catalogue.find(self._recipe.model.backbone).title,
                estimated_seconds=estimate_seconds(setup, self._recipe, counts),
            )
        )
        if resumed_at_step is None:
            self._recorder.log(
                "train-log-setup",
                training=setup.training,
                inference=setup.inference,
                threads=setup.threads,
            )

    def _tuner(self, *, load: bool, state: TrainState | None = None) -> FineTuner:
        learner = make_learner(self._space.network, self._recipe)
        if load:
            state = load_checkpoint(self._run.checkpoint, learner)
        self._team.align(self._space.network)
        return FineTuner(self._space, learner, state or TrainState())

    def _baseline(self) -> TrainState:
        """Fit the linear head, put it into the network, and keep this as the first model."""
        space = self._space
        self._recorder.emit(StageStarted("baseline"))
        train, validation = self._features("train"), self._features("validation")
        n_classes = len(space.manifest.classes)
        weights = (
            class_weights(train.labels, n_classes) if self._recipe.train.balance_classes else None
        )
        head = fit_linear_head(train, validation, n_classes, weights, self._ctx)
        layer = network.head_of(space.network)
        with torch.no_grad():
            layer.weight.copy_(head.weight)
            layer.bias.copy_(head.bias)
        on_train = judge(head(train.features), _labels_only(train.labels))
        on_validation = judge(head(validation.features), _labels_only(validation.labels))
        info = ModelInfo(
            backbone=self._recipe.model.backbone,
            input_size=self._recipe.model.input_size,
            classes=space.manifest.classes,
            preprocessing=space.preprocessing,
            stage="baseline",
            epoch=0,
            val_accuracy=on_validation.accuracy,
            val_loss=on_validation.loss,
        )
        save_model(self._run.path, space.network, info)
        self._recorder.emit(
            BaselineFinished(
                train_loss=on_train.loss,
                train_accuracy=on_train.accuracy,
                val_loss=on_validation.loss,
                val_accuracy=on_validation.accuracy,
                seconds=time.monotonic() - self._begun,
            )
        )
        return TrainState(
            best_val_accuracy=on_validation.accuracy,
            best_val_loss=on_validation.loss,
            baseline_val_accuracy=on_validation.accuracy,
        )

    def _features(self, split: Split) -> Labelled:
        """Frozen features of a split; photos that cannot be read are skipped and named."""
        space = self._space
        photos = space.photos(split)
        unreadable: list[Unreadable] = []
        done, values = infer(
            lambda inputs: network.features(space.network, inputs),
            photos.paths,
            space.inference(),
            self._ctx,
            view=space.centre_view(photos),
            on_unreadable=unreadable.append,
            progress=f"train-progress-features-{split}",
        )
        if unreadable:
            self._stop_if_gone(unreadable)
            self._skip(photos, unreadable)
        labels = photos.labels[done]
        if not done or (
            split == "train" and len(set(labels.tolist())) < len(space.manifest.classes)
        ):
            raise DatasetError("error-too-few-photos", path=space.manifest.dataset)
        return Labelled(values, labels)

    def _stop_if_gone(self, unreadable: list[Unreadable]) -> None:
        """A photo that was there when the run began may come back: it is not left out for good."""
        there = _is_there(Path(self._space.manifest.dataset))
        for found in unreadable:
            if not there or found.error.key in _GONE:
                raise found.error

    def _skip(self, photos: Photos, unreadable: list[Unreadable]) -> None:
        space = self._space
        reasons: dict[str, str] = {}
        for found in unreadable:
            entry = space.manifest.samples[photos.keys[found.index]]
            reasons[entry.path] = found.error.key
            self._recorder.log("train-log-skipped", level="caution", path=entry.path)
        space.skip(reasons)

    def _finish(self, state: TrainState, reason: Ending) -> None:
        info = read_info(self._run.path)
        gain = info.val_accuracy - state.baseline_val_accuracy
        if info.stage == "baseline":
            self._recorder.log("train-log-baseline-won", accuracy=_percent(info.val_accuracy))
        else:
            self._recorder.log(
                "train-log-finetune-won",
                accuracy=_percent(info.val_accuracy),
                baseline=_percent(state.baseline_val_accuracy),
                gain=f"{100 * gain:+.1f}",
                epoch=info.epoch,
            )
        self._recorder.emit(
            RunFinished(
                reason=reason,
                winner=info.stage,
                winner_epoch=info.epoch,
                val_accuracy=info.val_accuracy,
                baseline_val_accuracy=state.baseline_val_accuracy,
                seconds=time.monotonic() - self._begun + self._spent,
            )
        )

    def _evaluate(self, space: Workspace) -> None:
        split: Split = "test" if len(space.photos("test")) else "validation"
        self._recorder.emit(evaluation.evaluate_run(self._run, split, self._ctx))


def _labels_only(labels: Tensor) -> Photos:
    return Photos((), labels, (), ())


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # its drive does not answer
        return False


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"
