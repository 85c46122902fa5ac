"""Searches as jobs: begun, gone on with, read and listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest
from finetune_gui.core.study import Budget, StudyFolder, StudySpec
from finetune_gui.dataset.index import open_dataset
from finetune_gui.jobs.studies import ListStudies, ReadStudy
from finetune_gui.jobs.tune import ResumeTune, Tune
from tests.helpers.searches import SPACE, quick_recipe
from tests.helpers.tiny import make_coloured_photos

CTX = JobContext(lambda _event: None)


def _spec() -> StudySpec:
    return StudySpec("p", "v", quick_recipe(), SPACE, Budget(trials=1), "here", "p")


def test_a_search_is_begun_gone_on_with_read_and_listed(tmp_path: Path, paths: AppPaths) -> None:
    dataset = open_dataset(make_coloured_photos(tmp_path / "photos"), paths, CTX)
    out = paths.searches / "one"
    story = Tune(dataset, quick_recipe(), SPACE, Budget(trials=1), out, paths).run(CTX)
    assert [t.state for t in story.own] == ["complete"]
    story = ResumeTune(out, paths, Budget(trials=1)).run(CTX)
    assert [t.state for t in story.own] == ["complete"] * 2
    assert ReadStudy(out).run(CTX) == story
    (line,) = ListStudies(paths.searches, str(dataset.source)).run(CTX)
    assert (line.path, line.state) == (out, "done")


def test_a_study_that_cannot_be_read_is_left_out_of_the_list(paths: AppPaths) -> None:
    for name in ("good", "bad"):
        folder = StudyFolder(paths.searches / name)
        folder.create(_spec(), Manifest("p", ("a",), ()))
    (paths.searches / "bad" / "study.json").write_text("{")
    assert [line.path.name for line in ListStudies(paths.searches).run(CTX)] == ["good"]
    assert ListStudies(paths.searches, "elsewhere").run(CTX) == ()


def test_to_look_at_a_study_that_has_not_begun_makes_nothing(paths: AppPaths) -> None:
    folder = StudyFolder(paths.searches / "new")
    folder.create(replace(_spec(), dataset="x"), Manifest("p", ("a",), ()))
    before = sorted(p.name for p in folder.path.iterdir())
    story = ReadStudy(folder.path).run(CTX)
    assert (story.trials, story.state) == ((), "interrupted")
    assert sorted(p.name for p in folder.path.iterdir()) == before
