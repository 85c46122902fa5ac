"""Where the inputs of fine-tuning come from: augmented photos, or features cached once.

As long as the backbone is frozen, a photo's features never change. They are then computed once
for each of a few augmented views, and an epoch of the head takes milliseconds instead of another
pass through the backbone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.engine import backbones
from finetune_gui.engine import network as nets
from finetune_gui.engine.augmentation import drawn_epoch
from finetune_gui.engine.compiling import compiled, has_compiler
from finetune_gui.engine.feeding import Feeder
from finetune_gui.engine.inference import infer
from finetune_gui.engine.loading import Seen, Stack, View, load_batches
from finetune_gui.engine.schedule import input_size_in
from finetune_gui.engine.views import Stacked
from finetune_gui.engine.workspace import Photos, Workspace


class Source(Protocol):
    """What the fine-tuning loop asks of its inputs.

    ``may_be_mixed``: inputs are pictures [N, 3, H, W] for `Mixer`. ``on_full`` is told of how many
    photos together the device had no room for.
    """

    may_be_mixed: bool
    on_full: Callable[[int], None]

    def inputs(
        self, epoch: int, portions: Sequence[Sequence[int]]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """The portions of an epoch in order: numbers of training photos and inputs [N, …].

        They are on the device or, where that has no room for a portion as a whole, in the
        computer's memory.
        """

    def scores(self, inputs: Tensor) -> Tensor:
        """Scores [N, C], with gradients where they are enabled."""

    def validation_scores(self, network: nn.Module) -> Tensor:
        """Scores [M, C] that ``network`` gives the validation photos, on the CPU."""


class PhotoSource:
    """Photos, augmented anew in each epoch, through the whole network."""

    may_be_mixed = True

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._train = space.photos("train")
        self._validation = space.photos("validation")
        self._feeder = Feeder(space.device)
        self.on_full: Callable[[int], None] = lambda _photos: None
        self.scores: Callable[[Tensor], Tensor] = space.network
        if space.recipe.train.compile:
            if has_compiler(space.device):
                self.scores = compiled(space.network)
            else:
                space.recorder.log("train-log-no-compiler", level="caution")

    def inputs(
        self, epoch: int, portions: Sequence[Sequence[int]]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """See `Source`; photos are read and augmented ahead of the step."""
        full, how = self._space.preprocessing.input_size, self._space.inference()
        size = self._size_in(epoch)

        def make(pixels: Stacked) -> Tensor:
            inputs = how.inputs(pixels)
            if size < full:
                inputs = f.interpolate(inputs, size, mode="bilinear", antialias=True)
            return inputs

        view, stack = augmented_view(self._space, self._train, epoch)
        return self._feeder.feed(load_batches(portions, view, stack=stack), make, self.on_full)

    def _size_in(self, epoch: int) -> int:
        recipe, full = self._space.recipe, self._space.preprocessing.input_size
        if not backbones.takes_any_size(recipe.model.backbone):
            return full
        return input_size_in(epoch, recipe.train.epochs, recipe.schedule, full)

    def validation_scores(self, network: nn.Module) -> Tensor:
        """See `Source`."""
        space = self._space
        _, scores = infer(
            space.computing(network, space.counts().validation),
            self._validation.paths,
            space.inference(),
            space.ctx,
            view=space.centre_view(self._validation),
        )
        return scores


class FeatureSource:
    """Features of a frozen backbone, through the head alone.

    A view's features are computed when it is first asked for, and stay in memory: 5 kB a photo
    and view for 1280 features.
    """

    may_be_mixed = False

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._train = space.photos("train")
        self._head = nets.head_of(space.network)
        self._dropout = space.recipe.model.dropout
        self.on_full: Callable[[int], None] = lambda _photos: None
        self._of_view: dict[int, Tensor] = {}
        self._validation: Tensor | None = None

    def inputs(
        self, epoch: int, portions: Sequence[Sequence[int]]
    ) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        """See `Source`."""
        view = drawn_epoch(self._space.recipe, epoch)
        if view not in self._of_view:
            self._of_view[view] = self._augmented(view)
        features = self._of_view[view]
        for portion in portions:
            yield tuple(portion), features[list(portion)]

    def scores(self, inputs: Tensor) -> Tensor:
        """See `Source`."""
        kept = f.dropout(inputs, self._dropout, training=self._head.training)
        scores: Tensor = self._head(kept)
        return scores

    def validation_scores(self, network: nn.Module) -> Tensor:
        """See `Source`."""
        if self._validation is None:
            photos = self._space.photos("validation")
            seen = self._space.centre_view(photos)
            self._validation = self._features(photos, "centre", seen)
        with torch.inference_mode():
            scores: Tensor = nets.head_of(network)(self._validation).float().cpu()
        return scores.clone()

    def _augmented(self, view: int) -> Tensor:
        recipe = self._space.recipe
        name = f"{recipe.seed} {view} {recipe.augment.model_dump_json(exclude={'preset'})}"
        return self._features(self._train, name, *augmented_view(self._space, self._train, view))

    def _features(
        self, photos: Photos, name: str, view: View, stack: Stack | None = None
    ) -> Tensor:
        space = self._space
        kept = space.kept_features(photos, name)
        if kept is not None:
            return kept.to(space.device)
        was_training = space.network.training
        space.network.eval()
        _, features = infer(
            space.features(),
            photos.paths,
            space.inference(),
            space.ctx,
            view=view,
            stack=stack,
            progress="train-progress-views",
        )
        space.network.train(was_training)
        space.keep_features(photos, features, name)
        return features.to(space.device)


def source_for(space: Workspace, *, head_alone: bool) -> Source:
    """The quicker of both that gives the same training."""
    return FeatureSource(space) if head_alone else PhotoSource(space)


def augmented_view(space: Workspace, photos: Photos, epoch: int) -> tuple[View, Stack]:
    """Makes the view of a photo's number as ``epoch`` sees it, and batches of them."""
    augmenter, seed = space.augmenter(), space.recipe.seed

    def view(index: int) -> Seen:
        return augmenter.view(photos.unchanged(index), (seed, epoch, photos.keys[index]))

    return view, augmenter.stack
