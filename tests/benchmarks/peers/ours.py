"""This program's side: ``finetune-gui train --json`` with the default recipe, as users start it.

The photo cache is empty and precision is not measured yet: every run gets folders of its own.
Each new best model is copied the moment it is told of, and judged on the test photos after the
run by ``finetune-gui evaluate``, so the run itself pays for none of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import race

_MODEL = ("model.safetensors", "model.json")
_STORY = ("recipe.toml", "manifest.json")
# What the command has imported by the time it looks at photos.
_IMPORTS = "import finetune_gui.cli, finetune_gui.engine.training, finetune_gui.engine.augmentation"


@dataclass(frozen=True)
class Run:
    """One run of the program in ``folder``, which is its own."""

    dataset: Path
    seed: int
    threads: int
    folder: Path

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder / "run"

    def command(self, *words: str) -> list[str]:
        """The program with folders of this run's own."""
        base = str(self.folder / "program")
        return [sys.executable, "-m", "finetune_gui", "--basedir", base, *words]

    def train(self) -> dict[str, Any]:
        """The curve; ``kept`` marks each new best model, ``test`` is there for those alone."""
        # One seed for the order and augmentation, and one for which photos are held back.
        seeds = [f"{key}={self.seed}" for key in ("seed", "data.split_seed")]
        words = [str(self.dataset), "--json", "--out", str(self.path)]
        command = self.command("train", *words, "--set", seeds[0], "--set", seeds[1])
        found: dict[str, Any] = {"points": [], "imports": self._imports(), "load": race.load()}
        for seconds, event in race.lines(command, self.threads, self.folder / "train.log"):
            self._note(found, round(seconds, 2), event)
        for point in found["points"]:
            point["test"] = self._test_accuracy(point["epoch"]) if point["kept"] else None
        return found

    def _note(self, found: dict[str, Any], seconds: float, event: dict[str, Any]) -> None:
        match event["kind"]:
            case "baseline_finished" | "epoch":
                epoch, kept = event.get("epoch", 0), event.get("best", True)
                if kept:
                    self._copy_model(epoch)
                point = {"seconds": seconds, "epoch": epoch, "validation": event["val_accuracy"]}
                found["points"].append({**point, "kept": kept})
            case "run_finished":
                found["total"] = seconds
            case "evaluated":
                found["evaluated"] = event["accuracy"]

    def _copy_model(self, epoch: int) -> None:
        """It is written before it is told of, and the next one is an epoch away."""
        copy = self._copy(epoch)
        copy.mkdir()
        for name in _MODEL:
            shutil.copy2(self.path / name, copy / name)
        assert json.loads((copy / "model.json").read_text(encoding="utf-8"))["epoch"] == epoch

    def _copy(self, epoch: int) -> Path:
        return self.folder / f"model-{epoch}"

    def _test_accuracy(self, epoch: int) -> float:
        copy = self._copy(epoch)
        for name in _STORY:
            shutil.copy2(self.path / name, copy / name)
        done = subprocess.run(
            self.command("evaluate", str(copy), "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            cwd=race.ROOT,
            env=race.environment(self.threads),
        )
        result = json.loads(done.stdout)
        assert result["split"] == "test"
        accuracy: float = result["accuracy"]
        return accuracy

    def _imports(self) -> float:
        """Measured by themselves, since the program imports while it works."""
        begun = time.monotonic()
        subprocess.run(
            [sys.executable, "-c", _IMPORTS],
            check=True,
            cwd=race.ROOT,
            env=race.environment(self.threads),
        )
        return round(time.monotonic() - begun, 2)

    def split(self) -> tuple[tuple[str, ...], dict[str, tuple[tuple[str, str], ...]]]:
        """The classes, and the photos of each split with their classes, for the peers."""
        manifest = json.loads((self.path / "manifest.json").read_text(encoding="utf-8"))
        root = Path(manifest["dataset"])
        photos: dict[str, list[tuple[str, str]]] = {"train": [], "validation": [], "test": []}
        for sample in manifest["samples"]:
            if sample["path"] not in manifest["skipped"]:
                photos[sample["split"]].append((str(root / sample["path"]), sample["label"]))
        return tuple(manifest["classes"]), {name: tuple(some) for name, some in photos.items()}
