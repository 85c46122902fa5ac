"""The self-test: that it tells, and that what is wrong does not pass."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.jobs import self_test
from finetune_gui.jobs.self_test import Remarks, SelfTest, ask_child, perform

CTX = JobContext(lambda _event: None)


@pytest.fixture
def test(tmp_path: Path) -> SelfTest:
    made = SelfTest()
    base = tmp_path / self_test.FOLDER
    made._found = {"base": base, "paths": AppPaths.under(base)}
    return made


def test_a_folder_with_a_chinese_name(test: SelfTest) -> None:
    assert test.folders(CTX) == "照片 1.txt"


def test_files_that_are_left_over_do_not_pass(
    test: SelfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(path: Path, data: bytes) -> None:
        path.write_bytes(data)
        path.with_suffix(".tmp").touch()

    monkeypatch.setattr(self_test.atomic, "write_bytes", careless)
    with pytest.raises(AssertionError, match="tmp"):
        test.folders(CTX)


def test_a_child_process_answers_and_has_no_window() -> None:
    assert ask_child(CTX) == (42, False)


def test_a_child_that_never_answers_does_not_pass(
    test: SelfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_test, "_CHILD_S", 0.0)
    monkeypatch.setattr(self_test, "_LOOK_S", 0.0)
    with pytest.raises(TimeoutError, match="did not answer"):
        test.processes(CTX)


def test_waiting_for_a_child_can_be_cancelled() -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        ask_child(JobContext(lambda _event: None, control))


def test_a_child_with_a_window_does_not_pass(
    test: SelfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_test, "ask_child", lambda _ctx: (42, True))
    with pytest.raises(RuntimeError, match="window"):
        test.processes(CTX)


@pytest.mark.parametrize("bundled", [False, True])
def test_extras_that_are_missing(
    test: SelfTest, monkeypatch: pytest.MonkeyPatch, bundled: bool
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    if bundled:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        with pytest.raises(ModuleNotFoundError, match="onnx"):
            test.extras(CTX)
        with pytest.raises(UserError, match="its installer brings ONNX"):
            test.onnx(CTX)
    else:
        assert test.extras(CTX).startswith("no onnx, no onnxruntime, no accelerate")
        assert test.onnx(CTX) == "not installed"


def test_an_extra_that_cannot_be_loaded_does_not_pass(
    test: SelfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec("json")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found if name == "peft" else None)
    monkeypatch.setitem(sys.modules, "peft", None)  # its import fails
    with pytest.raises(ImportError, match="peft"):
        test.extras(CTX)


# What is logged meanwhile


def test_an_unexpected_warning_is_a_failure(allow_log: Callable[[str], None]) -> None:
    allow_log("plugin")
    logger = logging.getLogger("qt")
    with Remarks() as remarks:
        logger.info("all is well")
        logger.warning("This plugin does not support propagateSizeHints()")
        assert remarks.check().passed
        logger.warning("a plugin is missing")
    logger.warning("a plugin is missing, but later")
    check = remarks.check()
    assert not check.passed
    assert check.detail == "WARNING qt: a plugin is missing"


def test_a_failed_check_counts_once(allow_log: Callable[[str], None]) -> None:
    allow_log("self-test: broken failed")

    def broken(_ctx: JobContext) -> str:
        raise ValueError("no")

    with Remarks() as remarks:
        check = perform("broken", broken, CTX)
    assert not check.passed
    assert "ValueError: no" in check.detail
    assert remarks.check().passed
