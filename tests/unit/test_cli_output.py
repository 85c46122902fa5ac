from __future__ import annotations

import io
import sys

import pytest

from finetune_gui.cli_output import Output
from finetune_gui.core.events import (
    Progress,
)
from finetune_gui.core.messages import tr


class Terminal(io.StringIO):
    """Standard error as a person watches it."""

    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Called by the test itself: pytest puts its own stream in place after the fixtures."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_progress_overwrites_itself_until_there_is_something_to_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, output = watch(monkeypatch), Output(json=False)
    output.show_to_people(Progress(1, 9, "dataset-reading-photos"))
    output.show_to_people(Progress(2, 9, "dataset-reading-photos"))  # too soon to be seen
    output.say("Done.")
    assert terminal.getvalue() == f"\r{tr('dataset-reading-photos')}  1 / 9  \nDone.\n"


def test_progress_line_is_ended_before_a_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal, output = watch(monkeypatch), Output(json=False)
    output.show_to_people(Progress(1, 9, "dataset-reading-photos"))
    output.result("42")
    assert capsys.readouterr().out == "42\n"
    assert terminal.getvalue().endswith("  1 / 9  \n")


def test_progress_is_not_written_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).show(Progress(1, 9, "dataset-reading-photos"))
    assert capsys.readouterr() == ("", "")
