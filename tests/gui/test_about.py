"""The dialog about the program: its parts, their licences, the bill of materials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui import __version__
from finetune_gui.core.errors import UserError
from finetune_gui.core.licences import Part
from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui.about import AboutDialog
from finetune_gui.gui.dialogs import HelpDialog
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_dialog import SettingsDialog
from finetune_gui.jobs import list_parts
from tests.helpers.tiny_pages import use_tiny_pages

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def materials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program of three parts; returns where its bill of materials would be."""
    text = tmp_path / "zlib.txt"
    text.write_text("permission 许可", encoding="utf-8")
    found = (
        Part("finetune-gui", __version__, "MIT", (text,)),
        Part("PySide6", "6.11", "LGPL-3.0-only", url="https://pyside.org"),
        Part("zlib", "1.3", "", (text,), "javascript:nothing"),
    )
    monkeypatch.setattr(list_parts, "parts", lambda: found)
    sbom = tmp_path / "sbom.cdx.json"
    monkeypatch.setattr(list_parts, "bill_of_materials", lambda: sbom if sbom.is_file() else None)
    return sbom


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, materials: Path) -> Iterator[AboutDialog]:
    assert not materials.exists()
    made = AboutDialog(session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() == 3)
    yield made
    qtbot.waitUntil(lambda: not session.runner.active)


def shown(dialog: AboutDialog) -> list[str]:
    return [part.name for part in dialog.model.rows]


def select(dialog: AboutDialog, row: int) -> None:
    dialog.table.selectRow(row)


def test_the_program_comes_first_with_its_text(dialog: AboutDialog, qtbot: QtBot) -> None:
    assert shown(dialog) == ["finetune-gui", "PySide6", "zlib"]
    qtbot.waitUntil(lambda: "permission 许可" in dialog.text.toPlainText())
    assert dialog.text.toPlainText().startswith(f"finetune-gui {__version__}\nMIT\n")
    assert dialog.count.text() == "3 of 3"


def test_a_part_without_a_text_says_where_it_is(
    dialog: AboutDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    select(dialog, 1)
    qtbot.waitUntil(lambda: tr("about-no-text") in dialog.text.toPlainText())
    qtbot.mouseClick(dialog.site_button, LEFT)
    assert opened == [QUrl("https://pyside.org")]
    set_language("zh_CN")
    qtbot.waitUntil(lambda: tr("about-no-text") in dialog.text.toPlainText())


def test_what_is_no_address_is_not_offered(dialog: AboutDialog, qtbot: QtBot) -> None:
    select(dialog, 2)
    qtbot.waitUntil(lambda: tr("about-licence-unknown") in dialog.text.toPlainText())
    assert not dialog.site_button.isVisible()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ZLIB", ["zlib"]),
        ("lgpl", ["PySide6"]),
        ("6.11", ["PySide6"]),
        (" i", ["finetune-gui", "PySide6", "zlib"]),
        ("nothing like it", []),
    ],
)
def test_search(dialog: AboutDialog, qtbot: QtBot, text: str, found: list[str]) -> None:
    qtbot.keyClicks(dialog.search, text)
    assert shown(dialog) == found
    assert dialog.count.text() == f"{len(found)} of 3"
    if not found:
        assert dialog.text.toPlainText() == tr("about-none-found")
    else:
        qtbot.waitUntil(lambda: dialog.text.toPlainText().startswith(found[0]))


def test_it_sorts_by_a_click(dialog: AboutDialog) -> None:
    dialog.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert shown(dialog) == ["PySide6", "finetune-gui", "zlib"]
    assert dialog.selected is not None
    assert dialog.selected.name == "finetune-gui"


def test_without_a_bill_of_materials(dialog: AboutDialog) -> None:
    assert dialog.materials.text() == tr("about-no-sbom")
    assert not dialog.materials_button.isVisible()


def test_with_a_bill_of_materials(
    session: Session, qtbot: QtBot, materials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    materials.write_text("{}", encoding="utf-8")
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = AboutDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.materials_button.isVisible)
    assert str(materials) in dialog.materials.text()
    qtbot.mouseClick(dialog.materials_button, LEFT)
    assert [url.toLocalFile() for url in opened] == [str(materials.parent)]


def test_a_broken_list_is_a_sentence(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[Part, ...]:
        raise UserError("error-licences-broken", path="/x")

    monkeypatch.setattr(list_parts, "parts", broken)
    dialog = AboutDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "/x" in dialog.banner.heading.text()


def test_every_control_has_a_handle(dialog: AboutDialog) -> None:
    for button in dialog.findChildren(QAbstractButton):
        if not button.objectName().startswith("qt_") and type(button) is QPushButton:
            assert button.objectName(), button
            assert button.accessibleName(), button.objectName()


@pytest.mark.usefixtures("materials")
def test_the_ways_to_it(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    use_tiny_pages(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    for kind, name, show in (
        (HelpDialog, "help-about", window.guide.show_help),
        (SettingsDialog, "settings-about", window.guide.show_settings),
    ):
        show()
        before = window.findChild(kind)
        assert before is not None
        button = before.findChild(QPushButton, name)
        assert button is not None
        qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: window.findChild(AboutDialog) is not None)
        about = window.findChild(AboutDialog)
        assert about is not None
        assert about.isVisible()
        qtbot.keyClick(about, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(AboutDialog) is None)
    qtbot.waitUntil(lambda: not session.runner.active)
