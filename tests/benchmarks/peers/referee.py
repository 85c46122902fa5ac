"""Judges a peer on the test photos after each epoch, at the benchmark's expense."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from tests.benchmarks.peers.task import Photo, Story, Task

_BATCH = 32


class Photos(Dataset[tuple[Tensor, int]]):
    """Photos through a transform, decoded each time as torchvision's own ``ImageFolder`` does."""

    def __init__(self, task: Task, photos: Iterable[Photo], transform: Callable[..., Tensor]):
        self._photos = [(path, task.number(label)) for path, label in photos]
        self._transform = transform

    def __len__(self) -> int:
        return len(self._photos)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self._photos[index]
        with Image.open(path) as photo:
            return self._transform(photo.convert("RGB")), label


class Referee:
    """``batches``: the test photos as the peer itself prepares them; read once and kept.

    ``paused`` is how long the peer stood still meanwhile. The parent takes it off.
    """

    def __init__(self, story: Story, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
        self._story = story
        self._unread = batches
        self._batches: list[tuple[Tensor, Tensor]] = []
        self.paused = 0.0

    def judge(self, network: nn.Module, epoch: int, validation: float, *, kept: bool) -> None:
        """Tell of the end of an epoch. ``kept``: the peer would hand over this model."""
        begun = time.monotonic()
        test = self._accuracy(network)
        self.paused += time.monotonic() - begun
        self._story.tell(
            "point",
            epoch=epoch,
            validation=validation,
            test=test,
            kept=kept,
            paused=self.paused,
        )

    @torch.no_grad()
    def _accuracy(self, network: nn.Module) -> float:
        self._batches = self._batches or list(self._unread)
        was_training = network.training
        network.eval()
        right = sum(
            int((_scores(network(inputs)).argmax(1) == labels).sum())
            for inputs, labels in self._batches
        )
        network.train(was_training)
        return right / sum(len(labels) for _, labels in self._batches)


def _scores(answer: object) -> Tensor:
    """A tensor, or what Hugging Face's networks wrap around one."""
    found: Tensor = getattr(answer, "logits", answer)
    return found


def in_batches(photos: Photos) -> DataLoader[tuple[Tensor, int]]:
    """The test photos for a referee."""
    return DataLoader(photos, batch_size=_BATCH)
