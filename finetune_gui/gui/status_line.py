"""The line at the bottom: device, what is going on and how long it takes, what is open."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from finetune_gui.core.job import JobState, Lane
from finetune_gui.core.messages import has_message, tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.page_loader import ImportPages
from finetune_gui.gui.pages.train_words import seconds_left
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import ElidedLabel, icon_button, set_role
from finetune_gui.jobs.load_torch import LoadTorch

_LOOK_MS = 250
# A job that is over sooner than this would only flicker.
_SHOW_AFTER_S = 0.4
# An estimate from less than this jumps too much to be of use.
_ESTIMATE_AFTER_S = 2.0

_START = (ImportPages, LoadTorch)


class StatusLine(QFrame):
    """Looks at the session a few times a second while something goes on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status-line")
        self.setProperty("role", "status")
        self.setFixedHeight(28)
        self._session = session
        self._since: dict[JobHandle[object], float] = {}
        self.device, self.job, self.left = QLabel(), QLabel(), QLabel()
        self.open = ElidedLabel()
        self.bar = QProgressBar()
        self.cancel = icon_button("x", "shell-cancel-job", "status-cancel-job")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._follow_session()
        self.look()

    def look(self) -> None:
        """Show what is so now."""
        self._remember_starts()
        _show(self.device, self._device())
        self.device.setToolTip(self._device_details())
        self.device.setAccessibleDescription(self._device_details())
        self.open.setText(self._open())
        handle = self._foremost()
        self._show_job(handle)
        if not self._session.runner.active:
            self._timer.stop()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.l, 0, SPACE.l, 0)
        row.setSpacing(SPACE.l)
        self.bar.setFixedWidth(120)
        self.bar.setTextVisible(False)
        set_role(self.cancel, "compact")
        self.cancel.clicked.connect(self._cancel)
        for label, name in ((self.device, "device"), (self.job, "job"), (self.left, "left")):
            label.setObjectName(f"status-{name}")
        self.open.setObjectName("status-open")
        for widget in (self.device, self.job, self.bar, self.left, self.cancel):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.open, 1)
        self.open.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _follow_session(self) -> None:
        session = self._session
        session.runner.active_changed.connect(self._on_active)
        for signal in (
            session.dataset_changed,
            session.run_changed,
            session.torch_changed,
            session.training_changed,
        ):
            signal.connect(self.look)
        on_change(self, self.look)

    def _on_active(self) -> None:
        self._timer.start()
        self._remember_starts()

    def _remember_starts(self) -> None:
        active = self._session.runner.active
        now = time.monotonic()
        self._since = {
            handle: self._since.get(handle, now)
            for handle in active
            if handle.state is not JobState.PENDING
        }

    def _foremost(self) -> JobHandle[object] | None:
        """Training before other computing before reading; nothing that is over at once."""
        now = time.monotonic()
        old = [h for h, since in self._since.items() if now - since >= _SHOW_AFTER_S]
        training = self._session.training
        return min(
            old,
            key=lambda h: (h is not training, h.job.lane is not Lane.COMPUTE, self._since[h]),
            default=None,
        )

    def _show_job(self, handle: JobHandle[object] | None) -> None:
        shown = handle is not None
        self.job.setVisible(shown or self._session.torch_state == "ready")
        self.bar.setVisible(shown)
        self.cancel.setVisible(handle is not None and self._may_cancel(handle))
        if handle is None:
            self.job.setText(tr("shell-ready"))
            _show(self.left, "")
            return
        self.job.setText(self._job(handle))
        self.bar.setRange(0, max(handle.total, 0))
        self.bar.setValue(handle.done)
        _show(self.left, _time_left(self._seconds_left(handle)))

    def _may_cancel(self, handle: JobHandle[object]) -> bool:
        """A run is stopped on its page, and what the start needs is not to be missed."""
        needed = handle is self._session.training or isinstance(handle.job, _START)
        return not needed and handle.state is JobState.RUNNING

    def _job(self, handle: JobHandle[object]) -> str:
        if handle.state is JobState.PAUSING:
            live = self._session.desk.live_history
            waits = handle is self._session.training and (live is None or live.baseline is None)
            return tr("shell-pausing-baseline" if waits else "shell-pausing")
        if handle.state is JobState.CANCELLING:
            return tr("shell-stopping")
        if handle is self._session.training:
            return self._training()
        if handle.text and has_message(handle.text):
            return tr(handle.text)
        return tr(handle.job.title) if handle.job.title else ""

    def _training(self) -> str:
        live = self._session.desk.live_history
        if live is None or live.started is None or live.baseline is None:
            return tr("shell-baseline")
        total = live.started.epochs * live.started.steps_per_epoch
        step = live.steps[-1].step if live.steps else 0
        epoch = live.steps[-1].epoch if live.steps else 1
        return tr("shell-epoch", epoch=epoch, epochs=live.started.epochs, step=step, steps=total)

    def _seconds_left(self, handle: JobHandle[object]) -> float | None:
        """From the run's own estimate while it trains, else from the pace so far."""
        live = self._session.desk.live_history
        if handle is self._session.training and live is not None and live.epochs:
            return seconds_left(live, time.time())
        spent = time.monotonic() - self._since[handle]
        if spent < _ESTIMATE_AFTER_S or handle.done <= 0 or handle.total <= 0:
            return None
        return spent / handle.done * (handle.total - handle.done)

    def _device(self) -> str:
        session = self._session
        if session.torch_state == "failed":
            return tr("shell-no-engine")
        if session.torch_state != "ready":
            return ""
        words = [device_name(session.torch_info)]
        live = session.desk.live_history
        if live is not None and live.started is not None:
            words.append(live.started.precision)
        if session.torch_info.get("advice"):
            words.append(tr("shell-gpu-idle"))
        return " · ".join(words)

    def _device_details(self) -> str:
        """The version of torch, and how an idle graphics card could be used."""
        info = self._session.torch_info
        if not info:
            return ""
        lines = [f"torch {info['torch']}"]
        if advice := info.get("advice"):
            lines.append(tr(advice))
        return "\n".join(lines)

    def _open(self) -> str:
        session = self._session
        dataset = session.dataset.name if session.dataset is not None else ""
        run = session.run.name if session.run is not None else ""
        # A run is named after its photos unless the user chose another name.
        return " · ".join(word for word in ("" if dataset in run else dataset, run) if word)

    def _cancel(self) -> None:
        handle = self._foremost()
        if handle is not None and self._may_cancel(handle):
            handle.cancel()


def _show(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def device_name(info: dict[str, str]) -> str:
    """What the session's ``torch_info`` computes on, in words for people."""
    name = info["device_name"]
    # The engine names a processor by the number of its threads: "CPU · 8".
    threads = name.rpartition(" ")[2]
    cpu = info["device"] == "cpu" and threads.isdigit()
    return tr("shell-cpu", n=int(threads)) if cpu else name


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return tr("common-seconds-left", seconds=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("common-minutes-left", minutes=minutes)
    return tr("common-hours-left", hours=minutes // 60, minutes=minutes % 60)
