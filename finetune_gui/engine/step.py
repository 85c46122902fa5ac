"""One optimiser update: forward, loss, backward, clip, step; and what can go wrong in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core.errors import UserError, is_memory_full
from finetune_gui.core.recipe import OptimRecipe
from finetune_gui.engine.network import learns_batch_statistics
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.team import Team

Scores = Callable[[Tensor], Tensor]


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
    portion then, which never is a single photo. ``on_halved`` is told the new number.
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

    def halve(self, photos: int) -> None:
        """Note that ``photos`` at once do not fit the memory: half of them are tried from now on.

        Nothing changes where fewer are computed at once already.
        """
        if photos <= self.micro_batch:
            self.micro_batch = math.ceil(photos / 2)
            free_cached_memory(self._device)
            self._on_halved(self.micro_batch)

    def step(self, scores_of: Scores, inputs: Tensor, labels: Tensor, seed: int) -> StepResult:
        """Update the weights once; ``scores_of`` maps inputs [N, …] to scores [N, C].

        ``labels`` are class numbers [N] or, for mixed photos, probabilities [N, C]. ``inputs`` may
        lie in the computer's memory where the device has no room for all. ``seed`` decides what
        dropout hides. In a team these are this process's share of the batch.

        Raises:
            NotFiniteError: nothing was updated.
            UserError: the memory is too small for a single photo (for two, where batch statistics
                are learned), or for the update itself.
        """
        (photos,) = self._team.sum(torch.tensor([len(labels)])).tolist()
        total = self._team.sum(self._total_weight(labels))
        losses, right = self._gradients(scores_of, inputs, labels, total, seed)
        self._team.sum_gradients(self._network.parameters())
        try:
            # The scaler itself leaves out a step that is not finite, and lowers its scale.
            norm = losses.new_zeros(()) if self._scaler.is_enabled() else self._clip()
            loss, correct = self._checked(losses, right, norm)
            self._update()
        except (RuntimeError, MemoryError) as error:
            # Part of the weights may have moved, so it cannot be done again.
            raise UserError("error-out-of-memory") if is_out_of_memory(error) else error from error
        return StepResult(loss, correct, photos)

    def _gradients(
        self, scores_of: Scores, inputs: Tensor, labels: Tensor, total: Tensor, seed: int
    ) -> tuple[Tensor, Tensor]:
        while True:
            try:
                return self._attempt(scores_of, inputs, labels, total, seed)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self._number_of_portions(len(labels)) >= len(labels) // self._fewest():
                    raise UserError("error-out-of-memory") from error
            # Outside of the handler: its traceback would keep the tensors alive.
            self._optimizer.zero_grad(set_to_none=True)
            self.halve(min(self.micro_batch, len(labels)))

    def _attempt(
        self, scores_of: Scores, inputs: Tensor, labels: Tensor, total: Tensor, seed: int
    ) -> tuple[Tensor, Tensor]:
        """The losses of the portions and how many photos are right; leaves the gradients.

        Both stay on the device: to ask it for a number means to wait for all that it has to do.
        """
        torch.manual_seed(seed)
        self._optimizer.zero_grad(set_to_none=True)
        answers = labels if labels.ndim == 1 else labels.argmax(1)
        losses, right = [], []
        # Of equal size, so that no photo is left alone with its batch statistics.
        number = self._number_of_portions(len(labels))
        portions = (t.tensor_split(number) for t in (inputs, labels, answers))
        for part, truth, answer in zip(*portions, strict=True):
            with torch.enable_grad(), autocast(self._device, self._precision):
                scores = scores_of(part.to(self._device))
            share = self._loss(scores.float(), truth) / total
            torch.autograd.backward(self._scaler.scale(share))
            losses.append(share.detach())
            right.append((scores.argmax(1) == answer).sum())
        return torch.stack(losses), torch.stack(right)

    def _number_of_portions(self, photos: int) -> int:
        wanted = math.ceil(photos / self.micro_batch)
        return wanted if wanted == 1 else max(1, min(wanted, photos // self._fewest()))

    def _fewest(self) -> int:
        """How many photos a portion must have: of one alone there are no statistics."""
        return 2 if learns_batch_statistics(self._network) else 1

    def _checked(self, losses: Tensor, right: Tensor, norm: Tensor) -> tuple[float, int]:
        """The loss of the batch and how many photos are right, over the team.

        The one place of an update where the CPU waits for the device.

        Raises:
            NotFiniteError: the loss is infinite or no number, or ``norm`` is.
        """
        *shares, hits, length = torch.cat(
            [losses, right.sum().float().reshape(1), norm.float().reshape(1)]
        ).tolist()
        own = 0.0
        for share in shares:  # not `sum`, which rounds otherwise since Python 3.12
            own += share
        ours = torch.tensor([own, hits], dtype=torch.float64)
        loss, correct = self._team.sum(ours).tolist()
        if not math.isfinite(loss) or not math.isfinite(length):
            raise NotFiniteError
        return loss, round(correct)

    def loss_of(self, scores: Tensor, labels: Tensor) -> float:
        """What an update with these scores [N, C] would lower: the mean of the batch."""
        return float(self._loss(scores.float(), labels) / self._total_weight(labels))

    def _loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        """The sum over the photos; divided by their weights it is the mean of a whole batch.

        A photo is weighted by its own class. torch's ``weight`` would weigh each class of the
        smoothed label by itself: what smoothing gives to a rare class would grow by its weight,
        and photos of common classes would be drawn towards it.
        """
        smoothing = self._recipe.label_smoothing
        if self._class_weights is None:
            return f.cross_entropy(scores, labels, label_smoothing=smoothing, reduction="sum")
        each = f.cross_entropy(scores, labels, label_smoothing=smoothing, reduction="none")
        return (each * self._weights_of(labels, self._class_weights)).sum()

    def _total_weight(self, labels: Tensor) -> Tensor:
        if self._class_weights is None:
            return torch.full((), float(len(labels)), device=labels.device)
        return self._weights_of(labels, self._class_weights).sum()

    @staticmethod
    def _weights_of(labels: Tensor, class_weights: Tensor) -> Tensor:
        """The weight of each photo; of a mixed one that of its classes by their shares."""
        return class_weights[labels] if labels.ndim == 1 else labels @ class_weights

    def _clip(self) -> Tensor:
        """Shorten the gradient to what the recipe allows; its norm before."""
        limit = self._recipe.gradient_clip or math.inf
        return nn.utils.clip_grad_norm_(self._network.parameters(), limit)

    def _update(self) -> None:
        if self._scaler.is_enabled():
            self._scaler.unscale_(self._optimizer)
            self._clip()
        self._scaler.step(self._optimizer)
        self._scaler.update()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the device, or of the computer, was full."""
    return isinstance(error, torch.OutOfMemoryError) or is_memory_full(error)


def free_cached_memory(device: torch.device) -> None:
    """Give back what torch keeps of a device's memory for later."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
