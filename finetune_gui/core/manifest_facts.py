"""What the list of runs wants to know of a manifest, without reading every photo in it.

Of many photos a manifest is large: taking it apart takes seconds, hashing it a moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from finetune_gui.core.errors import RunError
from finetune_gui.core.run_folder import Manifest, RunFolder

# How `RunFolder.write_manifest` writes: no line break can stand inside a text.
_BEGIN, _END, _ENTRY = b'\n "samples": [', b"\n ],\n", b"\n  {"
_DIGITS = 12


@dataclass(frozen=True)
class ManifestFacts:
    """``version`` is a fingerprint of the photos: 12 hexadecimal digits.

    The same photos (path, size and time of change) with the same classes and splits have the same
    version, wherever their folder is. ``n_photos`` counts those that could be read.
    """

    dataset: str
    n_photos: int
    version: str
    parent: str


def read_facts(run: RunFolder) -> ManifestFacts:
    """The facts of a run.

    Raises:
        RunError: it ended before it had looked at its data, or the file is broken.
    """
    try:
        data = run.manifest_file.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise RunError("error-run-broken", path=str(run.path)) from error
    head, begin, rest = data.partition(_BEGIN)
    photos, end, tail = rest.partition(_END)
    if not (begin and end):
        return _facts_of(run.read_manifest())
    try:
        known = json.loads(head.rstrip().removesuffix(b",") + b"}") | json.loads(b"{" + tail)
        gone = [_line(path) for path in known["skipped"] if _line(path) in photos]
        n = photos.count(_ENTRY) - len(gone)
        return ManifestFacts(
            str(known["dataset"]), n, _version(photos, gone), str(known.get("parent", ""))
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RunError("error-run-broken", path=str(run.path)) from error


def _facts_of(manifest: Manifest) -> ManifestFacts:
    """The same facts, from a manifest that was written in another way."""
    entries = [asdict(entry) for entry in manifest.samples]
    written = json.dumps({"samples": entries}, ensure_ascii=False, indent=1)
    data = written.encode("utf-8", "backslashreplace")
    photos = data.partition(_BEGIN)[2].removesuffix(b"\n ]\n}")
    gone = [_line(path) for path in manifest.skipped if _line(path) in photos]
    n = len(entries) - len(gone)
    return ManifestFacts(manifest.dataset, n, _version(photos, gone), manifest.parent)


def _line(path: str) -> bytes:
    """The line of a manifest that names a photo."""
    found: dict[str, Any] = {"path": path}
    text = json.dumps(found, ensure_ascii=False)[1:-1]
    return f"   {text},\n".encode("utf-8", "backslashreplace")


def _version(photos: bytes, gone: Iterable[bytes]) -> str:
    return hashlib.sha256(photos + b"".join(sorted(gone))).hexdigest()[:_DIGITS]
