"""What short trainings with three learning rates say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finetune_gui.core.lr_curve import lr_text
from finetune_gui.core.messages import tr

FACTORS = (1 / 3, 1.0, 3.0)
_CLEAR = 0.05  # a validation loss that is lower by less may be chance

# "alike": no rate is clearly better than the suggested one, nor worse; "none": all exploded.
TrialVerdict = Literal["lower", "suggested", "higher", "alike", "none"]


@dataclass(frozen=True, slots=True)
class LrTrial:
    """How a short training with ``lr`` ended.

    ``val_loss`` (natural logarithm) and ``val_accuracy`` (a fraction) are those of its last epoch,
    None where the loss exploded.
    """

    lr: float
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass(frozen=True)
class LrTrials:
    """Three short trainings, their rates rising and the suggested one in the middle.

    ``better`` is the rate to use; None where all exploded.
    """

    trials: tuple[LrTrial, ...]
    verdict: TrialVerdict
    better: float | None

    @property
    def sentence(self) -> str:
        """The verdict in the language now set."""
        return tr(f"lr-trials-{self.verdict}", lr=lr_text(self.better))


def three_around(lr: float) -> tuple[float, ...]:
    """A third of ``lr``, ``lr`` and three times it, with two digits."""
    return tuple(float(f"{factor * lr:.2g}") for factor in FACTORS)


def judge(trials: tuple[LrTrial, ...], n_validation: int) -> LrTrials:
    """Which of three trials to believe; ``n_validation`` photos judged them.

    The loss decides: with a few dozen photos the accuracy moves in steps that are chance. But a
    rate that gets more than one photo fewer right is not better, whatever its loss.
    """
    finite = [t for t in trials if t.val_loss is not None]
    if not finite:
        return LrTrials(trials, "none", None)
    middle = trials[1]
    best = min(finite, key=lambda t: t.val_loss or 0.0)
    if middle.val_loss is None or _is_better(best, middle, n_validation):
        return LrTrials(trials, "lower" if best.lr < middle.lr else "higher", best.lr)
    others = [t for t in trials if t is not middle]
    alike = all(not _is_better(middle, other, n_validation) for other in others)
    return LrTrials(trials, "alike" if alike else "suggested", middle.lr)


def _is_better(one: LrTrial, other: LrTrial, n_validation: int) -> bool:
    """Clearly better, and not by chance."""
    if one.val_loss is None or other.val_loss is None:
        return other.val_loss is None and one.val_loss is not None
    right = (one.val_accuracy or 0.0) - (other.val_accuracy or 0.0)
    return one.val_loss < (1 - _CLEAR) * other.val_loss and right * n_validation > -1.5
