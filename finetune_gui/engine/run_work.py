"""The work of one run: opening what it needs, baseline, fine-tuning, evaluation, and telling."""

from __future__ import annotations

import contextlib
import time
from contextlib import AbstractContextManager
from pathlib import Path

import torch

from finetune_gui.core import test_looks
from finetune_gui.core.events import (
    Ending,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StageStarted,
)
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.dataset.index import Split
from finetune_gui.engine import (
    backbones,
    catalogue,
    evaluation,
    network,
    starting_point,
    weights_store,
)
from finetune_gui.engine.baseline import fit_baseline, percent
from finetune_gui.engine.checkpoint import TrainState, has_checkpoint, load_checkpoint
from finetune_gui.engine.devices import choose_device
from finetune_gui.engine.estimate import Counts, estimate_seconds, measured_in
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.head import LinearHead
from finetune_gui.engine.inference import to_device
from finetune_gui.engine.learner import make_learner
from finetune_gui.engine.model_file import read_info
from finetune_gui.engine.preflight import Setup, threads_of_torch
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.shared_features import SharedFeatures, judge_by_features
from finetune_gui.engine.step import free_cached_memory
from finetune_gui.engine.team import Team
from finetune_gui.engine.workspace import Workspace


class RunWork:
    """The steps of one run on an open, locked run folder.

    ``shared``: the features that it has in common with other folds or trials.
    """

    def __init__(
        self,
        run: RunFolder,
        paths: AppPaths,
        ctx: JobContext,
        recorder: RunRecorder,
        team: Team,
        shared: SharedFeatures | None = None,
    ) -> None:
        self._begun = time.monotonic()
        self._run, self._ctx, self._recorder, self._team = run, ctx, recorder, team
        self._paths, self._shared = paths, shared
        self._recipe = run.read_recipe()
        self._kept_head: LinearHead | None = None
        self._space = self._open_workspace(paths)
        self._spent = 0.0

    def work(self, *, evaluate: bool = True) -> None:
        """From wherever the run is to its end, which is an evaluation where one is wanted."""
        try:
            threads = self.threads()
        except Cancelled:
            self._recorder.emit(RunFailed("error-stopped-before-model"))
            raise
        with threads:
            self._train(evaluate=evaluate)

    def _train(self, *, evaluate: bool) -> None:
        space = self._space
        resuming = has_checkpoint(self._run.checkpoint)
        try:
            if resuming:
                tuner = self._tuner(load=True)
                self._announce(tuner.state.step)
            else:
                self._announce(None)
                tuner = self.begin()
                tuner.begin()
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
        if self._team.is_first and evaluate:
            with contextlib.suppress(Cancelled):
                self._evaluate(space)

    def begin(self) -> FineTuner:
        """Fine-tuning at its beginning: the head is fitted, nothing is learned yet."""
        return self._tuner(
            load=False, state=fit_baseline(self._space, self._kept_head, self._begun)
        )

    def threads(self) -> AbstractContextManager[None]:
        """So many threads as are fastest here; raises `Cancelled` while that is tried out."""
        return threads_of_torch(self._space.setup.threads)

    def free_memory(self) -> None:
        """Give back the device's memory: the run is over, or pauses for who knows how long."""
        self._space.network.to("cpu")
        free_cached_memory(self._space.device)

    def _open_workspace(self, paths: AppPaths) -> Workspace:
        recipe = self._recipe
        device = self._team.device or choose_device(recipe.train.device)
        resuming = has_checkpoint(self._run.checkpoint)
        # A user's own file may be gone by now.
        kept = read_info(self._run.path).architecture if resuming else ""
        backbone = catalogue.find(recipe.model.backbone, kept)
        self._title = backbone.title
        manifest = self._run.read_manifest()
        preprocessing = self._preprocessing(manifest, kept, resuming=resuming)
        root = Path(manifest.dataset)
        preprocessing.make_room(root / entry.path for entry in manifest.samples)
        weights = None
        if recipe.model.pretrained and not resuming:
            brought = starting_point.chosen_weights(recipe.model)
            weights = brought or weights_store.require_weights(backbone, WeightsPlaces.of(paths))
        torch.manual_seed(recipe.seed)
        built = backbones.build(recipe.model, len(manifest.classes), weights, kept)
        if weights is not None and manifest.started_from:
            self._kept_head = starting_point.kept_head(built, weights, manifest.classes)
        network.freeze(built, recipe.model.freeze, recipe.model.learning_stages)
        return Workspace(
            run=self._run,
            recipe=recipe,
            manifest=manifest,
            device=device,
            preprocessing=preprocessing,
            network=to_device(built, device),
            recorder=self._recorder,
            ctx=self._ctx,
            measurements=measured_in(recipe, paths, kept),
            architecture=backbones.architecture(recipe.model.backbone, kept),
            team=self._team,
            shared=self._shared,
        )

    def _preprocessing(self, manifest: Manifest, kept: str, *, resuming: bool) -> Preprocessing:
        if manifest.started_from and resuming:  # what it began with may be gone by now
            return read_info(self._run.path).preprocessing
        if manifest.started_from:
            return starting_point.preprocessing_for(self._recipe.model)
        return backbones.preprocessing_for(self._recipe.model, kept)

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
                backbone_title=self._title,
                estimated_seconds=estimate_seconds(setup, self._recipe, counts),
            )
        )
        if resumed_at_step is None:
            self._tell_setup(setup)
            self._tell_start()

    def _tell_setup(self, setup: Setup) -> None:
        with_openvino = setup.runtime == "openvino"
        self._recorder.log(
            "train-log-setup",
            training=setup.training,
            inference=setup.openvino_precision if with_openvino else setup.inference,
            runtime="OpenVINO" if with_openvino else "PyTorch",
            threads=setup.threads,
        )
        if setup.openvino_from > 1:
            self._recorder.log("train-log-openvino-from", photos=setup.openvino_from)
        if self._recipe.train.runtime == "openvino" and not with_openvino:
            self._recorder.log("train-log-openvino-fails", level="caution")

    def _tell_start(self) -> None:
        """Say on what this run is based, where that is not what a backbone was published with."""
        manifest = self._space.manifest
        if manifest.started_from:
            name = Path(manifest.started_from["path"]).name
            kind = "run" if "run" in manifest.started_from else "file"
            self._recorder.log(f"train-log-based-on-{kind}", name=name)
        seen = starting_point.seen_before(manifest)
        if seen:
            self._recorder.log("train-log-based-on-seen", level="caution", n=seen)

    def _tuner(self, *, load: bool, state: TrainState | None = None) -> FineTuner:
        learner = make_learner(self._space.network, self._recipe)
        if load:
            state = load_checkpoint(self._run.checkpoint, learner)
        self._team.align(self._space.network)
        return FineTuner(self._space, learner, state or TrainState())

    def _finish(self, state: TrainState, reason: Ending) -> None:
        info = read_info(self._run.path)
        gain = info.val_accuracy - state.baseline_val_accuracy
        if info.stage == "baseline":
            self._recorder.log("train-log-baseline-won", accuracy=percent(info.val_accuracy))
        else:
            self._recorder.log(
                "train-log-finetune-won",
                accuracy=percent(info.val_accuracy),
                baseline=percent(state.baseline_val_accuracy),
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
        linear = self._recipe.model.head == "linear"
        if self._shared is not None and linear and self._keeps_features():
            told = judge_by_features(space, split)
        else:
            told = evaluation.evaluate_run(self._run, split, self._ctx)
        # The fold of a cross-validation is not the test set, and what is told counts as seen.
        if split == "test" and self._shared is None:
            test_looks.add(self._paths, test_looks.version_in(space.manifest), self._run.name)
        self._recorder.emit(told)

    def _keeps_features(self) -> bool:
        """Whether the backbone of the best model is as it was when the run began."""
        return self._recipe.model.only_head_learns or read_info(self._run.path).epoch == 0
