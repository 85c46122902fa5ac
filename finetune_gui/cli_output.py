"""What the command line prints: JSON to standard output, words to standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from finetune_gui.core.durations import rough
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Evaluated,
    Event,
    FoldFinished,
    FoldStarted,
    Logged,
    Progress,
    RunStarted,
    TrialMoved,
    to_json,
)
from finetune_gui.core.messages import tr

_PROGRESS_SECONDS = 0.5


class Output:
    """Where a command's words go. With ``json`` nothing but JSON reaches standard output."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self._last_progress = 0.0
        self._line_open = False

    def result(self, text: str) -> None:
        """What a person asked for, when they did not ask for JSON."""
        self._end_line()
        if not self.json:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def data(self, value: Any) -> None:
        """What a script asked for."""
        if self.json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """A sentence on the side."""
        self._end_line()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def show(self, event: Event) -> None:
        """An event: a line of JSON, and a line for people where it means something to them."""
        if self.json and not isinstance(event, Progress):
            sys.stdout.write(to_json(event) + "\n")
            sys.stdout.flush()
        self.show_to_people(event)

    def show_to_people(self, event: Event) -> None:
        """The words of an event on standard error."""
        match event:
            case Progress(text=text) if text:
                self._progress(event)
            case Logged():
                self.say(tr(event.message, **event.params))
            case RunStarted():
                self.say(
                    tr(
                        "cli-run-started",
                        train=event.n_train,
                        validation=event.n_validation,
                        test=event.n_test,
                        classes=len(event.classes),
                        device=event.device,
                    )
                )
                if event.resumed_at_step is None and event.estimated_seconds:
                    time_needed = tr("common-time-rough", **rough(event.estimated_seconds))
                    self.say(tr("cli-run-time", time=time_needed))
            case BaselineFinished():
                self.say(
                    tr(
                        "cli-baseline",
                        accuracy=_percent(event.val_accuracy),
                        seconds=f"{event.seconds:.0f}",
                    )
                )
            case EpochFinished():
                self.say(
                    tr(
                        "cli-epoch",
                        epoch=event.epoch,
                        train=f"{event.train_loss:.3f}",
                        validation=f"{event.val_loss:.3f}",
                        accuracy=_percent(event.val_accuracy),
                        left=f"{event.seconds_left:.0f}",
                    )
                )
            case Evaluated():
                key = "test" if event.split == "test" else "validation"
                self.say(tr(f"cli-evaluated-{key}", accuracy=_percent(event.accuracy), n=event.n))
            case FoldStarted():
                self.say(tr("cli-fold-started", number=event.number, models=event.models))
            case FoldFinished():
                accuracy = _percent(event.accuracy)
                self.say(tr("cli-fold-done", number=event.number, accuracy=accuracy, n=event.n))
            case TrialMoved():
                self.say(_trial(event))
            case _:
                pass

    def _progress(self, event: Progress) -> None:
        # A line that overwrites itself is for people who watch; in a file it would be noise.
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._last_progress < _PROGRESS_SECONDS:
            return
        self._last_progress = now
        far = f"{event.done} / {event.total}" if event.total else "…"
        sys.stderr.write(f"\r{tr(event.text)}  {far}  ")
        sys.stderr.flush()
        self._line_open = True

    def _end_line(self) -> None:
        if self._line_open:
            sys.stderr.write("\n")
            self._line_open = False


class SilentOutput(Output):
    """Nobody listens: of several processes that train together, the first one speaks."""

    def __init__(self) -> None:
        super().__init__(json=False)

    @override
    def result(self, text: str) -> None:
        """Nothing."""

    @override
    def data(self, value: Any) -> None:
        """Nothing."""

    @override
    def say(self, text: str) -> None:
        """Nothing."""

    @override
    def show(self, event: Event) -> None:
        """Nothing."""

    @override
    def show_to_people(self, event: Event) -> None:
        """Nothing."""


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Rows in columns, with a head unless all of it is empty."""
    lines = [head, *rows] if any(head) else rows
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"


def _trial(event: TrialMoved) -> str:
    far: dict[str, str | int] = {
        "number": event.number,
        "state": tr(f"search-state-{event.state}"),
        "epoch": event.epoch,
        "epochs": event.epochs,
    }
    if event.accuracy is None:
        return tr("cli-trial", **far)
    return tr("cli-trial-accuracy", accuracy=_percent(event.accuracy), **far)
