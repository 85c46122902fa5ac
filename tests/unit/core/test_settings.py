from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from finetune_gui.core import settings
from finetune_gui.core.settings import MAX_RECENT, Settings

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_defaults_before_there_is_a_file(file: Path) -> None:
    assert settings.load(file) == Settings()
    assert not file.exists()


@given(recent=st.lists(TEXTS, max_size=3), recipe=TEXTS, size=st.integers(60, 400))
@hypothesis_settings(deadline=None, max_examples=30)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, recent: list[str], recipe: str, size: int
) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    kept = Settings(language="zh_CN", theme="dark", recent_datasets=recent, recipe=recipe)
    kept.thumbnail_size = size
    settings.save(kept, file)
    assert settings.load(file) == kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"theme = ",
        b"\xff\xfe\x00",
        "recipe = '配方'".encode("gbk"),
        b'theme = "pink"',
        b"recent_datasets = 3",
        b'language = "de"',
        b"of_a_later_version = 1",
    ],
)
def test_broken_file_gives_the_defaults(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert settings.load(file) == Settings()


def test_folder_in_place_of_the_file_gives_the_defaults(file: Path) -> None:
    file.mkdir()
    assert settings.load(file) == Settings()


def test_unknown_keys_do_not_cost_the_others(file: Path) -> None:
    file.write_text('theme = "dark"\nof_a_later_version = 1\n')
    assert settings.load(file).theme == "dark"


def test_values_are_checked_when_they_are_set() -> None:
    kept = Settings()
    field = "theme"
    with pytest.raises(ValueError, match="theme"):
        setattr(kept, field, "pink")
    assert kept.theme == "system"


def test_the_last_dataset_is_on_top_once() -> None:
    kept = Settings()
    for name in ("/a", "/b", "/a"):
        kept.remember_dataset(Path(name))
    assert kept.recent_datasets == [str(Path("/a")), str(Path("/b"))]
    assert kept.last_dataset == str(Path("/a"))


def test_only_so_many_datasets_are_remembered() -> None:
    kept = Settings()
    for number in range(MAX_RECENT + 3):
        kept.remember_dataset(Path(f"/{number}"))
    assert len(kept.recent_datasets) == MAX_RECENT
    assert kept.recent_datasets[0] == str(Path(f"/{MAX_RECENT + 2}"))


def test_forgetting_a_dataset() -> None:
    kept = Settings()
    for name in ("/a", "/b"):
        kept.remember_dataset(Path(name))
    kept.forget_dataset(Path("/a"))
    assert (kept.recent_datasets, kept.last_dataset) == ([str(Path("/b"))], str(Path("/b")))
    kept.forget_dataset(Path("/b"))
    assert (kept.recent_datasets, kept.last_dataset) == ([], "")


def test_lists_of_two_settings_are_not_one() -> None:
    first, second = Settings(), Settings()
    first.remember_dataset(Path("/a"))
    assert second.recent_datasets == []


def test_folder_whose_name_is_not_utf8_does_not_cost_the_settings(file: Path) -> None:
    kept = Settings(theme="dark")
    kept.remember_dataset(Path("/photos/\udcff"))
    settings.save(kept, file)
    assert settings.load(file).theme == "dark"


def test_the_first_start_is_known(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.is_first_start(file)
    settings.save(Settings(), file)
    assert not settings.is_first_start(file)

    def forbidden(_path: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", forbidden)
    assert not settings.is_first_start(file)
