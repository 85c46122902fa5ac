from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.engine.precision import choose_precision


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 14 * 14, 2))


def test_what_was_measured_is_remembered(tmp_path: Path, ctx: JobContext) -> None:
    memory = (tmp_path / "measured.json", "here")
    first = choose_precision("inference", network(), 16, memory, ctx)
    assert json.loads(memory[0].read_text()) == {"here | inference": first}
    other = {"float32": "bfloat16", "bfloat16": "float32"}[first]
    memory[0].write_text(json.dumps({"here | inference": other}))
    assert choose_precision("inference", network(), 16, memory, ctx) == other


def test_nonsense_in_the_memory_is_measured_anew(tmp_path: Path, ctx: JobContext) -> None:
    memory = (tmp_path / "measured.json", "here")
    memory[0].write_text('{"here | training": "float8"}')
    assert choose_precision("training", network(), 16, memory, ctx) in ("float32", "bfloat16")


def test_measuring_changes_no_weight(tmp_path: Path, ctx: JobContext) -> None:
    measured = network()
    measured(torch.zeros(1, 3, 16, 16))
    before = {k: v.clone() for k, v in measured.state_dict().items()}
    choose_precision("training", measured, 16, (tmp_path / "m.json", "here"), ctx)
    assert all(torch.equal(before[k], v) for k, v in measured.state_dict().items())


def test_cancel_is_heeded(tmp_path: Path, ctx: JobContext) -> None:
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        choose_precision("training", network(), 16, (tmp_path / "m.json", "here"), ctx)
