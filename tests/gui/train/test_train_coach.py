"""The coach on the Train page: it reads along, marks its evidence, and clones the run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.events import EpochFinished, Event
from finetune_gui.core.messages import set_language
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.recipe_words import change_lines
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.pages.train_clone import CloneDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.finding_card import FindingCard
from tests.helpers.photos import make_class_folders
from tests.helpers.told_runs import CLASSES, told
from tests.helpers.train_story import write_run

LR = 0.03
ILL = told(
    [4.19, 16.6, 16.5, 16.8],
    [7.59, 6.58, 21.6, 17.5],
    [0.25, 0.20, 0.28, 0.25],
    [0.25, 0.25, 0.25, 0.25],
)


def make_run(path: Path, happened: list[Event] = ILL) -> RunFolder:
    recipe = with_values(Recipe(), {"optim.lr": LR, "train.epochs": 4})
    run = write_run(path, happened, recipe)
    samples = tuple(
        ManifestEntry(f"{label}/{n}.png", label, split, f"{100 * k + n}-1")
        for k, label in enumerate(CLASSES)
        for n, split in enumerate(["train"] * 16 + ["validation"] * 10)
    )
    run.write_manifest(Manifest(str(path.parent), CLASSES, samples))
    return run


@pytest.fixture
def advised(qtbot: QtBot, session: Session, page: TrainPage, tmp_path: Path) -> TrainPage:
    """The page with an ill run that the coach has read."""
    session.open_run(make_run(tmp_path / "run").path)
    qtbot.waitUntil(lambda: bool(page.coach.cards))
    return page


def card(page: TrainPage, name: str) -> FindingCard:
    return next(c for c in page.coach.cards if c.finding.name == name)


def press(button: QPushButton | None) -> None:
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog() -> CloneDialog:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, CloneDialog))


def test_without_a_run_it_says_what_it_is_for(page: TrainPage) -> None:
    assert page.coach.currentWidget() is page.coach.empty


def test_it_reads_a_run_that_is_opened(advised: TrainPage) -> None:
    assert advised.coach.cards[0].finding.name == "lr_too_high"
    assert "0.03" in advised.coach.cards[0].evidence.text()


def test_it_follows_the_language(advised: TrainPage) -> None:
    set_language("zh_CN")
    assert advised.coach.cards[0].title.text() == "学习率过高"


def test_evidence_is_shaded_on_the_curve(advised: TrainPage) -> None:
    first = card(advised, "lr_too_high")
    press(first.show_button)
    assert advised.plots.loss.region == (3, 4)
    press(first.show_button)
    assert advised.plots.loss.region is None


def test_a_new_epoch_is_read(
    qtbot: QtBot, session: Session, page: TrainPage, tmp_path: Path
) -> None:
    before = [e for e in ILL if not isinstance(e, EpochFinished) or e.epoch < 1][:2]
    run = make_run(tmp_path / "run", before)
    session.open_run(run.path)
    qtbot.waitUntil(lambda: page.coach.currentWidget() is page.coach.waiting)
    rest = ILL[2:-1]
    with run.events_file.open("a", encoding="utf-8") as file:
        file.writelines(events.to_json(event) + "\n" for event in rest)
    assert session.history is not None
    for event in rest:
        session.history.add(event)
    session.run_events.emit(rest)
    qtbot.waitUntil(lambda: bool(page.coach.cards))


def test_a_remedy_says_what_it_would_change(advised: TrainPage) -> None:
    first = card(advised, "lr_too_high")
    press(first.buttons[0])
    assert dialog().changes.text() == "Learning rate: 0.03 → 0.003"
    dialog().reject()


def test_the_changed_settings_can_be_taken_over(advised: TrainPage) -> None:
    press(card(advised, "lr_too_high").buttons[0])
    press(dialog().keep_button)
    recipe = advised.session.recipe
    assert (recipe.optim.lr, recipe.train.epochs) == (0.003, 4)
    assert advised.session.training is None
    # What is started with them is a copy of the run that was ill.
    assert advised.session.parent_of_next == "run"


def test_without_photos_it_cannot_start_and_says_why(advised: TrainPage) -> None:
    press(card(advised, "lr_too_high").buttons[0])
    assert not dialog().start_button.isEnabled()
    assert dialog().why.text() == advised.session.why_not_start()
    dialog().reject()


def test_with_other_photos_open_it_cannot_start_and_names_both(
    qtbot: QtBot, advised: TrainPage, session: Session, tmp_path: Path
) -> None:
    other = make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})
    session.open_dataset(other)
    qtbot.waitUntil(lambda: bool(session.splits), timeout=30_000)
    assert not session.why_not_start()
    press(card(advised, "lr_too_high").buttons[0])
    assert not dialog().start_button.isEnabled()
    assert str(other) in dialog().why.text()
    assert session.desk.run_dataset in dialog().why.text()
    assert dialog().keep_button.isEnabled()
    dialog().reject()


def test_a_preset_is_named_without_the_values_that_it_implies() -> None:
    before = Recipe()
    after = with_values(before, {"augment.preset": "medium", "optim.lr": 1e-4})
    assert [line.partition(":")[0] for line in change_lines(before, after)] == [
        "Strength",
        "Learning rate",
    ]


def test_the_log_is_one_click_away(advised: TrainPage) -> None:
    press(advised.story_chips.chip("log"))
    assert advised.log.isVisible()
    assert not advised.coach.isVisible()
    press(advised.story_chips.chip("coach"))
    assert advised.coach.isVisible()


def test_another_run_takes_the_findings_away(
    qtbot: QtBot, session: Session, advised: TrainPage, tmp_path: Path
) -> None:
    session.open_run(make_run(tmp_path / "other", ILL[:1]).path)
    qtbot.waitUntil(lambda: not advised.coach.cards)


def test_findings_are_plain_values(advised: TrainPage) -> None:
    for shown in advised.coach.cards:
        assert asdict(shown.finding)["name"] == shown.finding.name
