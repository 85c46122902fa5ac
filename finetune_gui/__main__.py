"""Start: what must come before everything else, then the window or the command line."""

from __future__ import annotations

import multiprocessing
import os
import sys


def main() -> int:
    """Run the program with the arguments of the process; returns its exit status."""
    # In a frozen program a worker process begins here, too, and must go no further.
    multiprocessing.freeze_support()
    _give_output_a_place()
    _load_torch_libraries_first()
    # Imported this late for the reasons above.
    from finetune_gui import cli
    from finetune_gui.core.messages import set_language, system_language

    set_language(system_language())
    args = cli.parse(sys.argv[1:])
    paths = cli.app_paths(args)
    cli.choose_language(paths)
    if args.command is not None:
        return cli.run(args, _window_checks)
    from finetune_gui.gui.app import run_window

    return run_window(paths, args.demo)


def _window_checks() -> list[Check]:
    from finetune_gui.gui.self_check import window_checks

    return window_checks()


def _give_output_a_place() -> None:
    """A program without a console has no streams, and any ``print`` of a library would end it.

    https://github.com/pyinstaller/pyinstaller/issues/7782
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _load_torch_libraries_first() -> None:
    """On Windows torch 2.9 and later do not load once Qt is there (pytorch issue 166628)."""
    if sys.platform != "win32":
        return
    import ctypes
    from importlib.util import find_spec
    from pathlib import Path

    found = find_spec("torch")
    if found is not None and found.origin is not None:
        library = Path(found.origin).parent / "lib" / "c10.dll"
        if library.is_file():
            ctypes.CDLL(str(library))


if __name__ == "__main__":
    sys.exit(main())
