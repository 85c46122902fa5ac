"""What the Train page says: figures, times, and the lines of the log."""

from __future__ import annotations

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Evaluated,
    Event,
    Logged,
    RunFailed,
    RunFinished,
    RunStarted,
)
from finetune_gui.core.history import RunHistory
from finetune_gui.core.messages import has_message, tr
from finetune_gui.gui.percent import fine_percent, percent_text


def percent(fraction: float) -> str:
    """A fraction as a percentage with one decimal; 100 only when nothing is wrong."""
    return percent_text(fine_percent(fraction))


def percent_tick(fraction: float) -> str:
    """A fraction at an axis: whole percentages where they are whole."""
    return percent_text(f"{100 * fraction:.4g}")


def loss_text(value: float) -> str:
    """A loss with three decimals."""
    return f"{value:.3f}"


def clock(seconds: float) -> str:
    """A time as ``m:ss`` or ``h:mm:ss``."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02}:{whole % 60:02}"
    return f"{minutes}:{whole % 60:02}"


def log_line(event: Event, history: RunHistory | None) -> str:
    """One line of the log without its time, in the language now set; empty for other events."""
    text = ""
    match event:
        case Logged():
            text = _logged(event)
        case RunStarted() if event.resumed_at_step is None:
            text = _started(event)
        case BaselineFinished():
            text = _baseline(event)
        case EpochFinished():
            text = _epoch(event, history)
        case RunFinished():
            key = f"train-log-ended-{event.reason}".replace("_", "-")
            text = tr(key, time=clock(event.seconds))
        case RunFailed():
            text = tr("train-log-error", text=str(failure(event)))
        case Evaluated():
            text = _evaluated(event)
    return text


def failure(event: RunFailed) -> UserError:
    """The error that ended a run, to be shown in any language."""
    # A newer version may have written messages that this one does not know.
    if has_message(event.message):
        return UserError(event.message, **event.params)
    return UserError("error-unexpected", detail=event.message)


def _logged(event: Logged) -> str:
    text = tr(event.message, **event.params) if has_message(event.message) else event.message
    return text if event.level == "info" else tr(f"train-log-{event.level}", text=text)


def _started(event: RunStarted) -> str:
    return tr(
        "train-log-started",
        backbone=event.backbone_name,
        n=event.n_train,
        classes=len(event.classes),
        device=event.device,
    )


def _baseline(event: BaselineFinished) -> str:
    return tr(
        "train-log-baseline",
        accuracy=percent(event.val_accuracy),
        loss=loss_text(event.val_loss),
        time=clock(event.seconds),
    )


def _epoch(event: EpochFinished, history: RunHistory | None) -> str:
    started = None if history is None else history.started
    key = "train-log-epoch-best" if event.best else "train-log-epoch"
    return tr(
        key,
        epoch=event.epoch,
        epochs=event.epoch if started is None else started.epochs,
        accuracy=percent(event.val_accuracy),
        loss=loss_text(event.val_loss),
        train_loss=loss_text(event.train_loss),
    )


def _evaluated(event: Evaluated) -> str:
    accuracy = percent(event.accuracy)
    return tr("train-log-evaluated", n=event.n, accuracy=accuracy, f1=f"{event.macro_f1:.3f}")


def level_of(event: Event) -> str:
    """How serious a line is: ``info``, ``good``, ``caution`` or ``error``."""
    match event:
        case Logged():
            return event.level
        case RunFailed():
            return "error"
        case EpochFinished() if event.best:
            return "good"
        case RunFinished():
            return "good"
        case _:
            return "info"


def seconds_left(history: RunHistory, now: float) -> float | None:
    """An estimate for the rest of the run, in seconds; None before there is one.

    ``now`` is in seconds since 1970. After an epoch it is the engine's own, less what has passed
    since; before, it comes from the steps so far, and before those from the trial. What was told
    before the run went on says nothing of the time since.
    """
    started = history.started
    if started is None or history.end is not None:
        return None
    total = started.epochs * started.steps_per_epoch
    fresh = [step for step in history.steps[-50:] if step.time >= started.time]
    if fresh and history.epochs and history.epochs[-1].time >= started.time:
        last = history.epochs[-1]
        return max(0.0, last.seconds_left - max(0.0, fresh[-1].time - last.time))
    if len(fresh) < 2:
        left = 1 - (started.resumed_at_step or 0) / max(1, total)
        return max(0.0, started.estimated_seconds * left - (now - started.time)) or None
    each = (fresh[-1].time - fresh[0].time) / (len(fresh) - 1)
    return each * max(0, total - fresh[-1].step)
