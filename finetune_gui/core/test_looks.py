"""How often the test photos were looked at.

Whoever looks at the test photos, changes something and looks again, chooses by them: each look
makes their figure a little too good (Dwork et al. 2015, "The reusable holdout"). It is not
forbidden, but counted. What counts is that a model's figures on them were told: at the end of a
training and at each evaluation, not when a figure that is known already is shown again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest


def version_of(photos: Iterable[tuple[str, str, str]]) -> str:
    """A name for a set of test photos: by relative path, class and fingerprint of each.

    Of a fingerprint the size alone counts and not the time of change: a folder that was copied
    holds the same photos.
    """
    digest = hashlib.sha256()
    for path, label, fingerprint in sorted(photos):
        size = fingerprint.partition("-")[0]
        digest.update(f"{path}\0{label}\0{size}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def version_in(manifest: Manifest) -> str:
    """That of the test photos of a run; empty where it has none."""
    photos = [
        (entry.path, entry.label, entry.fingerprint)
        for entry in manifest.samples
        if entry.split == "test"
    ]
    return version_of(photos) if photos else ""


def add(paths: AppPaths, version: str, run: str) -> None:
    """Note that a model was judged by these photos; nothing for an empty version.

    Where that cannot be written it is not noted: nobody's evaluation fails for it.
    """
    if not version:
        return
    told = {"data": version, "time": time.time(), "run": run}
    # One short line, so that processes that do this at once do not mix theirs; a line that a kill
    # cut short before ends here.
    line = b"\n" + json.dumps(told).encode() + b"\n"
    with contextlib.suppress(OSError), paths.test_looks_file.open("ab") as file:
        file.write(line)


def count(paths: AppPaths, version: str) -> int:
    """How often models were judged by these photos; 0 where nothing is known of it."""
    return sum(1 for found in _read(paths.test_looks_file) if found == version) if version else 0


def _read(file: Path) -> Iterator[str]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield str(json.loads(line)["data"])
        except (ValueError, KeyError, TypeError):  # an empty one, or cut short by a kill
            continue
