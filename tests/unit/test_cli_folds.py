"""``cross-validate`` and the count of looks at test photos, with real, tiny trainings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune_gui import cli
from finetune_gui.core.messages import tr
from tests.helpers.tiny import make_coloured_photos

TINY = (
    *("--set", "model.input_size=64", "--set", "model.pretrained=false"),
    *("--set", "train.epochs=0", "--set", "train.runtime=torch"),
    *("--set", "train.precision=float32", "--set", "data.test_fraction=0.25"),
)


class Terminal:
    """Types commands and reads what they print."""

    def __init__(self, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._base, self._capsys = base, capsys

    def type(self, *words: object) -> tuple[int, str, str]:
        """Status, standard output, standard error."""
        args = cli.parse(["--basedir", str(self._base), *map(str, words)])
        status = cli.run(args, list)
        return status, *self._capsys.readouterr()

    def json(self, *words: object) -> dict[str, Any]:
        """What a command that succeeds prints with ``--json``."""
        status, out, err = self.type(*words, "--json")
        assert status == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], allow_log: Callable[[str], None]
) -> Terminal:
    allow_log(r"^ERROR finetune_gui\.cli: cross-validate failed$")
    return Terminal(tmp_path / "app", capsys)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_coloured_photos(tmp_path / "photos", per_class=8)


def test_cross_validate(terminal: Terminal, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "study"
    words = ("cross-validate", photos, "--folds", 3, "--out", out, *TINY)
    found = terminal.json(*words)
    assert (found["folds"], found["n"], found["n_test"], found["complete"]) == (3, 18, 6, True)
    assert sum(map(sum, found["confusion_matrix"])) == 18
    accuracies = [fold["accuracy"] for fold in found["per_fold"]]
    assert found["metrics"]["accuracy"]["mean"] == pytest.approx(sum(accuracies) / 3)
    assert Path(found["predictions"]).is_file()
    # The same once more finds everything done, something else is refused.
    trained = (out / "fold-1" / "model.safetensors").stat().st_mtime_ns
    assert terminal.json(*words) == found
    assert terminal.json("resume", out) == found
    assert (out / "fold-1" / "model.safetensors").stat().st_mtime_ns == trained
    status, printed, err = terminal.type(*words, "--set", "seed=3")
    assert status == 1
    assert not printed
    assert err.strip().endswith(tr("error-run-exists.next", path=str(out)))


def test_a_fold_is_gone_on_with_by_its_cross_validation_alone_and_that_in_one_process(
    terminal: Terminal,
    photos: Path,
    tmp_path: Path,
    allow_log: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_log(r"^ERROR finetune_gui\.cli: resume failed$")
    out = tmp_path / "study"
    terminal.json("cross-validate", photos, "--folds", 2, "--out", out, *TINY)
    status, printed, err = terminal.type("resume", out / "fold-1")
    assert (status, printed) == (1, "")
    assert tr("error-run-of-trials", path=str(out / "fold-1")) in err
    monkeypatch.setenv("WORLD_SIZE", "2")
    status, printed, err = terminal.type("resume", out)
    assert (status, printed) == (1, "")
    assert tr("error-not-together") in err


def test_all_models_as_one_run(terminal: Terminal, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "study"
    words = ("cross-validate", photos, "--folds", 2, "--out", out, *TINY)
    found = terminal.json(*words, "--ensemble")
    some = next(photos.rglob("*.png"))
    answers = terminal.json("predict", found["ensemble"], some)
    assert sum(answers[0]["probabilities"].values()) == pytest.approx(1)
    assert terminal.json("evaluate", found["ensemble"])["n"] == 6
    status, printed, _ = terminal.type(*words, "--ensemble")  # the folds are not trained again
    assert status == 0
    assert tr("cli-folds-ensemble", path="").strip() in printed


def test_cross_validate_in_words(terminal: Terminal, photos: Path) -> None:
    status, out, err = terminal.type("cross-validate", photos, "--folds", 2, *TINY)
    assert status == 0
    assert tr("folds-metric-accuracy") in out
    assert tr("cli-folds-interval") in out
    assert tr("cli-fold-started", number=2, models=2) in err
    status, out, err = terminal.type("cross-validate", photos, "--folds", 9, *TINY)
    assert status == 1
    assert not out
    assert "9 folds" in err


def test_looks_at_the_test_photos_are_counted(
    terminal: Terminal, photos: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    assert terminal.type("train", photos, "--out", run, *TINY)[0] == 0
    assert terminal.json("evaluate", run)["test_looks"] == 2  # the end of the training is one
    assert terminal.json("evaluate", run)["test_looks"] == 3
    terminal.json("cross-validate", photos, "--folds", 2, *TINY)
    second = tmp_path / "second"
    assert terminal.type("train", photos, "--out", second, *TINY)[0] == 0  # the same photos
    status, out, _ = terminal.type("evaluate", second)
    assert status == 0
    assert tr("cli-test-looks", n=5) in out
    # Photos that are no test set of anybody's.
    assert terminal.json("evaluate", second, "--data", photos)["test_looks"] == 0


@pytest.mark.slow
def test_killed_and_begun_again_it_comes_to_the_same(
    terminal: Terminal, photos: Path, tmp_path: Path
) -> None:
    change = (*TINY, "--set", "train.epochs=3", "--set", "train.threads=1")
    words = ["cross-validate", photos, "--folds", 3, *change]
    whole = terminal.json(*words, "--out", tmp_path / "whole")
    again = (*words, "--out", tmp_path / "killed", "--json")
    command = [sys.executable, "-m", "finetune_gui", "--basedir", tmp_path / "app", *again]
    for line in ("Model 2 of 3", "Model 3 of 3"):  # once in each fold but the first
        with subprocess.Popen(
            [str(word) for word in command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as process:
            assert process.stderr is not None
            for told in process.stderr:
                if line in told.decode():
                    break
            process.kill()
    assert not (tmp_path / "killed" / "fold-3" / "evaluation" / "metrics.json").exists()
    found = terminal.json(*again[:-1])
    assert found["confusion_matrix"] == whole["confusion_matrix"]
    for name in ("predictions.csv", "fold-1/model.safetensors", "fold-3/model.safetensors"):
        first, second = (tmp_path / study / name for study in ("whole", "killed"))
        assert first.read_bytes() == second.read_bytes()
