"""One optimiser update: forward, loss, backward, clip, step; and what can go wrong in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import OptimRecipe
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.team import Team

Scores = Callable[[Tensor], Tensor]

# What torch says where it has no exception of its own for a full memory.
_FULL = ("out of memory", "can't allocate memory", "not enough memory")


class NotFiniteError(Exception):
    """The loss or its gradient is infinite or no number: the weights are spoiled or about to be."""


@dataclass(frozen=True)
class StepResult:
    """``loss`` is the mean over the batch in natural logarithms; ``correct`` counts photos.

    ``photos`` is how many the batch has, those of the other processes included.
    """

    loss: float
    correct: int
    photos: int


class Stepper:
    """Makes updates of ``network`` with batches of any size, in portions that fit the memory.

    ``micro_batch`` is how many photos are computed at once. When the memory is full it is halved
    and the update made again: the gradients of the portions add up to that of the batch, so the
    result is the same but for rounding, unless batch statistics are learned: those are of each
    portion then. ``on_halved`` is told the new number.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        recipe: OptimRecipe,
        class_weights: Tensor | None,
        precision: str,
        micro_batch: int,
        on_halved: Callable[[int], None],
        team: Team | None = None,
    ) -> None:
        self._network = network
        self._optimizer = optimizer
        self._recipe = recipe
        self._class_weights = class_weights
        self._precision = precision
        self._device = next(network.parameters()).device
        self._on_halved = on_halved
        self._team = team or Team()
        self.micro_batch = micro_batch
        # float16 alone needs its loss scaled up (Micikevicius et al. 2018).
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=precision == "float16")

    @property
    def loss_scale(self) -> tuple[float, int]:
        """What a float16 loss is multiplied with, and how many updates that has gone well."""
        kept = self._scaler.state_dict()
        return kept.get("scale", 1.0), kept.get("_growth_tracker", 0)

    @loss_scale.setter
    def loss_scale(self, kept: tuple[float, int]) -> None:
        if self._scaler.is_enabled():
            scale, age = kept
            known = self._scaler.state_dict()
            self._scaler.load_state_dict({**known, "scale": scale, "_growth_tracker": age})

    def step(self, scores_of: Scores, inputs: Tensor, labels: Tensor, seed: int) -> StepResult:
        """Update the weights once; ``scores_of`` maps inputs [N, …] to scores [N, C].

        ``labels`` are class numbers [N] or, for mixed photos, probabilities [N, C]. ``seed``
        decides what dropout hides. In a team these are this process's share of the batch.

        Raises:
            NotFiniteError: nothing was updated.
            UserError: the memory is too small for a single photo, or for the update itself.
        """
        photos = int(self._team.sum(torch.tensor(len(labels))))
        total = self._team.sum(self._total_weight(labels))
        try:
            loss, correct = self._gradients(scores_of, inputs, labels, total, seed)
        except NotFiniteError:  # the others must hear of it
            loss, correct = math.nan, 0
        loss, right = self._team.sum(torch.tensor([loss, correct], dtype=torch.float64)).tolist()
        if not math.isfinite(loss):
            raise NotFiniteError
        self._team.sum_gradients(self._network.parameters())
        try:
            self._update()
        except (RuntimeError, MemoryError) as error:
            # Part of the weights may have moved, so it cannot be done again.
            raise UserError("error-out-of-memory") if is_out_of_memory(error) else error from error
        return StepResult(loss, round(right), photos)

    def _gradients(
        self, scores_of: Scores, inputs: Tensor, labels: Tensor, total: Tensor, seed: int
    ) -> tuple[float, int]:
        while True:
            try:
                return self._attempt(scores_of, inputs, labels, total, seed)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.micro_batch <= 1:
                    raise UserError("error-out-of-memory") from error
            # Outside of the handler: its traceback would keep the tensors alive.
            self._optimizer.zero_grad(set_to_none=True)
            self.micro_batch = math.ceil(min(self.micro_batch, len(labels)) / 2)
            free_cached_memory(self._device)
            self._on_halved(self.micro_batch)

    def _attempt(
        self, scores_of: Scores, inputs: Tensor, labels: Tensor, total: Tensor, seed: int
    ) -> tuple[float, int]:
        """The loss and the photos that are right; leaves the gradients."""
        torch.manual_seed(seed)
        self._optimizer.zero_grad(set_to_none=True)
        answers = labels if labels.ndim == 1 else labels.argmax(1)
        loss, correct = 0.0, 0
        # Of equal size, so that no photo is left alone with its batch statistics.
        number = max(1, math.ceil(len(labels) / self.micro_batch))
        portions = (t.tensor_split(number) for t in (inputs, labels, answers))
        for part, truth, answer in zip(*portions, strict=True):
            with torch.enable_grad(), autocast(self._device, self._precision):
                scores = scores_of(part)
            share = self._loss(scores.float(), truth) / total
            loss += share.item()
            if not math.isfinite(loss):
                raise NotFiniteError
            torch.autograd.backward(self._scaler.scale(share))
            correct += int((scores.argmax(1) == answer).sum())
        return loss, correct

    def loss_of(self, scores: Tensor, labels: Tensor) -> float:
        """What an update with these scores [N, C] would lower: the mean of the batch."""
        return float(self._loss(scores.float(), labels) / self._total_weight(labels))

    def _loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The sum over the photos; divided by their weights it is the mean of a whole batch."""
        return f.cross_entropy(
            scores,
            labels,
            weight=self._class_weights,
            label_smoothing=self._recipe.label_smoothing,
            reduction="sum",
        )

    def _total_weight(self, labels: Tensor) -> Tensor:
        if self._class_weights is None:
            return torch.tensor(float(len(labels)), device=labels.device)
        if labels.ndim == 1:
            return self._class_weights[labels].sum()
        return (labels @ self._class_weights).sum()

    def _update(self) -> None:
        self._scaler.unscale_(self._optimizer)
        limit = self._recipe.gradient_clip or math.inf
        norm = nn.utils.clip_grad_norm_(self._network.parameters(), limit)
        # The scaler itself leaves out such a step and lowers its scale.
        if not self._scaler.is_enabled() and not torch.isfinite(norm):
            raise NotFiniteError
        self._scaler.step(self._optimizer)
        self._scaler.update()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the device, or of the computer, was full."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _FULL)


def free_cached_memory(device: torch.device) -> None:
    """Give back what torch keeps of a device's memory for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
