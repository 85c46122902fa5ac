"""Fetches one file: goes on where an earlier try was cut off, and checks what came.

While it is fetched, a file ``NAME`` is called ``.NAME.fetching``, with ``.NAME.fetching.json``
beside it: where it comes from and which version it is. Both stay after a failure, so that the next
try asks for the rest alone (RFC 9110: ``Range`` with ``If-Range``), and go when the user cancels
or when they are a week old.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from finetune_gui.core import atomic
from finetune_gui.core.errors import WeightsError
from finetune_gui.core.job import Cancelled, JobContext

_CHUNK = 256 * 1024
# A server that hangs must not keep Cancel waiting; a slow one is asked again.
_TIMEOUT = httpx.Timeout(1.5, connect=2)
_MOST_SILENT_TRIES = 8
_WAIT_SECONDS = 0.2
_STALE_SECONDS = 7 * 24 * 3600
# What is kept is of another file, or already more than there is.
_NOT_THE_REST = (httpx.codes.PARTIAL_CONTENT, httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE)
_SUFFIX = ".fetching"
# Left free on the disk, for the runs that use the weights.
_SPARE_BYTES = 64 * 2**20
_SHA256 = re.compile(r"[0-9a-f]{64}")
# resnet50-0676ba61.pth: torchvision puts the first digits of the SHA-256 into the name.
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.pth$")


class NotThereError(Exception):
    """The server answers, but does not give the file. ``status`` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class Version:
    """Which file it is: the validator for ``If-Range``, the SHA-256 as far as it is known (a
    beginning or empty), and its length in bytes, 0 where it is not told.
    """

    url: str
    validator: str
    sha256: str
    length: int


def download(url: str, target: Path, expected_bytes: int, ctx: JobContext) -> None:
    """Fetch ``url`` to ``target``, whole and checked or not at all; tells bytes as progress.

    ``expected_bytes`` is shown as the whole where the server does not tell.

    Raises:
        Cancelled: the user stopped it; nothing is left behind.
        httpx.HTTPError: there is no network, or it broke down for good; what came is kept.
        NotThereError: the server does not have the file.
        WeightsError: too little room, another program fetches it, or it came damaged.
    """
    sweep_stale(target.parent)
    part = target.with_name(f".{target.name}{_SUFFIX}")
    with _alone(part, target):
        try:
            version = _fetch_all(url, part, target, expected_bytes, ctx)
            _check(part, version, target, ctx)
        except Cancelled:
            _forget(part)
            raise
        with atomic.replacing(target) as temporary:
            part.replace(temporary)
        _forget(part)


def sweep_stale(folder: Path) -> None:
    """Remove what was begun and not gone on with for a week."""
    for stray in folder.glob(f".*{_SUFFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - stray.stat().st_mtime > _STALE_SECONDS:
                stray.unlink()


@contextlib.contextmanager
def _alone(part: Path, target: Path) -> Iterator[None]:
    """See that no other program fetches the same file."""
    lock = FileLock(part.with_name(f"{part.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise WeightsError("error-weights-fetched-already", file=target.name) from error
    try:
        yield
    finally:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _fetch_all(url: str, part: Path, target: Path, expected_bytes: int, ctx: JobContext) -> Version:
    """Ask until everything is here; gives up after some tries that brought nothing."""
    silent = 0
    while True:
        before = _size(part)
        try:
            return _fetch_rest(url, part, target, expected_bytes, ctx)
        except httpx.TransportError:
            ctx.check_cancelled()
            silent = silent + 1 if _size(part) <= before else 0
            # Where nothing ever came there is no network: no use in asking again.
            if not _size(part) or silent >= _MOST_SILENT_TRIES:
                raise
            time.sleep(_WAIT_SECONDS)


def _fetch_rest(
    url: str, part: Path, target: Path, expected_bytes: int, ctx: JobContext
) -> Version:
    known, have = _known(part, url), _size(part)
    if known is not None and known.length and have == known.length:
        return known
    headers = {"Accept-Encoding": "identity"}
    if known is not None and have:
        headers |= {"Range": f"bytes={have}-", "If-Range": known.validator}
    with httpx.stream(
        "GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True
    ) as answer:
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT and _starts_at(answer, have)
        if not goes_on and "Range" in headers and answer.status_code in _NOT_THE_REST:
            _forget(part)
            return _fetch_rest(url, part, target, expected_bytes, ctx)
        if not goes_on and answer.status_code != httpx.codes.OK:
            raise NotThereError(answer.status_code)
        have = have if goes_on else 0
        version = known if goes_on and known is not None else _version(url, answer)
        total = version.length or expected_bytes
        _check_room(target, total - have)
        if not goes_on:
            part.unlink(missing_ok=True)
            atomic.write_text(_note(part), json.dumps(asdict(version)))
        with part.open("ab") as file:
            ctx.progress(have, max(total, have), "model-downloading")
            for chunk in answer.iter_raw():
                ctx.check_cancelled()
                file.write(chunk)
                ctx.progress(file.tell(), max(total, file.tell()), "model-downloading")
    return version


def _starts_at(answer: httpx.Response, have: int) -> bool:
    return str(answer.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _version(url: str, answer: httpx.Response) -> Version:
    """What the server tells; the hub does so before it sends one on to where the file lies."""
    linked = next(
        (
            a.headers["X-Linked-Etag"]
            for a in (*answer.history, answer)
            if "X-Linked-Etag" in a.headers
        ),
        "",
    ).strip('"')
    named = _HASH_IN_NAME.search(url)
    etag = str(answer.headers.get("ETag", ""))
    # A weak one says that two versions are alike, not that they are the same.
    validator = str(answer.headers.get("Last-Modified", "")) if etag[:2] in ("", "W/") else etag
    sha256 = linked if _SHA256.fullmatch(linked) else named[1] if named else ""
    return Version(url, validator, sha256, int(answer.headers.get("Content-Length", 0)))


def _check(part: Path, version: Version, target: Path, ctx: JobContext) -> None:
    """See that it came whole and unchanged."""
    size = _size(part)
    if version.length and size != version.length:
        _forget(part)
        raise WeightsError("error-weights-damaged", file=target.name, url=version.url)
    if not version.sha256:
        return
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while chunk := file.read(_CHUNK):
            ctx.check_cancelled()
            digest.update(chunk)
    if not digest.hexdigest().startswith(version.sha256):
        _forget(part)
        raise WeightsError("error-weights-damaged", file=target.name, url=version.url)


def _check_room(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if needed + _SPARE_BYTES > free:
        raise WeightsError(
            "error-weights-no-room",
            folder=str(target.parent),
            needed=f"{needed / 1e6:.0f}",
            free=f"{free / 1e6:.0f}",
        )


def _known(part: Path, url: str) -> Version | None:
    """Of which version there is a part; None where that cannot be gone on with."""
    try:
        version = Version(**json.loads(_note(part).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return version if version.url == url and version.validator else None


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)
