"""The parts that the program is made of, with their licences.

An installer writes the list beside the program (``resources/licences``). Elsewhere the same is
gathered from what Python's packages say of themselves.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from finetune_gui import __version__
from finetune_gui.core.errors import UserError
from finetune_gui.core.paths import APP_NAME, resource

_IS_TEXT = re.compile(r"licen[cs]e|copying|notice|authors|third.?party", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ALL_EXTRAS = re.compile(r"""extra\s*==\s*['"]all['"]""")
_LONGEST = 80  # of a licence's name; some packages put its whole text in that place
# What comes with the program and is no package: name, version, licence, address, text.
_OWN = (
    ("Lucide icons", "", "ISC", "https://lucide.dev", ("icons", "LICENSE.txt")),
    (
        "Fashion-MNIST (demo photos)",
        "",
        "MIT",
        "https://github.com/zalandoresearch/fashion-mnist",
        ("demo", "LICENSE.txt"),
    ),
)


@dataclass(frozen=True)
class Part:
    """One part. ``texts`` are the files with its licences; ``url`` may be empty."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...] = ()
    url: str = ""

    def read(self) -> str:
        """All its texts, one after the other; empty when it brought none. Raises `OSError`."""
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in self.texts]
        return "\n\n\n".join(text.strip() for text in texts)


def parts() -> tuple[Part, ...]:
    """Every part, the program first, then by name.

    Raises:
        UserError: the list that the installer wrote cannot be read.
    """
    listed = resource("licences", "index.json")
    found = _from_index(listed) if listed.is_file() else [_program(), _python(), *_installed()]
    names = {part.name.casefold() for part in found}
    own = [part for part in _own() if part.name.casefold() not in names]
    return tuple(sorted([*found, *own], key=_program_first))


def bill_of_materials() -> Path | None:
    """The SBOM (CycloneDX, JSON); None where no installer brought one."""
    path = resource("licences", "sbom.cdx.json")
    return path if path.is_file() else None


def _program_first(part: Part) -> tuple[bool, str]:
    return part.name != APP_NAME, part.name.casefold()


def _from_index(file: Path) -> list[Part]:
    try:
        entries: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return [
            Part(
                str(entry["name"]),
                str(entry["version"]),
                str(entry["licence"]),
                # Only the name: a list must not lead out of its folder.
                tuple(file.parent / Path(str(text)).name for text in entry["texts"]),
                str(entry.get("url") or ""),
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError("error-licences-broken", path=str(file)) from error


def _own() -> list[Part]:
    return [
        Part(name, version, licence, (resource(*text),), url)
        for name, version, licence, url, text in _OWN
        if resource(*text).is_file()
    ]


def _program() -> Part:
    """From a checkout that was never installed there is no more to say than this."""
    try:
        return _part(distribution(APP_NAME))
    except PackageNotFoundError:
        return Part(APP_NAME, __version__, "MIT")


def _python() -> Part:
    # Where it lies in Windows' and in other installations.
    places = (
        Path(sys.base_prefix) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE",
        Path(json.__file__).parents[1] / "LICENSE.txt",
    )
    texts = tuple(path for path in places if path.is_file())[:1]
    version = platform.python_version()
    return Part("Python", version, "PSF-2.0", texts, "https://www.python.org")


def _installed() -> Iterator[Part]:
    """What the program needs, what that needs, and so on; with the extras that are there."""
    for found in _needed(APP_NAME, distribution):
        yield _part(found)


def _needed(root: str, find: Callable[[str], Distribution]) -> Iterator[Distribution]:
    """The distributions that ``root`` requires, without ``root`` itself; those missing are not."""
    seen = {_plain(root)}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        try:
            found = find(name)
        except PackageNotFoundError:
            continue
        if name != root:
            yield found
        for required in _requirements(found, is_root=name == root):
            if _plain(required) not in seen:
                seen.add(_plain(required))
                waiting.append(required)


def _requirements(found: Distribution, *, is_root: bool) -> Iterator[str]:
    """Names; of extras only those that an installation with all of them has.

    Conditions (a system, a version of Python) need not be understood: what does not hold here is
    not installed.
    """
    for line in found.requires or ():
        name = _NAME.match(line)
        of_an_extra = "extra" in line.partition(";")[2]
        if name and (not of_an_extra or (is_root and _ALL_EXTRAS.search(line))):
            yield name.group()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _part(found: Distribution) -> Part:
    return Part(
        found.metadata["Name"], found.version, _licence(found), _texts(found), _address(found)
    )


def _licence(found: Distribution) -> str:
    told = _told(found, "License-Expression") or _told(found, "License")
    if told and told != "UNKNOWN" and len(told) <= _LONGEST and "\n" not in told:
        return told
    of_kind = "License :: "
    kinds = [c for c in found.metadata.get_all("Classifier") or () if c.startswith(of_kind)]
    names = [kind.rpartition(" :: ")[2] for kind in kinds]
    return ", ".join(names) or _short(told)


def _short(told: str) -> str:
    """An expression that is merely long stays; of a whole text its first line is told."""
    first = told.strip().partition("\n")[0]
    return first if first != "UNKNOWN" else ""


def _texts(found: Distribution) -> tuple[Path, ...]:
    files = [f for f in found.files or () if f.parts[0].endswith(".dist-info")]
    texts = [Path(str(f.locate())) for f in files if _IS_TEXT.search(f.name)]
    return tuple(sorted(path for path in texts if path.is_file()))


def _address(found: Distribution) -> str:
    """Its home on the web, else the first address that it tells."""
    told = [line.partition(", ") for line in found.metadata.get_all("Project-URL") or ()]
    home = next((url for label, _, url in told if label.lower() in ("homepage", "home")), "")
    return home or _told(found, "Home-page") or next((url for _, _, url in told), "")


def _told(found: Distribution, field: str) -> str:
    return str((found.metadata.get_all(field) or [""])[0])
