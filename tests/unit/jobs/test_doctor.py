"""What the program says of the computer that it runs on."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError

import pytest

from finetune_gui.core.graphics import NvidiaCard
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import LANGUAGES, set_language, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.engine import devices
from finetune_gui.jobs import doctor
from finetune_gui.jobs.doctor import Doctor

CTX = JobContext(lambda _event: None)


def test_versions_devices_and_folders(paths: AppPaths) -> None:
    found = Doctor(paths).run(CTX)
    assert json.loads(json.dumps(found)) == found
    assert all(found["packages"].values())
    assert found["devices"][-1]["kind"] == "cpu"
    assert found["folders"]["runs"] == str(paths.runs)


def test_a_bundle_need_not_tell_versions(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", unknown)
    assert set(Doctor(paths).run(CTX)["packages"].values()) == {None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_that_stays_idle(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    set_language(language)
    found = NvidiaCard(card=True)
    for module in (doctor, devices):
        monkeypatch.setattr(module, "find_nvidia", lambda: found)
    monkeypatch.setattr(devices.torch.version, "cuda", None)
    monkeypatch.setattr(devices.torch.cuda, "is_available", lambda: False)
    told = Doctor(paths).run(CTX)["nvidia"]
    assert told == {"card": True, "driver": False, "advice": tr("shell-gpu-torch")}
