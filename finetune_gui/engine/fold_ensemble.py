"""The models of a cross-validation as one, in a run folder like any other.

Each photo was learned by all of them but one, so none of these photos can judge it. What is known
of it is what its members did on the photos that they had not seen; the test photos of the dataset
are still locked, and can judge it as they do any run.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

from finetune_gui.core import recipe as recipes
from finetune_gui.core.cross_validation import Study, StudyPlan
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import EnsembleMade, RunFinished
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.folds import group_of
from finetune_gui.dataset.index import Dataset
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine.cross_validation import read_pooled
from finetune_gui.engine.ensemble import Ensemble
from finetune_gui.engine.model_file import read_info, read_state, write_model
from finetune_gui.engine.recorder import RunRecorder

MOST_BYTES = 8_000_000_000


def make_ensemble(study: Study, dataset: Dataset, out: Path, ctx: JobContext) -> RunFolder:
    """Write the models of all folds as one into the new run folder ``out``.

    ``dataset`` is what was divided into folds: it says which photos are kept for the test.

    Raises:
        Cancelled: the user asked it to stop; there is no run then.
        RunError: not all folds are done, a model is broken, all together are too large, or there is
            something in ``out``.
        OSError: it cannot be written; there is no run then.
    """
    with study.locked():
        plan = study.read_plan()
        results, pooled = study.read_results(), read_pooled(study, plan)
        if results is None or pooled is None or not results.complete:
            raise RunError("error-folds-not-done", path=str(study.path))
        runs = [study.fold(number) for number in range(1, plan.asked.models + 1)]
        _check_size(runs)
        infos, states = [], []
        for done, fold in enumerate(runs):
            ctx.check_cancelled()
            ctx.progress(done, len(runs), "folds-progress-ensemble")
            infos.append(read_info(fold.path))
            states.append(read_state(fold.path))
        best = max(infos, key=lambda info: info.epoch)
        info = replace(
            best,
            members=len(infos),
            val_accuracy=pooled.accuracy,
            val_loss=sum(i.val_loss for i in infos) / len(infos),
        )
        manifest = replace(runs[0].read_manifest(), samples=_samples(plan, dataset))
        run = RunFolder.prepare(out)
        try:
            run.write_manifest(manifest)
            write_model(out, Ensemble.state_of(states), info)
            _tell(run, plan, runs, pooled.accuracy, ctx)
            # Last: what a kill left half made would be a run to resume, with nothing to train.
            recipes.save(plan.recipe, run.recipe_file)
        except BaseException:
            shutil.rmtree(out, ignore_errors=True)
            raise
    return run


def _check_size(runs: list[RunFolder]) -> None:
    """Whoever uses it has all of them in memory at once."""
    size = sum(run.model_file.stat().st_size for run in runs if run.model_file.is_file())
    if size > MOST_BYTES:
        raise RunError(
            "error-ensemble-too-large",
            models=len(runs),
            size=f"{size / 1e9:.1f}",
            most=f"{MOST_BYTES / 1e9:.0f}",
        )


def _samples(plan: StudyPlan, dataset: Dataset) -> tuple[ManifestEntry, ...]:
    """The photos of the folds, all learned from, and those that no fold has seen.

    A locked photo that belongs to a group of theirs is left out: it would flatter the model.
    """
    learned = [ManifestEntry(p.path, p.label, "train", p.fingerprint) for p in plan.photos]
    data, known = plan.recipe.data, {photo.path for photo in plan.photos}
    # One that was renamed since may be drawn for the test now.
    seen = {photo.fingerprint for photo in plan.photos}
    groups = {photo.group for photo in plan.photos} - {""}
    splits = assign_splits(dataset, data.validation_fraction, data.test_fraction, data.split_seed)
    locked = [
        ManifestEntry(name, sample.label, "test", mark)
        for sample, split in zip(dataset.samples, splits, strict=True)
        if split == "test"
        and group_of(dataset, sample, plan.asked.group_by) not in groups
        and (name := dataset.relative(sample.path)) not in known
        and (mark := fingerprint(sample.path)) not in seen
    ]
    return (*learned, *locked)


def _tell(
    run: RunFolder, plan: StudyPlan, folds: list[RunFolder], accuracy: float, ctx: JobContext
) -> None:
    """The story of the run, for its folder alone: nobody who listens sees a training begin."""
    histories = [fold.read_history() for fold in folds]
    started, ends = histories[0].started, [history.end for history in histories]
    baselines = [history.baseline.val_accuracy for history in histories if history.baseline]
    if started is None:
        raise RunError("error-run-broken", path=str(folds[0].path))
    n_test = sum(entry.split == "test" for entry in run.read_manifest().samples)
    with RunRecorder(run, JobContext(lambda _event: None, ctx.control)) as recorder:
        recorder.emit(
            replace(
                started,
                time=time.time(),
                n_train=len(plan.photos),
                n_validation=len(plan.photos),
                n_test=n_test,
                resumed_at_step=None,
                estimated_seconds=0.0,
            )
        )
        recorder.log("folds-log-ensemble", models=len(folds))
        recorder.emit(EnsembleMade(len(folds), accuracy, len(plan.photos)))
        finished = [end for end in ends if isinstance(end, RunFinished)]
        recorder.emit(
            RunFinished(
                reason="done",
                winner="finetune" if any(e.winner == "finetune" for e in finished) else "baseline",
                winner_epoch=max(end.winner_epoch for end in finished),
                val_accuracy=accuracy,
                baseline_val_accuracy=sum(baselines) / len(baselines),
                seconds=sum(end.seconds for end in finished),
            )
        )
