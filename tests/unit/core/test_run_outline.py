"""The story of a run without its steps."""

from __future__ import annotations

from pathlib import Path

from finetune_gui.core import events
from finetune_gui.core.history import RunHistory
from finetune_gui.core.run_folder import RunFolder, RunState, state_of
from tests.helpers import fake_training as fake


def test_it_tells_all_but_the_steps(tmp_path: Path) -> None:
    story = (fake.STARTED, fake.BASELINE, fake.step(1), fake.step(2), fake.epoch(1), fake.step(3))
    run = fake.make_run(tmp_path / "run", *story, events.RolledBack(2, 1e-3), fake.finished())
    whole, outline = run.read_history(), run.read_outline()
    assert outline.steps == []
    assert [s.step for s in whole.steps] == [1, 2]
    for name in ("started", "baseline", "epochs", "end", "setbacks", "evaluations"):
        assert getattr(outline, name) == getattr(whole, name)


def test_a_line_cut_short_is_left_out(tmp_path: Path) -> None:
    run = fake.make_run(tmp_path / "run", fake.STARTED, fake.epoch(1))
    with run.events_file.open("ab") as file:
        file.write(b'{"kind":"run_fin')
    assert len(run.read_outline().epochs) == 1
    assert state_of(run.read_outline()) is RunState.INTERRUPTED


def test_a_run_that_has_told_nothing_has_none(tmp_path: Path) -> None:
    assert RunFolder(tmp_path).read_outline() == RunHistory()
