"""The loop of PyTorch's "Transfer Learning for Computer Vision Tutorial", with timm's network.

SGD with 0.001 and momentum 0.9, a tenth of that every seven epochs, batches of 4, four workers,
random resized crop and flip; the best model on the validation photos is kept. ``finetune`` moves
all weights, ``frozen`` the head alone: the tutorial's two variants.

After two drops of the learning rate nothing moves any more, so this ends a little later than the
second one instead of at the tutorial's 25 epochs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.peers.task import Story, Task

story = Story()

import timm  # noqa: E402 - the story comes first: libraries print
import torch  # noqa: E402
from torch import nn, optim  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from torchvision import transforms  # noqa: E402

from tests.benchmarks.peers.referee import Photos, Referee, in_batches  # noqa: E402

EPOCHS = 15


def _transforms(task: Task) -> tuple[transforms.Compose, transforms.Compose]:
    resample = transforms.InterpolationMode(task.interpolation)
    to_input = [transforms.ToTensor(), transforms.Normalize(task.mean, task.std)]
    learning = [
        transforms.RandomResizedCrop(task.input_size, interpolation=resample),
        transforms.RandomHorizontalFlip(),
        *to_input,
    ]
    judging = [
        transforms.Resize(round(task.input_size / task.crop_fraction), interpolation=resample),
        transforms.CenterCrop(task.input_size),
        *to_input,
    ]
    return transforms.Compose(learning), transforms.Compose(judging)


def _network(task: Task, *, frozen: bool) -> nn.Module:
    network: nn.Module = timm.create_model(
        task.architecture,
        pretrained=True,
        pretrained_cfg_overlay={"file": task.weights_file},
        num_classes=len(task.classes),
    )
    if frozen:
        head = {id(p) for p in network.get_classifier().parameters()}
        for parameter in network.parameters():
            parameter.requires_grad = id(parameter) in head
    return network


def _learn(network: nn.Module, loader: DataLoader, optimizer: optim.Optimizer) -> None:
    network.train()
    for inputs, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs), labels).backward()
        optimizer.step()


@torch.no_grad()
def _accuracy(network: nn.Module, loader: DataLoader) -> float:
    network.eval()
    right = sum(int((network(x).argmax(1) == y).sum()) for x, y in loader)
    return right / len(loader.dataset)


def main(task: Task, setting: str) -> None:
    torch.manual_seed(task.seed)
    learning, judging = _transforms(task)
    train, validation = (
        DataLoader(Photos(task, photos, view), batch_size=4, shuffle=True, num_workers=4)
        for photos, view in ((task.train, learning), (task.validation, judging))
    )
    network = _network(task, frozen=setting == "frozen")
    moving = [p for p in network.parameters() if p.requires_grad]
    optimizer = optim.SGD(moving, lr=0.001, momentum=0.9)
    schedule = optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
    referee = Referee(story, in_batches(Photos(task, task.test, judging)))
    best = -1.0
    for epoch in range(1, (task.epochs or EPOCHS) + 1):
        _learn(network, train, optimizer)
        schedule.step()
        accuracy = _accuracy(network, validation)
        kept, best = accuracy > best, max(accuracy, best)
        if kept:
            torch.save(network.state_dict(), Path(task.scratch) / "best.pt")
        referee.judge(network, epoch, accuracy, kept=kept)
    story.tell("done", paused=referee.paused)


if __name__ == "__main__":
    story.tell("imported")
    main(Task.read(Path(sys.argv[1])), sys.argv[2])
