"""What a peer is asked to do, and how it tells what it did. Standard library only.

Peers import this before the libraries that they are timed with, so it must cost nothing.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Photo = tuple[str, str]  # path and class


@dataclass(frozen=True)
class Task:
    """The same for every peer. ``weights`` is a folder as the Hugging Face hub lays it out.

    ``mean``, ``std``, ``interpolation`` and ``crop_fraction`` are what the weights were trained
    with. ``epochs`` 0 leaves the number to the peer.
    """

    architecture: str
    weights: str
    input_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: str
    crop_fraction: float
    classes: tuple[str, ...]
    train: tuple[Photo, ...]
    validation: tuple[Photo, ...]
    test: tuple[Photo, ...]
    seed: int
    epochs: int
    scratch: str

    @property
    def weights_file(self) -> str:
        """The tensors alone, under timm's names, the classifier of ImageNet included."""
        return str(Path(self.weights) / "model.safetensors")

    def number(self, label: str) -> int:
        """The index of a class."""
        return self.classes.index(label)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Task:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})


class Story:
    """Standard output with nothing but JSON lines: what libraries print goes to standard error."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(self, kind: str, **values: Any) -> None:
        """One line; whoever started the process notes when it came."""
        self._file.write(json.dumps({"kind": kind, **values}) + "\n")
        self._file.flush()
