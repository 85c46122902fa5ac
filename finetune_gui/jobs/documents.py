"""Texts that a user keeps: whole on disk, or a sentence that says why not."""

from __future__ import annotations

from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError


def check_place(path: Path) -> None:
    """See that a file can stand at ``path``.

    Raises:
        UserError: a folder is there, or its own folder is not.
    """
    if path.is_dir():
        raise UserError("error-document-is-folder", path=str(path))
    if not path.parent.is_dir():
        raise UserError("error-document-no-folder", path=str(path.parent))


def write_document(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8, whole or not at all; ``path`` itself.

    Raises:
        UserError: the place is none for a file.
        OSError: it cannot be written.
    """
    check_place(path)
    # Names of files can hold what UTF-8 cannot.
    atomic.write_text(path, text.encode("utf-8", "backslashreplace").decode("utf-8"))
    return path
