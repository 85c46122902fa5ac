"""Features that trials share."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from finetune_gui.core.run_folder import Manifest
from finetune_gui.engine import feature_store
from finetune_gui.engine.feature_store import FeatureStore, network_key
from finetune_gui.engine.preflight import Setup
from tests.helpers.tiny import tiny_recipe

PHOTOS = [f"photo {n}" for n in range(6)]
FEATURES = torch.arange(18, dtype=torch.float32).reshape(6, 3)


def test_rows_come_back_in_the_order_that_is_asked_for(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path)
    store.keep("net", PHOTOS[:4], FEATURES[:4])
    store.keep("net", PHOTOS[4:], FEATURES[4:])
    found = FeatureStore(tmp_path).find("net", [PHOTOS[5], PHOTOS[0], PHOTOS[3]])
    assert found is not None
    assert torch.equal(found, FEATURES[[5, 0, 3]])


def test_nothing_comes_back_unless_all_is_there(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path)
    assert store.find("net", PHOTOS) is None
    store.keep("net", PHOTOS, FEATURES)
    assert store.find("net", [*PHOTOS, "another"]) is None
    assert store.find("other net", PHOTOS) is None
    assert store.find("net", []) is None


def test_a_broken_file_is_as_good_as_none(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path)
    store.keep("net", PHOTOS, FEATURES)
    (file,) = tmp_path.glob("*/*.safetensors")
    file.write_bytes(file.read_bytes()[:40])
    assert store.find("net", PHOTOS) is None
    store.keep("net", PHOTOS, FEATURES)
    assert store.find("net", PHOTOS) is not None


def test_a_full_disk_only_means_that_they_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(feature_store, "write_tensors", full)
    store = FeatureStore(tmp_path)
    store.keep("net", PHOTOS, FEATURES)
    assert store.find("net", PHOTOS) is None


def test_the_space_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_store, "_MOST_BYTES", 500)
    store = FeatureStore(tmp_path)
    for net in range(20):
        store.keep(f"net {net}", PHOTOS, FEATURES)
    assert sum(f.stat().st_size for f in tmp_path.glob("*/*")) < 1000


def test_what_changes_features_changes_the_key_and_nothing_else_does() -> None:
    setup = Setup(
        training="float32",
        inference="float32",
        channels_last=True,
        threads=2,
        training_speed=1.0,
        inference_speed=2.0,
    )
    manifest = Manifest("/photos", ("a", "b"), ())

    def key(size: int = 64, how: Setup = setup, **values: object) -> str:
        return network_key(tiny_recipe(**values), manifest, size, how)

    assert key() == key(optim__lr=0.5, train__epochs=9, model__freeze="backbone")
    others = [
        key(size=96),
        key(how=setup.model_copy(update={"inference": "bfloat16"})),
        key(model__backbone="resnet18"),
        key(model__pooling="max"),
        key(model__pretrained=False),
        key(model__pretrained=False, seed=1),
    ]
    assert len({key(), *others}) == 7
