"""Runs to make scripts of, and where weights may lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.core.weights_places import WeightsPlaces


@pytest.fixture
def places(paths: AppPaths) -> WeightsPlaces:
    return WeightsPlaces.of(paths)


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """A run folder with this recipe, that learned nothing."""

    def make(manifest: dict[str, Any] | None = None, **values: Any) -> RunFolder:
        asked = {key.replace("__", "."): value for key, value in values.items()}
        run = RunFolder.create(tmp_path / f"run {len(list(tmp_path.iterdir()))}", Recipe())
        run.recipe_file.unlink()
        from finetune_gui.core.recipe import save

        save(with_values(Recipe(), asked), run.recipe_file)
        entries = tuple(
            ManifestEntry(f"{label}/{n}.jpg", label, split, "1-1")
            for label in ("cat", "dog")
            for n, split in enumerate(("train", "train", "validation", "test"))
        )
        found = Manifest(str(tmp_path / "photos"), ("cat", "dog"), entries)
        run.write_manifest(replace(found, **(manifest or {})))
        return run

    return make
