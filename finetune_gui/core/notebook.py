"""The lab notebook: of each run what changed, what happened, what the coach said, what is next.

All here are plain values; `notebook_page` puts them into words and into a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from finetune_gui.core.coach.facts import wilson_interval
from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.events import Evaluated, RunFailed, RunFinished
from finetune_gui.core.history import RunHistory
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunState
from finetune_gui.core.run_notes import RunNotes

Counts = tuple[int, int, int]  # photos to train, to validate, to test


@dataclass(frozen=True)
class Measured:
    """An accuracy in [0, 1] on ``n`` photos, with its 95 % interval (Wilson 1927)."""

    accuracy: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """From where to where the accuracy on very many photos lies."""
        return wilson_interval(self.accuracy, self.n)


@dataclass(frozen=True)
class Curve:
    """One curve of a run: ``points`` are (epoch, value), epoch 0 is the baseline."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Entry:
    """One run in the notebook.

    ``name`` is its folder, ``title`` what people call it, ``started`` in Unix seconds.
    ``before`` is the run that it is compared with, ``before_is_parent`` when it is a changed copy
    of that one; without a ``before`` it is the first. ``counts_before`` are the photos of that one.
    ``validation`` is of the best model, ``test`` of it on photos kept back. ``best_epoch`` is 0
    where the baseline stayed the best. ``failure`` is why it ended with an error.
    """

    name: str
    title: str
    started: float
    state: RunState
    recipe: Recipe
    counts: Counts
    backbone: str = ""
    starred: bool = False
    note: str = ""
    before: str = ""
    before_is_parent: bool = False
    recipe_before: Recipe | None = None
    counts_before: Counts | None = None
    validation: Measured | None = None
    baseline: Measured | None = None
    test: Measured | None = None
    macro_f1: float | None = None
    best_epoch: int | None = None
    epochs_done: int = 0
    end: RunFinished | None = None
    failure: RunFailed | None = None
    losses: tuple[Curve, ...] = ()
    accuracies: tuple[Curve, ...] = ()
    findings: tuple[Finding, ...] = ()
    parent: str = ""


@dataclass(frozen=True)
class Notebook:
    """All entries, the oldest first. ``dataset`` is the folder of the photos."""

    dataset: str
    entries: tuple[Entry, ...]

    @property
    def best(self) -> Entry | None:
        """The run whose model does best on its validation photos, the first of equals."""
        known = [entry for entry in self.entries if entry.validation is not None]
        return max(known, key=lambda e: e.validation.accuracy if e.validation else 0, default=None)


def make_entry(
    name: str,
    started: float,
    state: RunState,
    recipe: Recipe,
    manifest: Manifest,
    history: RunHistory,
    notes: RunNotes,
) -> Entry:
    """The entry of a run alone; `compared` adds what changed."""
    n = counts_of(manifest)
    begun = history.started
    baseline = history.baseline
    test = history.evaluations.get("test")
    end = history.end
    return Entry(
        name=name,
        title=notes.title or name,
        started=started,
        state=state,
        recipe=recipe,
        counts=n,
        backbone=recipe.model.backbone if begun is None else begun.backbone_name,
        starred=notes.starred,
        note=notes.note,
        validation=_best(history, n[1]),
        baseline=None if baseline is None else Measured(baseline.val_accuracy, n[1]),
        test=None if test is None else Measured(test.accuracy, test.n),
        macro_f1=_macro_f1(history, test),
        best_epoch=history.best_epoch,
        epochs_done=len(history.epochs),
        end=end if isinstance(end, RunFinished) else None,
        failure=end if isinstance(end, RunFailed) else None,
        losses=_curves(history, "train_loss", "val_loss"),
        accuracies=_curves(history, "train_accuracy", "val_accuracy"),
        parent=manifest.parent,
    )


def compared(entries: Sequence[Entry], elsewhere: Sequence[Entry] = ()) -> tuple[Entry, ...]:
    """The entries in order of time, each with the run that it is a changed copy of.

    Where that one is not known, it is compared with the one before it. ``elsewhere`` are runs
    which are not in the notebook but may be a parent.
    """
    ordered = sorted(entries, key=lambda entry: (entry.started, entry.name))
    known = {entry.name: entry for entry in (*elsewhere, *ordered)}
    found: list[Entry] = []
    for place, entry in enumerate(ordered):
        parent = known.get(entry.parent) if entry.parent != entry.name else None
        before = parent or (ordered[place - 1] if place else None)
        if before is None:
            found.append(entry)
            continue
        found.append(
            replace(
                entry,
                before=before.title,
                before_is_parent=parent is not None,
                recipe_before=before.recipe,
                counts_before=before.counts,
            )
        )
    return tuple(found)


def counts_of(manifest: Manifest) -> Counts:
    """The readable photos of each split."""
    kept = [entry.split for entry in manifest.samples if entry.path not in manifest.skipped]
    return kept.count("train"), kept.count("validation"), kept.count("test")


def _best(history: RunHistory, n: int) -> Measured | None:
    if history.ensemble is not None:  # judged by photos that its members have not seen
        return Measured(history.ensemble.val_accuracy, history.ensemble.n)
    if isinstance(history.end, RunFinished):
        return Measured(history.end.val_accuracy, n)
    best = [epoch.val_accuracy for epoch in history.epochs if epoch.best]
    if best:
        return Measured(best[-1], n)
    return None if history.baseline is None else Measured(history.baseline.val_accuracy, n)


def _macro_f1(history: RunHistory, test: Evaluated | None) -> float | None:
    judged = test or history.evaluations.get("validation")
    return None if judged is None else judged.macro_f1


def _curves(history: RunHistory, *names: str) -> tuple[Curve, ...]:
    """The curves of these fields of epochs, beginning with the baseline; none without points."""
    told = [] if history.baseline is None else [(0.0, history.baseline)]
    rows = [*told, *((float(epoch.epoch), epoch) for epoch in history.epochs)]
    found = (
        Curve(name, tuple((x, float(getattr(row, name))) for x, row in rows)) for name in names
    )
    return tuple(curve for curve in found if curve.points)
