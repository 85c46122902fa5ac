"""Tensors on disk as safetensors, each file whole or as it was, whatever happens meanwhile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from finetune_gui.core import atomic


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Replace ``path`` in one step; raises `OSError` and then leaves the old file whole."""
    with atomic.replacing(path) as temporary:
        mode = temporary.stat().st_mode
        try:
            save_file(dict(tensors), temporary, metadata=dict(metadata))
        except SafetensorError as error:
            raise _os_error(error, path) from error
        # The library writes to a file of its own, for the owner alone, and renames it.
        temporary.chmod(mode)


def _os_error(error: SafetensorError, path: Path) -> Exception:
    """What the drive said: the library has it in its text alone, as Rust writes it."""
    number = re.search(r"\(os error (\d+)\)", str(error))
    if number is None:
        return error
    code = int(number[1])
    # On Windows it is the system's own number, which Python translates when it comes last.
    return OSError(code, str(error), str(path), code)
