"""What the installed program runs to prove itself: a real training on the demo photos."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from finetune_gui.core.errors import as_user_error
from finetune_gui.core.job import JobContext, JobControl, Lane
from finetune_gui.core.messages import LANGUAGES, set_language, tr
from finetune_gui.core.messages import language as present_language
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunFolder

log = logging.getLogger(__name__)


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
            self._found = {"base": Path(folder), "paths": AppPaths.under(Path(folder))}
            steps: tuple[Callable[[JobContext], str], ...] = (
                self.resources,
                self.imports,
                self.train,
                self.resume,
                self.evaluate,
                self.predict,
                self.export,
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

    def imports(self, ctx: JobContext) -> str:
        """The engine loads."""
        from finetune_gui.jobs.load_torch import LoadTorch

        found = LoadTorch().run(ctx)
        return f"torch {found['torch']}, {found['device_name']}"

    def train(self, ctx: JobContext) -> str:
        """A run on the demo photos, paused after the first steps."""
        from finetune_gui.core.events import Event, StepFinished
        from finetune_gui.dataset.index import open_dataset
        from finetune_gui.engine.training import train

        control = JobControl()

        def pause_soon(event: Event) -> None:
            ctx.check_cancelled()
            if isinstance(event, StepFinished) and event.step >= 2:
                control.pause()

        paths: AppPaths = self._found["paths"]
        dataset = open_dataset(resource("demo", "fashion"), paths, ctx)
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
