"""What each stage gained on the validation set when it began to learn, and whether it was kept."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from finetune_gui.core.events import StageJudged
from finetune_gui.core.history import RunHistory
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.train_words import percent
from finetune_gui.gui.widgets.basic import set_role
from finetune_gui.gui.widgets.explained_tile import ARROW
from finetune_gui.gui.widgets.plain import WrapLabel


class StageGains(WrapLabel):
    """The way from the frozen baseline to the model that was kept; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainStages")
        set_role(self, "muted")
        bind(self, self.setToolTip, "train-stages-help")
        bind(self, self.setAccessibleDescription, "train-stages-help")
        self.hide()

    def show_history(self, history: RunHistory | None) -> None:
        """Show the stages that were judged so far."""
        text = "" if history is None else gains_text(history)
        if text != self.text():
            self.setText(text)
            self.setVisible(bool(text))


def gains_text(history: RunHistory) -> str:
    """``Frozen baseline 92.6 % → Head +0.4, kept → Last stage −0.2, not kept``; may be empty."""
    if history.baseline is None or not history.stages:
        return ""
    accuracy = percent(history.baseline.val_accuracy)
    steps = [tr("train-stages-baseline", accuracy=accuracy)]
    for stage in history.stages:
        verdict = tr("train-stages-kept" if stage.kept else "train-stages-not-kept")
        steps.append(tr("train-stages-step", what=_what(stage), verdict=verdict))
    return ARROW.join(steps)


def _what(stage: StageJudged) -> str:
    gain = f"{100 * stage.gain:+.1f}".replace("-", "−")
    if stage.stage == 0:
        return tr("train-stages-head", gain=gain)
    if stage.opened > 1:
        return tr("train-stages-all", opened=stage.opened, gain=gain)
    if stage.stage == 1:
        return tr("train-stages-last", gain=gain)
    return tr("train-stages-stage", stage=stage.stage, gain=gain)
