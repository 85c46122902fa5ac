"""What one run works with: its photos by split, its network, its device and where it reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.index import Split
from finetune_gui.engine.inference import How, to_device
from finetune_gui.engine.loading import batches
from finetune_gui.engine.preflight import Setup, choose_setup
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.team import Team


@dataclass(frozen=True)
class Photos:
    """The photos of one split: ``paths`` with their class numbers ``labels`` (int64 [N]).

    ``keys`` number the photos over the whole dataset: augmentation depends on them, so leaving
    out an unreadable photo changes nothing for the others. ``fingerprints`` are what the files
    were like when the run began.
    """

    paths: tuple[Path, ...]
    labels: Tensor
    keys: tuple[int, ...]
    fingerprints: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def load(self, index: int, preprocessing: Preprocessing) -> Image.Image:
        """The photo of a number, see `Preprocessing.load`.

        Raises:
            PhotoError: it cannot be read, or was changed since the run began.
        """
        path = self.paths[index]
        if fingerprint(path) != self.fingerprints[index]:
            raise PhotoError("error-photo-changed", path=str(path))
        return preprocessing.load(path)


@dataclass
class Workspace:
    """Everything that the stages of one run share."""

    run: RunFolder
    recipe: Recipe
    manifest: Manifest
    device: torch.device
    preprocessing: Preprocessing
    network: nn.Module
    recorder: RunRecorder
    ctx: JobContext
    measurements: tuple[Path, str]
    architecture: str = ""
    team: Team = field(default_factory=Team)
    _photos: dict[Split, Photos] = field(default_factory=dict, init=False)

    def photos(self, split: Split) -> Photos:
        """The readable photos of a split, in the order of the manifest."""
        if split not in self._photos:
            self._photos[split] = self._find_photos(split)
        return self._photos[split]

    def skip(self, unreadable: dict[str, str]) -> None:
        """Leave photos out from now on: paths with the message key of the reason."""
        skipped = {**self.manifest.skipped, **unreadable}
        self.manifest = replace(self.manifest, skipped=skipped)
        self._photos.clear()
        self.run.write_manifest(self.manifest)

    def _find_photos(self, split: Split) -> Photos:
        number = {name: i for i, name in enumerate(self.manifest.classes)}
        root = Path(self.manifest.dataset)
        chosen = [
            (key, entry)
            for key, entry in enumerate(self.manifest.samples)
            if entry.split == split and entry.path not in self.manifest.skipped
        ]
        return Photos(
            paths=tuple(root / entry.path for _, entry in chosen),
            labels=torch.tensor([number[e.label] for _, e in chosen], dtype=torch.long),
            keys=tuple(key for key, _ in chosen),
            fingerprints=tuple(entry.fingerprint for _, entry in chosen),
        )

    @cached_property
    def setup(self) -> Setup:
        """How the network is computed: chosen before, or measured now; the network is laid out so.

        What is measured goes into the manifest, so that a resumed run measures nothing.

        Raises:
            Cancelled: the user asked it to stop.
        """
        setup = Setup.among(self.manifest.chosen)
        if setup is None:
            setup = self.team.of_first(self._measure)
            self.manifest.chosen.update(setup.model_dump())
            self.run.write_manifest(self.manifest)
        to_device(self.network, self.device, channels_last=setup.channels_last)
        return setup

    def _measure(self) -> Setup:
        self.ctx.progress(0, 0, "train-progress-trials")
        asked = self.recipe.train
        if self.team.size > 1:  # how many threads each has was settled when they were started
            threads = asked.threads or torch.get_num_threads()
            asked = asked.model_copy(update={"threads": threads})
        size = self.preprocessing.input_size
        return choose_setup(self.network, size, asked, self.measurements, self.ctx)

    def centre_view(self, photos: Photos) -> Callable[[int], Image.Image]:
        """Makes the picture of a photo's number as validation sees it."""
        preprocessing = self.preprocessing
        return lambda index: preprocessing.centre_view(photos.load(index, preprocessing))

    def inference(self) -> How:
        """What passes without gradients work with."""
        setup = self.setup
        return How(self.preprocessing, self.device, setup.inference, setup.channels_last, self.team)

    def micro_batch(self) -> int:
        """How many photos are computed at once: pinned, found before, or a whole batch.

        A batch may have one photo more than asked for, see `batches`.
        """
        whole = self.recipe.train.batch_size + 1
        return self.recipe.train.micro_batch or int(self.manifest.chosen.get("micro_batch", whole))

    def remember_micro_batch(self, photos: int) -> None:
        """Note that more than ``photos`` at once do not fit the memory."""
        self.manifest.chosen["micro_batch"] = photos
        self.run.write_manifest(self.manifest)
        self.recorder.log("train-log-halved", level="caution", n=photos)

    def batches(self, order: Sequence[int]) -> list[list[int]]:
        """The training photos of an epoch in portions, of which each process has a share."""
        return batches(order, self.recipe.train.batch_size, max(2, self.team.size))

    def steps_per_epoch(self) -> int:
        """Optimiser updates in one pass over the training photos."""
        return len(self.batches(range(len(self.photos("train")))))
