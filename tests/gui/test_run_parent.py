"""Of which run a new one is a changed copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.gui import run_desk
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.compared_runs import make_run
from tests.helpers.photos import make_class_folders

CHANGED = with_values(Recipe(), {"optim.lr": 0.5})


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})


@pytest.fixture
def opened(
    session: Session, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Session:
    """A session with photos, in which a training takes a moment."""
    script = fake.Script()
    script.way.set()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: bool(session.splits))
    return session


def train(session: Session, qtbot: QtBot) -> str:
    """Start a run, wait for its end, and say what its manifest calls its parent."""
    session.start_training()
    assert session.training is not None
    qtbot.waitUntil(lambda: session.training is None)
    assert session.run is not None
    return session.run.read_manifest().parent


def show(session: Session, path: Path, qtbot: QtBot) -> None:
    session.open_run(path)
    qtbot.waitUntil(lambda: session.run is not None and session.run.path == path)


def test_the_first_run_has_none(opened: Session, qtbot: QtBot) -> None:
    assert train(opened, qtbot) == ""


def test_start_while_a_run_of_the_same_photos_is_shown(opened: Session, qtbot: QtBot) -> None:
    train(opened, qtbot)
    assert opened.run is not None
    first = opened.run.name
    assert train(opened, qtbot) == first


def test_a_run_that_was_opened_from_disk(
    opened: Session, photos: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    show(opened, make_run(tmp_path / "old", photos).path, qtbot)
    assert train(opened, qtbot) == "old"


def test_a_run_of_other_photos_is_no_parent(opened: Session, tmp_path: Path, qtbot: QtBot) -> None:
    show(opened, make_run(tmp_path / "old", tmp_path / "elsewhere").path, qtbot)
    assert train(opened, qtbot) == ""


def test_a_run_without_a_manifest_is_no_parent(
    opened: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    show(opened, fake.make_run(tmp_path / "old", fake.STARTED).path, qtbot)
    assert train(opened, qtbot) == ""


def test_settings_taken_over_make_a_parent_even_of_other_photos(
    opened: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    opened.use_recipe(CHANGED, taken_from="far away")
    # Changing a few of them is what a copy is for.
    opened.change_recipe({"train.epochs": 3})
    show(opened, make_run(tmp_path / "looked at", tmp_path / "elsewhere").path, qtbot)
    assert train(opened, qtbot) == "far away"
    # The next one is a copy of that run.
    assert opened.run is not None
    assert opened.parent_of_next == opened.run.name


def test_settings_from_elsewhere_have_no_parent(opened: Session, qtbot: QtBot) -> None:
    opened.use_recipe(CHANGED, taken_from="far away")
    opened.use_recipe(Recipe())
    assert train(opened, qtbot) == ""


def test_taking_over_the_same_settings_counts(opened: Session, qtbot: QtBot) -> None:
    opened.use_recipe(opened.recipe, taken_from="twin")
    assert train(opened, qtbot) == "twin"


def test_a_run_that_is_gone_is_no_parent(
    opened: Session, photos: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    old = make_run(tmp_path / "old", photos)
    show(opened, old.path, qtbot)
    opened.use_recipe(CHANGED, taken_from="old")
    opened.forget_run(old.path)
    assert opened.run is None
    assert train(opened, qtbot) == ""
