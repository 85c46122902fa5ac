from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.messages import has_message, set_language
from finetune_gui.dataset import decode
from finetune_gui.dataset.decode import describe_photo, fingerprint, load_photo
from tests.helpers import photos


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=float)


def reason(path: Path) -> str:
    with pytest.raises(PhotoError) as caught:
        load_photo(path)
    return caught.value.key


def test_rgb_is_unchanged(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    image = load_photo(path)
    assert image.mode == "RGB"
    assert np.array_equal(pixels(image), pixels(photos.photo()))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
def test_every_exif_orientation_is_applied(tmp_path: Path, orientation: int, suffix: str) -> None:
    path = photos.rotated(tmp_path / f"a{suffix}", orientation)
    image = load_photo(path)
    assert image.size == (40, 20)
    assert np.abs(pixels(image) - pixels(photos.halves()))[:, [0, 10, 30, 39]].max() < 30
    facts = describe_photo(path)
    assert (facts.width, facts.height) == (40, 20)


@pytest.mark.parametrize(("suffix", "dtype"), [(".png", "<u2"), (".tif", "<u2"), (".tif", ">u2")])
def test_16_bit_grey_is_scaled_by_its_range(tmp_path: Path, suffix: str, dtype: str) -> None:
    image = load_photo(photos.ramp16(tmp_path / f"a{suffix}", dtype))
    row = pixels(image)[0, :, 0]
    assert image.mode == "RGB"
    assert row.mean() == pytest.approx(127.5, abs=0.5)
    assert row[0] == 0
    assert row[-1] == 255
    assert np.all(np.diff(row) >= 0)


def test_16_bit_pgm_keeps_its_brightness(tmp_path: Path) -> None:
    path = tmp_path / "a.pgm"
    values = np.array([0, 500, 1000], dtype=">u2")
    path.write_bytes(b"P5 3 1 1000\n" + values.tobytes())
    assert pixels(load_photo(path))[0, :, 0].tolist() == pytest.approx([0, 128, 255], abs=1)


def test_a_constant_16_bit_picture_keeps_its_grey(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.full((5, 5), 16448, dtype=np.uint16)).save(path)
    assert np.unique(pixels(load_photo(path))).tolist() == [64]


def test_16_bit_tiff_where_zero_is_white(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    picture = Image.fromarray(np.array([[0, 65535]], dtype=np.uint16))
    picture.save(path, tiffinfo={262: 0})
    with Image.open(path) as saved:
        assert saved.tag_v2[262] == 0
        stored = np.asarray(saved).tolist()
    assert pixels(load_photo(path))[0, :, 0].tolist() == [255 - v / 257 for v in stored[0]]


def test_32_bit_whole_numbers_are_stretched(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(np.array([[-100, 0, 100]], dtype=np.int32)).save(path)
    assert pixels(load_photo(path))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.2, 0.2, 0.2], [51, 51, 51]),
        ([-1.0, 0.0, 3.0], [0, 64, 255]),
        ([0.0, float("nan"), 100.0], [0, 0, 255]),
        ([7.0, 7.0, 7.0], [0, 0, 0]),
    ],
)
def test_float_tiff(tmp_path: Path, values: list[float], expected: list[int]) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(np.array([values], dtype=np.float32)).save(path)
    assert pixels(load_photo(path))[0, :, 0].tolist() == expected


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (16, 16), "red").convert("CMYK").save(path, quality=95)
    red = pixels(load_photo(path)).mean(axis=(0, 1))
    assert red[0] > 240
    assert red[1:].max() < 15


def test_palette_with_transparency_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture = Image.new("P", (2, 1), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.putpixel((1, 0), 1)
    picture.save(path, transparency=0)
    assert pixels(load_photo(path))[0].tolist() == [[255, 255, 255], [255, 0, 0]]


def test_palette_with_graded_transparency_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture = Image.new("P", (1, 1), 0)
    picture.putpalette([0, 0, 0])
    picture.save(path, transparency=bytes([51]))
    assert pixels(load_photo(path))[0, 0].tolist() == pytest.approx([204] * 3, abs=1)


@pytest.mark.parametrize(("mode", "colour"), [("LA", (0, 102)), ("RGBA", (0, 0, 0, 102))])
def test_alpha_lies_on_white(tmp_path: Path, mode: str, colour: tuple[int, ...]) -> None:
    path = tmp_path / "a.png"
    Image.new(mode, (3, 3), colour).save(path)
    assert pixels(load_photo(path))[0, 0].tolist() == pytest.approx([153] * 3, abs=1)


def test_a_transparent_colour_of_rgb_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (3, 3), (10, 20, 30)).save(path, transparency=(10, 20, 30))
    assert pixels(load_photo(path)).min() == 255


def test_the_first_frame_of_an_animation_is_taken(tmp_path: Path) -> None:
    image = load_photo(photos.animated_gif(tmp_path / "a.gif"))
    assert pixels(image)[10, 10].tolist() == [255, 0, 0]


def test_black_and_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (3, 3), 1).save(path)
    assert pixels(load_photo(path)).min() == 255


BROKEN: dict[str, Callable[[Path], Path]] = {
    "error-photo-damaged": photos.truncated_jpeg,
    "error-photo-not-a-picture": photos.text_named_as_photo,
    "error-photo-empty": photos.empty_file,
    "error-photo-too-large": photos.huge_header,
    "error-photo-gone": lambda path: path,
}


@pytest.mark.parametrize("key", BROKEN)
def test_what_cannot_be_read_is_named(tmp_path: Path, key: str) -> None:
    path = BROKEN[key](tmp_path / "a.jpg")
    with pytest.raises(PhotoError) as caught:
        load_photo(path, 16)
    assert caught.value.key == key
    assert caught.value.params["path"] == str(path)


def test_a_size_between_the_limit_and_twice_the_limit_is_refused(tmp_path: Path) -> None:
    path = photos.huge_header(tmp_path / "a.png", 20_000, 20_000)
    assert decode.MAX_PIXELS < 20_000**2 < 2 * decode.MAX_PIXELS
    assert reason(path) == "error-photo-too-large"


@pytest.mark.parametrize(
    "suffix", [".png", ".bmp", ".gif", ".tif", ".webp", ".avif", ".ppm", ".jpg"]
)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_cut_off_files_are_never_half_grey(tmp_path: Path, suffix: str, share: float) -> None:
    path = photos.save_photo(tmp_path / f"a{suffix}", size=(64, 64))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert reason(path) == "error-photo-damaged"


def test_a_folder_under_a_photos_name(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    assert reason(tmp_path / "a.jpg") in ("error-photo-unreadable", "error-photo-permission")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photos.save_photo(tmp_path / "a.jpg")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert reason(path) == "error-photo-permission"


def test_an_eps_is_not_handed_to_ghostscript(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    file = io.BytesIO()
    photos.photo().save(file, "EPS")
    path.write_bytes(file.getvalue())
    assert reason(path) == "error-photo-not-a-picture"


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "renamed.jpg"])
def test_a_phones_heic_is_named_as_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    assert reason(path) == "error-photo-format"


def test_corrupt_exif_costs_nothing_but_the_orientation(tmp_path: Path) -> None:
    path = photos.corrupt_exif(tmp_path / "a.jpg")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_photo(path).size == (32, 24)
        assert describe_photo(path).width == 32


def test_reading_in_threads_leaves_the_warning_filters_alone(tmp_path: Path) -> None:
    path = photos.corrupt_exif(tmp_path / "a.jpg")
    load_photo(path)
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load_photo, [path] * 40))
    assert warnings.filters == before


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (1000, 90), (64, 64)])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_the_shorter_side_is_shrunk_to_min_side(
    tmp_path: Path, size: tuple[int, int], suffix: str
) -> None:
    path = photos.save_photo(tmp_path / f"a{suffix}", size=size)
    image = load_photo(path, 50)
    assert min(image.size) == 50
    assert max(image.size) / 50 == pytest.approx(max(size) / min(size), rel=0.02)


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.jpg", size=(32, 24))
    assert load_photo(path, 100).size == (32, 24)


def test_a_quick_jpeg_looks_like_a_slow_one(tmp_path: Path) -> None:
    smooth = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    smooth.save(tmp_path / "a.jpg", quality=95)
    smooth.save(tmp_path / "a.png")
    quick, slow = load_photo(tmp_path / "a.jpg", 100), load_photo(tmp_path / "a.png", 100)
    assert np.abs(pixels(quick) - pixels(slow)).max() <= 4


def test_the_same_bytes_give_the_same_pixels(tmp_path: Path) -> None:
    first = photos.save_photo(tmp_path / "a.jpg", size=(400, 300))
    second = tmp_path / "b.jpg"
    second.write_bytes(first.read_bytes())
    assert load_photo(first, 64).tobytes() == load_photo(second, 64).tobytes()


def test_facts_of_a_photo(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.jpg")
    facts = describe_photo(path)
    assert (facts.width, facts.height, facts.format, facts.mode) == (32, 24, "JPEG", "RGB")
    assert facts.bytes == path.stat().st_size
    assert facts.modified == path.stat().st_mtime


def test_a_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.jpg")
    before = fingerprint(path)
    assert before == f"{path.stat().st_size}-{path.stat().st_mtime_ns}"
    path.write_bytes(path.read_bytes() + b"x")
    assert fingerprint(path) != before
    path.unlink()
    with pytest.raises(PhotoError):
        fingerprint(path)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_reasons_are_sentences_without_values(language: str) -> None:
    set_language(language)
    for key in [*BROKEN, "error-photo-permission", "error-photo-unreadable"]:
        assert has_message(key)
        error = PhotoError(key)
        assert error.sentence.endswith((".", "。"))
        assert error.next_step.endswith((".", "。"))
