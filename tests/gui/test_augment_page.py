"""The Augment page: what a person switches, slides and sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.messages import set_language, tr
from finetune_gui.core.recipe import AugmentRecipe, named_preset, recipe_fields
from finetune_gui.gui.pages.augment import AugmentPage
from finetune_gui.gui.pages.augment_controls import nearest_preset
from finetune_gui.gui.pages.augment_mosaic import GAP, best_mosaic
from finetune_gui.gui.pages.augment_preview import training_photos
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.preview_grid import PreviewGrid, best_columns
from finetune_gui.gui.widgets.range_row import RangeRow
from finetune_gui.jobs.preview_augmentation import PreviewAugmentation

LEFT = Qt.MouseButton.LeftButton
TORCH_MS = 120_000


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two classes of twelve photos each, every one with a pattern of its own."""
    rng = np.random.default_rng(3)
    for label in ("amber", "blue"):
        folder = tmp_path / "photos" / label
        folder.mkdir(parents=True)
        for n in range(12):
            coarse = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
            picture = Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)
            picture.save(folder / f"{label}-{n:02}.png")
    return tmp_path / "photos"


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> AugmentPage:
    made = AugmentPage(session)
    qtbot.addWidget(made)
    made.resize(1072, 772)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def open_photos(qtbot: QtBot, session: Session, photos: Path) -> Callable[[], None]:
    """Opens the photos and waits until they are split."""

    def do() -> None:
        session.open_dataset(photos)
        qtbot.waitUntil(lambda: bool(session.splits))

    return do


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


def row(page: AugmentPage, name: str) -> RangeRow:
    return page.controls.rows[name]


def click(qtbot: QtBot, page: QWidget, name: str) -> None:
    widget = page.findChild(QWidget, name)
    assert widget is not None, name
    qtbot.waitUntil(widget.isVisible)
    qtbot.mouseClick(widget, LEFT)


def pixels(picture: QImage) -> np.ndarray:
    """RGB bytes [H, W, 3] of a picture."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    height, width = rgb.height(), rgb.width()
    lines = np.frombuffer(bytes(rgb.constBits()), np.uint8).reshape(height, rgb.bytesPerLine())
    return lines[:, : 3 * width].reshape(height, width, 3)


# ---- the controls


def test_every_augmentation_has_a_row(page: AugmentPage) -> None:
    wanted = {k.removeprefix("augment.") for k in recipe_fields() if k.startswith("augment.")}
    assert set(page.controls.rows) == wanted - {"preset"}


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_a_preset_sets_and_shows_every_value(
    qtbot: QtBot, page: AugmentPage, session: Session, preset: str
) -> None:
    session.change_recipe({"augment.rotation": 90.0})
    click(qtbot, page, f"augment-preset-{preset}")
    assert session.recipe.augment == AugmentRecipe.model_validate(
        {"preset": preset, **AUGMENT_PRESETS[preset]}
    )
    assert {name: r.value for name, r in page.controls.rows.items()} == AUGMENT_PRESETS[preset]
    assert not any(r.mark.isVisible() for r in page.controls.rows.values())
    assert page.controls.presets.value == preset


def test_arrow_keys_move_the_preset(page: AugmentPage, session: Session) -> None:
    light = page.controls.presets.segment("light")
    light.setFocus()
    QTest.keyClick(light, Qt.Key.Key_Right)
    assert session.recipe.augment.preset == "medium"


def test_one_changed_value_makes_it_custom_and_reset_leads_back(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-medium")
    custom = page.controls.presets.segment("custom")
    assert not custom.isVisible()
    click(qtbot, page, "switch-augment.vertical_flip")
    assert session.recipe.augment.vertical_flip is True
    assert session.recipe.augment.preset == "custom"
    assert custom.isVisible()
    assert custom.isChecked()
    changed = [name for name, r in page.controls.rows.items() if r.mark.isVisible()]
    assert changed == ["vertical_flip"]
    assert row(page, "vertical_flip").reset_button.toolTip() == "Back to Medium (Off)"
    click(qtbot, page, "reset-augment.vertical_flip")
    assert session.recipe.augment.preset == "medium"
    assert not custom.isVisible()


def test_values_of_a_preset_are_called_by_its_name(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-none")
    click(qtbot, page, "switch-augment.horizontal_flip")
    assert session.recipe.augment.preset == "custom"
    click(qtbot, page, "switch-augment.horizontal_flip")
    assert session.recipe.augment.preset == "none"


def test_a_switch_remembers_the_value(qtbot: QtBot, page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.rotation": 35.0})
    click(qtbot, page, "switch-augment.rotation")
    assert session.recipe.augment.rotation == 0
    assert not page.findChild(QWidget, "slider-augment.rotation").isVisible()
    click(qtbot, page, "switch-augment.rotation")
    assert session.recipe.augment.rotation == 35


def test_space_toggles_a_switch(page: AugmentPage, session: Session) -> None:
    switch = row(page, "vertical_flip").switch
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert session.recipe.augment.vertical_flip is True


def test_painted_pieces_follow_the_theme(page: AugmentPage, session: Session) -> None:
    presets = page.controls.presets
    edge = QPoint(presets.width() // 2, 1)
    for mode in ("dark", "light"):
        session.theme.set_mode(mode)
        assert presets.grab().toImage().pixelColor(edge) == session.theme.color("raised")
        switch = row(page, "horizontal_flip").switch
        groove = QPoint(switch.width() // 3, switch.height() // 2)
        assert switch.grab().toImage().pixelColor(groove) == session.theme.color("accent")


def test_a_slider_sets_the_value_by_keyboard(page: AugmentPage, session: Session) -> None:
    slider = row(page, "brightness").slider
    assert slider is not None
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.recipe.augment.brightness == 0.15
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert session.recipe.augment.brightness == 0.9
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert session.recipe.augment.brightness == 0.05


def test_the_right_end_of_the_crop_is_the_smallest_part(
    page: AugmentPage, session: Session
) -> None:
    slider = row(page, "crop_scale").slider
    assert slider is not None
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.recipe.augment.crop_scale == 0.55
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert session.recipe.augment.crop_scale == 0.05
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert session.recipe.augment.crop_scale == 0.95


def test_a_typed_value_counts_and_zero_switches_off(page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.hue": 0.02})
    editor = row(page, "hue").editor
    assert editor is not None
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "7")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.recipe.augment.hue == 0.07
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "0")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.recipe.augment.hue == 0
    assert not row(page, "hue").switch.isChecked()
    assert row(page, "hue").switch.hasFocus()


def test_switching_on_gives_a_value_that_does_something(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-none")
    for name in page.controls.rows:
        scroller = page.controls.findChild(QWidget, "augment-scroller")
        scroller.ensureWidgetVisible(row(page, name))
        click(qtbot, page, f"switch-augment.{name}")
    values = session.recipe.augment.model_dump(exclude={"preset"})
    assert all(values[name] != off for name, off in AUGMENT_PRESETS["none"].items())


@pytest.mark.parametrize(
    ("name", "harmless", "risky"),
    [
        ("vertical_flip", False, True),
        ("horizontal_flip", False, True),
        ("hue", 0.02, 0.2),
        ("rotation", 10.0, 90.0),
        ("crop_scale", 0.6, 0.1),
        ("blur", 0.5, 4.0),
    ],
)
def test_a_hint_comes_with_a_risky_value_alone(
    page: AugmentPage, session: Session, name: str, harmless: float, risky: float
) -> None:
    session.change_recipe({f"augment.{name}": harmless})
    assert not row(page, name).hint.isVisible()
    session.change_recipe({f"augment.{name}": risky})
    hint = row(page, name).hint
    assert hint.isVisible()
    assert hint.accessibleName() == tr(f"augment-hint-{name}".replace("_", "-"))


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_no_preset_but_the_strongest_raises_a_caution(
    page: AugmentPage, session: Session, preset: str
) -> None:
    session.change_recipe({"augment.preset": preset})
    cautions = [n for n, r in page.controls.rows.items() if r.hint.isVisible() and not r.look.quiet]
    assert cautions == (["hue"] if preset == "strong" else [])


def test_help_opens_beside_the_row(qtbot: QtBot, page: AugmentPage) -> None:
    sheet = row(page, "blur").show_help()
    qtbot.addWidget(sheet)
    assert sheet.text.text() == tr("recipe-augment-blur.help")
    sheet.close()


def test_what_was_custom_at_the_start_is_compared_with_the_nearest_preset() -> None:
    augment = AugmentRecipe.model_validate({**AUGMENT_PRESETS["strong"], "rotation": 3.0})
    assert nearest_preset(augment) == "strong"
    assert nearest_preset(AugmentRecipe()) == "light"


def test_everything_to_act_on_has_a_handle(page: AugmentPage) -> None:
    for name, r in page.controls.rows.items():
        for widget in (r.switch, r.slider, r.editor, r.help_button, r.reset_button):
            if widget is not None:
                assert widget.objectName().endswith(f"augment.{name}")
                assert widget.accessibleName()


# ---- the page around


def test_without_photos_it_leads_to_the_data_page(qtbot: QtBot, page: AugmentPage) -> None:
    assert page.preview.state == "empty"
    with qtbot.waitSignal(page.navigate) as asked:
        click(qtbot, page, "augment-open-data")
    assert asked.args == ["data"]


def test_the_primary_button_leads_on(qtbot: QtBot, page: AugmentPage) -> None:
    with qtbot.waitSignal(page.navigate) as asked:
        click(qtbot, page, "augment-next")
    assert asked.args == ["model"]


def test_before_torch_is_there_it_says_what_it_waits_for(
    page: AugmentPage, open_photos: Callable[[], None]
) -> None:
    open_photos()
    assert page.preview.state == "waiting"
    words = [label.text() for label in page.preview.pages.currentWidget().findChildren(QLabel)]
    assert tr("augment-waiting-text") in words
    assert page.preview.maker.is_idle
    assert not page.findChild(QWidget, "augment-shuffle").isVisible()


def test_the_rail_tells_the_strength(qtbot: QtBot, page: AugmentPage, session: Session) -> None:
    with qtbot.waitSignal(page.rail_changed):
        session.change_recipe({"augment.preset": "strong"})
    assert page.rail_subtitle() == "Strong"
    assert not page.rail_done()


def test_it_follows_the_language(page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.vertical_flip": True})
    set_language("zh_CN")
    assert page.header.title.text() == "数据增强"
    assert row(page, "vertical_flip").mark.text() == "已修改"
    assert page.controls.presets.segment("custom").text() == "自定义"
    assert row(page, "vertical_flip").reset_button.toolTip() == "恢复为“轻微”的 关"


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
    qtbot.waitExposed(chooser)
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


def test_a_light_preset_needs_no_scrolling_in_the_smallest_usual_window(
    page: AugmentPage,
) -> None:
    assert named_preset(page.session.recipe.augment) == "light"
    scroller = page.controls.findChild(QWidget, "augment-scroller")
    assert not scroller.verticalScrollBar().isVisible()
