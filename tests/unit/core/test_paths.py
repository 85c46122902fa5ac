from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_gui.core import paths as paths_module
from finetune_gui.core import settings
from finetune_gui.core.paths import AppPaths, is_bundled, natural_key, path_of, resource
from finetune_gui.core.run_folder import list_runs
from finetune_gui.core.settings import Settings

NAMES = st.text(max_size=20)


def test_resources_are_found_from_a_checkout() -> None:
    assert (resource("translations", "en") / "common.ftl").is_file()
    assert resource("translations", "en") == resource("translations") / "en"


def test_resources_are_found_in_a_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("icons") == tmp_path / "resources" / "icons"


def test_resources_are_found_in_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "finetune_gui"
    (package / "core").mkdir(parents=True)
    (package / "resources" / "icons").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "core" / "__init__.py").touch()
    shutil.copy(paths_module.__file__, package / "core" / "paths.py")
    script = "from finetune_gui.core.paths import resource; print(resource('icons'))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path / "site-packages",
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == package / "resources" / "icons"


def test_everything_lies_under_the_base_folder(tmp_path: Path) -> None:
    app = AppPaths.under(tmp_path / "我的 文件")
    files = [app.settings_file, app.measurements_file, app.log_file]
    folders = [app.thumbnails, app.unpacked, app.weights, app.runs]
    assert len({*files, *folders}) == 7
    for path in (*files, *folders):
        assert path.is_relative_to(tmp_path / "我的 文件")
    assert all(folder.is_dir() for folder in folders)
    assert all(file.parent.is_dir() and not file.exists() for file in files)


def test_nothing_is_made_before_it_is_asked_for(tmp_path: Path) -> None:
    AppPaths.under(tmp_path / "app")
    assert not list(tmp_path.iterdir())


def test_a_home_that_takes_no_folders_is_an_error_for_whoever_writes_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    app = AppPaths.under(file / "app")  # not even root can make a folder in a file
    for path in (app.runs, app.weights, app.thumbnails, app.unpacked, app.log_file.parent):
        assert not path.exists()
    assert list_runs(app.runs) == []
    with pytest.raises(OSError, match="directory"):
        settings.save(Settings(), app.settings_file)


def test_base_folder_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert AppPaths.under(Path("here")).data_root == tmp_path / "here" / "data"
    assert AppPaths.under(Path("~/here")).data_root == Path.home() / "here" / "data"


def test_folders_of_the_user_are_told_apart() -> None:
    app = AppPaths.for_user()
    assert all("finetune-gui" in str(root) for root in (app.config_root, app.data_root))
    assert app.runs.is_dir()


@pytest.mark.parametrize(
    "ordered",
    [
        ["photo1", "photo2", "photo10", "photo20"],
        ["a", "a1", "a1b", "a2", "b"],
        ["9", "10", "a"],
        ["IMG_2.jpg", "img_3.jpg", "IMG_10.jpg"],
        ["第2张", "第10张"],
        ["", "0", "a"],
    ],
)
def test_natural_key_sorts_as_people_do(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered


def test_only_ascii_digits_are_numbers() -> None:
    # Superscripts and other scripts' digits are digits to `str.isdigit`, but not always to `int`.
    assert natural_key("x²") != natural_key("x2")
    assert sorted(["²", "٣", "2"], key=natural_key)[0] == "2"


@given(names=st.lists(NAMES, max_size=6))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    once = sorted(names, key=natural_key)
    assert sorted(once) == sorted(names)
    assert [natural_key(n) for n in once] == sorted(natural_key(n) for n in names)


@given(prefix=st.text(max_size=5), numbers=st.lists(st.integers(0, 10**12), max_size=6))
def test_numbers_in_names_sort_by_their_size(prefix: str, numbers: list[int]) -> None:
    stem = f"{prefix}-"
    ordered = sorted((f"{stem}{n}.jpg" for n in numbers), key=natural_key)
    assert ordered == [f"{stem}{n}.jpg" for n in sorted(numbers)]


@given(name=NAMES)
def test_case_does_not_matter(name: str) -> None:
    assert natural_key(name) == natural_key(name.casefold())


# What a file manager hands over


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/home/照片 与 空格/a.jpg", "/home/照片 与 空格/a.jpg"),
        ("file:///home/%E7%85%A7%E7%89%87%20a/b%25.zip", "/home/照片 a/b%.zip"),
        ("file://localhost/data/a#1?.csv", "/data/a#1?.csv"),
        ("FILE:///data/x", "/data/x"),
        ("file:///data/%FF", "/data/\udcff"),
        ("/data/100%25.jpg", "/data/100%25.jpg"),
    ],
)
def test_paths_and_addresses_of_files(text: str, path: str) -> None:
    assert path_of(text) == Path(path)


def test_a_relative_path_is_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_of("照片") == tmp_path / "照片"
    assert path_of("https://example.org/a.zip").is_absolute()


def test_a_bundle_knows_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_bundled()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert is_bundled()
