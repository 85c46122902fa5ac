"""The lesson as people take it: guess, watch, see; pause, skip, go back, close and come again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.errors import UserError
from finetune_gui.core.lesson import PARTS, LessonNotes, Part
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.gui.pages import lesson_desk
from finetune_gui.gui.pages.data_start import DatasetOpener, StartView
from finetune_gui.gui.pages.lesson import LessonDialog
from finetune_gui.gui.pages.lesson_cards import worth_saying
from finetune_gui.gui.pages.train_coach import CoachPanel
from finetune_gui.gui.session import Session
from finetune_gui.jobs.runs import ListRuns
from tests.helpers.lesson_story import (
    FakeTrainLesson,
    LessonScript,
    spoiled,
    whole,
    write_lesson_run,
)


@pytest.fixture(autouse=True)
def script(monkeypatch: pytest.MonkeyPatch) -> LessonScript:
    """Trainings take milliseconds, and end when the test lets them."""
    script = LessonScript()
    monkeypatch.setattr(FakeTrainLesson, "script", script)
    monkeypatch.setattr(lesson_desk, "TrainLesson", FakeTrainLesson)
    return script


@pytest.fixture
def dialog(session: Session, qtbot: QtBot) -> Iterator[LessonDialog]:
    yield from opened(session, qtbot)


def opened(session: Session, qtbot: QtBot) -> Iterator[LessonDialog]:
    made = LessonDialog(session)
    gone: list[bool] = []
    made.destroyed.connect(lambda: gone.append(True))
    made.show()
    qtbot.waitUntil(lambda: made.desk.ready)
    yield made
    if not gone:
        made.close()
    qtbot.waitUntil(lambda: bool(gone))


def come_again(session: Session, qtbot: QtBot) -> LessonDialog:
    made = LessonDialog(session)
    made.show()
    qtbot.waitUntil(lambda: made.desk.ready)
    return made


def leave(dialog: LessonDialog, qtbot: QtBot) -> None:
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.close()
    qtbot.waitUntil(lambda: bool(gone))


def guess(dialog: LessonDialog, course: str) -> None:
    next(c for name, c in dialog.question.options.items() if name == course).radio.click()


def begin(dialog: LessonDialog, script: LessonScript, qtbot: QtBot, course: str = "jumps") -> None:
    """Guess, start, and wait for the first epoch."""
    guess(dialog, course)
    dialog.next_button.click()
    qtbot.waitUntil(lambda: bool(dialog.desk.history.epochs))
    assert script.inside.is_set()


def is_over(dialog: LessonDialog, part: Part) -> bool:
    return dialog.desk.over(part) is not None


def test_nothing_starts_before_a_guess(dialog: LessonDialog) -> None:
    assert dialog.sides.currentWidget() is dialog.question
    assert not dialog.next_button.isEnabled()
    assert dialog.next_button.toolTip() == tr("lesson-guess-first")
    guess(dialog, "falls")
    assert dialog.next_button.isEnabled()


def test_all_three_are_seen_and_summed_up(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    script.way.set()
    expected = {"high": "jumps", "low": "stays", "right": "falls"}
    findings = {"high": "lr_too_high", "low": "lr_too_low", "right": "going_well"}
    for part in PARTS:
        guess(dialog, expected[part])
        dialog.next_button.click()
        qtbot.waitUntil(lambda part=part: is_over(dialog, part))
        assert dialog.sides.currentWidget() is dialog.verdict
        assert dialog.verdict.heading.text() == tr("lesson-guessed-right")
        said = [card.finding.name for card in dialog.verdict.cards]
        assert said[0] == findings[part]
        # A way out would change the user's own settings.
        assert not any(card.buttons for card in dialog.verdict.cards)
        dialog.next_button.click()
    assert dialog.sides.currentWidget() is dialog.summary
    assert "16.8" in dialog.summary.rows["high"].text()
    assert all(len(dialog.plot.series[f"train_loss_{part}"]) == 80 for part in PARTS)
    assert dialog.beyond.isVisible()
    dialog.next_button.click()
    assert not dialog.isVisible()


def test_a_wrong_guess_is_answered_by_what_happened(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    script.way.set()
    guess(dialog, "falls")
    dialog.next_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "high"))
    assert dialog.verdict.heading.text() == tr("lesson-guessed-otherwise")
    assert "16.8" in dialog.verdict.happened.text()


def test_the_verdict_follows_the_run_not_the_plan(session: Session, qtbot: QtBot) -> None:
    """Should the high rate do well on some machine, that is what is said."""
    write_lesson_run(session.paths, "high", whole("right"))
    LessonNotes({"high": "falls"}).save(session.paths.lesson)
    dialog = come_again(session, qtbot)
    dialog.go_back()
    assert dialog.verdict.heading.text() == tr("lesson-guessed-right")
    leave(dialog, qtbot)


def test_the_curve_grows_while_it_trains(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    begin(dialog, script, qtbot)
    assert dialog.sides.currentWidget() is dialog.watching
    assert len(dialog.plot.series["train_loss_high"]) == 10
    qtbot.waitUntil(lambda: dialog.plot.canvas.points_drawn("train_loss_high") > 0)
    assert "1" in dialog.watching.far.text()
    assert dialog.bar.value() == 10
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "high"))


def test_paused_it_goes_on_where_it_was(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    begin(dialog, script, qtbot)
    dialog.pause_button.click()
    qtbot.waitUntil(lambda: "high" in dialog.desk.runs)
    assert dialog.sides.currentWidget() is dialog.question
    assert dialog.next_button.text() == tr("lesson-continue")
    assert dialog.question.options["jumps"].is_chosen
    script.way.set()
    dialog.next_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "high"))
    assert len(dialog.plot.series["train_loss_high"]) == 80


def test_closed_while_it_trains_it_is_resumed_in_another_dialog(
    session: Session, script: LessonScript, qtbot: QtBot
) -> None:
    dialog = come_again(session, qtbot)
    begin(dialog, script, qtbot)
    leave(dialog, qtbot)
    run = RunFolder(session.paths.lesson / "high")
    qtbot.waitUntil(lambda: run.state() is RunState.PAUSED)
    again = come_again(session, qtbot)
    assert (again.place, again.next_button.text()) == (0, tr("lesson-continue"))
    assert len(again.plot.series["train_loss_high"]) == 10
    script.way.set()
    again.next_button.click()
    qtbot.waitUntil(lambda: is_over(again, "high"))
    assert again.verdict.heading.text() == tr("lesson-guessed-right")  # the guess is remembered
    leave(again, qtbot)


def test_stopped_early_it_shows_what_came_of_it(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    begin(dialog, script, qtbot)
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "high"))
    assert dialog.sides.currentWidget() is dialog.verdict
    assert dialog.next_button.text() == tr("lesson-next")


def test_skipping_pauses_and_leads_on(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    begin(dialog, script, qtbot)
    dialog.skip_button.click()
    assert dialog.part == "low"
    qtbot.waitUntil(lambda: "high" in dialog.desk.runs)
    assert dialog.sides.currentWidget() is dialog.question
    for part in ("low", "right"):
        assert dialog.part == part
        dialog.skip_button.click()
    assert dialog.sides.currentWidget() is dialog.summary
    assert dialog.summary.rows["low"].text() == tr("lesson-left-out")


def test_what_was_skipped_can_still_be_done(
    session: Session, script: LessonScript, qtbot: QtBot
) -> None:
    LessonNotes(skipped=frozenset(PARTS)).save(session.paths.lesson)
    dialog = come_again(session, qtbot)
    assert dialog.part is None
    dialog.back_button.click()
    script.way.set()
    guess(dialog, "falls")
    dialog.next_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "right"))
    assert dialog.desk.notes.skipped == {"high", "low"}
    leave(dialog, qtbot)


def test_back_while_it_trains_pauses(session: Session, script: LessonScript, qtbot: QtBot) -> None:
    write_lesson_run(session.paths, "high", whole("high"))
    dialog = come_again(session, qtbot)
    assert dialog.part == "low"
    begin(dialog, script, qtbot, "stays")
    dialog.back_button.click()
    assert dialog.sides.currentWidget() is dialog.verdict
    qtbot.waitUntil(lambda: "low" in dialog.desk.runs)
    assert dialog.desk.runs["low"].state is RunState.PAUSED
    dialog.next_button.click()
    assert dialog.next_button.text() == tr("lesson-continue")
    leave(dialog, qtbot)


def test_an_infinite_loss_is_part_of_the_lesson(session: Session, qtbot: QtBot) -> None:
    write_lesson_run(session.paths, "high", spoiled("high"))
    LessonNotes({"high": "jumps"}).save(session.paths.lesson)
    dialog = come_again(session, qtbot)
    dialog.go_back()
    assert dialog.verdict.happened.text() == tr("lesson-happened-infinite")
    assert dialog.verdict.heading.text() == tr("lesson-guessed-right")
    assert [card.finding.name for card in dialog.verdict.cards] == ["lr_too_high"]
    leave(dialog, qtbot)


def test_a_failure_is_said_and_can_be_tried_again(
    dialog: LessonDialog, script: LessonScript, qtbot: QtBot
) -> None:
    script.error = UserError("error-disk-full-somewhere")
    script.way.set()
    guess(dialog, "falls")
    dialog.next_button.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.banner.heading.text() == script.error.sentence
    qtbot.waitUntil(lambda: dialog.desk.ready)


def test_begin_again_throws_the_runs_away(session: Session, qtbot: QtBot) -> None:
    for part in PARTS:
        write_lesson_run(session.paths, part, whole(part))
    dialog = come_again(session, qtbot)
    assert dialog.part is None
    dialog.again_button.click()
    qtbot.waitUntil(lambda: dialog.desk.ready and dialog.place == 0)
    assert not session.paths.lesson.exists()
    assert not any(len(series) for series in dialog.plot.series.values())
    assert not dialog.again_button.isVisible()
    leave(dialog, qtbot)


def test_nothing_of_the_users_is_touched(
    session: Session, script: LessonScript, qtbot: QtBot
) -> None:
    before = (session.recipe, session.dataset, session.run)
    script.way.set()
    dialog = come_again(session, qtbot)
    guess(dialog, "stays")
    dialog.next_button.click()
    qtbot.waitUntil(lambda: is_over(dialog, "high"))
    leave(dialog, qtbot)
    assert (session.recipe, session.dataset, session.run) == before
    listed = session.runner.start(ListRuns(session.paths.runs))
    with qtbot.waitSignal(listed.finished):
        pass
    assert listed.result == ()


def test_while_another_training_goes_on_it_waits(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = come_again(session, qtbot)
    guess(dialog, "falls")
    monkeypatch.setattr(session.desk, "training", object())
    session.training_changed.emit()
    assert not dialog.next_button.isEnabled()
    assert dialog.next_button.toolTip() == tr("lesson-why-training")
    monkeypatch.setattr(session.desk, "training", None)
    session.training_changed.emit()
    assert dialog.next_button.isEnabled()
    leave(dialog, qtbot)


def test_both_languages_while_it_is_open(session: Session, qtbot: QtBot) -> None:
    write_lesson_run(session.paths, "high", whole("high"))
    dialog = come_again(session, qtbot)
    dialog.go_back()
    english = dialog.verdict.happened.text()
    session.set_language("zh_CN")
    assert dialog.windowTitle() == tr("lesson-title")
    assert dialog.verdict.happened.text() != english
    assert "16.8" in dialog.verdict.happened.text()
    session.set_language("en")
    leave(dialog, qtbot)


def test_of_a_healthy_run_the_good_comes_first_and_what_is_fixed_is_left_out() -> None:
    hints = [Finding(name, "hint", 0.5) for name in ("threads_pinned", "stopped_too_early")]
    good = Finding("going_well", "good", 0.5, span=Span("loss", 0, 8))
    said = worth_saying((*hints, good))
    assert [finding.name for finding in said] == ["going_well", "stopped_too_early"]
    assert all(finding.span is None for finding in said)
    ill = Finding("lr_too_high", "problem", 0.9, remedies=(Remedy("x", page="data"),))
    assert worth_saying((ill, *hints)) == (Finding("lr_too_high", "problem", 0.9),)


def test_the_ways_into_the_lesson(session: Session, qtbot: QtBot) -> None:
    start = StartView(session, DatasetOpener(session, QWidget()))
    coach = CoachPanel(session)
    for widget in (start, coach):
        qtbot.addWidget(widget)
        with qtbot.waitSignal(widget.wanted) as asked:
            widget.lesson.click()
        assert asked.args == ["lesson"]
