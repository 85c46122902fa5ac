"""Make the demo photos, resources/demo/fashion/CLASS/*.png, from Fashion-MNIST's original files.

Debian's package dataset-fashion-mnist holds those files. The photos are committed, so only
someone who wants other classes or another number of them has to run this.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np
from PIL import Image

SOURCE = Path("/usr/share/datasets/fashion-mnist")
TARGET = Path(__file__).resolve().parent.parent / "resources" / "demo" / "fashion"

# Label numbers as Fashion-MNIST counts them. The tops get confused with one another and so do
# the shoes, so a confusion matrix of the demo has something to tell.
CLASSES = {"t-shirt": 0, "pullover": 2, "dress": 3, "shirt": 6, "sneaker": 7, "ankle-boot": 9}
PHOTOS_PER_CLASS = 50


def read_idx(path: Path) -> np.ndarray:
    """Read one gzipped IDX file of unsigned bytes."""
    raw = gzip.decompress(path.read_bytes())
    dimensions = raw[3]
    start = 4 + 4 * dimensions
    shape = np.frombuffer(raw, dtype=">u4", offset=4, count=dimensions)
    return np.frombuffer(raw, dtype=np.uint8, offset=start).reshape(shape)


def make_demo(source: Path, target: Path) -> int:
    """Write the first photos of each class that are not copies of one another; return the bytes."""
    images = read_idx(source / "t10k-images-idx3-ubyte.gz")
    labels = read_idx(source / "t10k-labels-idx1-ubyte.gz")
    size = 0
    for name, label in CLASSES.items():
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        # A dict keeps the first of equal photos and the file's order.
        photos = list({image.tobytes(): image for image in images[labels == label]}.values())
        for number, photo in enumerate(photos[:PHOTOS_PER_CLASS], start=1):
            path = folder / f"{name}-{number:03d}.png"
            Image.fromarray(photo).save(path, optimize=True)
            size += path.stat().st_size
    return size


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "source", nargs="?", type=Path, default=SOURCE, help="folder of the .gz files"
    )
    parser.add_argument("--target", type=Path, default=TARGET, help="where the class folders go")
    arguments = parser.parse_args()
    size = make_demo(arguments.source, arguments.target)
    sys.stdout.write(f"{size / 1000:.0f} kB of photos in {arguments.target}\n")


if __name__ == "__main__":
    main()
