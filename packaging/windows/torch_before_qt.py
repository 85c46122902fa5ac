"""Runs first in the frozen program on Windows: torch does not load once Qt is there.

``finetune_gui.__main__`` sees to that elsewhere, but here it comes too late: PyInstaller's hook for
PySide6 imports QtCore before it. Qt may bring an older C++ runtime than torch can use (pytorch
issues 166628 and 169429).
"""

import contextlib
import ctypes
import sys
from pathlib import Path


def _load_torch_libraries_first() -> None:
    library = Path(sys._MEIPASS) / "torch" / "lib" / "c10.dll"
    # What does not load is told later, when the window or the terminal can.
    if library.is_file():
        with contextlib.suppress(OSError):
            ctypes.CDLL(str(library))


_load_torch_libraries_first()
# The program itself runs among these names.
del _load_torch_libraries_first
