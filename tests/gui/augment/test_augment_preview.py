"""The preview on the Augment page: which photos it shows, and as what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui.pages.augment import AugmentPage
from finetune_gui.gui.pages.augment_mosaic import GAP, best_mosaic
from finetune_gui.gui.pages.augment_preview import training_photos
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.preview_grid import PreviewGrid, best_columns
from finetune_gui.jobs.preview_augmentation import PreviewAugmentation
from tests.helpers.augment_page import click

LEFT = Qt.MouseButton.LeftButton
TORCH_MS = 120_000


@pytest.fixture
def live(
    qtbot: QtBot, session: Session, page: AugmentPage, open_photos: Callable[[], None]
) -> AugmentPage:
    """The page with photos and torch, its first preview drawn."""
    open_photos()
    session.load_torch()
    qtbot.waitUntil(lambda: session.torch_state == "ready", timeout=TORCH_MS)
    wait_for_preview(qtbot, page)
    return page


def wait_for_preview(qtbot: QtBot, page: AugmentPage) -> None:
    """Until what is shown is what the page wishes to show."""
    preview = page.preview

    def is_current() -> bool:
        shown = preview.shown
        return (
            shown is not None
            and preview.maker.is_idle
            and (shown.index, shown.count, shown.first_epoch)
            == (preview.index, preview.count, preview.first_epoch)
            and shown.recipe.augment == page.session.recipe.augment
        )

    qtbot.waitUntil(is_current, timeout=TORCH_MS)


def pixels(picture: QImage) -> np.ndarray:
    """RGB bytes [H, W, 3] of a picture."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    height, width = rgb.height(), rgb.width()
    lines = np.frombuffer(bytes(rgb.constBits()), np.uint8).reshape(height, rgb.bytesPerLine())
    return lines[:, : 3 * width].reshape(height, width, 3)


def test_fewer_photos_may_take_the_place_of_many(
    qtbot: QtBot, session: Session, page: AugmentPage, photos: Path, open_photos: Callable[[], None]
) -> None:
    open_photos()
    qtbot.waitUntil(lambda: page.preview.index is not None)
    for file in sorted(photos.rglob("*.png")):
        if int(file.stem[-2:]) >= 3:
            file.unlink()
    seen: list[int | None] = []
    session.dataset_changed.connect(lambda: seen.append(page.preview.index))
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: len(seen) == 1 and bool(session.splits))
    assert seen == [None]  # nothing of the old photos, while the new ones are being split
    assert session.dataset is not None
    qtbot.waitUntil(lambda: page.preview.index is not None)
    assert page.preview.index in range(len(session.dataset.samples))


# ---- the preview


def test_the_preview_is_what_training_draws(qtbot: QtBot, live: AugmentPage) -> None:
    from finetune_gui.engine.augmentation import augment
    from finetune_gui.engine.backbones import preprocessing_for

    session, preview = live.session, live.preview
    session.change_recipe({"augment.preset": "strong", "seed": 5, "train.device": "cpu"})
    preview.next_photo()
    wait_for_preview(qtbot, live)
    assert session.dataset is not None
    index = training_photos(session)[1]
    sample = session.dataset.samples[index]
    preprocessing = preprocessing_for(session.recipe.model)
    photo = preprocessing.load(sample.path)
    assert len(preview.grid.pictures) == 8
    for epoch, picture in enumerate(preview.grid.pictures, start=1):
        expected = augment(photo, session.recipe.augment, preprocessing, (5, epoch, index))
        np.testing.assert_array_equal(pixels(picture), np.asarray(expected))
    original = np.asarray(preprocessing.centre_view(photo))
    np.testing.assert_array_equal(pixels(preview.photo.picture.pictures[0]), original)
    assert preview.photo.file.text() == sample.path.name
    assert preview.photo.label.text() == sample.label


def test_shuffle_draws_the_next_epochs(qtbot: QtBot, live: AugmentPage) -> None:
    preview = live.preview
    assert preview.exact.text() == tr("augment-exact", first=1, last=8)
    before = [pixels(picture) for picture in preview.grid.pictures]
    click(qtbot, live, "augment-shuffle")
    wait_for_preview(qtbot, live)
    after = [pixels(picture) for picture in preview.grid.pictures]
    assert preview.exact.text() == tr("augment-exact-beyond", first=9, last=16, epochs=8)
    assert not any(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_pictures_that_come_round_again_or_are_mixed_are_said_so(
    qtbot: QtBot, live: AugmentPage
) -> None:
    live.session.change_recipe({"model.freeze": "backbone", "optim.mixing": "mixup"})
    wait_for_preview(qtbot, live)
    preview = live.preview
    assert tr("augment-exact-views", n=4) in preview.exact.text()
    assert tr("augment-exact-mixed") in preview.exact.text()
    shown = [pixels(picture) for picture in preview.grid.pictures]
    for first, again in zip(shown[:4], shown[4:], strict=True):
        np.testing.assert_array_equal(first, again)


def test_it_says_plainly_when_training_sees_no_change(qtbot: QtBot, live: AugmentPage) -> None:
    live.session.change_recipe({"augment.preset": "none"})
    wait_for_preview(qtbot, live)
    assert live.preview.exact.text() == tr("augment-exact-none")
    first = pixels(live.preview.grid.pictures[0])
    np.testing.assert_array_equal(first, pixels(live.preview.photo.picture.pictures[0]))
    live.session.change_recipe({"train.epochs": 0})
    assert live.preview.exact.text() == tr("augment-exact-baseline")


def test_more_versions_when_asked(qtbot: QtBot, live: AugmentPage) -> None:
    click(qtbot, live, "augment-count-16")
    wait_for_preview(qtbot, live)
    assert len(live.preview.grid.pictures) == 16
    assert len(live.preview.grid.cells()) == 16


def test_only_the_latest_wish_is_drawn(qtbot: QtBot, live: AugmentPage) -> None:
    made: list[float] = []
    live.preview.maker.made.connect(lambda wish, _preview: made.append(wish.recipe.augment.hue))
    session, maker = live.session, live.preview.maker
    session.change_recipe({"augment.hue": 0.1})
    qtbot.waitUntil(lambda: maker.job is not None)
    overtaken = maker.job
    session.change_recipe({"augment.hue": 0.2})
    session.change_recipe({"augment.hue": 0.3})
    assert overtaken is not None
    qtbot.waitUntil(lambda: made[-1:] == [0.3])
    assert overtaken.is_over
    assert 0.2 not in made


def test_what_the_preview_does_not_depend_on_draws_nothing(live: AugmentPage) -> None:
    live.session.change_recipe({"optim.lr": 0.5, "model.dropout": 0.7, "train.epochs": 30})
    assert live.preview.maker.is_idle


def test_nothing_is_drawn_out_of_sight(qtbot: QtBot, live: AugmentPage) -> None:
    live.hide()
    live.session.change_recipe({"augment.preset": "strong"})
    assert live.preview.maker.is_idle
    live.show()
    wait_for_preview(qtbot, live)


def test_it_goes_through_the_training_photos(qtbot: QtBot, live: AugmentPage) -> None:
    preview, order = live.preview, training_photos(live.session)
    assert preview.index == order[0]
    click(qtbot, live, "augment-previous")
    assert preview.index == order[-1]
    click(qtbot, live, "augment-next-photo")
    click(qtbot, live, "augment-next-photo")
    assert preview.index == order[1]
    assert preview.photo.number.text() == f"Training photo 2 of {len(order)}"
    click(qtbot, live, "augment-random")
    assert preview.index in set(order) - {order[1]}


def test_a_photo_can_be_chosen_by_its_class(qtbot: QtBot, live: AugmentPage) -> None:
    dataset = live.session.dataset
    assert dataset is not None
    chooser = live.preview.choose()
    assert chooser is not None
    qtbot.waitUntil(chooser.isVisible)
    chooser.classes.setCurrentText("blue")
    shown = [photo.path for photo in chooser.grid.photos]
    blue = [n for n in training_photos(live.session) if dataset.samples[n].label == "blue"]
    assert shown == [dataset.samples[n].path for n in blue]
    chooser.grid.set_current(2)
    qtbot.mouseClick(chooser.use_button, LEFT)
    assert live.preview.index == blue[2]
    wait_for_preview(qtbot, live)


def test_the_photo_stays_when_photos_are_split_anew(qtbot: QtBot, live: AugmentPage) -> None:
    preview, session = live.preview, live.session
    preview.show_photo(training_photos(session)[3])
    wait_for_preview(qtbot, live)
    path = preview.photo.path
    with qtbot.waitSignal(session.splits_changed):
        session.change_recipe({"data.validation_fraction": 0.1})
    kept = [session.dataset.samples[n].path for n in training_photos(session)]
    assert preview.photo.path == (path if path in kept else kept[0])
    wait_for_preview(qtbot, live)


def test_a_photo_that_cannot_be_read_is_named(
    qtbot: QtBot, live: AugmentPage, allow_log: Callable[[str], None]
) -> None:
    allow_log("PreviewAugmentation")
    preview, session = live.preview, live.session
    assert session.dataset is not None
    broken = training_photos(session)[2]
    session.dataset.samples[broken].path.write_bytes(b"not a picture")
    preview.show_photo(broken)
    qtbot.waitUntil(preview.problem.isVisible)
    assert preview.problem.text()
    assert not preview.grid.pictures
    preview.next_photo()
    wait_for_preview(qtbot, live)
    assert not preview.problem.isVisible()
    assert preview.grid.isVisible()


def test_closing_the_photos_empties_it(live: AugmentPage) -> None:
    live.session.close_dataset()
    assert live.preview.state == "empty"
    assert not live.preview.grid.pictures
    assert live.preview.photo.path is None


def test_the_language_reaches_the_pictures(live: AugmentPage) -> None:
    set_language("zh_CN")
    assert live.preview.exact.text() == "训练在第 1 到第 8 轮看到的正是这张照片的这些样子。"
    assert "第 1 到第 8 轮" in live.preview.grid.accessibleName()
    assert live.preview.photo.number.text().startswith("第 1 张训练照片")


def test_a_preview_job_stops_when_it_is_cancelled(
    qtbot: QtBot, live: AugmentPage, photos: Path
) -> None:
    path = next(photos.rglob("*.png"))
    job = PreviewAugmentation(path, live.session.recipe, 0, count=100_000)
    handle = live.session.runner.start(job)
    qtbot.waitUntil(lambda: handle.state == "running")
    with qtbot.waitSignal(handle.cancelled, timeout=2000):
        handle.cancel()


# ---- layout


@pytest.mark.parametrize("n", [4, 8, 12, 16])
@pytest.mark.parametrize("room", [QSize(594, 560), QSize(1290, 830), QSize(520, 480)])
def test_the_mosaic_fits_its_room(n: int, room: QSize) -> None:
    columns, side = best_mosaic(n, room, words=130)
    rows = -(-n // columns)
    assert side > 60
    assert (columns + 2) * side + (columns + 1) * GAP <= room.width()
    assert rows * side + (rows - 1) * GAP <= room.height()
    assert 2 * side + GAP + 130 <= room.height()


def test_pictures_never_leave_the_grid(qtbot: QtBot) -> None:
    grid = PreviewGrid("grid", 12)
    qtbot.addWidget(grid)
    for size in (QSize(90, 400), QSize(700, 120), QSize(333, 334)):
        grid.resize(size)
        assert all(grid.rect().contains(cell) for cell in grid.cells())
        columns, side = best_columns(12, size, 8)
        assert side >= min(size.width(), size.height()) // 12
        assert len({cell.topLeft().x() for cell in grid.cells()}) == columns
