"""What the program is made of: from an installer's list, and from what packages say."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from finetune_gui.core import licences
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.licences import Part, bill_of_materials, parts
from finetune_gui.jobs.list_parts import ListParts, ReadLicence

CTX = JobContext(lambda _event: None)


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder ``licences`` of a bundle."""
    monkeypatch.setattr(licences, "resource", tmp_path.joinpath)
    made = tmp_path / "licences"
    made.mkdir()
    return made


def write_index(folder: Path, *entries: dict[str, object]) -> None:
    (folder / "index.json").write_text(json.dumps(entries), encoding="utf-8")


def entry(name: str, **other: object) -> dict[str, object]:
    plain = {"name": name, "version": "1.0", "licence": "MIT", "texts": [], "url": ""}
    return plain | other


def install(
    site: Path, name: str, metadata: str = "", files: tuple[tuple[str, str], ...] = ()
) -> None:
    """Put a distribution without any code into ``site``."""
    info = site / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\n", encoding="utf-8"
    )
    record = [f"{info.name}/METADATA,,"]
    for file, text in files:
        path = info / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        record.append(f"{info.name}/{file},,")
    (info / "RECORD").write_text("\n".join(record), encoding="utf-8")


def found_in(site: Path, root: str) -> dict[str, Part]:
    """What ``root`` needs of what is installed in ``site``."""

    def find(name: str) -> Distribution:
        info = next(site.glob(f"{name.replace('-', '_')}-*.dist-info"), None)
        if info is None:
            raise PackageNotFoundError(name)
        return Distribution.at(info)

    needed = licences._needed(root, find)
    return {part.name: part for part in map(licences._part, needed)}


# The list of an installer


def test_the_list_of_an_installer(bundle: Path) -> None:
    (bundle / "qt.txt").write_text("GNU LESSER", encoding="utf-8")
    (bundle / "qt-2.txt").write_text("尾", encoding="utf-8")
    write_index(
        bundle,
        entry("Zlib"),
        entry("Qt", licence="LGPL-3.0", texts=["qt.txt", "qt-2.txt"], url="https://qt.io"),
        entry("finetune-gui"),
    )
    found = parts()
    assert [part.name for part in found] == ["finetune-gui", "Qt", "Zlib"]
    assert (found[1].licence, found[1].url) == ("LGPL-3.0", "https://qt.io")
    assert found[1].read() == "GNU LESSER\n\n\n尾"
    assert found[2].read() == ""


def test_a_list_does_not_lead_out_of_its_folder(bundle: Path) -> None:
    write_index(bundle, entry("a", texts=["../../secret.txt"]))
    assert parts()[0].texts == (bundle / "secret.txt",)


@pytest.mark.parametrize("text", ["", "{}x", '["a"]', '[{"name": "a"}]', "3"])
def test_a_broken_list_is_a_sentence(bundle: Path, text: str) -> None:
    (bundle / "index.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as told:
        parts()
    assert told.value.key == "error-licences-broken"
    assert str(bundle / "index.json") in told.value.sentence


def test_the_bill_of_materials(bundle: Path) -> None:
    assert bill_of_materials() is None
    file = bundle / "sbom.cdx.json"
    file.write_text("{}", encoding="utf-8")
    write_index(bundle, entry("finetune-gui"))
    found = ListParts().run(CTX)
    assert found.bill_of_materials == file
    assert [part.name for part in found.parts] == ["finetune-gui"]


# What packages say


def test_what_is_needed_is_followed_to_its_end(tmp_path: Path) -> None:
    needs = 'Requires-Dist: one>=1\nRequires-Dist: extra-one; extra == "all"\n'
    install(tmp_path, "root", needs + 'Requires-Dist: tester; extra == "test"')
    install(tmp_path, "one", "Requires-Dist: Two_x[fast] (>=1) ; python_version > '3'")
    install(tmp_path, "Two-x", "Requires-Dist: one\nRequires-Dist: gone")
    install(tmp_path, "extra-one", 'Requires-Dist: tester; extra == "all"')
    install(tmp_path, "tester")
    found = found_in(tmp_path, "root")
    # "Two_x" and "Two-x" are one package by two spellings.
    assert set(found) == {"one", "Two-x", "extra-one"}


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT AND Zlib", "MIT AND Zlib"),
        ("License: BSD-3-Clause", "BSD-3-Clause"),
        (
            "License: Copyright (c) 2001\n  all of the text\n"
            "Classifier: License :: OSI Approved :: BSD License",
            "BSD License",
        ),
        ("License: UNKNOWN", ""),
        ("", ""),
        (f"License-Expression: {'MIT AND ' * 12}Zlib", f"{'MIT AND ' * 12}Zlib"),
    ],
)
def test_names_of_licences(tmp_path: Path, metadata: str, licence: str) -> None:
    install(tmp_path, "root", "Requires-Dist: one")
    install(tmp_path, "one", metadata)
    assert found_in(tmp_path, "root")["one"].licence == licence


def test_texts_and_address(tmp_path: Path) -> None:
    install(tmp_path, "root", "Requires-Dist: one")
    urls = "Project-URL: Changes, https://a/changes\nProject-URL: Homepage, https://a"
    texts = (("licenses/LICENSE", "the licence"), ("NOTICE.md", "a notice"), ("other.txt", "no"))
    install(tmp_path, "one", urls, texts)
    part = found_in(tmp_path, "root")["one"]
    assert part.url == "https://a"
    assert ReadLicence(part).run(CTX) == "a notice\n\n\nthe licence"


def test_what_is_really_installed() -> None:
    found = {part.name.lower().replace("_", "-"): part for part in parts()}
    assert next(iter(found)) == "finetune-gui"
    assert {"torch", "pyside6-essentials", "shiboken6", "numpy", "lucide icons"} <= set(found)
    assert not {"pytest", "ruff", "mypy"} & set(found)
    assert "LGPL" in found["pyside6-essentials"].licence
    assert "Permission is hereby granted" in found["finetune-gui"].read()
    assert "Zalando" in found["fashion-mnist (demo photos)"].read()
