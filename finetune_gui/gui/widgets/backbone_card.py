"""One backbone of the list: what it is like, and whether its weights are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import IconLabel, set_icon
from finetune_gui.gui.percent import percent_text
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    ElidedLabel,
    icon_button,
    set_button_text,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.option_card import OptionCard

if TYPE_CHECKING:
    from finetune_gui.jobs.list_backbones import BackboneStatus

_CHARACTER_ICONS = {"speed": "zap", "balance": "scale", "accuracy": "target"}
_INDENT = 26  # below the title, past the radio button
_BESIDE_FACTS = 56  # margins, the icon and the gaps of the line
_DOT = "  ·  "
_MEGABYTE = 1_000_000


def count_text(n: int) -> str:
    """A number of parameters as people say it: 950, 7.7 k, 3.4 M."""
    if n < 1000:
        return str(n)
    key, unit = ("model-thousand", 1e3) if n < 999_500 else ("model-million", 1e6)
    value = n / unit
    return tr(key, value=f"{value:.1f}" if value < 99.95 else f"{value:.0f}")


def size_text(n_bytes: int) -> str:
    """A file size in megabytes of a million bytes, as download pages count: 47 MB."""
    value = n_bytes / _MEGABYTE
    return tr("model-megabytes", value=f"{value:.1f}" if value < 9.95 else f"{value:.0f}")


class BackboneCard(OptionCard):
    """``radio`` chooses it; the signals ask for what the user wants done about its weights."""

    download_asked = Signal()
    cancel_asked = Signal()
    folder_asked = Signal()
    check_asked = Signal()
    copy_asked = Signal()
    file_asked = Signal()

    def __init__(self, status: BackboneStatus, parent: QWidget | None = None) -> None:
        name = status.backbone.name
        super().__init__(f"backbone-{name}", parent)
        self.status = status
        self._amount: tuple[int, int] | None = None
        self._is_stopping = False
        self._copy_button: QPushButton | None = None
        self.facts = ElidedLabel("", "caption")
        character = status.backbone.character
        self.character = text_label(character and f"model-character-{character}", "caption")
        self.weights = text_label(None, "caption")
        self.download_button = small_button("model-check-again", f"download-{name}")
        self.cancel_button = icon_button("x", "common-cancel", f"cancel-download-{name}")
        self.bar = QProgressBar()
        self.bar.setObjectName(f"progress-{name}")
        self.amount = text_label(None, "caption")
        self.wanted = text_label("model-weights-wanted", "caption", wrap=True)
        self.wanted.setProperty("tone", "caution")
        self.wanted.setContentsMargins(_INDENT, 0, 0, 0)
        self.banner = Banner(f"download-problem-{name}")
        self._lay_out()
        self.download_button.clicked.connect(self.download_asked)
        self.cancel_button.clicked.connect(self.cancel_asked)
        on_change(self, self._retranslate)
        self.show_status(status)

    # ---- how it is made

    def _lay_out(self) -> None:
        backbone = self.status.backbone
        self.radio.setText(backbone.title)
        self._check = IconLabel("circle-check", "good_text", 14)
        self.top.addStretch(1)
        for widget in (self._check, self.weights, self.download_button):
            self.top.addWidget(widget)
        set_icon(self.download_button, "download", color="muted", size=14)
        below = QHBoxLayout()
        below.setContentsMargins(_INDENT, 0, 0, 0)
        below.setSpacing(SPACE.xs)
        if backbone.character is not None:
            below.addWidget(IconLabel(_CHARACTER_ICONS[backbone.character], "muted", 12))
            below.addWidget(self.character)
            below.addSpacing(SPACE.s)
        else:
            self.character.setParent(self)
            self.character.hide()
        below.addWidget(self.facts, 1)
        self.box.addLayout(below)
        self._progress = QWidget()
        line = QHBoxLayout(self._progress)
        line.setContentsMargins(_INDENT, 0, 0, 0)
        line.setSpacing(SPACE.s)
        line.addWidget(self.bar, 1)
        line.addWidget(self.amount)
        line.addWidget(self.cancel_button)
        self.box.addWidget(self.wanted)
        self.box.addWidget(self._progress)
        self.box.addWidget(self.banner)
        self._progress.hide()
        self.wanted.hide()

    # ---- what is shown

    def show_status(self, status: BackboneStatus) -> None:
        """Show whether the weights are at hand; a download that goes on stays shown."""
        self.status = status
        if status.weights is not None:
            self.banner.hide()
        self._show_weights()
        self._retranslate()

    def show_progress(self, done: int, total: int) -> None:
        """Show a download: bytes done and all, or (0, 0) while it has not begun."""
        self._amount = (done, total)
        # A bar counts in 32 bits: thousandths are exact enough and never overflow.
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(done * 1000 // total if total else 0)
        self.banner.hide()
        self._show_weights()
        self._retranslate()

    def show_stopping(self) -> None:
        """Show that the download was asked to stop."""
        self._is_stopping = True
        self.cancel_button.setEnabled(False)
        self._retranslate()

    def show_idle(self) -> None:
        """No download goes on."""
        self._amount = None
        self._is_stopping = False
        self.cancel_button.setEnabled(True)
        self._show_weights()

    def show_error(self, error: UserError) -> None:
        """Say why the download failed and what to do, with the buttons for that."""
        self.show_idle()
        self.banner.say_error(error)
        name = self.status.backbone.name
        folder = small_button("model-open-folder", f"open-folder-{name}")
        self.banner.add_button(folder, self.folder_asked.emit)
        copy = small_button("model-copy-address", f"copy-address-{name}")
        self._copy_button = self.banner.add_button(copy, self.copy_asked.emit)
        file = small_button("model-file-choose", f"choose-file-{name}")
        self.banner.add_button(file, self.file_asked.emit)
        check = small_button("model-check-again", f"check-again-{name}")
        self.banner.add_button(check, self.check_asked.emit)

    def show_copied(self) -> None:
        """Tell that the address is on the clipboard."""
        if self._copy_button is not None:
            set_button_text(self._copy_button, "model-address-copied")

    def show_wanted(self, wanted: bool) -> None:
        """Tell that training with this backbone waits for its weights."""
        self.wanted.setVisible(wanted)

    @property
    def is_downloading(self) -> bool:
        """Whether it shows a download."""
        return self._amount is not None

    def _show_weights(self) -> None:
        at_hand = self.status.weights is not None
        self._check.setVisible(at_hand)
        self.weights.setVisible(at_hand)
        self.download_button.setVisible(not at_hand and not self.is_downloading)
        self._progress.setVisible(self.is_downloading)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many facts as fit."""
        super().resizeEvent(event)
        self._fit_facts()

    def _facts(self) -> list[str]:
        backbone = self.status.backbone
        facts = [backbone.family]
        if backbone.parameters:
            facts.append(tr("model-parameters", count=count_text(backbone.parameters)))
        facts.append(tr("model-pixels", size=backbone.input_size))
        if backbone.top1 is not None:
            facts.append(tr("model-imagenet", value=percent_text(f"{backbone.top1:.1f}")))
        return [*facts, backbone.licence] if backbone.licence else facts

    def _fit_facts(self) -> None:
        """Leave out what does not fit: the family, which the title hints at, then the licence."""
        facts = self._facts()
        shown = self.status.backbone.character is not None
        beside = (self.character.sizeHint().width() if shown else 0) + _INDENT + _BESIDE_FACTS
        for some in (facts, facts[1:], facts[1:-1], facts[1:-2]):
            self.facts.setText(_DOT.join(some))
            if self.facts.sizeHint().width() <= self.width() - beside:
                break
        self.facts.setToolTip(_DOT.join(facts))

    def _retranslate(self) -> None:
        backbone = self.status.backbone
        self._fit_facts()
        if backbone.character is not None:
            self.character.setToolTip(tr(f"model-character-{backbone.character}-help"))
        where = "included" if backbone.embedded else "at-hand"
        self.weights.setText(tr(f"model-weights-{where}"))
        self.weights.setToolTip(tr(f"model-weights-{where}-help"))
        # Without its size it is said by nothing, which leaves a space behind.
        size = size_text(backbone.weights_bytes) if backbone.weights_bytes else ""
        self.download_button.setText(tr("model-download", size=size).strip())
        name = tr("model-download-name", title=backbone.title, size=size).rstrip(" ,，")
        self.download_button.setAccessibleName(name)
        stop = tr("model-download-cancel", title=backbone.title)
        self.cancel_button.setToolTip(stop)
        self.cancel_button.setAccessibleName(stop)
        self.bar.setAccessibleName(tr("model-download-name-progress", title=backbone.title))
        self.radio.setAccessibleName(backbone.title)
        self.radio.setAccessibleDescription(
            _DOT.join(filter(None, (self.character.text(), *self._facts())))
        )
        self.amount.setText(self._amount_text())

    def _amount_text(self) -> str:
        if self._amount is None:
            return ""
        if self._is_stopping:
            return tr("model-download-stopping")
        done, total = self._amount
        if not total:
            return tr("model-download-starting")
        return tr("model-download-progress", done=size_text(done), total=size_text(total))
