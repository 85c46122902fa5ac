"""The bundle as a .deb and as an archive with an installer for one user."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

import about
import make_icons

LINUX = about.ROOT / "packaging" / "linux"
# What Qt's platform plugins need of the system, and a font that has Chinese.
DEPENDS = (
    *("libegl1", "libgl1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0"),
    *("libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0"),
    *("libxcb-xinerama0", "libxcb-xkb1", "libxkbcommon-x11-0", "libdbus-1-3", "libfontconfig1"),
    *("libglib2.0-0", "libwayland-cursor0"),
    "fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei",
)
_LEVEL = 10  # of zstd: a higher one takes many minutes for a few per cent


def libc() -> str:
    """The dependency on the C library: what was built with one runs with it and with later ones."""
    version = platform.libc_ver()[1]
    return f"libc6 (>= {version})" if version else "libc6"


def make_deb(bundle: Path, build: Path, dist: Path) -> Path:
    """Write the package into ``dist``; returns its path."""
    tree = build / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    home = tree / "usr" / "lib" / about.NAME
    home.parent.mkdir(parents=True)
    _link_tree(bundle, home)
    commands = tree / "usr" / "bin"
    commands.mkdir()
    for name in (about.NAME, f"{about.NAME}-window"):
        (commands / name).symlink_to(f"../lib/{about.NAME}/{name}")
    share(tree / "usr" / "share", build / "icons")
    doc = tree / "usr" / "share" / "doc" / about.NAME
    doc.mkdir(parents=True)
    (doc / "copyright").write_text(_copyright(), encoding="utf-8")
    shutil.copyfile(about.ROOT / "CHANGELOG.md", doc / "CHANGELOG.md")
    control = tree / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(_control(tree, about.flavour(bundle)), encoding="utf-8")
    _settle(tree)
    name = f"{about.NAME}_{about.version()}_{about.flavour(bundle)}_{about.machine()}.deb"
    out = dist / name
    # All processors, which is what it does by itself: Ubuntu 22.04 knows no --threads-max.
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{_LEVEL}"]
    fixed = {"SOURCE_DATE_EPOCH": str(about.epoch())}
    subprocess.run(
        [*command, "--build", str(tree), str(out)],
        check=True,
        env={**os.environ, **fixed},
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(tree)
    return out


def make_archive(bundle: Path, build: Path, dist: Path) -> Path:
    """Write the archive into ``dist``; returns its path."""
    name = f"{about.NAME}-{about.version()}-{about.flavour(bundle)}-linux-{about.machine()}"
    tree = build / "archive" / name
    shutil.rmtree(tree.parent, ignore_errors=True)
    tree.mkdir(parents=True)
    _link_tree(bundle, tree / about.NAME)
    share(tree / "share", build / "icons")
    shutil.copy(LINUX / "install.sh", tree / "install.sh")
    shutil.copyfile(about.ROOT / "LICENSE", tree / "LICENSE")
    (tree / "README.txt").write_text(_read_me(), encoding="utf-8")
    _settle(tree)
    (tree / "install.sh").chmod(0o755)
    out = dist / f"{name}.tar.zst"
    out.unlink(missing_ok=True)
    owner = [
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        f"--mtime=@{about.epoch()}",
    ]
    packer = f"--use-compress-program=zstd -q -T0 -{_LEVEL}"
    command = ["tar", *owner, packer, "-cf", str(out), "-C", str(tree.parent), name]
    subprocess.run(command, check=True)
    shutil.rmtree(tree.parent)
    return out


def share(folder: Path, icons: Path) -> None:
    """Menu entry, icons, metadata and file types, as ``/usr/share`` has them."""
    for source, target in (
        ("finetune-gui.desktop", "applications/finetune-gui.desktop"),
        ("finetune-gui.xml", "mime/packages/finetune-gui.xml"),
    ):
        _copy(LINUX / source, folder / target)
    date = time.strftime("%Y-%m-%d", time.gmtime(about.epoch()))
    text = (LINUX / "finetune-gui.metainfo.xml").read_text(encoding="utf-8")
    metainfo = folder / "metainfo" / "finetune-gui.metainfo.xml"
    metainfo.parent.mkdir(parents=True)
    filled = text.replace("@VERSION@", about.version()).replace("@DATE@", date)
    metainfo.write_text(filled, encoding="utf-8")
    for size in make_icons.SIZES:
        drawn = make_icons.png(icons, size)
        _copy(drawn, folder / "icons" / drawn.relative_to(icons))
    _copy(icons / "app.svg", folder / "icons/hicolor/scalable/apps" / f"{about.NAME}.svg")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _link_tree(source: Path, target: Path) -> None:
    """A copy that takes no room: gigabytes are only packed, never changed."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)


def _settle(tree: Path) -> None:
    """Rights as packages have them: all may read, programs may be run."""
    for path in tree.rglob("*"):
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)


def _control(tree: Path, flavour: str) -> str:
    size = sum(p.lstat().st_size for p in tree.rglob("*") if p.is_file() and not p.is_symlink())
    device = "NVIDIA graphics cards and the CPU" if flavour == "gpu" else "the CPU"
    fields = {
        "Package": about.NAME,
        "Version": about.version(),
        "Architecture": about.machine(),
        "Maintainer": about.MAINTAINER,
        "Installed-Size": str(size // 1024),
        "Depends": ", ".join((libc(), *DEPENDS)),
        "Section": "science",
        "Priority": "optional",
        "Description": f"{about.SUMMARY}\n"
        " Drop a folder of photos on the window, look at them and at what\n"
        " augmentation does, train a pretrained network, see its mistakes and\n"
        " ask it about new photos. Everything stays on this computer.\n"
        " .\n"
        f" This package computes on {device}.",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def _copyright() -> str:
    own = (about.ROOT / "LICENSE").read_text(encoding="utf-8")
    where = f"/usr/lib/{about.NAME}/_internal/resources/licences"
    return (
        f"{own}\nThe licences of all bundled parts lie in {where},\nand the About box shows them.\n"
    )


def _read_me() -> str:
    return (
        f"{about.TITLE} {about.version()}\n\n"
        "./install.sh            install for yourself; no password is needed\n"
        "./install.sh --remove   remove it again; your runs are kept\n\n"
        "安装：./install.sh （无需管理员密码）\n卸载：./install.sh --remove （保留您的运行记录）\n"
    )
