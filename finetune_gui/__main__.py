"""Start: what must come before everything else, then the window or the command line."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finetune_gui.jobs.self_test import Check


def main() -> int:
    """Run the program with the arguments of the process; returns its exit status."""
    # In a frozen program a worker process begins here, too, and must go no further.
    multiprocessing.freeze_support()
    _give_output_a_place()
    _ask_cublas_for_equal_sums()
    _load_torch_libraries_first()
    options = _window_options(sys.argv[1:])
    return _run_command(sys.argv[1:]) if options is None else _run_window(*options)


def _window_options(arguments: list[str]) -> tuple[Path | None, bool, list[str]] | None:
    """``--basedir``, ``--demo`` and ``--open`` where there is nothing else: this asks for a window.

    Read here, so that the window need not wait for the modules of the command line. ``--open``
    takes all paths up to the next option; a launcher that has no file to open gives none.
    """
    basedir, demo, opened = None, False, list[str]()
    rest, opening = iter(arguments), False
    for argument in rest:
        name, _, value = argument.partition("=")
        if opening and not argument.startswith("--"):
            opened.append(argument)
        elif argument == "--demo":
            demo, opening = True, False
        elif name == "--open":
            opening = True
            opened += [value] if value else []
        elif name == "--basedir" and (value := value or next(rest, "")):
            basedir, opening = Path(value), False
        else:
            return None
    return basedir, demo, opened


def _run_window(basedir: Path | None, demo: bool, opened: list[str]) -> int:
    from finetune_gui.core.paths import AppPaths, path_of
    from finetune_gui.gui.app import run_window

    paths = AppPaths.for_user() if basedir is None else AppPaths.under(basedir)
    return run_window(paths, demo, [path_of(text) for text in opened])


def _run_command(arguments: list[str]) -> int:
    from finetune_gui import cli
    from finetune_gui.core.messages import set_language, system_language

    set_language(system_language())
    args = cli.parse(arguments)
    paths = cli.app_paths(args)
    cli.use_settings(paths)
    if args.command is None:
        return _run_window(args.basedir, args.demo, args.open or [])
    return cli.run(args, _window_checks)


def _window_checks() -> list[Check]:
    from finetune_gui.gui.self_check import window_checks

    return window_checks()


def _give_output_a_place() -> None:
    """A program without a console has no streams, and any ``print`` of a library would end it.

    https://github.com/pyinstaller/pyinstaller/issues/7782

    On Windows a file or a pipe would get the old code page of the country, which cannot write the
    names of most others and ends the program too. A console gets Unicode there anyway.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if sys.platform == "win32" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=stream.errors)
        if stream is None:
            nowhere = io.BufferedWriter(io.FileIO(os.devnull, "w"))
            setattr(sys, name, io.TextIOWrapper(nowhere, encoding="utf-8"))


def _ask_cublas_for_equal_sums() -> None:
    """NVIDIA's library gives the same sums each time only if it is told so before it is loaded.

    https://docs.nvidia.com/cuda/cublas/#results-reproducibility
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def _load_torch_libraries_first() -> None:
    """On Windows torch 2.9 and later do not load once Qt is there (pytorch issue 166628)."""
    if sys.platform != "win32":
        return
    import ctypes
    from importlib.util import find_spec

    found = find_spec("torch")
    if found is not None and found.origin is not None:
        library = Path(found.origin).parent / "lib" / "c10.dll"
        # What does not load is told later, when the window or the terminal can.
        if library.is_file():
            with contextlib.suppress(OSError):
                ctypes.CDLL(str(library))


if __name__ == "__main__":
    sys.exit(main())
