from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_gui import __version__, cli, cli_commands
from finetune_gui.core.errors import DatasetError, RunError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import language, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.settings import Settings
from finetune_gui.core.settings import save as save_settings
from tests.helpers.command_line import Fake, FakeJob, Start
from tests.helpers.photos import make_class_folders

# Wrong usage


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["train"],
        ["train", "a", "b"],
        ["train", "photos", "--demo"],
        ["train", "photos", "--set", "optim.lr"],
        ["train", "photos", "--colour", "red"],
        ["resume"],
        ["evaluate"],
        ["predict", "run"],
        ["check"],
        ["export", "run"],
        ["export", "run", "--format", "safetensors"],
        ["--unheard-of"],
    ],
)
def test_wrong_usage_is_status_2_and_leaves_standard_output_empty(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.parse(words)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert not out
    assert "finetune-gui" in err


def test_wrong_usage_says_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    for words, sentence in (
        (["train"], tr("cli-usage-dataset")),
        (["train", "x", "--set", "lr"], tr("cli-usage-set", value="lr")),
    ):
        with pytest.raises(SystemExit):
            cli.parse(words)
        assert sentence in capsys.readouterr().err


def test_help_and_version_are_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["--version"], ["train", "--help"], ["export", "--help"]):
        with pytest.raises(SystemExit) as caught:
            cli.parse(words)
        assert caught.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_help_names_every_command_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.parse(["--help"])
    listed = capsys.readouterr().out
    promised = (
        *("train", "resume", "evaluate", "predict", "check", "find-lr", "tune"),
        *("cross-validate", "export", "models", "doctor", "self-test"),
    )
    assert set(promised) == cli_commands.COMMANDS.keys()
    assert all(name in listed for name in promised)


def test_no_command_asks_for_the_window() -> None:
    assert cli.parse([]).command is None
    assert cli.parse(["--demo"]).demo


def test_folders(tmp_path: Path) -> None:
    assert cli.app_paths(cli.parse(["--basedir", str(tmp_path)])) == AppPaths.under(tmp_path)
    assert cli.app_paths(cli.parse([])) == AppPaths.for_user()


def test_speaks_the_language_chosen_in_the_window(paths: AppPaths) -> None:
    cli.use_settings(paths)
    assert language() == "en"
    save_settings(Settings(language="zh_CN"), paths.settings_file)
    cli.use_settings(paths)
    assert language() == "zh_CN"


# Failures


def test_missing_dataset(start: Start, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words in (["train", tmp_path / "none", "--json"], ["check", tmp_path / "none"]):
        assert start(*words) == 1
        out, err = capsys.readouterr()
        assert not out
        assert err.strip() == " ".join(
            (
                tr("error-dataset-not-found", path=str(tmp_path / "none")),
                tr("error-dataset-not-found.next"),
            )
        )


@pytest.mark.parametrize("command", [["resume"], ["evaluate", "--json"]])
def test_folder_that_is_no_run(
    start: Start, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    assert start(command[0], tmp_path, *command[1:]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith(tr("error-not-a-run", path=str(tmp_path)))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("optim.speed=1", "error-recipe-unknown-key"),
        ("schema_version=1", "error-recipe-unknown-key"),
        ("optim.lr=-1", "error-recipe-bad-value"),
        ("train.epochs=many", "error-recipe-bad-value"),
        ("optim.lr=", "error-recipe-bad-value"),
    ],
)
def test_bad_setting_is_a_sentence_before_any_work(
    start: Start, trained: FakeJob, capsys: pytest.CaptureFixture[str], change: str, key: str
) -> None:
    assert start("train", "photos", "--set", change) == 1
    sentence = tr(key, key=change.partition("=")[0], value=change.partition("=")[2], detail="…")
    assert capsys.readouterr().err.startswith(sentence.split("…")[0].rstrip(" ."))
    assert not trained.given


def test_broken_recipe_file(
    start: Start, trained: FakeJob, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "recipe.toml"
    file.write_bytes(b"\xff\xfe")
    assert start("train", "photos", "--recipe", file) == 1
    assert "not valid TOML" in capsys.readouterr().err
    assert start("train", "photos", "--recipe", tmp_path / "none.toml") == 1
    assert str(tmp_path / "none.toml") in capsys.readouterr().err
    assert not trained.given


def test_known_failure_prints_its_sentence(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    error = RunError("error-run-in-use", path="/runs/a")

    def fail(_ctx: JobContext) -> None:
        raise error

    fake("Resume", fail)
    assert start("resume", "/runs/a") == 1
    assert capsys.readouterr() == ("", f"{error}\n")


def test_unexpected_failure_is_a_sentence(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_ctx: JobContext) -> None:
        raise ZeroDivisionError("by zero")

    fake("Resume", fail)
    assert start("resume", "/runs/a") == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith(tr("error-unexpected", detail="ZeroDivisionError: by zero"))


def test_terminal_shows_the_sentence_and_the_log_has_the_traceback(tmp_path: Path) -> None:
    # As a program of its own: under the tests there are log handlers already.
    done = subprocess.run(
        [sys.executable, "-m", "finetune_gui", "--basedir", tmp_path / "app", "check", "none"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)},
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert not done.stdout
    sentence = DatasetError("error-dataset-not-found", path=str(tmp_path / "none"))
    assert done.stderr == f"{sentence}\n"
    assert "Traceback" in AppPaths.under(tmp_path / "app").log_file.read_text(encoding="utf-8")


def test_a_home_that_cannot_be_made_stops_nobody_who_needs_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    photos = make_class_folders(tmp_path / "photos", {"cat": 3, "dog": 3})
    # As a program of its own: under the tests there are log handlers already.
    command = [sys.executable, "-m", "finetune_gui", "--basedir", tmp_path / "file" / "app"]
    done = subprocess.run(
        [*command, "check", photos, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 6
    assert "Traceback" not in done.stderr


def test_folder_that_cannot_be_made_is_a_sentence(
    start: Start, trained: FakeJob, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    out = tmp_path / "file" / "run"
    trained.does = lambda _ctx: RunFolder.create(out, Recipe())
    assert start("train", "photos", "--out", out) == 1
    assert str(out.parent) in capsys.readouterr().err.splitlines()[-1]


# Cancelling


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_cancels_the_job(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(ctx: JobContext) -> None:
        press_ctrl_c()
        ctx.check_cancelled()
        pytest.fail("went on after Ctrl-C")

    fake("CheckDataset", work)
    before = signal.getsignal(signal.SIGINT)
    assert start("check", "photos", "--json") == 130
    out, err = capsys.readouterr()
    assert not out
    assert err.split("\n") == ["", tr("cli-stopping"), tr("cli-cancelled"), ""]
    assert signal.getsignal(signal.SIGINT) is before


def test_second_ctrl_c_ends_at_once(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def deaf(_ctx: JobContext) -> None:
        press_ctrl_c()
        press_ctrl_c()
        pytest.fail("went on after the second Ctrl-C")

    fake("CheckDataset", deaf)
    assert start("check", "photos") == 130
    assert tr("cli-cancelled") in capsys.readouterr().err


@pytest.mark.usefixtures("trained")
def test_training_that_ends_well_after_ctrl_c_is_cancelled_all_the_same(
    start: Start, fake: Fake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def keep_the_best(_ctx: JobContext) -> RunFolder:
        press_ctrl_c()
        return RunFolder(tmp_path / "run 1")

    fake("Train", keep_the_best)
    assert start("train", "photos") == 130
    assert str(tmp_path / "run 1") in capsys.readouterr().out


def test_ctrl_c_works_as_before_afterwards(start: Start) -> None:
    before = signal.getsignal(signal.SIGINT)
    start("check", "photos")
    assert signal.getsignal(signal.SIGINT) is before


def test_every_command_has_a_function_and_arguments() -> None:
    for name in cli_commands.COMMANDS:
        words = {"predict": ["run", "a.jpg"], "export": ["run", "--format", "f", "--out", "o"]}
        bare = ["models", "doctor", "self-test"]
        args = cli.parse([name, *words.get(name, [] if name in bare else ["x"])])
        assert isinstance(args, argparse.Namespace)
        assert args.command == name
