"""What the installed program runs to prove itself: a real training on the demo photos.

Everything is written below a folder with a Chinese name and a space, as many a home has.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError, as_user_error
from finetune_gui.core.job import JobContext, JobControl, Lane
from finetune_gui.core.messages import LANGUAGES, set_language, tr
from finetune_gui.core.messages import language as present_language
from finetune_gui.core.paths import AppPaths, is_bundled, resource
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunFolder

log = logging.getLogger(__name__)

FOLDER = "自检 与 空格"
# Packages that the program works without. Every bundle has those that write ONNX files.
EXTRAS = ("onnx", "onnxruntime", "accelerate", "peft", "openvino", "keras")
_IN_EVERY_BUNDLE = ("onnx", "onnxruntime")
# A process that has to unpack a bundle from a slow disk first takes its time.
_CHILD_S = 60.0
_LOOK_S = 0.2


@dataclass(frozen=True)
class Check:
    """One line of the table; ``detail`` says what was found or what went wrong."""

    name: str
    passed: bool
    detail: str
    seconds: float


@dataclass
class SelfTest:
    """Runs every check, even after one failed; writes only to a temporary folder."""

    lane: Lane = Lane.COMPUTE
    title: str = "cli-job-self-test"
    _found: dict[str, Any] = field(default_factory=dict)

    def run(self, ctx: JobContext) -> list[Check]:
        """The table, one line for each check."""
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder) / FOLDER
            self._found = {"base": base, "paths": AppPaths.under(base)}
            steps: tuple[Callable[[JobContext], str], ...] = (
                self.resources,
                self.folders,
                self.imports,
                self.processes,
                self.train,
                self.resume,
                self.evaluate,
                self.predict,
                self.export,
                self.onnx,
                self.extras,
            )
            return [perform(step.__name__, step, ctx) for step in steps]

    def resources(self, ctx: JobContext) -> str:
        """Icons, both languages and the demo are where the program looks for them."""
        ctx.check_cancelled()
        wanted = (resource("icons", "play.svg"), resource("demo", "fashion"))
        missing = [str(path) for path in wanted if not path.exists()]
        if missing:
            raise FileNotFoundError(", ".join(missing))
        before = present_language()
        try:
            for name in LANGUAGES:
                set_language(name)
                tr("error-unexpected", detail="")
        finally:
            set_language(before)
        return ", ".join(LANGUAGES)

    def folders(self, ctx: JobContext) -> str:
        """A file with a Chinese name can be written, replaced, listed and read."""
        ctx.check_cancelled()
        base: Path = self._found["base"]
        base.mkdir(parents=True)
        file = base / "照片 1.txt"
        for text in ("先写的", "后写的"):
            atomic.write_bytes(file, text.encode("utf-8"))
        if [p.name for p in base.iterdir()] != [file.name]:
            _no([p.name for p in base.iterdir()])
        return file.name if file.read_text(encoding="utf-8") == "后写的" else _no(file.read_bytes())

    def processes(self, ctx: JobContext) -> str:
        """A process that Python starts anew computes, and opens no window of its own."""
        number, has_window = ask_child(ctx)
        if has_window:
            raise RuntimeError("the child process loaded the window")
        return f"spawn, {number}" if number == 42 else _no(number)

    def imports(self, ctx: JobContext) -> str:
        """The engine loads."""
        from finetune_gui.jobs.load_torch import LoadTorch

        found = LoadTorch().run(ctx)
        return f"torch {found['torch']}, {found['device_name']}"

    def train(self, ctx: JobContext) -> str:
        """A run on some of the demo photos, paused after the first steps."""
        from finetune_gui.core.events import Event, StepFinished
        from finetune_gui.dataset.index import open_dataset
        from finetune_gui.engine.training import train

        control = JobControl()

        def pause_soon(event: Event) -> None:
            ctx.check_cancelled()
            if isinstance(event, StepFinished) and event.step >= 2:
                control.pause()

        paths: AppPaths = self._found["paths"]
        dataset = open_dataset(_copy_photos(self._found["base"] / "照片"), paths, ctx)
        recipe = with_values(Recipe(), {"train.epochs": 1, "model.freeze": "all_but_last_stage"})
        run = train(
            dataset, recipe, self._found["base"] / "run", paths, JobContext(pause_soon, control)
        )
        self._found["run"] = run
        return run.state().value

    def resume(self, ctx: JobContext) -> str:
        """The same run goes on to its end."""
        from finetune_gui.core.events import RunFinished
        from finetune_gui.engine.training import resume

        run: RunFolder = self._found["run"]
        resume(run.path, self._found["paths"], ctx)
        end = run.read_history().end
        return f"{end.winner} {end.val_accuracy:.3f}" if isinstance(end, RunFinished) else _no(end)

    def evaluate(self, ctx: JobContext) -> str:
        """The model is clearly better than guessing one of six classes."""
        from finetune_gui.jobs.evaluate import Evaluate

        result = Evaluate(self._found["run"].path).run(ctx)
        return f"{result.accuracy:.3f}" if result.accuracy > 0.5 else _no(result.accuracy)

    def predict(self, ctx: JobContext) -> str:
        """The model answers for a photo."""
        from finetune_gui.jobs.predict import Predict

        photo = next(resource("demo", "fashion").rglob("*.png"))
        answer = Predict(self._found["run"].path, (photo,)).run(ctx)[0]
        return f"{answer.label} {answer.confidence:.3f}"

    def export(self, ctx: JobContext) -> str:
        """The model can be handed on."""
        from finetune_gui.jobs.export import Export

        out = Export(self._found["run"].path, "safetensors", self._found["base"] / "out").run(ctx)
        return ", ".join(sorted(path.name for path in out.iterdir()))

    def onnx(self, ctx: JobContext) -> str:
        """The model as an ONNX file, which the export computes in ONNX Runtime and compares."""
        from finetune_gui.engine.onnx_export import has_onnx
        from finetune_gui.jobs.export import Export

        if not has_onnx():
            if is_bundled():
                raise UserError("error-no-onnx")
            return "not installed"
        out = Export(self._found["run"].path, "onnx", self._found["base"] / "模型.onnx").run(ctx)
        return f"{out.name}, {out.stat().st_size / 1e6:.1f} MB, as torch computes it"

    def extras(self, ctx: JobContext) -> str:
        """What is there of the packages that the program works without can be loaded."""
        told = []
        for name in EXTRAS:
            ctx.check_cancelled()
            there = importlib.util.find_spec(name) is not None
            if not there and is_bundled() and name in _IN_EVERY_BUNDLE:
                raise ModuleNotFoundError(f"{name} is missing in the bundle")
            told.append(f"{name} {_load_extra(name)}" if there else f"no {name}")
        return ", ".join(told)


def _copy_photos(target: Path) -> Path:
    """Every second of the demo photos: enough to learn from, and half the time."""
    for folder in sorted(resource("demo", "fashion").iterdir()):
        (target / folder.name).mkdir(parents=True)
        for photo in sorted(folder.glob("*.png"))[::2]:
            shutil.copyfile(photo, target / folder.name / photo.name)
    return target


def ask_child(ctx: JobContext) -> tuple[int, bool]:
    """What a freshly started process computed, and whether Qt's widgets were loaded in it.

    Raises:
        TimeoutError: it never answered, as one does that opens a window in place of working.
        EOFError: it ended without an answer.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_answer, args=(theirs,), daemon=True)
    child.start()
    theirs.close()
    deadline = time.monotonic() + _CHILD_S
    try:
        while not ours.poll(_LOOK_S):
            ctx.check_cancelled()
            if time.monotonic() > deadline:
                raise TimeoutError(f"the child process did not answer in {_CHILD_S:.0f} s")
        number, has_window = ours.recv()
        child.join(_CHILD_S)
    finally:
        child.kill()
        child.join()
        ours.close()
    return int(number), bool(has_window)


def _answer(pipe: Connection) -> None:
    """What the child process does."""
    pipe.send((6 * 7, "PySide6.QtWidgets" in sys.modules))
    pipe.close()


def _load_extra(name: str) -> str:
    """Import an optional package in the program's own way; returns its version."""
    if name == "openvino":
        from finetune_gui.engine.runtimes import load_openvino

        return str(load_openvino().__version__)
    if name == "keras":
        from finetune_gui.engine.keras_library import keras_library

        return str(keras_library().__version__)
    return str(importlib.import_module(name).__version__)


class Remarks(logging.Handler):
    """Hears every warning that is logged while the self-test runs: none is expected.

    To be used as a context manager around all checks.
    """

    # Qt's platform for programs without a screen says this of every window. And the failures of
    # checks stand in lines of their own.
    _EXPECTED = "This plugin does not support"

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []

    def __enter__(self) -> Remarks:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what nobody expected."""
        text = record.getMessage()
        if record.name != __name__ and self._EXPECTED not in text:
            self._lines.append(f"{record.levelname} {record.name}: {text}")

    def check(self) -> Check:
        """A line of the table: it fails with all that was heard."""
        return Check("log", not self._lines, "; ".join(self._lines), 0.0)


def perform(name: str, step: Callable[[JobContext], str], ctx: JobContext) -> Check:
    """Run one check; whatever it raises becomes a failed line of the table."""
    begun = time.monotonic()
    try:
        passed, detail = True, step(ctx)
    except Exception as error:
        log.exception("self-test: %s failed", name)
        passed, detail = False, as_user_error(error).sentence
    return Check(name, passed, detail, time.monotonic() - begun)


def _no(found: object) -> NoReturn:
    raise AssertionError(f"unexpected: {found}")
