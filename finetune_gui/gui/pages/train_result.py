"""How the run that is shown ended, in a banner with the next thing to do."""

from __future__ import annotations

from collections.abc import Callable

from finetune_gui.core.events import RunFailed, RunFinished
from finetune_gui.core.history import RunHistory
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.pages.train_words import failure, percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Banner, Tone, small_button

# The same recipe would come to the same end again, or there is nothing to go on from.
_HOPELESS = ("error-loss-not-finite", "error-stopped-before-model")


def can_continue(state: RunState | None, history: RunHistory | None) -> bool:
    """Whether a run that is not over can go on where it was."""
    if history is None or history.started is None:
        return False
    match history.end:
        case RunFailed(message=message):
            return history.baseline is not None and message not in _HOPELESS
    return state in (RunState.PAUSED, RunState.INTERRUPTED)


class ResultBanner(Banner):
    """Says which stage won and by how much, or what went wrong. Hidden while neither is known."""

    def __init__(
        self, session: Session, evaluate: Callable[[], None], go_on: Callable[[], None]
    ) -> None:
        super().__init__("resultBanner", beside=True)
        self._session = session
        self._evaluate, self._go_on = evaluate, go_on
        self._dismissed: object = None
        self.dismissed.connect(self._on_dismissed)

    def refresh(self) -> None:
        """Look at the run again; what was dismissed stays away until something else ends."""
        history, state = self._session.history, self._session.run_state
        end = None if history is None else history.end
        if history is None or end is None or end is self._dismissed:
            self.hide()
        elif isinstance(end, RunFinished) and state is RunState.FINISHED:
            self._say_finished(end)
        elif isinstance(end, RunFailed) and state is RunState.FAILED:
            self._say_failed(end, history)
        else:
            self.hide()

    def _on_dismissed(self) -> None:
        history = self._session.history
        self._dismissed = None if history is None else history.end

    def _say_finished(self, end: RunFinished) -> None:
        accuracy = percent(end.val_accuracy)
        history = self._session.history
        ensemble = None if history is None else history.ensemble
        alone = history is not None and history.has_learned_all
        if ensemble is not None:
            heading = tr("train-result-ensemble", models=ensemble.members)
            text = tr("train-result-ensemble-text", accuracy=accuracy)
            text += tr("train-result-ensemble-unjudged" if alone else "train-result-ensemble-judge")
        elif end.winner == "finetune":
            heading, text = tr("train-result-finetune", accuracy=accuracy), self._gain(end)
        elif self._planned_epochs() == 0:
            heading = tr("train-result-baseline-only", accuracy=accuracy)
            text = tr("train-result-baseline-only-text")
        else:
            heading = tr("train-result-baseline", accuracy=accuracy)
            perfect = end.val_accuracy >= 1
            text = tr("train-result-perfect-text" if perfect else "train-result-baseline-text")
        tone: Tone = "good" if end.winner == "finetune" else "info"
        self.say_text(tone, heading, f"{self._reason(end)}{text}")
        if not alone:
            self.add_button(small_button("train-evaluate", "evaluateButton"), self._evaluate)

    def _planned_epochs(self) -> int | None:
        history = self._session.history
        started = None if history is None else history.started
        return None if started is None else started.epochs

    @staticmethod
    def _gain(end: RunFinished) -> str:
        gain = 100 * (end.val_accuracy - end.baseline_val_accuracy)
        if gain < 0.05:
            return tr("train-result-equal-text", epoch=end.winner_epoch)
        return tr(
            "train-result-finetune-text",
            gain=f"{gain:.1f}",
            baseline=percent(end.baseline_val_accuracy),
            epoch=end.winner_epoch,
        )

    def _reason(self, end: RunFinished) -> str:
        """Why it ended before its last epoch, with a line end; empty when it did not."""
        recipe = self._session.run_recipe
        if end.reason == "stopped":
            return tr("train-result-stopped") + "\n"
        if end.reason == "early_stop" and recipe is not None:
            return tr("train-result-early", patience=recipe.train.patience) + "\n"
        return ""

    def _say_failed(self, end: RunFailed, history: RunHistory) -> None:
        error = failure(end)
        if end.message == "error-stopped-before-model":
            self.say_text("info", error.sentence, error.next_step)
        else:
            self.say_error(error)
        if can_continue(self._session.run_state, history):
            button = small_button("train-continue-start", "continueFailedButton")
            button.setEnabled(self._session.training is None)
            self.add_button(button, self._go_on)
