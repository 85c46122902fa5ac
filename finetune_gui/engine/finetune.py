"""The fine-tuning loop, to be read in one sitting.

Each epoch: the training photos in an order drawn from (seed, epoch), augmented by draws from
(seed, epoch, photo), one update a batch; then one look at the validation photos. The best model
is written whenever there is a new one, the complete state after every epoch and every so many
seconds. Cancel and pause are looked at before each update.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import f1_score
from timm.optim._param_groups import param_groups_layer_decay
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import CheckpointSaved, EpochFinished, StepFinished
from finetune_gui.core.recipe import Recipe
from finetune_gui.engine.augmentation import augment
from finetune_gui.engine.checkpoint import TrainState, save_checkpoint
from finetune_gui.engine.head import class_weights
from finetune_gui.engine.inference import infer
from finetune_gui.engine.loading import Batch, batches, epoch_order, load_batches
from finetune_gui.engine.model_file import ModelInfo, save_model
from finetune_gui.engine.network import set_training_mode
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.schedule import lr_factor, warmup_steps
from finetune_gui.engine.workspace import Photos, Workspace

EndReason = Literal["done", "early_stop", "paused"]


@dataclass(frozen=True)
class Validation:
    """How well the network does on the validation photos."""

    loss: float
    accuracy: float
    macro_f1: float


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimiser with a learning rate for each layer.

    The head gets ``lr``, each layer before it ``layer_decay`` times that of the one behind it
    (Clark et al. 2020, ELECTRA); biases and norms are not decayed.
    """
    optim = recipe.optim
    groups: Any = param_groups_layer_decay(
        network, weight_decay=optim.weight_decay, layer_decay=optim.layer_decay
    )
    if optim.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=optim.lr, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=optim.lr)


class FineTuner:
    """Fine-tunes the network of a workspace from ``state`` to the end."""

    def __init__(
        self, space: Workspace, optimizer: torch.optim.Optimizer, state: TrainState
    ) -> None:
        self.space = space
        self.state = state
        self._recipe = space.recipe
        self._optimizer = optimizer
        self._train = space.photos("train")
        self._validation = space.photos("validation")
        self._precision = space.precision("training")
        self._per_epoch = space.steps_per_epoch()
        self._total = self._per_epoch * self._recipe.train.epochs
        self._warmup = warmup_steps(self._recipe.schedule, self._per_epoch, self._total)
        self._weights = self._class_weights()
        # float16 alone needs its loss scaled up (Micikevicius et al. 2018).
        self._scaler = torch.amp.GradScaler(space.device.type, enabled=self._precision == "float16")
        self._clock = self._step_ended = time.monotonic()
        self._saved = time.monotonic()

    def run(self) -> EndReason:
        """Train until the epochs are done, patience runs out or the user pauses.

        Raises:
            Cancelled: the user stopped it; the best model so far is on disk.
            UserError: it cannot go on; the last checkpoint is whole.
        """
        while self.state.epoch < self._recipe.train.epochs:
            if self._train_epoch() == "paused":
                return "paused"
            self._finish_epoch()
            patience = self._recipe.train.patience
            if patience and self.state.stale_epochs >= patience:
                return "early_stop"
        return "done"

    def _train_epoch(self) -> Literal["complete", "paused"]:
        state = self.state
        epoch = state.epoch + 1
        order = epoch_order(len(self._train), self._recipe.seed, epoch)
        portions = batches(order, self._recipe.train.batch_size)[state.step_in_epoch :]
        self._step_ended = time.monotonic()
        set_training_mode(
            self.space.network, freeze_batch_norm=self._recipe.train.freeze_batch_norm
        )
        for batch in load_batches(portions, self._augmented_view(epoch)):
            self.space.ctx.check_cancelled()
            if self.space.ctx.control.pause_requested:
                self.save()
                return "paused"
            self._step(batch, epoch)
            if time.monotonic() - self._saved > self._recipe.train.checkpoint_seconds:
                self.save()
        return "complete"

    def _step(self, batch: Batch, epoch: int) -> None:
        begun = self._step_ended  # so that waiting for photos counts
        state, device = self.state, self.space.device
        seed = np.random.SeedSequence((self._recipe.seed, state.step)).generate_state(1)
        torch.manual_seed(int(seed[0]))  # dropout: a function of (seed, step)
        lr = self._set_lr(state.step)
        labels = self._train.labels[list(batch.indices)].to(device)
        inputs = self.space.preprocessing.normalise(batch.pixels.to(device))
        with torch.enable_grad(), autocast(device, self._precision):
            scores = self.space.network(inputs)
        loss = f.cross_entropy(
            scores.float(),
            labels,
            weight=self._weights,
            label_smoothing=self._recipe.optim.label_smoothing,
        )
        value = loss.item()
        if not np.isfinite(value):
            raise UserError("error-loss-not-finite", step=state.step + 1, lr=f"{lr:g}")
        self._update(loss)
        correct = int((scores.argmax(1) == labels).sum())
        self._count(len(labels), value, correct, time.monotonic() - begun)
        self._step_ended = time.monotonic()
        seconds = max(self._step_ended - begun, 1e-6)
        self.space.recorder.emit(
            StepFinished(
                step=state.step,
                epoch=epoch,
                train_loss=value,
                train_accuracy=correct / len(labels),
                lr=lr,
                photos_per_second=len(labels) / seconds,
            )
        )

    def _update(self, loss: Tensor) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(self._scaler.scale(loss))
        clip = self._recipe.optim.gradient_clip
        if clip:
            self._scaler.unscale_(self._optimizer)
            nn.utils.clip_grad_norm_(self.space.network.parameters(), clip)
        self._scaler.step(self._optimizer)
        self._scaler.update()

    def _count(self, n: int, loss: float, correct: int, seconds: float) -> None:
        state = self.state
        state.step += 1
        state.step_in_epoch += 1
        state.loss_sum += loss * n
        state.correct += correct
        state.seen += n
        state.seconds += seconds

    def _finish_epoch(self) -> None:
        state = self.state
        result = self.validate()
        train_loss, train_accuracy = state.loss_sum / state.seen, state.correct / state.seen
        best = self._better(result)
        epoch = state.epoch + 1
        if best:
            state.best_epoch, state.stale_epochs = epoch, 0
            state.best_val_accuracy, state.best_val_loss = result.accuracy, result.loss
            save_model(self.space.run.path, self.space.network, self._info(epoch, result))
        else:
            state.stale_epochs += 1
        state.epoch, state.step_in_epoch = epoch, 0
        state.loss_sum, state.correct, state.seen = 0.0, 0, 0
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
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
                seconds_left=seconds * (self._recipe.train.epochs - epoch),
            )
        )
        self.save()

    def validate(self) -> Validation:
        """The present network on the validation photos."""
        network = self.space.network.eval()
        _, scores = infer(
            network,
            self._validation.paths,
            self.space.preprocessing,
            self.space.device,
            self.space.precision("inference"),
            self.space.ctx,
        )
        return judge(scores, self._validation)

    def save(self) -> None:
        """Write the complete state."""
        save_checkpoint(self.space.run.checkpoint, self.space.network, self._optimizer, self.state)
        self._saved = time.monotonic()
        self.space.recorder.emit(CheckpointSaved(self.state.step))

    def _better(self, result: Validation) -> bool:
        """More validation photos right; where equal, the lower loss."""
        state = self.state
        return (result.accuracy, -result.loss) > (state.best_val_accuracy, -state.best_val_loss)

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
        )

    def _set_lr(self, step: int) -> float:
        factor = lr_factor(step, self._total, self._warmup, self._recipe.schedule.shape)
        for group in self._optimizer.param_groups:
            group["lr"] = self._recipe.optim.lr * factor * group.get("lr_scale", 1.0)
        return self._recipe.optim.lr * factor

    def _augmented_view(self, epoch: int) -> Any:
        preprocessing, recipe, photos = self.space.preprocessing, self._recipe, self._train

        def view(index: int) -> Image.Image:
            photo = preprocessing.load(photos.paths[index])
            key = (recipe.seed, epoch, photos.keys[index])
            return augment(photo, recipe.augment, preprocessing, key)

        return view

    def _class_weights(self) -> Tensor | None:
        if not self._recipe.train.balance_classes:
            return None
        n = len(self.space.manifest.classes)
        return class_weights(self._train.labels, n).to(self.space.device)


def judge(scores: Tensor, photos: Photos) -> Validation:
    """Loss (natural log, no smoothing), accuracy and macro-F1 of scores [N, C]."""
    labels = photos.labels
    predicted = scores.argmax(1)
    return Validation(
        loss=f.cross_entropy(scores, labels).item(),
        accuracy=(predicted == labels).double().mean().item(),
        macro_f1=float(
            f1_score(labels.numpy(), predicted.numpy(), average="macro", zero_division=0)
        ),
    )
