"""fastai as its documents recommend: ``vision_learner`` and ``fine_tune``.

Head (concatenated pooling, two linear layers), one-cycle schedule, learning rates, frozen first
epoch and number of workers are fastai's defaults, photos and augmentation those of its book and
vision tutorial (``Resize(460)``, ``aug_transforms(size=224, min_scale=0.75)``). For a network of
timm it takes mean and spread from the network's own configuration.

The batch is 64 by default. With 200 photos that is three updates an epoch, so where there are few
photos it is 16: four times as many updates in the same epochs.
"""

from __future__ import annotations

import sys
from operator import itemgetter
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.task import Story, Task

story = Story()

from fastai.vision.all import (  # noqa: E402 - the story comes first: libraries print
    Callback,
    CategoryBlock,
    DataBlock,
    DataLoaders,
    ImageBlock,
    IndexSplitter,
    Normalize,
    Resize,
    accuracy,
    aug_transforms,
    set_seed,
    vision_learner,
)

from tests.benchmarks.peers.referee import Referee  # noqa: E402

EPOCHS = 10
FEW_PHOTOS = 1000


class _Judged(Callback):
    """Counts epochs over both parts of ``fine_tune``."""

    order = 60  # after the recorder, which computes the validation accuracy

    def __init__(self, referee: Referee) -> None:
        self._referee, self._epochs = referee, 0

    def after_epoch(self) -> None:
        self._epochs += 1
        validation = float(self.recorder.log[-2])  # epoch, losses, accuracy, time
        self._referee.judge(self.learn.model, self._epochs, validation, kept=True)


def _loaders(task: Task) -> DataLoaders:
    photos = [*task.train, *task.validation]
    block = DataBlock(
        blocks=(ImageBlock, CategoryBlock(vocab=list(task.classes))),
        get_x=itemgetter(0),
        get_y=itemgetter(1),
        splitter=IndexSplitter(range(len(task.train), len(photos))),
        item_tfms=Resize(460),
        batch_tfms=aug_transforms(size=task.input_size, min_scale=0.75),
    )
    size = 16 if len(task.train) < FEW_PHOTOS else 64
    return block.dataloaders(photos, bs=size)


def _check_normalisation(loaders: DataLoaders, task: Task) -> None:
    found: Any = next(t for t in loaders.after_batch.fs if isinstance(t, Normalize))
    assert tuple(found.mean.flatten().tolist()) == task.mean
    assert tuple(found.std.flatten().tolist()) == task.std


def main(task: Task) -> None:
    set_seed(task.seed)
    loaders = _loaders(task)
    learner = vision_learner(
        loaders,
        task.architecture,
        metrics=accuracy,
        path=Path(task.scratch),
        pretrained_cfg_overlay={"file": task.weights_file},
    )
    _check_normalisation(loaders, task)
    referee = Referee(story, loaders.test_dl(list(task.test), with_labels=True))
    learner.fine_tune(task.epochs or EPOCHS, cbs=_Judged(referee))
    story.tell("done", paused=referee.paused)


if __name__ == "__main__":
    story.tell("imported")
    main(Task.read(Path(sys.argv[1])))
