"""A walk through the six pages with the demo photos, one small card for each.

The person goes on working all the while: the card and the outline only lie over the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from finetune_gui.core.paths import resource
from finetune_gui.gui.dialogs import MessageDialog
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.tour_card import Outline, TourCard
from finetune_gui.gui.widgets.basic import primary_button, secondary_button
from finetune_gui.jobs.open_dataset import OpenDataset

if TYPE_CHECKING:
    from finetune_gui.gui.main_window import MainWindow

# Pages change what they show by themselves: the outline looks again this often.
_LOOK_MS = 200
_AROUND = 4  # pixels between what is pointed at and the outline
DEMO = ("demo", "fashion")


@dataclass(frozen=True)
class Step:
    """A page, and the names of what its card speaks of: the first one that is seen counts."""

    page: str
    targets: tuple[str, ...]


STEPS = (
    Step("data", ("class-list", "data-drop-zone")),
    Step("augment", ("augment-versions",)),
    Step("model", ("model-scroller", "model-table")),
    Step("train", ("startButton", "lossPlot")),
    Step("evaluate", ("evaluate-matrix",)),
    Step("predict", ("predict-drop", "predict-sides")),
)
_TRAIN = "train"


class Tour(QObject):
    """Belongs to the window. At its end it offers to open again what was open before."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: Path | None = None
        self._at = 0
        self._ending = False
        self.card = TourCard(window)
        self.outline = Outline(window)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._point)
        self._connect()

    def _connect(self) -> None:
        self.card.back_button.clicked.connect(lambda: self._go(self._at - 1))
        self.card.next_button.clicked.connect(self._go_on)
        self.card.end_button.clicked.connect(self.end)
        self.card.act_button.clicked.connect(self._act)
        session = self._window.session
        for signal in (
            session.dataset_changed,
            session.splits_changed,
            session.torch_changed,
            session.training_changed,
            session.run_changed,
        ):
            follow(self, signal, self._refresh)
        on_change(self, self._refresh)

    # ---- from beginning to end

    @property
    def is_on(self) -> bool:
        """Whether the card is shown."""
        return not self.card.isHidden()

    @property
    def step(self) -> Step:
        """Where the walk is."""
        return STEPS[self._at]

    def start(self) -> None:
        """Begin, or begin anew; asks first when photos of the person's own are open."""
        open_now = self._open_now()
        if open_now is None or open_now == resource(*DEMO):
            self._begin(self._before if self.is_on else None)
            return
        dialog = MessageDialog(
            "tour-dialog", "tour-other", "tour-other-text", self._window, name=open_now.name
        )
        dialog.add(secondary_button("tour-not-now", "tour-not-now"))
        begin = dialog.add(
            primary_button("tour-open-demo", "tour-open-demo"), lambda: self._begin(open_now)
        )
        begin.setDefault(True)
        begin.setFocus(Qt.FocusReason.OtherFocusReason)
        dialog.open()

    def end(self) -> None:
        """Leave, by way of the offer to go back to what was open."""
        if self._ending or self._before is None or self._open_now() != resource(*DEMO):
            self._leave()
            return
        self._ending = True
        self.outline.hide()
        self.card.say_end(self._before.name)
        self._place()

    def _begin(self, before: Path | None) -> None:
        self._before, self._ending = before, False
        if self._open_now() != resource(*DEMO):
            self._window.session.open_demo()
        self._window.installEventFilter(self)
        self._timer.start()
        self._go(0)

    def _leave(self) -> None:
        self._timer.stop()
        self._window.removeEventFilter(self)
        self._before = None
        self.outline.hide()
        self.card.hide()
        self._window.page(self._window.current).setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_now(self) -> Path | None:
        """What is open, or is just being read."""
        session = self._window.session
        if session.opening is not None and isinstance(session.opening.job, OpenDataset):
            return session.opening.job.source
        return None if session.dataset is None else session.dataset.source

    # ---- the steps

    def _go(self, step: int) -> None:
        self._at = step
        self._window.show_page(self.step.page)
        self._refresh()
        self._point()
        self.card.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_on(self) -> None:
        if self._at + 1 < len(STEPS):
            self._go(self._at + 1)
        else:
            self.end()

    def _refresh(self) -> None:
        """Say what is true now: training may have begun or ended since."""
        if self._timer.isActive() and not self._ending:
            self.card.say(self._message(), self._at + 1, len(STEPS))
            self._offer_to_start()
            self._place()

    def _message(self) -> str:
        session = self._window.session
        if self.step.page != _TRAIN:
            return f"tour-{self.step.page}"
        if session.training is not None:
            return "tour-train-going"
        return "tour-train" if session.finished_run is None else "tour-train-done"

    def _offer_to_start(self) -> None:
        session = self._window.session
        offered = self.step.page == _TRAIN and session.training is None
        why_not = session.why_not_start()
        if offered and self._open_now() == resource(*DEMO):
            self.card.offer("tour-start", why_not)
        else:
            self.card.offer(None)

    def _act(self) -> None:
        """What the card offers: at the end the way back, else a training."""
        session = self._window.session
        if self._ending and self._before is not None:
            before = self._before
            self._leave()
            self._window.show_page(STEPS[0].page)
            session.open_dataset(before)
        else:
            session.start_training()

    # ---- pointing

    def _target(self) -> QWidget | None:
        """What the card speaks of, where it can be seen."""
        if self._ending or self._window.current != self.step.page:
            return None
        page = self._window.page(self.step.page)
        found = (page.findChild(QWidget, name) for name in self.step.targets)
        return next((w for w in found if w is not None and w.isVisible()), None)

    def _point(self) -> None:
        target = self._target()
        if target is None:
            self.outline.hide()
        else:
            corner = target.mapTo(self._window, QPoint())
            around = QRect(corner, target.size()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
            # Where it lies in a view that scrolls, some of it may be out of sight.
            self.outline.surround(around.intersected(self._room()))
        self._place()

    def _room(self) -> QRect:
        """The place of the pages in the window."""
        stack = self._window.stack
        return QRect(stack.mapTo(self._window, QPoint()), stack.size())

    def _place(self) -> None:
        """Put the card into the corner where it hides the least of what it speaks of."""
        room = self._room().adjusted(SPACE.xl, SPACE.xl, -SPACE.xl, -SPACE.l)
        card = QRect(QPoint(), self.card.size())
        corners = []
        for bottom in (True, False):  # what a page is used by is mostly at its top
            for right in (True, False):
                card.moveLeft(room.left())
                card.moveTop(room.top())
                if right:
                    card.moveRight(room.right())
                if bottom:
                    card.moveBottom(room.bottom())
                corners.append(QRect(card))
        shown = self.outline.geometry() if self.outline.isVisible() else QRect()
        best = min(corners, key=lambda place: _area(place.intersected(shown)))
        self.card.move(best.topLeft())
        self.card.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size; Escape that nobody else wants ends the walk."""
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._point)  # once its layout has followed
        elif _is_escape(event):
            self.end()
            return True
        return super().eventFilter(watched, event)


def _is_escape(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
    return pressed and cast(QKeyEvent, event).key() == Qt.Key.Key_Escape


def _area(place: QRect) -> int:
    return max(place.width(), 0) * max(place.height(), 0)
