"""What the installers say of the program agrees with the program, and with itself."""

from __future__ import annotations

import configparser
import ctypes
import importlib.util
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from finetune_gui import __version__
from finetune_gui.core.paths import APP_NAME

ROOT = Path(__file__).resolve().parents[3]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"


def script(name: str) -> ModuleType:
    """A module of the folder `packaging`, which is no package."""
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(LINUX / "finetune-gui.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_version_is_that_of_the_program() -> None:
    assert script("about").version() == __version__


def test_the_menu_entry_belongs_to_the_window(entry: configparser.SectionProxy) -> None:
    # By these names the desktop finds icon and window.
    assert entry["Icon"] == APP_NAME == entry["StartupWMClass"]
    assert entry["Exec"] == "finetune-gui-window --open %f"
    assert {"Name", "Name[zh_CN]", "Comment", "Comment[zh_CN]"} <= set(entry)


def test_file_types_are_declared_where_they_are_used(entry: configparser.SectionProxy) -> None:
    types = (LINUX / "finetune-gui.xml").read_text(encoding="utf-8")
    declared = set(re.findall(r'<mime-type type="([^"]+)">', types))
    assert set(entry["MimeType"].strip(";").split(";")) == declared
    metainfo = (LINUX / "finetune-gui.metainfo.xml").read_text(encoding="utf-8")
    assert set(re.findall(r"<mediatype>([^<]+)</mediatype>", metainfo)) == declared


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="not installed")
def test_the_menu_entry_is_valid() -> None:
    file = LINUX / "finetune-gui.desktop"
    found = subprocess.run(
        ["desktop-file-validate", str(file)], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="not installed")
def test_the_description_for_software_centres_is_valid(tmp_path: Path) -> None:
    text = (LINUX / "finetune-gui.metainfo.xml").read_text(encoding="utf-8")
    file = tmp_path / "finetune-gui.metainfo.xml"
    filled = text.replace("@VERSION@", __version__).replace("@DATE@", "2026-01-01")
    file.write_text(filled, encoding="utf-8")
    found = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


@pytest.mark.skipif(shutil.which("makensis") is None, reason="not installed")
def test_the_installer_for_windows_compiles(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "finetune-gui-window.exe").write_bytes(b"MZ")
    (bundle / "_internal" / "文件.txt").write_text("x", encoding="utf-8")
    icon = tmp_path / "app.ico"
    from PIL import Image

    Image.open(ROOT / "resources" / "icons" / "app.png").save(icon)
    out = tmp_path / f"finetune-gui-{__version__}-setup.exe"
    defined = {"VERSION": __version__, "BUNDLE": bundle, "ICON": icon, "OUT": out}
    words = [f"-D{name}={value}" for name, value in defined.items()]
    installer = str(PACKAGING / "windows" / "installer.nsi")
    found = subprocess.run(
        ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, installer],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert out.stat().st_size > 50_000


@pytest.mark.parametrize(
    ("name", "unused"),
    [
        ("torch/include/ATen/ATen.h", True),
        ("torch/lib/libtorch_cpu.so", False),
        ("torch/bin/torch_shm_manager", False),
        ("torch/bin/protoc", True),
        ("torch\\include\\torch\\all.h", True),
        ("timm/models/resnet.py", False),
        ("sklearn/tests/test_base.py", True),
        ("babel/locale-data/de.dat", True),
        ("babel/locale-data/zh_Hans_CN.dat", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("resources/demo/fashion/boot/1.png", False),
    ],
)
def test_only_what_nobody_uses_is_left_out(name: str, *, unused: bool) -> None:
    assert script("unused").is_unused(name) is unused


def test_links_go_with_what_they_lead_to() -> None:
    gone = "openvino/libs/libopenvino_onnx_frontend.so.2640"
    entries = [
        ("libopenvino_onnx_frontend.so.2640", gone, "SYMLINK"),
        ("torch/lib/libgomp.so.1", "../../tests/libgomp.so.1", "SYMLINK"),
        ("libc10.so", "torch/lib/libc10.so", "SYMLINK"),
        ("torch/lib/libc10.so", "/home/anna/tests/libc10.so", "BINARY"),
    ]
    assert script("unused").without_unused(entries) == entries[2:]


def test_torch_comes_before_qt_in_the_bundle_for_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "torch" / "lib" / "c10.dll"
    library.parent.mkdir(parents=True)
    library.touch()
    loaded: list[str] = []
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setattr(ctypes, "CDLL", loaded.append)
    runpy.run_path(str(PACKAGING / "windows" / "torch_before_qt.py"))
    assert loaded == [str(library)]


def test_where_git_lists_nothing_nothing_counts_as_tested(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    shutil.copy(PACKAGING / "tested.sh", tmp_path / "packaging")
    done = subprocess.run(
        ["sh", "packaging/tested.sh", "keep"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert not (tmp_path / "packaging" / "tested.txt").exists()


def test_the_workflow_installs_what_qt_needs() -> None:
    setup = (PACKAGING / "setup_env.sh").read_text(encoding="utf-8")
    needed = set(re.findall(r"^lib\S+\.so\.\d+ (\S+)$", setup, flags=re.MULTILINE))
    workflow = (ROOT / ".github" / "workflows" / "packages.yml").read_text(encoding="utf-8")
    assert needed <= set(workflow.split())


def test_what_the_package_needs_is_what_the_setup_installs() -> None:
    """Both lists name the libraries that Qt expects of the system."""
    source = (PACKAGING / "linux_packages.py").read_text(encoding="utf-8")
    declared = set(re.findall(r'"(lib[a-z0-9.-]+)"', source)) - {"libc6"}
    setup = (PACKAGING / "setup_env.sh").read_text(encoding="utf-8")
    assert declared == set(re.findall(r"^lib\S+\.so\.\d+ (\S+)$", setup, flags=re.MULTILINE))
