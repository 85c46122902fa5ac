"""The fine-tuning loop, to be read in one sitting.

Each epoch: the training photos in an order drawn from (seed, epoch), augmented by draws from
(seed, epoch, photo), one update a batch; then one look at the validation photos. The best model
is written whenever there is a new one, the complete state after every epoch and every so many
seconds. Cancel and pause are looked at before each update. Where the loss becomes infinite, the
epoch is begun again from its saved state with half the learning rate, twice at most.

A recipe may open the network stage by stage. When the epochs of a stage are over without a new
best model, the weights go back to the best there is, and the stage learns no more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import (
    CheckpointSaved,
    EpochFinished,
    RolledBack,
    StageJudged,
    StepFinished,
)
from finetune_gui.core.job import Cancelled
from finetune_gui.core.timeline import Phase
from finetune_gui.engine.average import averaged
from finetune_gui.engine.checkpoint import (
    Learner,
    TrainState,
    load_best,
    load_epoch_start,
    save_best,
    save_checkpoint,
    save_epoch_start,
)
from finetune_gui.engine.compiling import forget_compiled
from finetune_gui.engine.devices import copies_behind
from finetune_gui.engine.head import class_weights
from finetune_gui.engine.loading import epoch_order
from finetune_gui.engine.mixing import Mixer
from finetune_gui.engine.model_file import ModelInfo, save_model
from finetune_gui.engine.network import head_of, set_training_mode
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.schedule import lr_factor, warmup_steps
from finetune_gui.engine.sources import source_for
from finetune_gui.engine.stages import Stages
from finetune_gui.engine.step import NotFiniteError, Stepper, StepResult
from finetune_gui.engine.validation import Validation, judge
from finetune_gui.engine.vitals import QuietUnits, Waiting
from finetune_gui.engine.workspace import Workspace

EndReason = Literal["done", "early_stop", "paused"]
MAX_SETBACKS = 2


class FineTuner:
    """Fine-tunes the network of a workspace from ``state`` to the end."""

    def __init__(self, space: Workspace, learner: Learner, state: TrainState) -> None:
        self.space = space
        self.state = state
        self._recipe = space.recipe
        self._learner = learner
        # What is judged and kept.
        self._result = learner.network if learner.average is None else averaged(learner.average)
        self._train = space.photos("train")
        self._stages = Stages(learner.network, space.recipe)
        self._phase = self._open_stages()
        self._source = source_for(space, head_alone=self._phase.stages == 0)
        self._stepper = Stepper(
            learner.network,
            learner.optimizer,
            space.recipe.optim,
            self._class_weights(),
            space.setup.training,
            space.micro_batch(),
            space.remember_micro_batch,
            space.team,
        )
        self._source.on_full = self._stepper.halve
        self._take_loss_scale(state)
        self._mixer = Mixer(space.recipe.optim, len(space.manifest.classes))
        self._per_epoch = space.steps_per_epoch()
        self._total = self._per_epoch * self._recipe.train.epochs
        self._warmup = warmup_steps(self._recipe.schedule, self._per_epoch, self._total)
        self._waiting, self._units = Waiting(), QuietUnits()
        self._clock = self._step_ended = self._saved = time.monotonic()

    def run(self) -> EndReason:
        """Train until the epochs are done, patience runs out or the user pauses.

        Raises:
            Cancelled: the user stopped it; the best model so far is on disk.
            UserError: it cannot go on; the last checkpoint is whole.
        """
        while self.state.epoch < self._recipe.train.epochs:
            # Looked at first: a run may be resumed right after the epoch that used it up.
            if self._patience_is_over():
                return "early_stop"
            try:
                if self._train_epoch() == "paused":
                    return "paused"
                self._finish_epoch()
            except NotFiniteError:
                self._roll_back()
        return "done"

    def begin(self) -> None:
        """Write the state from which a new run starts; the baseline is its best model."""
        self.state.accuracy_before = self.state.best_val_accuracy
        if self._goes_back():
            save_best(self.space.run.checkpoint, self._learner, self.state)
        self.save_epoch_start()

    def _patience_is_over(self) -> bool:
        """It ends a run only once everything is open: the next stage may be the one that helps."""
        patience = self._recipe.train.patience
        over = patience > 0 and self.state.stale_epochs >= patience
        return over and self._stages.is_last(self._phase)

    def _open_stages(self) -> Phase:
        """Let learn what learns in the coming epoch; returns its phase."""
        phase = self._stages.phase(self.state.epoch + 1)
        self._stages.open(phase, but=self.state.not_kept)
        return phase

    def _goes_back(self) -> bool:
        """Whether stages that do not help are undone."""
        return self._recipe.schedule.in_stages and self._recipe.schedule.keep_only_gains

    def inputs(self, epoch: int) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """What a whole epoch gives the network: numbers of training photos and inputs [N, …]."""
        order = epoch_order(len(self._train), self._recipe.seed, epoch)
        return self._source.inputs(epoch, self.space.batches(order))

    def loss_of(self, inputs: Tensor, labels: Tensor) -> float:
        """The loss that training lowers, for inputs [N, …] of classes [N]; changes nothing."""
        device = self.space.device
        self.space.network.eval()
        with torch.inference_mode(), autocast(device, self.space.setup.inference):
            scores = self._source.scores(inputs)
        self.train_mode()
        return self._stepper.loss_of(scores, labels.to(device))

    def train_mode(self) -> None:
        """Let dropout work again, and batch statistics as the recipe says."""
        frozen = self._recipe.train.freeze_batch_norm
        set_training_mode(self.space.network, freeze_batch_norm=frozen)

    def _train_epoch(self) -> Literal["complete", "paused"]:
        self._waiting.begin()
        self._units = QuietUnits()
        if not self._source.may_be_mixed or self._recipe.train.compile:
            return self._make_updates()  # what is compiled would be made anew for a listener
        with self._units.listening(head_of(self.space.network)):
            return self._make_updates()

    def _make_updates(self) -> Literal["complete", "paused"]:
        """All updates of an epoch that are left."""
        state, train = self.state, self._recipe.train
        epoch = state.epoch + 1
        order = epoch_order(len(self._train), self._recipe.seed, epoch)
        team = self.space.team
        portions = [team.share(p) for p in self.space.batches(order)[state.step_in_epoch :]]
        self._step_ended = time.monotonic()
        self.train_mode()
        for indices, inputs in self._waiting.timed(self._source.inputs(epoch, portions)):
            if self._asked_to_pause():
                self.save()
                return "paused"
            self._step(indices, inputs, epoch)
            # Not after the last update: one that resumes there would tell the epoch's end again.
            between = state.step_in_epoch < self._per_epoch
            if between and time.monotonic() - self._saved > train.checkpoint_seconds:
                self.save()
        return "complete"

    def _asked_to_pause(self) -> bool:
        """Whether the user asked; raises `Cancelled` when it was to stop. All hear it at once."""
        control = self.space.ctx.control
        asked = "stop" if control.cancel_requested else "pause" if control.pause_requested else ""
        wish = self.space.team.of_first(lambda: asked)
        if wish == "stop":
            raise Cancelled
        return wish == "pause"

    def _step(self, indices: tuple[int, ...], inputs: Tensor, epoch: int) -> None:
        begun = self._step_ended  # so that waiting for photos counts
        state = self.state
        lr = self._set_lr(state.step)
        result = self.update(indices, inputs, state.step)
        if self._learner.average is not None:
            self._learner.average.update_parameters(self._learner.network)
        self._step_ended = time.monotonic()
        seconds = max(self._step_ended - begun, 1e-6)
        state.count(result.photos, result.loss, result.correct, seconds)
        self.space.recorder.emit(
            StepFinished(
                step=state.step,
                epoch=epoch,
                train_loss=result.loss,
                train_accuracy=result.correct / result.photos,
                lr=lr,
                photos_per_second=result.photos / seconds,
            )
        )

    def update(self, indices: tuple[int, ...], inputs: Tensor, step: int) -> StepResult:
        """Change the weights once, with the learning rate that is set; see `Stepper.step`."""
        device = self.space.device
        labels = self._train.labels[list(indices)]
        labels = labels.to(device, non_blocking=copies_behind(device))
        # What dropout hides is a function of (seed, step).
        seed = int(np.random.SeedSequence((self._recipe.seed, step)).generate_state(1)[0])
        seed += self.space.team.rank
        if self._source.may_be_mixed:
            inputs, labels = self._mixer(inputs, labels, seed)
        return self._stepper.step(self._source.scores, inputs, labels, seed)

    def _finish_epoch(self) -> None:
        state = self.state
        result = self.validate()
        if not math.isfinite(result.loss):  # spoiled by the last update: nothing of it is kept
            raise NotFiniteError
        train_loss, train_accuracy = state.loss_sum / state.seen, state.correct / state.seen
        best = self._better(result)
        epoch = state.epoch + 1
        improves = best or result.loss < state.lowest_val_loss
        state.stale_epochs = 0 if improves else state.stale_epochs + 1
        state.lowest_val_loss = min(result.loss, state.lowest_val_loss)
        if best:
            state.best_epoch = epoch
            state.best_val_accuracy, state.best_val_loss = result.accuracy, result.loss
            save_model(self.space.run.path, self._result, self._info(epoch, result))
            if self._goes_back():
                save_best(self.space.run.checkpoint, self._learner, state)
        state.stage_accuracy = max(result.accuracy, state.stage_accuracy)
        state.epoch, state.step_in_epoch = epoch, 0
        state.loss_sum, state.correct, state.seen = 0.0, 0, 0
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
        reads = self._source.may_be_mixed
        self.space.recorder.emit(
            EpochFinished(
                epoch=epoch,
                step=state.step,
                train_loss=train_loss,
                train_accuracy=train_accuracy,
                val_loss=result.loss,
                val_accuracy=result.accuracy,
                val_macro_f1=result.macro_f1,
                best=best,
                seconds=seconds,
                seconds_left=self._seconds_left(seconds),
                waiting=self._waiting.share if reads else 0.0,
                decoded=self._waiting.decoded if reads else 0.0,
                dead_units=self._units.share,
            )
        )
        if epoch == self._phase.last or self._patience_is_over():
            self._end_phase()
        self.save_epoch_start()

    def _seconds_left(self, seconds: float) -> float:
        """For the epochs to come, when the last one took ``seconds``."""
        left = self._recipe.train.epochs - self.state.epoch
        alone = self._phase.last - self.state.epoch
        if self._phase.stages or self._phase.last == self._recipe.train.epochs:
            return seconds * left
        # Epochs of the head alone say nothing of those with the whole network.
        setup, validation = self.space.setup, len(self.space.photos("validation"))
        whole = validation / setup.inference_speed
        whole += len(self._train) / (setup.training_speed or setup.inference_speed)
        return seconds * alone + whole * (left - alone)

    def _end_phase(self) -> None:
        """Judge the stage whose epochs are over, and open the next one."""
        if self._recipe.schedule.in_stages:
            self._judge_stage()
        state = self.state
        if state.epoch < self._recipe.train.epochs and not self._stages.is_last(self._phase):
            state.accuracy_before, state.stage_accuracy = state.best_val_accuracy, 0.0
            state.stale_epochs = 0
            before, self._phase = self._phase, self._open_stages()
            if before.stages == 0:
                self._source = source_for(self.space, head_alone=False)
                self._source.on_full = self._stepper.halve
            elif self._recipe.train.compile:
                forget_compiled()

    def _judge_stage(self) -> None:
        """Keep what the phase made of the weights if it holds the best model; else go back."""
        state, phase = self.state, self._phase
        kept = state.best_epoch >= phase.first or not self._goes_back()
        gain = state.stage_accuracy - state.accuracy_before
        if not kept:
            load_best(self.space.run.checkpoint, self._learner)
            state.not_kept = [*state.not_kept, *phase.new]
        self.space.recorder.emit(
            StageJudged(
                stage=phase.stages,
                opened=phase.opened,
                epoch=state.epoch,
                step=state.step,
                val_accuracy=state.stage_accuracy,
                gain=gain,
                kept=kept,
            )
        )
        self.space.recorder.log(
            "train-log-stage-kept" if kept else "train-log-stage-undone",
            stage=phase.stages,
            opened=phase.opened,
            gain=f"{100 * gain:+.1f}",
        )

    def _roll_back(self) -> None:
        """Begin the epoch again with half the learning rate.

        From the start of the epoch and not from the last checkpoint: when that was made depends
        on the clock, and a run must be the same each time.
        """
        step, lr = self.state.step + 1, self._set_lr(self.state.step)
        setbacks, factor = self.state.setbacks + 1, self.state.lr_factor / 2
        if setbacks > MAX_SETBACKS:
            raise UserError("error-loss-not-finite", step=step, lr=f"{lr:g}")
        kept = load_epoch_start(self.space.run.checkpoint, self._learner)
        self.state = replace(kept, setbacks=setbacks, lr_factor=factor)
        self._take_loss_scale(kept)
        self.space.recorder.emit(RolledBack(self.state.step, factor))
        halved = f"{self._recipe.optim.lr * factor:g}"
        self.space.recorder.log("train-log-undone", level="caution", step=step, lr=halved)
        self.save_epoch_start()

    def validate(self) -> Validation:
        """What would be kept now, on the validation photos."""
        # Batch statistics are of each process's own photos, and rounding differs between machines.
        self.space.team.align(self.space.network)
        self.space.team.align(self._result)
        # Training mode in between: what some networks keep in evaluation is of the weights before.
        scores = self._source.validation_scores(self._result.train().eval())
        return judge(scores, self.space.photos("validation"))

    def save(self) -> None:
        """Write the complete state."""
        self._save_with(save_checkpoint)

    def save_epoch_start(self) -> None:
        """Write the complete state, and keep it for when the coming epoch goes wrong."""
        self._save_with(save_epoch_start)

    def _save_with(self, write: Callable[[Path, Learner, TrainState], None]) -> None:
        self.state.loss_scale, self.state.loss_scale_age = self._stepper.loss_scale
        # First: a state without the steps that led to it would leave a gap in the curves.
        self.space.recorder.flush_to_disk()
        write(self.space.run.checkpoint, self._learner, self.state)
        self._saved = time.monotonic()
        self.space.recorder.emit(CheckpointSaved(self.state.step))

    def _take_loss_scale(self, state: TrainState) -> None:
        if state.loss_scale:
            self._stepper.loss_scale = (state.loss_scale, state.loss_scale_age)

    def _better(self, result: Validation) -> bool:
        """More validation photos right; where equal, the lower loss, and at the end the last one.

        A few dozen validation photos often cannot tell models apart, least when all are right. Then
        the one whose learning rate has come to rest is mostly better on other photos. The loss of
        the baseline says nothing beside that of fine-tuning, which is trained on smoothed labels.
        """
        state = self.state
        if result.accuracy != state.best_val_accuracy:
            return result.accuracy > state.best_val_accuracy
        if state.epoch + 1 == self._recipe.train.epochs:
            return True
        return state.best_epoch > 0 and result.loss < state.best_val_loss

    def _info(self, epoch: int, result: Validation) -> ModelInfo:
        return ModelInfo(
            backbone=self._recipe.model.backbone,
            input_size=self._recipe.model.input_size,
            classes=self.space.manifest.classes,
            preprocessing=self.space.preprocessing,
            stage="finetune",
            epoch=epoch,
            val_accuracy=result.accuracy,
            val_loss=result.loss,
            head=self._recipe.model.head,
            pooling=self._recipe.model.pooling,
            architecture=self.space.architecture,
        )

    def _set_lr(self, step: int) -> float:
        factor = lr_factor(step, self._total, self._warmup, self._recipe.schedule.shape)
        lr = self._recipe.optim.lr * factor * self.state.lr_factor
        self.set_lr(lr)
        return lr

    def set_lr(self, lr: float) -> None:
        """Let the head learn with ``lr`` from now on, and each layer before it with its share."""
        for group in self._learner.optimizer.param_groups:
            group["lr"] = lr * group.get("lr_scale", 1.0)

    def _class_weights(self) -> Tensor | None:
        if not self._recipe.train.balance_classes:
            return None
        n = len(self.space.manifest.classes)
        return class_weights(self._train.labels, n).to(self.space.device)
