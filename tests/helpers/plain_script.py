"""A run's plain script, as tests look into it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

Names = dict[str, Any]


def names_of(text: str, folder: Path) -> Names:
    """What the script defines, without running its `main`."""
    file = folder / "script.py"
    file.write_text(text, encoding="utf-8")
    return runpy.run_path(str(file))
