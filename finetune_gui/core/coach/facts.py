"""What the rules look at: the history of a run, what was asked, and what is known of its photos."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from finetune_gui.core.history import RunHistory
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DataFacts:
    """What a run learned from.

    ``counts[split][label]`` is a number of photos. ``leaks`` are photos of validation or test that
    are also among the training photos. ``matrix[i][j]`` counts judged photos of class i that were
    called class j, empty before there is an evaluation; ``mistakes`` are (path, true class,
    answer), the surest first. ``photo_side`` is the shorter side of a typical photo and
    ``input_side`` that of what the network is given, both in pixels, 0 where not known.
    """

    classes: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    leaks: tuple[str, ...] = ()
    matrix: tuple[tuple[int, ...], ...] = ()
    mistakes: tuple[tuple[str, str, str], ...] = ()
    photo_side: int = 0
    input_side: int = 0

    @classmethod
    def of(cls, manifest: Manifest) -> DataFacts:
        """What the manifest alone tells; photos that were skipped do not count."""
        counts: dict[str, dict[str, int]] = {}
        for split in ("train", "validation", "test"):
            found = Counter(
                entry.label
                for entry in manifest.samples
                if entry.split == split and entry.path not in manifest.skipped
            )
            counts[split] = {label: found[label] for label in manifest.classes}
        return cls(manifest.classes, counts)

    def n(self, split: str) -> int:
        """How many photos a split has."""
        return sum(self.counts.get(split, {}).values())

    @property
    def typical(self) -> int:
        """The training photos of a class of middling size; 0 without classes."""
        found = sorted(self.counts.get("train", {}).values())
        return found[len(found) // 2] if found else 0

    def commonest(self, split: str) -> float:
        """The accuracy of always answering the commonest class, in [0, 1]."""
        return max(self.counts[split].values()) / max(1, self.n(split))


@dataclass(frozen=True)
class Machine:
    """What a run was computed on; ``cores`` is 0 where that is not known."""

    on_cpu: bool = True
    cores: int = 0

    @classmethod
    def of(cls, device: str) -> Machine:
        """What the manifest's name of the device tells: ``NVIDIA H200`` or ``CPU · 8``."""
        kind, _, cores = device.partition(" · ")
        return cls(kind.upper() == "CPU", int(cores) if cores.isdecimal() else 0)


@dataclass(frozen=True)
class Facts:
    """One run as the rules see it. Curves are arrays, x in epochs as in the plots."""

    recipe: Recipe
    history: RunHistory
    data: DataFacts
    machine: Machine = Machine()

    @cached_property
    def train_losses(self) -> Floats:
        """The mean training loss of each whole epoch."""
        return np.array([e.train_loss for e in self.history.epochs], dtype=np.float64)

    @cached_property
    def train_accuracies(self) -> Floats:
        """The training accuracy of each whole epoch, on augmented photos."""
        return np.array([e.train_accuracy for e in self.history.epochs], dtype=np.float64)

    @cached_property
    def val_losses(self) -> Floats:
        """The validation loss of each whole epoch."""
        return np.array([e.val_loss for e in self.history.epochs], dtype=np.float64)

    @cached_property
    def val_accuracies(self) -> Floats:
        """The validation accuracy of each whole epoch."""
        return np.array([e.val_accuracy for e in self.history.epochs], dtype=np.float64)

    @property
    def n_epochs(self) -> int:
        """Whole epochs so far."""
        return len(self.history.epochs)

    @property
    def is_over(self) -> bool:
        """Whether all epochs that were asked for are done."""
        return self.n_epochs >= self.recipe.train.epochs

    @cached_property
    def lowest_loss(self) -> float:
        """The lowest training loss that can be reached: smoothed labels are never met exactly.

        It is the entropy of the smoothed label over C classes: one has the probability
        ``1 - s + s / C``, the others ``s / C`` (Szegedy et al. 2016).
        """
        n, smoothing = len(self.data.classes), self.recipe.optim.label_smoothing
        if not smoothing or n < 2:
            return 0.0
        other = smoothing / n
        own = 1 - smoothing + other
        return -(own * math.log(own) + (n - 1) * other * math.log(other))

    @property
    def is_worse_than_baseline(self) -> bool:
        """Whether the last epoch's network is clearly worse than the frozen baseline."""
        baseline = self.history.baseline
        if baseline is None or not self.n_epochs:
            return False
        return baseline.val_accuracy - float(self.val_accuracies[-1]) > 2 / max(
            1, self.data.n("validation")
        )

    @property
    def guessing_loss(self) -> float:
        """The loss of calling all classes equally likely."""
        return math.log(max(2, len(self.data.classes)))

    @property
    def mixes_photos(self) -> bool:
        """Whether photos are mixed: then training loss and accuracy say little."""
        return self.recipe.optim.mixing != "none"


def wilson_interval(right: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a fraction ``right`` in [0, 1] seen on ``n`` photos (Wilson 1927)."""
    if n <= 0:
        return 0.0, 1.0
    centre = (right + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(right * (1 - right) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)
