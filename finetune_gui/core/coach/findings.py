"""What the coach says: a finding with its evidence and its remedies, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from finetune_gui.core.events import Params

Name = Literal[
    "lr_too_high",
    "lr_too_low",
    "stopped_too_early",
    "trained_too_long",
    "overfitting",
    "underfitting",
    "too_few_photos",
    "class_starves",
    "class_confused",
    "labels_doubtful",
    "validation_too_small",
    "validation_easier",
    "leak",
    "augmentation_too_strong",
    "augmentation_too_weak",
    "input_too_small",
    "not_finite",
    "dead_units",
    "decoding_slow",
    "loading_slow",
    "precision_pinned",
    "threads_pinned",
    "batch_too_small",
    "batch_norm_unsteady",
    "baseline_as_good",
    "going_well",
]
Weight = Literal["problem", "hint", "good"]
CurveName = Literal["loss", "accuracy"]

_ORDER: dict[Weight, int] = {"problem": 0, "hint": 1, "good": 2}


@dataclass(frozen=True)
class Span:
    """Where the evidence is: from where to where on a curve, in epochs (0 is the baseline)."""

    curve: CurveName
    first: float
    last: float


@dataclass(frozen=True)
class Remedy:
    """One thing to do. ``key`` is the message of its button.

    ``changes`` are dotted keys of the recipe with their new values; where nothing in the recipe
    helps, ``page`` is the page of the window to go to.
    """

    key: str
    changes: dict[str, Any] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that the coach has noticed.

    ``weight``: a problem spoils the run, a hint is worth knowing, good means that nothing is
    wrong. ``confidence`` in [0, 1] is how sure the rule is. ``params`` fill the placeholders of
    the messages ``coach-NAME``, ``coach-NAME-evidence`` and ``coach-NAME-text``. ``photos`` are
    photos worth looking at, relative to the dataset.
    """

    name: Name
    weight: Weight
    confidence: float
    params: Params = field(default_factory=dict)
    span: Span | None = None
    remedies: tuple[Remedy, ...] = ()
    photos: tuple[str, ...] = ()

    @property
    def title_key(self) -> str:
        """The message that names it."""
        return f"coach-{self._word}"

    @property
    def evidence_key(self) -> str:
        """The message with the figures that show it."""
        return f"coach-{self._word}-evidence"

    @property
    def text_key(self) -> str:
        """The message that says what it means."""
        return f"coach-{self._word}-text"

    @property
    def _word(self) -> str:
        return self.name.replace("_", "-")

    @property
    def rank(self) -> tuple[int, float]:
        """Problems come first, and among equals the surest."""
        return _ORDER[self.weight], -self.confidence
