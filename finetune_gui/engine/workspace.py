"""What one run works with: its photos by split, its network, its device and where it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

import torch
from PIL import Image
from torch import Tensor, nn

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.index import Split
from finetune_gui.engine import network as nets
from finetune_gui.engine.computing import quickest, require_runtime
from finetune_gui.engine.devices import copies_behind
from finetune_gui.engine.estimate import Counts, photos_for_features
from finetune_gui.engine.inference import Compute, How, to_device
from finetune_gui.engine.loading import batches
from finetune_gui.engine.preflight import Setup, choose_setup
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.runtimes import NotComputableError
from finetune_gui.engine.team import Team
from finetune_gui.engine.views import Augmenter, Way, way_among, way_on

if TYPE_CHECKING:
    from finetune_gui.engine.shared_features import SharedFeatures


@dataclass(frozen=True)
class PathsUnder(Sequence[Path]):
    """Paths that are made when they are asked for: many of them take a lot of memory."""

    root: Path
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> PathsUnder: ...

    def __getitem__(self, index: int | slice) -> Path | PathsUnder:
        if isinstance(index, slice):
            return PathsUnder(self.root, self.names[index])
        return self.root / self.names[index]


@dataclass(frozen=True)
class Photos:
    """The photos of one split: ``paths`` with their class numbers ``labels`` (int64 [N]).

    ``keys`` number the photos over the whole dataset: augmentation depends on them, so leaving
    out an unreadable photo changes nothing for the others. ``fingerprints`` are what the files
    were like when the run began.
    """

    paths: Sequence[Path]
    labels: Tensor
    keys: tuple[int, ...]
    fingerprints: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def some(self, indices: Sequence[int]) -> Photos:
        """Those with these indices, in this order; all of them are itself."""
        if len(indices) == len(self):
            return self
        return Photos(
            [self.paths[i] for i in indices],
            self.labels[list(indices)],
            tuple(self.keys[i] for i in indices),
            tuple(self.fingerprints[i] for i in indices),
        )

    def unchanged(self, index: int) -> Path:
        """The file of a photo's number.

        Raises:
            PhotoError: it is gone, or was changed since the run began.
        """
        path = self.paths[index]
        if fingerprint(path) != self.fingerprints[index]:
            raise PhotoError("error-photo-changed", path=str(path))
        return path


@dataclass
class Workspace:
    """Everything that the stages of one run share.

    ``shared``: the features that it has in common with other runs, where there are such.
    """

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
    shared: SharedFeatures | None = None
    _photos: dict[Split, Photos] = field(default_factory=dict, init=False)
    _features: Compute | None = field(default=None, init=False)
    _told_of_torch: bool = field(default=False, init=False)

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
        return self._among(
            (key, entry)
            for key, entry in enumerate(self.manifest.samples)
            if entry.split == split and entry.path not in self.manifest.skipped
        )

    def _among(self, entries: Iterable[tuple[int, ManifestEntry]]) -> Photos:
        number = {name: i for i, name in enumerate(self.manifest.classes)}
        root, chosen = Path(self.manifest.dataset), list(entries)
        return Photos(
            paths=PathsUnder(root, tuple(entry.path for _, entry in chosen)),
            labels=torch.tensor([number[e.label] for _, e in chosen], dtype=torch.long),
            keys=tuple(key for key, _ in chosen),
            fingerprints=tuple(entry.fingerprint for _, entry in chosen),
        )

    @property
    def setup(self) -> Setup:
        """How the network is computed: chosen before, or measured now; the network is laid out so.

        What is measured goes into the manifest, so that a resumed run measures nothing.

        Raises:
            Cancelled: the user asked it to stop.
            UserError: the recipe insists on a runtime that cannot be had.
        """
        return self._decided[0]

    @cached_property
    def _decided(self) -> tuple[Setup, Way]:
        require_runtime(self.recipe.train, self.device)
        setup = Setup.among(self.manifest.chosen)
        if setup is None:
            setup = self.team.of_first(self._measure)
            way = self.team.of_first(lambda: way_on(self.device))
            self.manifest.chosen.update(setup.model_dump(), augmentation=way)
            self.run.write_manifest(self.manifest)
        to_device(self.network, self.device, channels_last=setup.channels_last)
        return setup, way_among(self.manifest.chosen)

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
        return lambda index: preprocessing.centre_view(preprocessing.load(photos.unchanged(index)))

    def augmenter(self) -> Augmenter:
        """Makes what training sees of photos, where the run chose to when it began."""
        pin = copies_behind(self.device)
        return Augmenter(self.recipe.augment, self.preprocessing, self._decided[1], pin)

    def inference(self) -> How:
        """What passes without gradients work with."""
        setup = self.setup
        return How(self.preprocessing, self.device, setup.inference, setup.channels_last, self.team)

    def features(self) -> Compute:
        """What computes the backbone's features [N, F] as it is now.

        A frozen backbone is got ready once for all that the run asks of it.
        """
        if self._features is not None:
            return self._features
        photos = photos_for_features(self.recipe, self.counts())
        found = self.computing(nets.Features(self.network), photos)
        if self.recipe.model.only_head_learns:
            self._features = found
        return found

    @property
    def way_of_features(self) -> tuple[str, Way]:
        """In which runtime the frozen features are computed, and how views are made for that."""
        photos = photos_for_features(self.recipe, self.counts())
        return self.setup.runtime_for(photos), self._decided[1]

    def computing(self, network: nn.Module, photos: int) -> Compute:
        """What computes ``network`` soonest over so many photos, see `quickest`.

        A runtime that is no longer there makes way for torch, which gives the same but for
        rounding: a run that could not go on would be worse, and the log says so.
        """
        share = -(-photos // self.team.size)
        return quickest(network, self.inference(), self.setup, share, self._tell_of_torch)

    def _tell_of_torch(self, error: NotComputableError) -> None:
        if not self._told_of_torch:
            key = "train-log-openvino-missing" if error.missing else "train-log-openvino-fails"
            self.recorder.log(key, level="caution")
        self._told_of_torch = True

    def counts(self) -> Counts:
        """The photos of the run as it began: what turns out unreadable later counts as well.

        What is decided by them must not change between a run and its resumption.
        """
        number = Counter(entry.split for entry in self.manifest.samples)
        classes = len(self.manifest.classes)
        return Counts(number["train"], number["validation"], number["test"], classes)

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
