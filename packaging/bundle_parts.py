"""Which parts the bundle consists of: their licences for the About box, and a list for machines.

The files of the bundle (``sources.txt``, written while it is built) are traced to the Python
distribution or the package of the operating system that they came from.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import about
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

_LICENCE_NAME = re.compile(r"(licen[sc]e|copying|notice|authors)", re.IGNORECASE)
_FIRST_LINE = 120  # characters: some put the whole text where its name belongs
# Those that name none themselves: it only draws in other packages, each with its own.
_BY_HAND = {"cuda-toolkit": "NVIDIA CUDA Toolkit EULA"}
# The texts of licences whose distributions only name them.
_TEXTS = about.ROOT / "packaging" / "licences"
_TEXTS_OF = {"LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt"), "Apache": ("Apache-2.0.txt",)}


@dataclass
class Part:
    """One thing inside the bundle. ``kind`` is "pypi", "deb" or "generic", as in package URLs."""

    name: str
    version: str
    kind: str
    licence: str
    url: str = ""
    texts: list[Path] = field(default_factory=list)


def write(sources: Path, out: Path) -> list[Part]:
    """Write ``index.json``, the texts and ``sbom.cdx.json`` into ``out``; returns the parts.

    Exits with a message where a part has neither a licence's name nor its text: such a bundle must
    not be given to anybody.
    """
    files = [
        Path(line.split("\t")[1])
        for line in sources.read_text("utf-8").splitlines()
        if "\t" in line
    ]
    parts = [_python(), *_python_parts(files), *_system_parts(files)]
    unknown = [part.name for part in parts if not part.licence and not part.texts]
    if unknown:
        raise SystemExit(f"No licence is known of: {', '.join(unknown)}")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    index = []
    for part in parts:
        names = [_copy(part, number, text, out) for number, text in enumerate(part.texts)]
        index.append(
            {
                "name": part.name,
                "version": part.version,
                "licence": part.licence,
                "url": part.url,
                "texts": names,
            }
        )
    (out / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False), "utf-8")
    (out / "sbom.cdx.json").write_text(_sbom(parts), "utf-8")
    return parts


def _copy(part: Part, number: int, text: Path, out: Path) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", f"{part.name}-{number}-{text.name}")
    name = plain if plain.endswith((".txt", ".md", ".rst")) else f"{plain}.txt"
    shutil.copyfile(text, out / name)
    return name


def _python() -> Part:
    """The interpreter itself."""
    version = ".".join(map(str, sys.version_info[:3]))
    places = [
        Path(sys.base_prefix) / "LICENSE.txt",
        *Path(sys.base_prefix).glob("lib/python3*/LICENSE.txt"),
    ]
    texts = [path for path in places if path.is_file()][:1]
    return Part("Python", version, "generic", "PSF-2.0", "https://www.python.org", texts)


def _python_parts(files: Iterable[Path]) -> list[Part]:
    """The distributions that the files belong to, and those whose metadata is inside."""
    owners = _owners()
    found: dict[str, Distribution] = {}
    for file in files:
        owner = owners.get(str(file.resolve())) or _by_metadata(file)
        if owner is not None:
            found[owner.metadata["Name"]] = owner
    return [_part(found[name]) for name in sorted(found, key=str.casefold)]


@cache
def _owners() -> dict[str, Distribution]:
    """The distribution of each installed file."""
    return {
        str(Path(str(distribution.locate_file(file))).resolve()): distribution
        for distribution in distributions()
        for file in distribution.files or ()
    }


def _by_metadata(file: Path) -> Distribution | None:
    folder = next((p for p in file.parents if p.suffix == ".dist-info"), None)
    return None if folder is None else Distribution.at(folder)


def _part(distribution: Distribution) -> Part:
    about_it = distribution.metadata
    texts = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or ()
        if ".dist-info" in str(file) and _LICENCE_NAME.search(file.name)
    ]
    licence = _licence_name(distribution)
    texts = [text for text in texts if text.is_file()] or _known_texts(licence)
    urls = [line.split(",", 1)[1].strip() for line in about_it.get_all("Project-URL") or ()]
    return Part(
        name=about_it["Name"],
        version=distribution.version,
        kind="pypi",
        licence=licence,
        url=about_it.get("Home-page") or (urls[0] if urls else ""),
        texts=texts,
    )


def _known_texts(licence: str) -> list[Path]:
    names = (names for start, names in _TEXTS_OF.items() if licence.startswith(start))
    return [_TEXTS / name for name in next(names, ())]


def _licence_name(distribution: Distribution) -> str:
    """The licence as its distribution names it; the classifier where the field holds a text."""
    metadata = distribution.metadata
    given = metadata.get("License-Expression") or metadata.get("License") or ""
    short = given.strip().splitlines()[0] if given.strip() else ""
    if short and len(short) <= _FIRST_LINE and short != "UNKNOWN":
        return short
    if distribution.metadata["Name"] in _BY_HAND:
        return _BY_HAND[distribution.metadata["Name"]]
    marks = [c for c in metadata.get_all("Classifier") or () if c.startswith("License ::")]
    return ", ".join(mark.rsplit(" :: ", 1)[1] for mark in marks)


def _system_parts(files: Iterable[Path]) -> list[Part]:
    """Packages of the system whose libraries were taken along, on Debian and its kin."""
    if shutil.which("dpkg-query") is None:
        return []
    paths = {str(p.resolve()) for p in files if str(p).startswith(("/lib/", "/usr/lib/"))}
    # Debian lists /usr/lib/… as /lib/… in some packages, since both are one folder.
    asked = sorted(paths | {path.removeprefix("/usr") for path in paths})
    if not asked:
        return []
    found = subprocess.run(
        ["dpkg-query", "--search", *asked], capture_output=True, text=True, check=False
    )
    names = {line.split(":", 1)[0] for line in found.stdout.splitlines() if ": " in line}
    return [_system_part(name) for name in sorted(names)]


def _system_part(name: str) -> Part:
    shown = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Version}\\n${Homepage}\\n", name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    copyright_file = Path("/usr/share/doc") / name / "copyright"
    texts = [copyright_file] if copyright_file.is_file() else []
    licences = _short_names(copyright_file) if texts else ""
    return Part(name, shown[0], "deb", licences, shown[1] if len(shown) > 1 else "", texts)


def _short_names(file: Path) -> str:
    """The licences that a machine-readable copyright file of Debian names."""
    text = file.read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"^License: *(\S.*)$", text, flags=re.MULTILINE)
    return ", ".join(dict.fromkeys(name.strip() for name in found))[:_FIRST_LINE]


def _sbom(parts: Iterable[Part]) -> str:
    """The parts as CycloneDX 1.6."""
    bom = Bom()
    program = Component(name=about.NAME, version=about.version(), type=ComponentType.APPLICATION)
    bom.metadata.component = program
    for part in parts:
        licences = [DisjunctiveLicense(name=part.licence)] if part.licence else []
        url = PackageURL(type=part.kind, name=part.name.lower(), version=part.version)
        component = Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            licenses=licences,
            purl=url,
            bom_ref=str(url),
        )
        bom.components.add(component)
        bom.register_dependency(program, [component])
    return JsonV1Dot6(bom).output_as_string(indent=1)
