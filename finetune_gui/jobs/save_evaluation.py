"""Hand an evaluation to the user as files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation


@dataclass(frozen=True)
class SaveEvaluation:
    """Write the scores, the confusion matrix and the predictions into a new folder inside ``out``.

    The folder is called ``name``, with a number behind it when that is taken.
    """

    evaluation: Evaluation
    out: Path
    name: str
    lane: Lane = Lane.READ
    title: str = "evaluate-job-save"

    def run(self, ctx: JobContext) -> Path:
        """The new folder, which appears whole; raises `OSError`."""
        from finetune_gui.engine.evaluation import write_evaluation

        ctx.check_cancelled()
        with tempfile.TemporaryDirectory(dir=self.out, prefix=".evaluation-") as unfinished:
            run = RunFolder(Path(unfinished))
            write_evaluation(run, self.evaluation)
            target = free_name(self.out, self.name)
            run.evaluation.rename(target)
        return target


def free_name(folder: Path, name: str) -> Path:
    """``folder / name``, or with the first number behind it that is not taken: ``name 2``."""
    found = folder / name
    number = 2
    while found.exists():
        found = folder / f"{name} {number}"
        number += 1
    return found
