"""Draws every page after real, short trainings: ``python -m tests.helpers.screenshots [OUTDIR]``.

The pictures are those of the READMEs: 1280×800, once light in English, once dark in Chinese.
Without OUTDIR they go to ``packaging/screenshots``.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from finetune_gui.core.errors import UserError
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.search_space import OFF, changed, default_space
from finetune_gui.core.study import Budget
from finetune_gui.gui.app import build_window, make_application
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.pages.trials import TrialsPage
from finetune_gui.gui.theme import Mode
from finetune_gui.jobs.tune import Tune
from tests.helpers.event_loop import wait_until

# Pages and, after a dash, the view of one that has several.
PICTURES = (
    *("data", "augment", "model", "train", "evaluate", "predict"),
    *("trials-search", "trials-folds", "runs"),
)
SIZE = (1280, 800)
# With these a training takes seconds, and photos as small as stamps leave something to find.
_QUICK = {"model.freeze": "backbone", "model.input_size": 64, "train.epochs": 6}
_NOT_SEARCHED = ("model.freeze", "augment.preset", "train.epochs")
_TRIALS = 8
QUALITY = 88  # of WebP: photos and letters look as on the screen
# Real photos that lie beside the checkout of those who develop it; a user's clone has none.
CHECKOUT = Path(__file__).resolve().parents[2]
GROCERIES = CHECKOUT.parent / "shared" / "data" / "grocery-mini"

# A page stands still when this many looks in a row see the same picture and no job goes on.
_STILL_LOOKS = 6

Look = tuple[str, Literal["en", "zh_CN"], Mode]
LOOKS: tuple[Look, ...] = (("en-light", "en", "light"), ("zh-dark", "zh_CN", "dark"))


class ScreenshotError(Exception):
    """The window did not come to where its picture could be taken."""


def draw_all(out: Path) -> list[Path]:
    """Train on photos in a window that is not seen, and write the picture of each page to ``out``.

    Raises:
        ScreenshotError: something that was waited for did not happen.
    """
    out.mkdir(parents=True, exist_ok=True)
    application = make_application()
    with tempfile.TemporaryDirectory(prefix="finetune-screenshots-") as folder:
        window = _open_window(AppPaths.under(Path(folder)))
        try:
            photos = _train(window)
            return [file for look in LOOKS for file in _draw_look(window, look, photos, out)]
        finally:
            _close(window, application)


def _open_window(paths: AppPaths) -> MainWindow:
    window = build_window(paths, demo=False)
    window.session.set_language("en")
    window.session.set_theme("light")
    window.session.message.connect(_complain)
    window.resize(*SIZE)
    window.show()
    return window


def _complain(message: object) -> None:
    if isinstance(message, UserError):
        sys.stderr.write(f"{message}\n")


def _train(window: MainWindow) -> list[Path]:
    """Open photos and do with them what the pages are for; returns those that were asked about."""
    session = window.session
    _until("the training engine", lambda: session.torch_state == "ready")
    if GROCERIES.is_dir():
        session.open_dataset(GROCERIES)
    else:
        session.open_dataset(resource("demo", "fashion"))
    _until("the photos", lambda: session.dataset is not None and not session.why_not_start())
    _try_settings(window)
    _train_to_the_end(window)
    photos = _photos_to_ask(window)
    window.show_page("predict")
    predict = cast(PredictPage, window.page("predict"))
    _until("the model", lambda: predict.view == "drop")
    predict.ask(photos)
    return photos


def _train_to_the_end(window: MainWindow) -> None:
    session = window.session
    session.start_training()
    _until("the end of the training", lambda: session.training is None)
    if session.finished_run is None:
        raise ScreenshotError("the training did not finish")


def _try_settings(window: MainWindow) -> None:
    """What is quick with a frozen backbone: a run, a search, a cross-validation."""
    session, usual = window.session, window.session.recipe
    session.change_recipe(_QUICK)
    _train_to_the_end(window)
    page = cast(TrialsPage, window.page("trials"))
    if session.dataset is None:
        raise ScreenshotError("no dataset is open")
    out, budget = session.paths.searches / "search", Budget(trials=_TRIALS)
    space = changed(default_space(session.recipe), dict.fromkeys(_NOT_SEARCHED, OFF))
    search = session.begin_trying(
        Tune(session.dataset, session.recipe, space, budget, out, session.paths)
    )
    _until("the search", lambda: search.is_over)
    page.search.open_study(out)
    page.folds.start()
    _until("the cross-validation", lambda: not page.folds.is_running)
    session.use_recipe(usual)


def _photos_to_ask(window: MainWindow) -> list[Path]:
    """The second test photo of each class."""
    session = window.session
    if session.dataset is None:
        raise ScreenshotError("no dataset is open")
    of: dict[str, list[Path]] = {}
    for sample, split in zip(session.dataset.samples, session.splits, strict=True):
        if split == "test":
            of.setdefault(sample.label, []).append(sample.path)
    return [paths[min(1, len(paths) - 1)] for paths in of.values()]


def _draw_look(window: MainWindow, look: Look, photos: list[Path], out: Path) -> list[Path]:
    name, language, mode = look
    window.session.set_language(language)
    window.session.set_theme(mode)
    return [
        _draw_page(window, picture, out / f"{picture}-{name}.webp", len(photos))
        for picture in PICTURES
    ]


def _draw_page(window: MainWindow, picture: str, file: Path, n_photos: int) -> Path:
    key, _, view = picture.partition("-")
    window.show_page(key)
    if view:
        cast(TrialsPage, window.page(key)).show_view(view)
    _until(f"the {key} page", lambda: _is_ready(window, key, n_photos))
    file.write_bytes(_small(_still_picture(window)))
    return file


def _is_ready(window: MainWindow, key: str, n_photos: int) -> bool:
    """Whether what the page is for can be seen."""
    page = window.page(key)
    match page:
        case EvaluatePage():
            return page.view == "result"
        case PredictPage():
            return page.view == "results" and len(page.results.answers) == n_photos
        case TrialsPage():
            return page.search.view == "result" and page.folds.opened is not None
        case _:
            return True


def _still_picture(window: MainWindow) -> QPixmap:
    """The window once thumbnails and plots are there and nothing moves any more."""
    picture = window.grab()
    seen = picture.toImage()
    looks = 0

    def is_still() -> bool:
        nonlocal picture, seen, looks
        picture = window.grab()
        now = picture.toImage()
        looks = looks + 1 if now == seen and not window.session.runner.active else 0
        seen = now
        return looks >= _STILL_LOOKS

    _until("a picture that stands still", is_still)
    return picture


def _small(picture: QPixmap) -> bytes:
    """The picture as WebP."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    packed = io.BytesIO()
    with Image.open(io.BytesIO(buffer.data().data())) as full:
        full.convert("RGB").save(packed, "WEBP", quality=QUALITY, method=6)
    return packed.getvalue()


def _until(what: str, condition: Callable[[], bool]) -> None:
    """Let Qt work until the condition holds; raises `ScreenshotError` when it never does."""
    if not wait_until(condition):
        raise ScreenshotError(f"waited in vain for {what}")


def _close(window: MainWindow, application: QApplication) -> None:
    window.session.stop_training()
    wait_until(lambda: window.session.training is None)
    window.close()
    window.session.shutdown()
    window.deleteLater()
    application.processEvents()


def main(arguments: list[str]) -> int:
    """Draw all pages and say how large the files are."""
    out = Path(arguments[0]) if arguments else CHECKOUT / "packaging" / "screenshots"
    files = draw_all(out)
    total = sum(file.stat().st_size for file in files)
    sys.stdout.write(f"{len(files)} pictures in {out}, {total / 1e6:.2f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
