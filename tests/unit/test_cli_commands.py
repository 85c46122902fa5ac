from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune_gui.core.errors import UserError
from finetune_gui.core.lr_curve import LrCurve, LrPoint, lr_text, read_curve, without_curve
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, save, with_values
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.jobs.self_test import Check
from tests.helpers import photos
from tests.helpers.command_line import ANSWERS, EVALUATION, STORY, Fake, FakeJob, Start


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return photos.make_class_folders(tmp_path / "我的 照片", {"apple": 3, "梨": 3})


def test_train_starts_what_was_asked_for(start: Start, trained: FakeJob, tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    save(with_values(Recipe(), {"seed": 3, "optim.lr": 0.5}), file)
    change = ["--set", "optim.lr=0.25", "--set", "augment.preset=strong"]
    out = tmp_path / "run 1"
    assert start("train", "photos", "--recipe", file, *change, "--out", out) == 0
    (dataset, recipe, path, app), *more = trained.given
    assert not more
    assert dataset.name == "fruit"
    wanted = {"seed": 3, "optim.lr": 0.25, "augment.preset": "strong"}
    assert recipe == with_values(Recipe(), wanted)
    assert path == out
    assert app == AppPaths.under(tmp_path / "app")


def test_the_last_of_two_settings_counts(start: Start, trained: FakeJob) -> None:
    assert start("train", "photos", "--set", "seed=1", "--set", "seed=2") == 0
    assert trained.given[0][1].seed == 2


def test_value_of_a_setting_may_hold_an_equals_sign(start: Start, trained: FakeJob) -> None:
    assert start("train", "photos", "--set", "model.backbone=a=b") == 0
    assert trained.given[0][1].model.backbone == "a=b"


def test_several_processes_train_together_and_share_nothing_else(
    start: Start,
    trained: FakeJob,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert start("train", "photos") == 0
    assert trained.given
    for command in (["cross-validate", "photos"], ["tune", "photos"], ["find-lr", "photos"]):
        capsys.readouterr()
        assert start(*command) == 1
        assert str(UserError("error-not-together")) in capsys.readouterr().err


def test_run_goes_to_the_runs_folder_when_nothing_is_said(
    start: Start, trained: FakeJob, tmp_path: Path
) -> None:
    assert start("train", "photos") == 0
    path = trained.given[0][2]
    assert path.parent == AppPaths.under(tmp_path / "app").runs
    assert path.name.endswith("fruit")


def test_relative_run_folder_is_under_the_present_one(
    start: Start, trained: FakeJob, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert start("train", "photos", "--out", "my run") == 0
    assert trained.given[0][2] == tmp_path / "my run"


@pytest.mark.usefixtures("trained")
def test_train_tells_people_on_the_side_and_ends_with_what_comes_next(
    start: Start,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert start("train", "photos") == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        tr("cli-run-folder", path=str(tmp_path / "run 1")),
        tr("cli-next-command", command=f"finetune-gui predict '{tmp_path / 'run 1'}' PHOTO"),
    ]
    assert err.splitlines() == [
        tr("train-log-skipped", path="坏.jpg"),
        tr("cli-run-started", train=7, validation=2, test=1, classes=2, device="cpu"),
        tr("cli-baseline", accuracy="80.0 %", seconds="3"),
        tr("cli-epoch", epoch=1, train="0.100", validation="0.250", accuracy="87.5 %", left="4"),
        tr("cli-evaluated-test", accuracy="75.0 %", n=4),
    ]


@pytest.mark.usefixtures("trained")
def test_the_next_command_works_where_the_program_has_no_name(
    start: Start, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("sys.argv", [".venv/bin/my program"])
    assert start("train", "photos") == 0
    assert "'.venv/bin/my program' predict " in capsys.readouterr().out


@pytest.mark.usefixtures("trained")
def test_train_json_is_one_event_a_line_and_nothing_else(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start("train", "photos", "--json") == 0
    out, err = capsys.readouterr()
    told = [json.loads(line) for line in out.splitlines()]
    assert [event["kind"] for event in told] == [e.kind for e in STORY if e.kind != "progress"]
    assert told[1]["classes"] == ["apple", "梨"]
    assert err.splitlines()


def test_resume_goes_on_with_the_run(start: Start, fake: Fake, tmp_path: Path) -> None:
    job = fake("Resume", lambda _ctx: RunFolder(tmp_path / "run 1"))
    assert start("resume", tmp_path / "run 1", "--json") == 0
    assert job.given == [(tmp_path / "run 1", AppPaths.under(tmp_path / "app"))]


# The other commands


def test_evaluate_json_is_the_promised_form(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = fake("Evaluate", lambda _ctx: EVALUATION)
    assert start("evaluate", tmp_path / "run", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert job.given == [(tmp_path / "run", None, AppPaths.under(tmp_path / "app"))]
    assert found["test_looks"] == 0
    promised = {"accuracy", "macro_f1", "n", "classes", "confusion_matrix", "per_class"}
    assert promised <= found.keys()
    assert found["n"] == 4
    assert found["confusion_matrix"] == [[2, 0], [1, 1]]
    assert found["per_class"]["梨"] == {"precision": 1.0, "recall": 0.5, "f1": 0.667, "support": 2}


def test_evaluate_prints_a_table(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = fake("EvaluateOn", lambda _ctx: EVALUATION)
    assert start("evaluate", tmp_path / "run", "--data", "others") == 0
    assert job.given[0][:2] == (tmp_path / "run", Path("others"))
    lines = capsys.readouterr().out.splitlines()
    columns = ("class", "precision", "recall", "f1", "support")
    assert lines[0].split() == [tr(f"cli-column-{column}") for column in columns]
    assert lines[2].split() == ["梨", "1.000", "0.500", "0.667", "2"]
    assert lines[-1] == tr("cli-accuracy", accuracy="75.0 %", f1="0.733", n=4)


def test_predict_json(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = fake("Predict", lambda _ctx: ANSWERS)
    assert start("predict", tmp_path / "run", "a 1.jpg", "b.jpg", "--json") == 0
    assert job.given == [(tmp_path / "run", (Path("a 1.jpg"), Path("b.jpg")))]
    out = capsys.readouterr().out
    assert json.loads(out) == [
        {
            "path": "a 1.jpg",
            "label": "梨",
            "confidence": 0.75,
            "probabilities": {"apple": 0.25, "梨": 0.75},
        },
        {"path": "b.jpg", "error": tr("error-photo-damaged")},
    ]
    assert "梨" in out


def test_predict_prints_a_line_for_each_photo_and_writes_a_csv(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fake("Predict", lambda _ctx: ANSWERS)
    assert start("predict", tmp_path, "a 1.jpg", "b.jpg", "--csv", tmp_path / "答案.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "a 1.jpg: 梨 75.0 %",
        f"b.jpg: {tr('error-photo-damaged')}",
    ]
    rows = (tmp_path / "答案.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "path,label,confidence,apple,梨,error"
    assert len(rows) == 3


def test_check_json(start: Start, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start("check", dataset, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 6
    assert found["classes"] == {"apple": 3, "梨": 3}
    assert {"kind", "paths", "detail"} == found["issues"][0].keys()
    assert "few_photos" in [issue["kind"] for issue in found["issues"]]


def test_check_prints_what_is_wrong(
    start: Start, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start("check", dataset) == 0
    out = capsys.readouterr().out
    assert tr("dataset-issue-few-photos", label="梨", n=3) in out
    assert tr("cli-no-issues") not in out


def test_check_says_when_nothing_is_wrong(
    start: Start, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = photos.make_class_folders(tmp_path / "good", {"a": 12, "b": 12})
    assert start("check", folder) == 0
    assert capsys.readouterr().out.splitlines()[-1] == tr("cli-no-issues")


def backbone(name: str, weights: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        backbone=SimpleNamespace(
            name=name, title=name.upper(), parameters=3_400_000, input_size=224, licence="MIT"
        ),
        weights=weights,
        download_url=f"https://example.org/{name}",
    )


def test_models(start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    fake("ListBackbones", lambda _ctx: [backbone("lite", "/w"), backbone("big", None)])
    assert start("models", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(m["name"], m["weights_at_hand"]) for m in found] == [("lite", True), ("big", False)]
    assert start("models") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith(tr("cli-weights-here"))
    assert lines[2].endswith(tr("cli-weights-missing"))
    assert "3.4 M" in lines[1]


def test_all_models_say_how_to_get_those_of_keras(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    fake("ListBackbones", lambda _ctx: [backbone("lite", "/w")])
    assert start("models", "--all") == 0
    assert tr("model-keras-hint") in capsys.readouterr().err
    fake("ListBackbones", lambda _ctx: [backbone("keras/VGG16", None)])
    assert start("models", "--all") == 0
    assert tr("model-keras-hint") not in capsys.readouterr().err


def test_doctor(start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        "version": "1.0",
        "python": "3.11",
        "system": "Linux",
        "packages": {"torch": "2.9"},
        "extras": {"openvino": None},
        "devices": [{"kind": "cpu", "name": "CPU"}],
        "nvidia": {"card": True, "driver": False, "advice": "Install the driver."},
        "folders": {"runs": "/照片"},
    }
    fake("Doctor", lambda _ctx: found)
    assert start("doctor", "--json") == 0
    assert json.loads(capsys.readouterr().out) == found
    assert start("doctor") == 0
    out, err = capsys.readouterr()
    assert "runs      /照片" in out.splitlines()
    assert f"openvino  {tr('cli-not-installed')}" in out.splitlines()
    assert err.strip() == "Install the driver."


def test_export(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = fake("Export", lambda _ctx: tmp_path / "model")
    assert start("export", "run", "--format", "safetensors", "--out", tmp_path / "model") == 0
    assert job.given == [(Path("run").absolute(), "safetensors", tmp_path / "model")]
    assert capsys.readouterr().out.strip() == tr("cli-exported", path=str(tmp_path / "model"))


@pytest.mark.parametrize(("kind", "name"), [("script", "SaveScript"), ("notebook", "SaveNotebook")])
def test_export_of_documents(
    kind: str,
    name: str,
    start: Start,
    fake: Fake,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    job = fake(name, lambda _ctx: tmp_path / "file")
    assert start("export", "run", "--format", kind, "--out", tmp_path / "file") == 0
    assert job.given[0][0] == Path("run").absolute()
    assert job.given[0][-1] == tmp_path / "file"
    assert capsys.readouterr().out.strip() == tr("cli-written", path=str(tmp_path / "file"))


def test_export_in_a_format_that_is_none(
    start: Start, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    assert start("export", run.path, "--format", "docx", "--out", tmp_path / "file") == 1
    said = capsys.readouterr().err
    assert "script" in said
    assert "notebook" in said


def test_self_test_prints_every_check_and_fails_with_one(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    fake("SelfTest", lambda _ctx: [Check("train", True, "0.9", 1.0)])
    assert start("self-test", window_checks=lambda: [Check("window", True, "", 0.5)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["train", "window", "log"]
    broken = [Check("window", False, "no display", 0.5), Check("icons", False, "", 0.1)]
    assert start("self-test", window_checks=lambda: list(broken)) == 1
    out, err = capsys.readouterr()
    assert tr("cli-failed") in out
    assert err.startswith(tr("error-self-test", failed="window, icons"))


def test_self_test_fails_with_a_warning_that_nobody_expected(
    start: Start,
    fake: Fake,
    capsys: pytest.CaptureFixture[str],
    allow_log: Callable[[str], None],
) -> None:
    allow_log("a plugin is missing")

    def warn(_ctx: object) -> list[Check]:
        logging.getLogger("qt").warning("a plugin is missing")
        return []

    fake("SelfTest", warn)
    assert start("self-test") == 1
    assert "a plugin is missing" in capsys.readouterr().out


CURVE = read_curve(
    [LrPoint(10 ** (i / 10 - 6), 1 - i / 100 if i < 40 else 3.0) for i in range(50)],
    diverged_at=0.1,
)


def test_find_lr_tests_what_was_asked_for(start: Start, trained: FakeJob, fake: Fake) -> None:
    assert not trained.given
    job = fake("FindLr", lambda _ctx: CURVE)
    assert start("find-lr", "photos", "--set", "model.input_size=96") == 0
    dataset, recipe, _paths = job.given[0]
    assert dataset.name == "fruit"
    assert recipe == with_values(Recipe(), {"model.input_size": 96})


def test_find_lr_as_json(
    start: Start, trained: FakeJob, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not trained.given
    fake("FindLr", lambda _ctx: CURVE)
    assert start("find-lr", "photos", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == CURVE.as_json()
    assert set(told) == {
        *("points", "suggestion", "verdict", "reason"),
        *("lowest", "rises_from", "diverged_at"),
    }


@pytest.mark.parametrize("curve", [CURVE, without_curve("few_photos")])
def test_find_lr_for_people(
    start: Start,
    trained: FakeJob,
    fake: Fake,
    capsys: pytest.CaptureFixture[str],
    curve: LrCurve,
) -> None:
    assert not trained.given
    fake("FindLr", lambda _ctx: curve)
    assert start("find-lr", "photos") == 0
    out = capsys.readouterr().out
    assert curve.reason in out
    found = curve.suggestion is not None
    assert tr("cli-lr-suggestion", lr=lr_text(curve.suggestion)) in out or not found
    assert (tr("cli-lr-none") in out) is not found
    assert out.count("\n") == len(curve.points) + 3
