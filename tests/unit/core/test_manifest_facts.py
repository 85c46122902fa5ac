"""The version of the photos, read without taking the manifest apart."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_gui.core.errors import RunError
from finetune_gui.core.manifest_facts import ManifestFacts, read_facts
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder

PHOTOS = (
    ManifestEntry('猫/a "1".jpg', "猫", "train", "10-1"),
    ManifestEntry("猫/b\n ],\n.jpg", "猫", "validation", "11-1"),
    ManifestEntry("dog/c.jpg", "dog", "test", "12-1"),
)
MANIFEST = Manifest("/data/pets", ("dog", "猫"), PHOTOS, {}, "cpu", parent="the first")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", Recipe())


def facts(run: RunFolder, manifest: Manifest) -> ManifestFacts:
    run.write_manifest(manifest)
    return read_facts(run)


def test_what_it_tells(run: RunFolder) -> None:
    found = facts(run, MANIFEST)
    assert (found.dataset, found.n_photos, found.parent) == ("/data/pets", 3, "the first")
    assert len(found.version) == 12


def test_the_same_photos_elsewhere_are_the_same_version(run: RunFolder) -> None:
    moved = replace(MANIFEST, dataset="/elsewhere", device="cuda", parent="")
    assert facts(run, moved).version == facts(run, MANIFEST).version


@pytest.mark.parametrize(
    "changed",
    [
        replace(PHOTOS[2], split="train"),
        replace(PHOTOS[2], label="猫"),
        replace(PHOTOS[2], fingerprint="12-2"),
        replace(PHOTOS[2], path="dog/d.jpg"),
    ],
)
def test_any_change_of_a_photo_is_another_version(run: RunFolder, changed: ManifestEntry) -> None:
    other = replace(MANIFEST, samples=(*PHOTOS[:2], changed))
    assert facts(run, other).version != facts(run, MANIFEST).version


def test_photos_that_could_not_be_read_do_not_count(run: RunFolder) -> None:
    skipped = {PHOTOS[0].path: "error-photo-damaged", "never/there.jpg": "error-photo-damaged"}
    found = facts(run, replace(MANIFEST, skipped=skipped))
    assert found.n_photos == 2
    assert found.version != facts(run, MANIFEST).version


def test_line_ends_of_windows_change_nothing(run: RunFolder) -> None:
    found = facts(run, MANIFEST)
    text = run.manifest_file.read_bytes().replace(b"\n", b"\r\n")
    run.manifest_file.write_bytes(text)
    assert read_facts(run) == found


def test_a_run_without_photos_is_known_too(run: RunFolder) -> None:
    assert facts(run, replace(MANIFEST, samples=())).n_photos == 0


NAMES = st.text(min_size=1, max_size=12)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.lists(st.tuples(NAMES, NAMES), max_size=5, unique_by=lambda pair: pair[0]))
def test_a_manifest_written_in_another_way_has_the_same_facts(
    run: RunFolder, told: list[tuple[str, str]]
) -> None:
    samples = tuple(ManifestEntry(path, label, "train", "1-1") for path, label in told)
    manifest = replace(MANIFEST, samples=samples, skipped={path: "why" for path, _ in told[:1]})
    quick = facts(run, manifest)
    run.manifest_file.write_text(json.dumps(vars(manifest), default=asdict), encoding="utf-8")
    assert read_facts(run) == quick


@pytest.mark.parametrize("text", ["", "{", "[]", '{"dataset": 3}', '\n "samples": [\n ],\n'])
def test_a_broken_manifest_is_named(run: RunFolder, text: str) -> None:
    run.manifest_file.write_text(text, encoding="utf-8")
    with pytest.raises(RunError):
        read_facts(run)


def test_none_yet_is_named(run: RunFolder) -> None:
    with pytest.raises(RunError):
        read_facts(run)
