"""Ask the coach about a run: gathers what its rules look at from the run folder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from finetune_gui.core.coach.facts import DataFacts, Facts, Machine
from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.coach.rules import findings
from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import describe_photo

_CHUNK = 2**20
_MEASURED = 15  # photos tell what a typical one is like


@dataclass(frozen=True)
class AskCoach:
    """What the coach says of the run at ``path``, live or over."""

    path: Path
    lane: Lane = Lane.READ
    title: str = "coach-job"

    def run(self, ctx: JobContext) -> tuple[Finding, ...]:
        """The findings, the most important first.

        Raises:
            RunError: there is no run, or it has not looked at its photos yet.
            Cancelled: the user asked it to stop.
        """
        run = RunFolder.open(self.path)
        return findings(gather(run, ctx))


def gather(run: RunFolder, ctx: JobContext) -> Facts:
    """All that the rules look at."""
    manifest = run.read_manifest()
    facts = DataFacts.of(manifest)
    facts = replace(facts, leaks=tuple(_leaks(manifest, ctx)))
    matrix = _matrix(run, manifest)
    if matrix:
        facts = replace(facts, matrix=matrix, mistakes=tuple(_mistakes(run)))
    facts = replace(facts, photo_side=_photo_side(manifest, ctx), input_side=_input_side(run))
    return Facts(run.read_recipe(), run.read_history(), facts, Machine.of(manifest.device))


def _photo_side(manifest: Manifest, ctx: JobContext) -> int:
    """The shorter side of a typical photo in pixels, from a few over all; 0 where none is there."""
    readable = [entry for entry in manifest.samples if entry.path not in manifest.skipped]
    sides = []
    for entry in readable[:: max(1, len(readable) // _MEASURED)]:
        ctx.check_cancelled()
        sides.append(_shorter_side(Path(manifest.dataset) / entry.path, entry.fingerprint))
    known = sorted(side for side in sides if side)
    return known[len(known) // 2] if known else 0


@lru_cache(maxsize=10_000)
def _shorter_side(path: Path, _fingerprint: str) -> int:
    """In pixels; 0 where the photo cannot be read."""
    try:
        facts = describe_photo(path)
    except PhotoError:
        return 0
    return min(facts.width, facts.height)


def _input_side(run: RunFolder) -> int:
    """The side of what the network is given, in pixels; 0 while there is no model."""
    try:
        found = json.loads(run.model_info_file.read_text(encoding="utf-8"))
        return int(found["preprocessing"]["input_size"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _matrix(run: RunFolder, manifest: Manifest) -> tuple[tuple[int, ...], ...]:
    try:
        found = json.loads((run.evaluation / "metrics.json").read_text(encoding="utf-8"))
        rows = tuple(tuple(int(n) for n in row) for row in found["confusion_matrix"])
        known = tuple(found["classes"]) == manifest.classes
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return rows if known else ()


def _mistakes(run: RunFolder) -> Iterator[tuple[str, str, str]]:
    """(path, true class, answer) of the wrong answers, the surest first."""
    try:
        with (run.evaluation / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["truth"] != row["label"]]
            rows.sort(key=lambda row: -float(row["confidence"]))
    except (OSError, ValueError, KeyError):
        return
    yield from ((row["path"], row["truth"], row["label"]) for row in rows)


def _leaks(manifest: Manifest, ctx: JobContext) -> Iterator[str]:
    """Photos to judge by whose very bytes are also among the training photos.

    Only files of one size are read, and each only once while the program runs.
    """
    root = Path(manifest.dataset)
    trained: dict[str, list[ManifestEntry]] = defaultdict(list)
    for entry in manifest.samples:
        if entry.split == "train":
            trained[_size(entry)].append(entry)
    for entry in manifest.samples:
        if entry.split == "train" or _size(entry) not in trained:
            continue
        ctx.check_cancelled()
        content = _digest(root / entry.path, entry.fingerprint)
        others = (_digest(root / o.path, o.fingerprint) for o in trained[_size(entry)])
        if content and content in others:
            yield entry.path


def _size(entry: ManifestEntry) -> str:
    return entry.fingerprint.partition("-")[0]


@lru_cache(maxsize=200_000)
def _digest(path: Path, _fingerprint: str) -> bytes:
    """What a file holds, in short; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return b""
    return digest.digest()
