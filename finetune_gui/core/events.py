"""All that happens in a job, as frozen dataclasses of plain values.

Events go to the window, to ``events.jsonl`` and to ``train --json`` in the same form: one JSON
object with ``kind`` and the fields. Times are seconds since the epoch; losses are natural-log
cross-entropy; accuracies are fractions in [0, 1].
"""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Params = dict[str, str | int | float]
Stage = Literal["baseline", "finetune"]
Ending = Literal["done", "early_stop", "stopped"]


@dataclass(frozen=True)
class Event:
    """The base of all events. ``time`` is when it happened (Unix seconds)."""

    kind: ClassVar[str] = ""
    time: float = field(default_factory=time.time, kw_only=True)


@dataclass(frozen=True)
class Progress(Event):
    """How far a job is; not kept in the run folder. ``total`` 0: not known."""

    kind: ClassVar[str] = "progress"
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Logged(Event):
    """A line of the plain log: a message key with its values."""

    kind: ClassVar[str] = "log"
    message: str
    params: Params = field(default_factory=dict)
    level: Literal["info", "caution", "error"] = "info"


@dataclass(frozen=True)
class RunStarted(Event):
    """A run began or, with ``resumed_at_step``, went on from a checkpoint.

    When resumed, what was told of later steps is void: they are done again. ``precision`` is the
    arithmetic of training; ``estimated_seconds`` is for the whole run from its beginning, 0 where
    there is no estimate.
    """

    kind: ClassVar[str] = "run_started"
    backbone: str
    classes: tuple[str, ...]
    n_train: int
    n_validation: int
    n_test: int
    epochs: int
    steps_per_epoch: int
    device: str
    precision: str
    resumed_at_step: int | None = None
    backbone_title: str = ""
    estimated_seconds: float = 0.0

    @property
    def backbone_name(self) -> str:
        """What people call the backbone."""
        return self.backbone_title or self.backbone


@dataclass(frozen=True)
class StageStarted(Event):
    """The baseline or the fine-tuning began."""

    kind: ClassVar[str] = "stage_started"
    stage: Stage


@dataclass(frozen=True)
class BaselineFinished(Event):
    """The linear head on frozen features is ready; from here on the run has a usable model."""

    kind: ClassVar[str] = "baseline_finished"
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class StepFinished(Event):
    """One optimiser update. ``step`` counts from 1 over the whole run.

    ``train_loss`` and ``train_accuracy`` are of this step's batch, ``lr`` is the head's.
    """

    kind: ClassVar[str] = "step"
    step: int
    epoch: int
    train_loss: float
    train_accuracy: float
    lr: float
    photos_per_second: float


@dataclass(frozen=True)
class EpochFinished(Event):
    """One pass over the training photos and one over the validation photos.

    ``epoch`` counts from 1. ``best``: the best model of the run so far. ``seconds_left`` is an
    estimate for all that remains of the fine-tuning. ``waiting`` is the part of the training, in
    [0, 1], that went by in waiting for photos, ``decoded`` the part of the photos that were not
    found decoded in the cache, ``dead_units`` the part of the head's inputs that said the same of
    every photo. Where the epoch was resumed they are of what was left of it; older runs have none.
    """

    kind: ClassVar[str] = "epoch"
    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    val_macro_f1: float
    best: bool
    seconds: float
    seconds_left: float
    waiting: float = 0.0
    decoded: float = 0.0
    dead_units: float = 0.0


@dataclass(frozen=True)
class StageJudged(Event):
    """The epochs are over after which a stage that was opened must have helped.

    ``stage`` counts from the head backwards, 0 is the head alone; ``opened`` is how many began to
    learn together, up to this one. ``val_accuracy`` is the best of its epochs and ``gain`` what
    that is more than the best before. Where it is not ``kept`` the weights go back to those of
    that best, and the stage learns no more.
    """

    kind: ClassVar[str] = "stage_judged"
    stage: int
    opened: int
    epoch: int
    step: int
    val_accuracy: float
    gain: float
    kept: bool


@dataclass(frozen=True)
class CheckpointSaved(Event):
    """The complete state up to ``step`` is on disk."""

    kind: ClassVar[str] = "checkpoint"
    step: int


@dataclass(frozen=True)
class RolledBack(Event):
    """The loss became infinite: what was told of steps after ``step`` is void and done again.

    ``lr_factor`` is what the learning rate of the recipe is multiplied with from here on.
    """

    kind: ClassVar[str] = "rolled_back"
    step: int
    lr_factor: float


@dataclass(frozen=True)
class RunPaused(Event):
    """The run saved its state and ended; it can be resumed."""

    kind: ClassVar[str] = "run_paused"
    step: int


@dataclass(frozen=True)
class EnsembleMade(Event):
    """The model of this run is made of those of a cross-validation, ``members`` in number.

    ``val_accuracy`` is theirs on the ``n`` photos that each of them had not seen.
    """

    kind: ClassVar[str] = "ensemble"
    members: int
    val_accuracy: float
    n: int


@dataclass(frozen=True)
class RunFinished(Event):
    """The run is over and its best model is in place.

    ``reason``: all epochs done, patience ran out, or the user stopped it. ``winner`` is the stage
    whose model was kept and ``winner_epoch`` its epoch (0 for the baseline).
    """

    kind: ClassVar[str] = "run_finished"
    reason: Ending
    winner: Stage
    winner_epoch: int
    val_accuracy: float
    baseline_val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Evaluated(Event):
    """The best model was evaluated on ``split``; the details are in ``evaluation/``."""

    kind: ClassVar[str] = "evaluated"
    split: str
    accuracy: float
    macro_f1: float
    n: int


@dataclass(frozen=True)
class LrTried(Event):
    """An update of a learning-rate test: the loss of some training photos after it."""

    kind: ClassVar[str] = "lr_tried"
    lr: float
    loss: float


@dataclass(frozen=True)
class LrTrialMoved(Event):
    """How far one of several short trainings is; ``trial`` counts from 0.

    ``epoch`` is where it stands, in epochs. ``train_loss`` is that of an update or, where there is
    a ``val_loss``, the mean of the epoch that ended.
    """

    kind: ClassVar[str] = "lr_trial"
    trial: int
    epoch: float
    train_loss: float
    val_loss: float | None = None


@dataclass(frozen=True)
class FoldStarted(Event):
    """The model of a fold is trained from here on, or its training goes on; numbers from 1."""

    kind: ClassVar[str] = "fold_started"
    number: int
    models: int
    run: str


@dataclass(frozen=True)
class FoldMoved(Event):
    """How far the model of a fold is. ``epoch`` 0 is the baseline.

    ``val_accuracy`` is on the photos that choose its best epoch, not on those of the fold.
    """

    kind: ClassVar[str] = "fold_moved"
    number: int
    epoch: int
    val_accuracy: float


@dataclass(frozen=True)
class FoldFinished(Event):
    """The model of a fold was judged by the ``n`` photos of the fold."""

    kind: ClassVar[str] = "fold_finished"
    number: int
    accuracy: float
    macro_f1: float
    n: int


@dataclass(frozen=True)
class TrialMoved(Event):
    """A trial of a search began, finished an epoch, or is over.

    ``number`` counts the trials of the study from 0; ``state`` is one of `study.TrialState`.
    ``accuracy`` is of the epoch or, where the trial is over, of its best model; None before both.
    """

    kind: ClassVar[str] = "trial"
    number: int
    state: str
    epoch: int = 0
    epochs: int = 0
    accuracy: float | None = None


@dataclass(frozen=True)
class RunFailed(Event):
    """The run ended with an error: a message key with its values (see `UserError`)."""

    kind: ClassVar[str] = "run_failed"
    message: str
    params: Params = field(default_factory=dict)


_KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Progress,
        Logged,
        RunStarted,
        StageStarted,
        BaselineFinished,
        StepFinished,
        EpochFinished,
        StageJudged,
        CheckpointSaved,
        RolledBack,
        RunPaused,
        EnsembleMade,
        RunFinished,
        Evaluated,
        LrTried,
        LrTrialMoved,
        FoldStarted,
        FoldMoved,
        FoldFinished,
        TrialMoved,
        RunFailed,
    )
}


def to_json(event: Event) -> str:
    """One line of JSON (no line end)."""
    fields: dict[str, Any] = {"kind": event.kind, **dataclasses.asdict(event)}
    return json_text(fields, separators=(",", ":"))


def json_text(value: Any, **options: Any) -> str:
    """JSON that people can read and that UTF-8 can hold, whatever bytes a file's name is made of.

    ``options`` are those of `json.dumps`.
    """
    text = json.dumps(value, ensure_ascii=False, **options)
    # Bytes of a name that are not UTF-8 are lone surrogates here; "\\udcff" is their JSON, too.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def from_json(line: str) -> Event | None:
    """The event of one line; None for a kind or a shape that this version does not know.

    A line cut short by a kill is None as well.
    """
    try:
        fields = json.loads(line)
        cls = _KINDS.get(fields.pop("kind"))
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    if cls is None:
        return None
    known = {f.name for f in dataclasses.fields(cls)}
    kept: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in fields.items() if k in known
    }
    try:
        return cls(**kept)
    except TypeError:
        return None
