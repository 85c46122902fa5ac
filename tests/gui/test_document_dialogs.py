"""The dialogs of the code and of the lab notebook, and the buttons that open them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.core.events import RolledBack
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.messages import set_language, speaking, tr
from finetune_gui.core.notebook import Notebook
from finetune_gui.core.notebook_page import print_page
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.gui import notebook_document
from finetune_gui.gui.notebook_dialog import NotebookDialog
from finetune_gui.gui.notebook_document import (
    PAGE,
    NotebookDocument,
    SavePdf,
    begin_pages,
    draw_page,
)
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.script_dialog import ScriptDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import Mode, current_theme, font_families
from finetune_gui.gui.widgets.code_view import CodeView
from finetune_gui.jobs.notebook import MakeNotebook
from tests.helpers.evaluated_run import CLASSES, make_finished_run
from tests.helpers.notebook_runs import HOSTILE, make_runs

Ask = Callable[[Path | None], None]


@pytest.fixture
def run(paths: AppPaths, tmp_path: Path) -> RunFolder:
    made = make_finished_run(paths.runs / "fruit 1")
    entries = tuple(ManifestEntry(f"{c}.jpg", c, "train", "1-1") for c in CLASSES)
    made.write_manifest(Manifest(str(tmp_path), CLASSES, entries))
    return made


@pytest.fixture
def runs(paths: AppPaths) -> dict[str, RunFolder]:
    return make_runs(paths.runs)


@pytest.fixture
def notebook(runs: dict[str, RunFolder]) -> Notebook:
    return MakeNotebook(runs["first"].path).run(JobContext(lambda _event: None))


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """What the user chooses in the system's dialog for files."""

    def choose(path: Path | None) -> None:
        chosen = "" if path is None else str(path)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (chosen, ""))

    return choose


def opened(dialog: ScriptDialog | NotebookDialog, qtbot: QtBot) -> None:
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.stack.currentWidget() is dialog.view, timeout=30_000)


def click(button: QPushButton, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# The code


def test_the_code_is_shown_copied_and_saved(
    session: Session, run: RunFolder, qtbot: QtBot, tmp_path: Path, answer: Ask
) -> None:
    dialog = ScriptDialog(session, run.path)
    assert not dialog.save_button.isEnabled()
    opened(dialog, qtbot)
    text = dialog.code.toPlainText()
    assert "def fine_tune" in text
    click(dialog.copy_button, qtbot)
    assert QGuiApplication.clipboard().text() == text
    assert dialog.banner.heading.text() == tr("script-copied")
    answer(tmp_path / "code")
    click(dialog.save_button, qtbot)
    qtbot.waitUntil((tmp_path / "code.py").is_file)
    qtbot.waitUntil(dialog.save_button.isEnabled)
    assert (tmp_path / "code.py").read_text(encoding="utf-8") == text
    assert str(tmp_path / "code.py") in dialog.banner.heading.text()
    assert not list(session.runner.active)
    answer(None)
    click(dialog.save_button, qtbot)
    assert dialog.save_button.isEnabled()


def test_the_language_of_the_comments_can_be_chosen(
    session: Session, run: RunFolder, qtbot: QtBot
) -> None:
    set_language("zh_CN")
    dialog = ScriptDialog(session, run.path)
    assert dialog.spoken == "zh_CN"
    opened(dialog, qtbot)
    assert tr("script-build") in dialog.code.toPlainText()
    dialog.language.setFocus()
    qtbot.keyClick(dialog.language, Qt.Key.Key_Up)
    with speaking("en"):
        english = tr("script-build")
    qtbot.waitUntil(lambda: english in dialog.code.toPlainText(), timeout=30_000)
    # The window speaks on as before.
    assert dialog.windowTitle() == "查看代码"


def test_a_run_that_is_no_plain_code_is_told_in_a_sentence(
    session: Session, run: RunFolder, qtbot: QtBot
) -> None:
    run.append_event(RolledBack(0, 0.5))
    dialog = ScriptDialog(session, run.path)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=30_000)
    assert dialog.banner.heading.text() == tr("error-script-setback", lr="0.001")
    assert not dialog.save_button.isEnabled()
    assert not dialog.copy_button.isEnabled()


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(
    session: Session, run: RunFolder, qtbot: QtBot, tmp_path: Path, answer: Ask
) -> None:
    dialog = ScriptDialog(session, run.path)
    opened(dialog, qtbot)
    answer(tmp_path / "not there" / "code.py")
    click(dialog.save_button, qtbot)
    folder = str(tmp_path / "not there")
    sentence = tr("error-document-no-folder", path=folder)
    qtbot.waitUntil(lambda: dialog.banner.heading.text() == sentence)
    assert dialog.save_button.isEnabled()


def test_closing_while_it_is_written_harms_nothing(
    session: Session, run: RunFolder, qtbot: QtBot
) -> None:
    dialog = ScriptDialog(session, run.path)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.reject()
    qtbot.waitUntil(lambda: not session.runner.active, timeout=30_000)


def test_a_save_that_fails_after_closing_is_told_by_the_window(
    session: Session,
    run: RunFolder,
    qtbot: QtBot,
    tmp_path: Path,
    answer: Ask,
) -> None:
    dialog = ScriptDialog(session, run.path)
    opened(dialog, qtbot)
    answer(tmp_path / "not there" / "code.py")
    with qtbot.waitSignal(session.message) as told:
        click(dialog.save_button, qtbot)
        dialog.reject()
    assert isinstance(told.args[0], UserError)


def test_code_has_colours_that_follow_the_theme(qtbot: QtBot) -> None:
    view = CodeView("code", "script-view")
    qtbot.addWidget(view)
    view.setPlainText("def f(x):  # 照片 def\n    return 'def', 12\n")
    modes: tuple[Mode, ...] = ("light", "dark")
    for mode in modes:
        current_theme().set_mode(mode)
        color = current_theme().color
        assert colours_in(view, 0) == {
            "def": color("accent_text"),
            "f": color("text"),
            "# 照片 def": color("good_text"),
        }
        assert colours_in(view, 1) == {
            "return": color("accent_text"),
            "'def'": color("caution_text"),
            "12": color("danger_text"),
        }
    assert view.isReadOnly()


def colours_in(view: CodeView, line: int) -> dict[str, object]:
    block = view.document().findBlockByNumber(line)
    return {
        block.text()[f.start : f.start + f.length]: f.format.foreground().color()
        for f in block.layout().formats()
    }


# The notebook


def test_the_notebook_is_opened_from_the_list_of_runs(
    session: Session, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    page = RunsPage(session)
    qtbot.addWidget(page)
    page.show()
    page.on_shown()
    qtbot.waitUntil(lambda: page.model.rowCount() == 6)
    page.table.select({runs["second"].path})
    click(page.button("notebook"), qtbot)
    dialog = page.findChild(NotebookDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.stack.currentWidget() is dialog.view)
    assert dialog.notebook is not None
    assert [e.name for e in dialog.notebook.entries] == ["first", "second", "third", "failed"]
    text = dialog.browser.toPlainText()
    assert f"Erster {HOSTILE}" in text
    assert tr("coach-lr-too-high") in text
    dialog.reject()


def test_the_notebook_is_put_into_the_other_language_and_saved(
    session: Session,
    runs: dict[str, RunFolder],
    qtbot: QtBot,
    tmp_path: Path,
    answer: Ask,
) -> None:
    dialog = NotebookDialog(session, runs["first"].path)
    opened(dialog, qtbot)
    dialog.language.setFocus()
    qtbot.keyClick(dialog.language, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "发生了什么" in dialog.browser.toPlainText())
    qtbot.waitUntil(dialog.html_button.isEnabled)
    answer(tmp_path / "笔记")
    click(dialog.html_button, qtbot)
    qtbot.waitUntil((tmp_path / "笔记.html").is_file)
    qtbot.waitUntil(dialog.pdf_button.isEnabled)
    assert "发生了什么" in (tmp_path / "笔记.html").read_text(encoding="utf-8")
    click(dialog.pdf_button, qtbot)
    qtbot.waitUntil((tmp_path / "笔记.pdf").is_file, timeout=30_000)
    qtbot.waitUntil(dialog.pdf_button.isEnabled)
    assert (tmp_path / "笔记.pdf").read_bytes().startswith(b"%PDF-")
    assert str(tmp_path / "笔记.pdf") in dialog.banner.heading.text()


def test_a_run_that_is_gone_is_told(session: Session, paths: AppPaths, qtbot: QtBot) -> None:
    dialog = NotebookDialog(session, paths.runs / "gone")
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert not dialog.pdf_button.isEnabled()
    assert not dialog.html_button.isEnabled()


# PDF


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_pdf_has_all_pages_with_numbers_and_plots(
    language: str, notebook: Notebook, tmp_path: Path
) -> None:
    families = tuple(font_families())
    out = tmp_path / "notebook.pdf"
    SavePdf(notebook, out, families, language).run(JobContext(lambda _event: None))
    data = out.read_bytes()
    with speaking(language):
        page = print_page(notebook)
        document = NotebookDocument(page, families, 0)
        pages = begin_pages(document)
        assert pages > 1
        assert len(re.findall(rb"/Type\s*/Page\b", data)) == pages
        assert len(document.placed) == len(page.plots)
        first = image_of(document, 0)
        # Its number is below the text: nothing else is there.
        assert has_ink(first, PAGE.height() - 52, PAGE.height() - 20)
        assert not has_ink(first, PAGE.height() - 20, PAGE.height())
    assert tr("notebook-happened") in document.toPlainText() or language == "zh_CN"


def test_the_plots_are_really_drawn(notebook: Notebook) -> None:
    page = print_page(notebook)
    document = NotebookDocument(page, font_families(), 0)
    begin_pages(document)
    with_plots = colours_of(image_of(document, 0))
    assert {"#2b6be4", "#d9731a"} <= with_plots


def image_of(document: NotebookDocument, number: int) -> QImage:
    image = QImage(PAGE.toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_page(document, painter, number)
    painter.end()
    return image


def has_ink(image: QImage, top: float, bottom: float) -> bool:
    rows = range(int(top), min(int(bottom), image.height()))
    return any(
        image.pixelColor(x, y).lightness() < 200 for y in rows for x in range(0, image.width())
    )


def colours_of(image: QImage) -> set[str]:
    size = image.size()
    return {
        image.pixelColor(x, y).name()
        for y in range(0, size.height())
        for x in range(0, size.width(), 2)
    }


def test_a_pdf_that_cannot_be_written_leaves_what_was_there(
    notebook: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "notebook.pdf"
    out.write_bytes(b"before")
    ctx = JobContext(lambda _event: None)
    job = SavePdf(notebook, out, tuple(font_families()))

    def full(_path: Path) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_fsync", full)
        with pytest.raises(OSError, match="full"):
            job.run(ctx)
    monkeypatch.setattr(
        notebook_document, "begin_pages", lambda _document: ctx.control.cancel() or 1
    )
    with pytest.raises(Cancelled):
        job.run(ctx)
    assert out.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["notebook.pdf"]


def test_a_folder_is_no_place_for_a_pdf(notebook: Notebook, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        SavePdf(notebook, tmp_path, ()).run(JobContext(lambda _event: None))
    assert caught.value.key == "error-document-is-folder"
