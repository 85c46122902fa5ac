"""An NVIDIA card that stays idle: what the status line and the settings say of it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.graphics import NvidiaCard
from finetune_gui.core.messages import set_language, tr
from finetune_gui.engine import devices
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_device import DeviceCard
from finetune_gui.gui.status_line import StatusLine

CPU = {"torch": "2.14", "device": "cpu", "device_name": "CPU · 2", "advice": ""}


def load(session: Session, advice: str) -> None:
    session.torch_info = CPU | {"advice": advice}
    session.torch_state = "ready"
    session.torch_changed.emit()


@pytest.fixture
def status(session: Session, qtbot: QtBot) -> StatusLine:
    made = StatusLine(session)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def card(session: Session, qtbot: QtBot) -> DeviceCard:
    made = DeviceCard(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_nothing_is_said_where_nothing_can_be_done(
    session: Session, status: StatusLine, card: DeviceCard
) -> None:
    assert card.name.text() == tr("common-loading")
    load(session, "")
    assert status.device.text() == "CPU · 2 cores"
    assert status.device.toolTip() == "torch 2.14"
    assert card.name.text() == "CPU · 2 cores · torch 2.14"
    assert not card.advice.isVisible()


@pytest.mark.parametrize(
    "advice", ["shell-gpu-build", "shell-gpu-torch", "shell-gpu-no-driver", "shell-gpu-no-answer"]
)
def test_an_idle_card_is_explained(
    session: Session, status: StatusLine, card: DeviceCard, advice: str
) -> None:
    load(session, advice)
    assert status.device.text() == f"CPU · 2 cores · {tr('shell-gpu-idle')}"
    assert tr(advice) in status.device.toolTip()
    assert tr(advice) in status.device.accessibleDescription()
    assert card.advice.isVisible()
    assert card.advice.text.text() == tr(advice)
    set_language("zh_CN")
    assert tr(advice) in status.device.toolTip()
    assert card.advice.text.text() == tr(advice)


def test_without_torch_there_is_no_device(session: Session, card: DeviceCard) -> None:
    session.torch_state = "failed"
    session.torch_changed.emit()
    assert card.name.text() == tr("shell-no-engine")


@pytest.mark.parametrize(
    ("cuda", "usable", "key"),
    [(None, False, "shell-gpu-torch"), ("13.0", False, "shell-gpu-no-driver"), ("13.0", True, "")],
)
def test_the_engine_knows_what_torch_is(
    monkeypatch: pytest.MonkeyPatch, cuda: str | None, usable: bool, key: str
) -> None:
    monkeypatch.setattr(devices, "find_nvidia", lambda: NvidiaCard(card=True))
    monkeypatch.setattr(devices.torch.version, "cuda", cuda)
    monkeypatch.setattr(devices.torch.cuda, "is_available", lambda: usable)
    assert devices.advice_on_card() == key
