from __future__ import annotations

import locale
import sys
import threading

import pytest

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import (
    LANGUAGES,
    MissingMessageError,
    has_message,
    language,
    on_language_changed,
    set_language,
    speaking,
    system_language,
    tr,
)
from tests.helpers.catalogues import texts


def test_speaks_both_languages() -> None:
    assert tr("common-cancel") == "Cancel"
    set_language("zh_CN")
    assert language() == "zh_CN"
    assert tr("common-cancel") == "取消"


def test_names_of_the_languages_are_in_themselves() -> None:
    assert LANGUAGES == {"en": "English", "zh_CN": "简体中文"}


def test_unknown_language_changes_nothing() -> None:
    with pytest.raises(ValueError, match="de"):
        set_language("de")
    assert language() == "en"


def test_placeholders_are_filled() -> None:
    assert tr("error-file-gone", path="/照片/a b.jpg").startswith("/照片/a b.jpg is not there")


def test_no_invisible_marks_around_what_is_filled_in() -> None:
    # They would be copied along with a path.
    for name in LANGUAGES:
        set_language(name)
        assert not {"\u2068", "\u2069"} & set(tr("error-file-gone", path="/a"))


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "0 photos", "0 张"),
        (1, "1 photo", "1 张"),
        (2, "2 photos", "2 张"),
        (1200, "1,200 photos", "1,200 张"),
    ],
)
def test_plurals(number: int, english: str, chinese: str) -> None:
    assert tr("common-photos", n=number) == english
    set_language("zh_CN")
    assert tr("common-photos", n=number) == chinese


def test_attributes_belong_to_their_message() -> None:
    assert tr("recipe-optim-lr") == "Learning rate"
    assert "step" in tr("recipe-optim-lr.help")


@pytest.mark.parametrize(
    "key", ["nobody-wrote-this", "recipe-optim-lr.unheard", "nobody-wrote-this.help", "", ".help"]
)
def test_missing_key_is_an_error(key: str) -> None:
    assert not has_message(key)
    with pytest.raises(MissingMessageError):
        tr(key)


def test_missing_value_is_an_error() -> None:
    assert has_message("error-file-gone")
    with pytest.raises(MissingMessageError, match="error-file-gone"):
        tr("error-file-gone")


def test_has_message_knows_attributes() -> None:
    assert has_message("recipe-optim-lr.help")
    assert not has_message("common-cancel.help")


def test_listeners_are_told_until_they_stop() -> None:
    heard: list[str] = []
    stop = on_language_changed(lambda: heard.append(language()))
    set_language("zh_CN")
    set_language("en")
    stop()
    set_language("zh_CN")
    assert heard == ["zh_CN", "en"]


def test_listener_may_stop_while_it_is_told() -> None:
    heard: list[str] = []

    def once() -> None:
        heard.append("first")
        stop()

    stop = on_language_changed(once)
    stop_second = on_language_changed(lambda: heard.append("second"))
    set_language("zh_CN")
    set_language("en")
    stop_second()
    assert heard == ["first", "second", "second"]


@pytest.mark.parametrize(
    ("variables", "fallback", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, None, "zh_CN"),
        ({"LANG": "zh_TW"}, None, "zh_CN"),
        ({"LANG": "de_DE.UTF-8"}, None, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, None, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, None, "zh_CN"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, None, "zh_CN"),
        ({}, "Chinese (Simplified)_China", "zh_CN"),
        ({}, "zh_CN", "zh_CN"),
        ({}, "English_United States", "en"),
        ({}, None, "en"),
    ],
)
def test_system_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], fallback: str | None, expected: str
) -> None:
    for name in ("LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(locale, "getlocale", lambda *_args: (fallback, "UTF-8"))
    assert system_language() == expected


def test_a_document_speaks_another_language_than_the_window() -> None:
    heard: list[str] = []
    stop = on_language_changed(lambda: heard.append("changed"))
    with speaking("zh_CN"):
        assert language() == "zh_CN"
        assert tr("common-close") == "关闭"
        found: list[str] = []
        other = threading.Thread(target=lambda: found.append(language()))
        other.start()
        other.join()
        assert found == ["en"]
    assert tr("common-close") == "Close"
    stop()
    assert not heard
    with pytest.raises(ValueError, match="tlh"), speaking("tlh"):
        pass


# A program that came as a bundle


@pytest.mark.parametrize("name", LANGUAGES)
def test_nobody_is_told_to_use_pip_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    set_language(name)
    # A script that the program writes is for who has a Python of their own.
    of_pip = [
        key
        for key, text in texts(name).items()
        if "pip install" in text.plain and not key.startswith("script-")
    ]
    assert len(of_pip) >= 6
    assert all("pip install" in tr(key) for key in of_pip)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not [key for key in of_pip if "pip" in tr(key)]


def test_an_error_says_what_helps_in_a_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    error = UserError("error-no-keras")
    assert "pip install" in error.next_step
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert error.next_step.startswith("Choose another backbone")
    assert error.sentence == "This network is one of Keras, which is not installed."


def test_what_has_no_words_of_its_own_for_a_bundle_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tr("common-cancel"), tr("error-file-gone.next", path="/a")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert (tr("common-cancel"), tr("error-file-gone.next", path="/a")) == before
