"""A folder of runs for the lab notebook: a story in five runs, and one of other photos."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from finetune_gui.core.events import Evaluated, Event, RunFailed, RunStarted
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.core.run_notes import RunNotes, write_notes
from tests.helpers.told_runs import CLASSES, told

HOSTILE = "<script>alert(1)</script>"
DATASET = "/photos/鞋 & <b>shoes"


def make_runs(root: Path) -> dict[str, RunFolder]:
    """The runs by name, in order of time."""
    root.mkdir(parents=True, exist_ok=True)
    falling = told(
        [1.2, 0.9, 0.7, 0.6], [1.1, 0.9, 0.8, 0.75], [0.5, 0.6, 0.7, 0.8], [0.6, 0.7, 0.75, 0.8]
    )
    jumping = told(
        [1.4, 1.9, 2.4, 2.6], [1.3, 1.8, 2.2, 2.5], [0.4, 0.3, 0.3, 0.3], [0.5, 0.3, 0.3, 0.25]
    )
    runs = {
        "first": _make(root / "first", 1, falling, tested=0.775),
        "second": _make(root / "second", 2, jumping, {"optim.lr": 0.5}, parent="first"),
        "third": _make(root / "third", 3, falling, {"augment.preset": "strong"}, n_train=40),
        "failed": _make(
            root / "failed", 4, [falling[0], RunFailed("error-out-of-memory")], {"seed": 7}
        ),
        "others": _make(root / "others", 5, falling, dataset="/photos/fruit"),
    }
    write_notes(runs["first"], RunNotes(f"Erster {HOSTILE}", f"Gute Photos.\n{HOSTILE} 很好", True))
    (root / "no run").mkdir()
    (root / "broken").mkdir()
    (root / "broken" / "recipe.toml").write_text("schema_version = 99", encoding="utf-8")
    return runs


def _make(
    path: Path,
    when: int,
    events: list[Event],
    values: dict[str, Any] | None = None,
    *,
    parent: str = "",
    n_train: int = 32,
    tested: float | None = None,
    dataset: str = DATASET,
) -> RunFolder:
    epochs = next(event.epochs for event in events if isinstance(event, RunStarted))
    recipe = with_values(
        Recipe(), {"train.epochs": epochs, "train.batch_size": 8, **(values or {})}
    )
    run = RunFolder.create(path, recipe)
    names = (*CLASSES[:-1], HOSTILE)
    counts = {"train": n_train, "validation": 40, "test": 40}
    entries = tuple(
        ManifestEntry(f"{split}/{n}.jpg", names[n % len(names)], split, f"{split}{n}-1")
        for split, count in counts.items()
        for n in range(count)
    )
    run.write_manifest(Manifest(dataset, names, entries, parent=parent))
    for event in events:
        run.append_event(event)
    if tested is not None:
        run.append_event(Evaluated("test", tested, tested - 0.01, counts["test"]))
    os.utime(run.recipe_file, (1_700_000_000 + when * 3600,) * 2)
    return run
