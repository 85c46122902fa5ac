from __future__ import annotations

import copy
import errno
import os

import pytest

from finetune_gui.core import errors
from finetune_gui.core.errors import RecipeError, RunError, UserError, as_user_error
from finetune_gui.core.messages import MissingMessageError, set_language

KINDS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, UserError) and cls is not UserError
]


def os_error(number: int, path: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), path)


def test_says_what_happened_and_what_to_do() -> None:
    error = RunError("error-run-in-use", path="/runs/a")
    assert error.sentence == "The run in /runs/a is being trained by another program right now."
    assert error.next_step == "Wait until it ends, or stop it there."
    assert str(error) == f"{error.sentence} {error.next_step}"


def test_speaks_the_language_set_when_it_is_shown() -> None:
    error = RunError("error-run-in-use", path="/runs/a")
    english = str(error)
    set_language("zh_CN")
    assert "/runs/a" in error.sentence
    assert error.sentence != english
    set_language("en")
    assert str(error) == english


def test_error_without_a_message_is_a_mistake_of_the_program() -> None:
    with pytest.raises(MissingMessageError):
        str(UserError("error-nobody-wrote"))


@pytest.mark.parametrize("cls", KINDS)
def test_errors_travel_between_processes(cls: type[UserError]) -> None:
    error = cls("error-recipe-newer", version="7")
    back = copy.copy(error)
    assert type(back) is cls
    assert (back.key, back.params, str(back)) == (error.key, error.params, str(error))


def test_key_may_be_the_name_of_a_placeholder() -> None:
    error = RecipeError("error-recipe-unknown-key", key="optim.speed")
    assert error.key == "error-recipe-unknown-key"
    assert "optim.speed" in error.sentence


# Other exceptions


def test_user_error_stays_what_it_is() -> None:
    error = RecipeError("error-recipe-newer", version="7")
    assert as_user_error(error) is error


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.ENOSPC, "error-disk-full"),
        (errno.EDQUOT, "error-disk-full"),
        (errno.EACCES, "error-no-permission"),
        (errno.EPERM, "error-no-permission"),
        (errno.EROFS, "error-no-permission"),
        (errno.ENOENT, "error-file-gone"),
        (errno.ENOTDIR, "error-file-gone"),
        (errno.EIO, "error-file-gone"),
        (errno.ESTALE, "error-file-gone"),
        (errno.ENODEV, "error-file-gone"),
        (errno.ETIMEDOUT, "error-file-gone"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_failure_of_a_drive_is_a_sentence(number: int, key: str, language: str) -> None:
    set_language(language)
    named = as_user_error(os_error(number, "/data/水果 1.jpg"))
    assert named.key == key
    assert "/data/水果 1.jpg" in named.sentence
    # Reading and writing an open file fails without a name.
    unnamed = as_user_error(os_error(number))
    assert unnamed.key == f"{key}-somewhere"
    assert "None" not in str(unnamed)
    assert unnamed.next_step == named.next_step


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried"),
        RuntimeError("Out of Memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried"),
    ],
)
def test_no_memory(error: Exception) -> None:
    assert as_user_error(error).key == "error-out-of-memory"


@pytest.mark.parametrize(
    "error", [KeyError("x"), OSError(errno.EPIPE, "broken pipe"), ValueError()]
)
def test_anything_else_is_unexpected_and_says_what(error: Exception) -> None:
    found = as_user_error(error)
    assert found.key == "error-unexpected"
    assert type(error).__name__ in found.sentence


def test_the_original_stays_reachable() -> None:
    error = os_error(errno.ENOSPC, "/x")
    assert as_user_error(error).__cause__ is error
