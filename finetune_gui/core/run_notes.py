"""What the user wrote of a run, in ``notes.json`` in its folder: its name, a note, a star."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass

from finetune_gui.core import atomic
from finetune_gui.core.run_folder import RunFolder

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunNotes:
    """``title`` is shown in place of the folder's name, which stays; empty where there is none."""

    title: str = ""
    note: str = ""
    starred: bool = False


def read_notes(run: RunFolder) -> RunNotes:
    """What was written; nothing where there is no file or it cannot be read."""
    try:
        found = json.loads(run.notes_file.read_text(encoding="utf-8"))
        return RunNotes(str(found["title"]), str(found["note"]), bool(found["starred"]))
    except FileNotFoundError:
        return RunNotes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        _logger.info("the notes of %s cannot be read: %s", run.path, error)
        return RunNotes()


def write_notes(run: RunFolder, notes: RunNotes) -> None:
    """Keep them; raises `OSError` where the folder cannot be written."""
    text = json.dumps(asdict(notes), ensure_ascii=False, indent=1)
    atomic.write_text(run.notes_file, text)


def title_of(run: RunFolder, notes: RunNotes) -> str:
    """What people call the run."""
    return notes.title or run.name
