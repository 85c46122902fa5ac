"""What a file manager hands over, from the arguments of the process to what the window shows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui import __main__ as start
from finetune_gui.core import recipe as recipes
from finetune_gui.core import settings
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.photos import make_class_folders, save_photo
from tests.helpers.tiny_pages import use_tiny_pages


@pytest.fixture
def window(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    use_tiny_pages(monkeypatch)
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    made.opener.begin(())
    yield made
    qtbot.waitUntil(lambda: not session.runner.active)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "照片 与 空格"
    made.mkdir()
    return made


# The arguments


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("", (None, False, [])),
        ("--open", (None, False, [])),
        ("--open /a", (None, False, ["/a"])),
        ("--open=/a", (None, False, ["/a"])),
        ("--open /a /b", (None, False, ["/a", "/b"])),
        ("--open -a.jpg", (None, False, ["-a.jpg"])),
        ("--basedir /x --open /a", (Path("/x"), False, ["/a"])),
        ("--open /a --basedir /x --demo", (Path("/x"), True, ["/a"])),
        ("--basedir=/x", (Path("/x"), False, [])),
        ("--basedir", None),
        ("--open /a --help", None),
        ("/a", None),
        ("doctor", None),
        ("--demo train", None),
    ],
)
def test_what_asks_for_the_window(arguments: str, options: object) -> None:
    assert start._window_options(arguments.split()) == options


def test_addresses_and_paths_reach_the_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given: list[object] = []
    monkeypatch.setattr(
        "finetune_gui.gui.app.run_window", lambda *options: given.extend(options) or 0
    )
    uri = (tmp_path / "照片 1").as_uri()
    assert start._run_window(tmp_path, False, [uri, "照片 2"]) == 0
    assert given == [AppPaths.under(tmp_path), False, [tmp_path / "照片 1", tmp_path / "照片 2"]]


def test_help_speaks_of_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "finetune_gui", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "--open PATH" in done.stdout


# The window


def test_a_folder_opens_as_a_dataset(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    make_class_folders(folder, {"cat": 3, "dog": 3})
    window.show_page("train")
    window.opener.open([folder])
    qtbot.waitUntil(lambda: window.session.dataset is not None)
    assert window.current == "data"
    assert not window.banner.isVisible()


@pytest.mark.parametrize("ending", ["", "recipe.toml"])
@pytest.mark.parametrize(
    ("told", "page"),
    [((fake.BASELINE, fake.finished()), "evaluate"), ((fake.BASELINE, fake.paused()), "train")],
)
def test_a_run_opens_on_the_page_that_shows_it(
    window: MainWindow,
    folder: Path,
    qtbot: QtBot,
    ending: str,
    told: tuple[fake.Event, ...],
    page: str,
) -> None:
    run = fake.make_run(folder / "运行 1", fake.STARTED, *told)
    window.opener.open([run.path / ending])
    qtbot.waitUntil(lambda: window.session.run is not None)
    assert window.session.run is not None
    assert window.session.run.path == run.path
    assert window.current == page


def test_a_file_of_weights_is_offered_on_the_model_page(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    file = folder / "网络.safetensors"
    file.write_bytes(b"not looked at here")
    with qtbot.waitSignal(window.session.weights_offered) as told:
        window.opener.open([file])
    assert told.args == [file]
    assert window.current == "model"


def test_photos_go_to_the_last_run_even_while_it_is_being_opened(
    window: MainWindow, folder: Path, qtbot: QtBot, paths: AppPaths
) -> None:
    run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE, fake.finished())
    photos = [save_photo(folder / name) for name in ("1.jpg", "2.jpg")]
    window.session.settings.last_run = str(run.path)
    with qtbot.waitSignal(window.session.photos_dropped) as told:
        window.session.open_run(run.path)
        window.opener.open(photos)
    assert told.args == [photos]
    assert window.current == "predict"


def test_a_recipe_that_lies_alone_is_taken_over(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    wanted = with_values(Recipe(), {"train.epochs": 7})
    recipes.save(wanted, folder / "recipe.toml")
    recipes.save(wanted, folder / "配方.toml")
    for name in ("配方.toml", "recipe.toml"):
        window.session.use_recipe(Recipe())
        window.show_page("data")
        file = folder / name
        if name == "recipe.toml":
            (folder / "配方.toml").unlink()
        window.opener.open([file])
        qtbot.waitUntil(lambda: window.session.recipe == wanted)
        assert window.current == "train"
        assert window.banner.heading.text() == tr("shell-open-recipe", name=name)


def test_a_broken_recipe_is_a_sentence(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    (folder / "a.toml").write_text("epochs = [", encoding="utf-8")
    window.opener.open([folder / "a.toml"])
    qtbot.waitUntil(window.banner.isVisible)
    assert "TOML" in window.banner.heading.text()


def test_what_is_not_there_is_a_sentence(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.opener.open([folder / "gone.zip"])
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.heading.text() == tr("shell-open-missing")
    assert str(folder / "gone.zip") in window.banner.text.text()


def test_what_means_nothing_is_a_sentence(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    (folder / "信.txt").write_text("hello", encoding="utf-8")
    window.opener.open([folder / "信.txt"])
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.heading.text() == tr("shell-open-unknown", name="信.txt")


def test_the_others_open_though_one_is_missing(
    window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    make_class_folders(folder, {"cat": 3, "dog": 3})
    window.opener.open([folder, folder / "gone"])
    qtbot.waitUntil(lambda: window.session.dataset is not None)
    assert window.banner.heading.text() == tr("shell-open-missing")


def test_nothing_to_open_does_nothing(window: MainWindow) -> None:
    window.opener.open([])
    assert not window.session.runner.active


def test_macos_hands_over_a_file_by_an_event(
    window: MainWindow, folder: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    make_class_folders(folder, {"cat": 3, "dog": 3})
    qapp.installEventFilter(window.opener)
    assert qapp.sendEvent(qapp, QFileOpenEvent(str(folder)))
    qtbot.waitUntil(lambda: window.session.dataset is not None)
    assert window.session.dataset is not None
    assert window.session.dataset.root == folder


def test_what_is_handed_over_early_waits_for_the_window(
    qtbot: QtBot, session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_class_folders(folder, {"cat": 3, "dog": 3})
    use_tiny_pages(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.opener.open([folder])
    assert not session.runner.active
    window.opener.begin(())
    qtbot.waitUntil(lambda: session.dataset is not None)
    qtbot.waitUntil(lambda: not session.runner.active)


def test_from_the_command_line_to_what_is_open(tmp_path: Path, folder: Path) -> None:
    """The real program, with an address as desktops give it, in a process of its own."""
    make_class_folders(folder, {"cat": 4, "dog": 4})
    code = (
        "import sys\n"
        "from finetune_gui.gui import main_window\n"
        "begin = main_window.MainWindow.begin\n"
        "def hurried(self, *, demo, opened):\n"
        "    begin(self, demo=demo, opened=opened)\n"
        "    self.session.splits_changed.connect(lambda: self.session.splits and self.close())\n"
        "main_window.MainWindow.begin = hurried\n"
        "from finetune_gui.__main__ import main\n"
        "sys.argv = ['finetune-gui', '--basedir', sys.argv[1], '--open', sys.argv[2]]\n"
        "sys.exit(main())\n"
    )
    base = tmp_path / "base"
    subprocess.run(
        [sys.executable, "-c", code, str(base), folder.as_uri()],
        check=True,
        timeout=120,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    kept = settings.load(AppPaths.under(base).settings_file)
    assert kept.last_dataset == str(folder)
    assert kept.welcome_due  # nobody was asked for a language yet
    log = AppPaths.under(base).log_file.read_text(encoding="utf-8")
    assert not [line for line in log.splitlines() if " ERROR " in line]
