"""Hugging Face ``Trainer`` as its image classification guide and example script use it.

Network and transforms come from the hub's wrapper for timm (``TimmWrapper``), which the example
script takes as they are: random resized crop, flip and colour jitter; resize and centre crop with
the weights' own mean, spread, interpolation and fraction. Batch 16, AdamW, linear schedule with
10 % warm-up, validation and checkpoint after each epoch, the best model at the end.

``recommended`` is the guide's learning rate of 5e-5. That was chosen for transformers and is low
for a small convolutional network, so ``faster`` takes 1e-3, the default of PyTorch's AdamW.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.task import Photo, Story, Task

story = Story()

import numpy as np  # noqa: E402 - the story comes first: libraries print
import torch  # noqa: E402
from transformers import (  # noqa: E402
    AutoImageProcessor,
    AutoModelForImageClassification,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from tests.benchmarks.peers.referee import Photos, Referee, in_batches  # noqa: E402

LEARNING_RATES = {"recommended": 5e-5, "faster": 1e-3}
EPOCHS = 10


class _Judged(TrainerCallback):
    """After each look at the validation photos; the trainer keeps the first of equals."""

    def __init__(self, referee: Referee) -> None:
        self._referee, self._best = referee, -1.0

    def on_evaluate(self, _args: Any, state: Any, _control: Any, **known: Any) -> None:
        validation = known["metrics"]["eval_accuracy"]
        kept, self._best = validation > self._best, max(validation, self._best)
        self._referee.judge(known["model"], round(state.epoch), validation, kept=kept)


def _arguments(task: Task, learning_rate: float) -> TrainingArguments:
    epochs = task.epochs or EPOCHS
    steps = epochs * -(-len(task.train) // 16)
    return TrainingArguments(
        output_dir=task.scratch,
        remove_unused_columns=False,
        learning_rate=learning_rate,
        per_device_train_batch_size=16,
        per_device_eval_batch_size=16,
        num_train_epochs=epochs,
        warmup_steps=round(0.1 * steps),
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=3,
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        dataloader_num_workers=2,  # the default of 0 would let the network wait for photos
        seed=task.seed,
    )


def _collate(examples: list[tuple[torch.Tensor, int]]) -> dict[str, torch.Tensor]:
    inputs, labels = zip(*examples, strict=True)
    return {"pixel_values": torch.stack(inputs), "labels": torch.tensor(labels)}


def _accuracy(found: Any) -> dict[str, float]:
    return {"accuracy": float((np.argmax(found.predictions, 1) == found.label_ids).mean())}


def _network(task: Task) -> Any:
    return AutoModelForImageClassification.from_pretrained(
        task.weights,
        num_labels=len(task.classes),
        id2label=dict(enumerate(task.classes)),
        label2id={label: number for number, label in enumerate(task.classes)},
        ignore_mismatched_sizes=True,
    )


def main(task: Task, setting: str) -> None:
    set_seed(task.seed)
    processor = AutoImageProcessor.from_pretrained(task.weights)
    assert tuple(processor.data_config["mean"]) == task.mean
    assert processor.data_config["crop_pct"] == task.crop_fraction

    def photos(some: tuple[Photo, ...], transform: Any) -> Photos:
        return Photos(task, some, transform)

    referee = Referee(story, in_batches(photos(task.test, processor.val_transforms)))
    trainer = Trainer(
        model=_network(task),
        args=_arguments(task, LEARNING_RATES[setting]),
        data_collator=_collate,
        train_dataset=photos(task.train, processor.train_transforms),
        eval_dataset=photos(task.validation, processor.val_transforms),
        compute_metrics=_accuracy,
        callbacks=[_Judged(referee)],
    )
    trainer.train()
    story.tell("done", paused=referee.paused)


if __name__ == "__main__":
    story.tell("imported")
    main(Task.read(Path(sys.argv[1])), sys.argv[2])
