"""The window that these tests look at, with tiny pages and a training that only pretends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.gui import run_desk
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.photos import make_class_folders
from tests.helpers.tiny_pages import use_tiny_pages


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> fake.Script:
    """The fake training; set ``way`` to let it end."""
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    monkeypatch.setattr("finetune_gui.jobs.load_torch.LoadTorch.run", _pretend_torch)
    return script


def _pretend_torch(_job: object, _ctx: object) -> dict[str, str]:
    return {"torch": "2", "device": "cpu", "device_name": "CPU · 2"}


@pytest.fixture
def window(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window with tiny pages, shown."""
    use_tiny_pages(monkeypatch)
    made = MainWindow(session)
    qtbot.addWidget(made, before_close_func=_let_close)
    made.show()
    yield made
    if session.training is not None:
        session.stop_training()


def _let_close(window: QWidget) -> None:
    """Closing in a test asks nothing."""
    assert isinstance(window, MainWindow)
    window._closing = True


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})
