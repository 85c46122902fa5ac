from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.recipe import TrainRecipe
from finetune_gui.engine import preflight
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.preflight import Setup, choose_setup, threads_of_torch
from finetune_gui.engine.runtime_trials import OpenVinoTrial

KNOWN = Setup(
    training="float32",
    inference="bfloat16",
    channels_last=False,
    threads=1,
    training_speed=3.0,
    inference_speed=9.5,
)


# In torch alone: OpenVINO takes longer to get ready than all the rest.
PLAIN = TrainRecipe(runtime="torch")
RUNTIME = [name for name in Setup.model_fields if name == "runtime" or "openvino" in name]
PLAIN_KEY = "here | auto | auto | 0"


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.Dropout(0.5), nn.Flatten(), nn.Linear(4 * 14 * 14, 2)
    )


def test_what_was_measured_is_remembered(tmp_path: Path, ctx: JobContext) -> None:
    memory = (tmp_path / "measured.json", "here")
    first = choose_setup(network(), 16, PLAIN, memory, ctx)
    assert first.training_speed > 0
    assert first.inference_speed > 0
    assert Setup.among(json.loads(memory[0].read_text())[PLAIN_KEY]) == first
    memory[0].write_text(json.dumps({PLAIN_KEY: KNOWN.model_dump()}))
    assert choose_setup(network(), 16, PLAIN, memory, ctx) == KNOWN


def test_another_network_keeps_what_is_known_of_the_first(tmp_path: Path, ctx: JobContext) -> None:
    memory = tmp_path / "measured.json"
    memory.write_text(json.dumps({PLAIN_KEY.replace("here", "other"): KNOWN.model_dump()}))
    choose_setup(network(), 16, PLAIN, (memory, "here"), ctx)
    assert choose_setup(network(), 16, PLAIN, (memory, "other"), ctx) == KNOWN


@pytest.mark.parametrize(
    "spoilt",
    [
        {"training": "float8"},
        {"threads": 0},
        {"threads": True},
        {"channels_last": "yes"},
        {"training_speed": -1.0},
    ],
)
def test_nonsense_is_no_setup(spoilt: dict[str, Any]) -> None:
    assert Setup.among(KNOWN.model_dump() | spoilt) is None


@pytest.mark.parametrize("text", ["", "[]", '{"here | auto | auto | 0": 3}', "{}"])
def test_a_file_that_says_nothing_is_measured_anew(
    tmp_path: Path, ctx: JobContext, text: str
) -> None:
    memory = (tmp_path / "measured.json", "here")
    memory[0].write_text(text)
    found = choose_setup(network(), 16, PLAIN, memory, ctx)
    assert choose_setup(network(), 16, PLAIN, memory, ctx) == found


def test_measuring_leaves_the_network_as_it_was(tmp_path: Path, ctx: JobContext) -> None:
    measured = network().train()
    before = {k: v.clone() for k, v in measured.state_dict().items()}
    threads = torch.get_num_threads()
    choose_setup(measured, 16, PLAIN, (tmp_path / "m.json", "here"), ctx)
    assert all(torch.equal(before[k], v) for k, v in measured.state_dict().items())
    assert all(p.grad is None for p in measured.parameters())
    assert measured.training
    assert torch.get_num_threads() == threads


def test_cancel_is_heeded_and_remembers_nothing(tmp_path: Path, ctx: JobContext) -> None:
    ctx.control.cancel()
    memory = tmp_path / "m.json"
    with pytest.raises(Cancelled):
        choose_setup(network(), 16, PLAIN, (memory, "here"), ctx)
    assert not memory.exists()


def test_a_memory_that_cannot_be_written_costs_only_time(tmp_path: Path, ctx: JobContext) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert choose_setup(network(), 16, PLAIN, (in_the_way / "m.json", "here"), ctx).threads >= 1


def test_what_the_recipe_asks_for_is_taken_and_measured(tmp_path: Path, ctx: JobContext) -> None:
    asked = TrainRecipe(precision="bfloat16", layout="channels_last", threads=1, runtime="torch")
    found = choose_setup(network(), 16, asked, (tmp_path / "m.json", "here"), ctx)
    assert (found.training, found.inference) == ("bfloat16", "bfloat16")
    assert (found.channels_last, found.threads) == (True, 1)
    assert found.training_speed > 0
    assert found.inference_speed > 0


def test_each_wish_has_a_memory_of_its_own(tmp_path: Path, ctx: JobContext) -> None:
    memory = (tmp_path / "m.json", "here")
    one = TrainRecipe(precision="float32", threads=1, runtime="torch")
    assert choose_setup(network(), 16, one, memory, ctx).threads == 1
    two = TrainRecipe(precision="float32", threads=2, runtime="torch")
    assert choose_setup(network(), 16, two, memory, ctx).threads == 2
    assert len(json.loads(memory[0].read_text())) == 2


def test_what_was_measured_before_there_were_runtimes_is_still_known() -> None:
    old = {k: v for k, v in KNOWN.model_dump().items() if k not in RUNTIME}
    found = Setup.among(old)
    assert found == KNOWN
    assert found.runtime_for(10**6) == "torch"


def test_a_runtime_is_tried_where_it_may_be(tmp_path: Path, ctx: JobContext) -> None:
    asked = TrainRecipe(runtime="openvino", precision="float32", threads=1)
    found = choose_setup(network(), 16, asked, (tmp_path / "m.json", "here"), ctx)
    assert (found.runtime, found.openvino_precision) == ("openvino", "float32")
    assert found.openvino_from == 1
    assert found.openvino_speed > 0
    assert found.openvino_seconds > 0


def test_a_network_that_only_torch_computes_stays_there(tmp_path: Path, ctx: JobContext) -> None:
    class Odd(nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return torch.linalg.eigvals(inputs).real

    made = nn.Sequential(Odd(), nn.Flatten(), nn.Linear(3 * 16, 2))
    asked = TrainRecipe(runtime="openvino", precision="float32", threads=1)
    found = choose_setup(made, 16, asked, (tmp_path / "m.json", "here"), ctx)
    assert found.runtime == "torch"
    assert found.runtime_for(10**6) == "torch"


@pytest.mark.parametrize(("speed", "photos"), [(5.0, 0), (9.6, 0), (19.0, 19)])
def test_openvino_is_taken_where_it_is_faster(speed: float, photos: int) -> None:
    trial = OpenVinoTrial("float32", speed, seconds=1.0)
    found = KNOWN.with_openvino(trial, threads=3, insist=False)
    assert found.runtime == ("openvino" if photos else "torch")
    assert found.openvino_from == photos
    if photos:
        assert (found.openvino_speed, found.openvino_threads) == (speed, 3)
        assert found.threads == KNOWN.threads
    always = KNOWN.with_openvino(trial, threads=3, insist=True)
    assert always.runtime_for(1) == "openvino"


def test_a_head_alone_is_trained_from_features(tmp_path: Path, ctx: JobContext) -> None:
    frozen = network()
    frozen[0].requires_grad_(False)
    found = choose_setup(frozen, 16, PLAIN, (tmp_path / "m.json", "here"), ctx)
    assert found.training == "float32"
    assert found.training_speed == 0
    assert found.inference_speed > 0


def test_the_number_of_threads_comes_back_after_an_error() -> None:
    before = torch.get_num_threads()

    def fail() -> None:
        with threads_of_torch(before + 1):
            assert torch.get_num_threads() == before + 1
            raise ValueError("oh")

    with pytest.raises(ValueError, match="oh"):
        fail()
    assert torch.get_num_threads() == before


def test_a_layout_that_ends_the_process_is_not_even_tried(tmp_path: Path, ctx: JobContext) -> None:
    # As RepVGG begins: the pass back through it in channels-last frees memory twice.
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 4, 1, stride=2), nn.Flatten(), nn.Linear(4 * 8 * 8, 2))
    for number, layout in enumerate(("auto", "channels_last")):
        asked = PLAIN.model_copy(update={"layout": layout, "precision": "float32"})
        found = choose_setup(made, 16, asked, (tmp_path / f"{number}.json", "here"), ctx)
        assert not found.channels_last


@pytest.mark.parametrize("able", [True, False])
def test_short_numbers_are_tried_only_where_the_processor_has_them(
    tmp_path: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, *, able: bool
) -> None:
    tried = set()

    def noting(device: torch.device, precision: str) -> torch.autocast:
        tried.add(precision)
        return autocast(device, precision)

    monkeypatch.setattr(preflight, "autocast", noting)
    monkeypatch.setattr(preflight, "computes_halves", lambda _device: able)
    asked = TrainRecipe(layout="channels_last", runtime="torch")
    choose_setup(network(), 16, asked, (tmp_path / "m.json", "here"), ctx)
    assert tried == ({"float32", "bfloat16"} if able else {"float32"})
