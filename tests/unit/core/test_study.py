"""A search on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.core.errors import RunError
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry
from finetune_gui.core.search_space import default_space
from finetune_gui.core.study import (
    Budget,
    StudyFolder,
    StudySpec,
    TrialRow,
    Verdict,
    best_of,
    data_version,
    list_studies,
    recipe_for,
    score_of,
)

ENTRIES = (
    ManifestEntry("a/1.png", "a", "train", "10-1"),
    ManifestEntry("b/2.png", "b", "validation", "11-2"),
)
SPEC = StudySpec(
    dataset="/photos",
    data_version=data_version(ENTRIES),
    recipe=with_values(Recipe(), {"optim.lr": 0.002}),
    space=default_space(Recipe()),
    budget=Budget(trials=3),
    place="here",
    name="photos 1",
)


def made(path: Path) -> StudyFolder:
    folder = StudyFolder(path)
    folder.create(SPEC, Manifest("/photos", ("a", "b"), ENTRIES))
    return folder


def test_a_study_comes_back_as_it_was_written(tmp_path: Path) -> None:
    folder = made(tmp_path / "s")
    assert folder.read_spec() == SPEC
    assert folder.read_manifest().samples == ENTRIES
    assert folder.read_verdict() is None
    verdict = Verdict("chance", 3, 0.9, 0.8, 0.1, -0.1, 0.3, 5, 40)
    folder.write_verdict(verdict)
    assert folder.read_verdict() == verdict
    folder.forget_uncompared()
    assert folder.read_verdict() == verdict
    folder.write_verdict(Verdict("too_short", 3, seconds_needed=60))
    folder.forget_uncompared()
    assert folder.read_verdict() is None
    assert [f.path for f in list_studies(tmp_path)] == [folder.path]


def test_a_folder_that_is_in_use_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError):
        made(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recipe": "x = "}'])
def test_a_broken_study_says_so(tmp_path: Path, text: str) -> None:
    folder = made(tmp_path / "s")
    folder.spec_file.write_text(text)
    with pytest.raises(RunError) as caught:
        folder.read_spec()
    assert str(folder.path) in str(caught.value)


def test_what_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        StudyFolder(tmp_path).read_spec()


def test_other_photos_or_splits_are_another_version() -> None:
    moved = (replace(ENTRIES[0], split="test"), ENTRIES[1])
    touched = (replace(ENTRIES[0], fingerprint="10-3"), ENTRIES[1])
    versions = {data_version(e) for e in (ENTRIES, moved, touched)}
    assert len(versions) == 3
    assert data_version(reversed(ENTRIES)) == data_version(ENTRIES)


def test_the_loss_decides_only_between_trials_with_as_many_right() -> None:
    assert score_of(0.9, 0.2, 40) > score_of(0.9, 0.3, 40)
    assert score_of(0.9 + 1 / 40, 1e9, 40) > score_of(0.9, 0.0, 40)


def test_the_best_is_complete_and_the_first_among_equals() -> None:
    rows = [
        TrialRow(0, "complete", {}, score=0.5, is_default=True),
        TrialRow(1, "complete", {}, score=0.5),
        TrialRow(2, "pruned", {}, score=None),
    ]
    best = best_of(rows)
    assert best is not None
    assert best.number == 0
    assert best_of([]) is None


def test_the_default_trial_is_the_recipe_itself() -> None:
    values = {"optim.lr": 0.01, "augment.preset": "strong"}
    assert recipe_for(SPEC, dict(values), default=True) == SPEC.recipe
    other = recipe_for(SPEC, dict(values), default=False)
    assert other.optim.lr == 0.01
    assert other.augment.preset == "strong"
    own = with_values(SPEC.recipe, {"augment.rotation": 7.0})
    kept = recipe_for(replace(SPEC, recipe=own), {"augment.preset": "custom"}, default=False)
    assert kept.augment.rotation == 7.0
