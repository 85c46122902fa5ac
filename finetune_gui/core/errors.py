"""What can go wrong, said so that a person knows what happened, why, and what to do next.

An error carries a message key and values, never a finished text: the window and the terminal
render it in the language that is set when it is shown.
"""

from __future__ import annotations

import errno
from typing import Any

from finetune_gui.core.messages import sentences, tr


class UserError(Exception):
    """A failure with a sentence for the user, its cause and a next step.

    ``key`` names a message in the catalogues (``errors.ftl``) whose value says what happened and
    why, and whose attribute ``.next`` says what to do. ``params`` fill its placeholders and are
    plain values, so that a failure can be written to ``events.jsonl`` and shown again later.
    """

    def __init__(self, key: str, /, **params: str | int | float) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    @property
    def sentence(self) -> str:
        """What happened and why, in the language now set."""
        return tr(self.key, **self.params)

    @property
    def next_step(self) -> str:
        """What the user can do now, in the language now set."""
        return tr(f"{self.key}.next", **self.params)

    def __str__(self) -> str:
        return sentences(self.sentence, self.next_step)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.key, self.params)


def _rebuild(cls: type[UserError], key: str, params: dict[str, str | int | float]) -> UserError:
    return cls(key, **params)


class RecipeError(UserError):
    """A recipe, or one of its values, is not valid."""


class DatasetError(UserError):
    """A folder, CSV or zip cannot be used as a dataset."""


class PhotoError(UserError):
    """One picture cannot be read."""


class RunError(UserError):
    """A run folder is missing, broken or in use."""


class WeightsError(UserError):
    """Weights are not at hand, cannot be fetched, or do not fit."""


# What libraries say where they have no exception of their own for a full memory.
_FULL = ("out of memory", "can't allocate memory", "not enough memory")


def is_memory_full(error: BaseException) -> bool:
    """Whether the memory of the computer or of the device was full."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _FULL)


def as_user_error(error: BaseException) -> UserError:
    """Give any exception a sentence: a known cause where there is one, else "unexpected".

    The original stays reachable as ``__cause__``; its traceback belongs in the log.
    """
    if isinstance(error, UserError):
        return error
    known = _from_os_error(error) if isinstance(error, OSError) else None
    if is_memory_full(error):
        known = UserError("error-out-of-memory")
    known = known or UserError("error-unexpected", detail=f"{type(error).__name__}: {error}")
    known.__cause__ = error
    return known


# A file, or the drive it is on: pulled out, unmounted, or a network that does not answer.
_GONE = frozenset(
    getattr(errno, name)
    for name in (
        *("ENOENT", "ENOTDIR", "EIO", "ESTALE", "ENODEV", "ENXIO", "ENOTCONN"),
        *("ESHUTDOWN", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)  # Windows has fewer
)


def _from_os_error(error: OSError) -> UserError | None:
    # The system names the file when it cannot be opened, not when reading or writing it fails.
    path = str(error.filename or "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _about(path, "error-disk-full", "error-disk-full-somewhere")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _about(path, "error-no-permission", "error-no-permission-somewhere")
    if error.errno in _GONE:
        return _about(path, "error-file-gone", "error-file-gone-somewhere")
    return None


def _about(path: str, key: str, key_without_path: str) -> UserError:
    return UserError(key, path=path) if path else UserError(key_without_path)
