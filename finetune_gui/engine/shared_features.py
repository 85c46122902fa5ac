"""The features of photos that a frozen backbone gives, computed once for several runs.

The runs of a cross-validation or a search have the same photos, under the same numbers, in these
splits or others. As long as the backbone is as it began, a photo's features are the same in all of
them: those of the photo as it is, and those of an augmented view, which depends on (seed, epoch,
number) alone. So those that a run needs are computed as in any run, and whoever comes later has
only those computed that none had before. They lie on disk until the last run is over, as far as
there is room. The first run gets the very same numbers as one that shares with nobody.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional as f

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.events import Evaluated
from finetune_gui.dataset.index import Split
from finetune_gui.engine import evaluation
from finetune_gui.engine import network as nets
from finetune_gui.engine.inference import Compute, infer, probabilities
from finetune_gui.engine.loading import Seen, Stack, Unreadable, View
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.tensors_file import write_tensors
from finetune_gui.engine.workspace import Photos, Workspace

# Many trials with other augmentations would fill memory and disk.
_MOST_HELD = 12
_MOST_BYTES = 2_000_000_000
# Of a recipe, what a backbone's features do not depend on as long as nothing of it has learned.
_OF_LEARNING = frozenset(("dropout", "freeze", "learning_stages"))
_log = logging.getLogger(__name__)

# What gets the backbone ready: asked only where something is to be computed.
Computing = Callable[[], Compute]
# Reasons for which a photo that was there when a run began may still come back.
GONE = ("error-photo-gone", "error-photo-changed")


@dataclass(frozen=True)
class _Table:
    """Features [N, F] by the photo's number; ``unreadable`` has the reason for those without."""

    rows: dict[int, int]
    values: Tensor
    unreadable: dict[int, str]

    def knows(self, key: int) -> bool:
        """Whether it has the features of a photo, or the reason why there are none."""
        return key in self.rows or key in self.unreadable


class SharedFeatures:
    """What lies in ``folder``, a file for each kind of view; all of it may be deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, _Table] = {}

    def of(
        self, space: Workspace, photos: Photos, compute: Computing, epoch: int | None, progress: str
    ) -> tuple[list[int], Tensor, list[Unreadable]]:
        """As `features_of`, with what could not be read."""
        name = _identity(space, epoch)
        file = self._folder / f"{name}.safetensors"
        table = self._held.pop(name, None) or _read(file) or _Table({}, torch.empty(0), {})
        missing = [i for i, key in enumerate(photos.keys) if not table.knows(key)]
        if missing:
            table = self._more(table, space, photos.some(missing), compute, epoch, progress)
            self._keep(file, table)
        self._held[name] = table  # the last one used comes last
        while len(self._held) > _MOST_HELD:
            del self._held[next(iter(self._held))]
        unreadable = [
            Unreadable(i, PhotoError(table.unreadable[key], path=str(photos.paths[i])))
            for i, key in enumerate(photos.keys)
            if key in table.unreadable
        ]
        done = [i for i, key in enumerate(photos.keys) if key in table.rows]
        return done, table.values[[table.rows[photos.keys[i]] for i in done]], unreadable

    def _more(
        self,
        table: _Table,
        space: Workspace,
        photos: Photos,
        compute: Computing,
        epoch: int | None,
        progress: str,
    ) -> _Table:
        """The table with these photos added to it."""
        unreadable: list[Unreadable] = []
        done, values = _computed(space, photos, compute, epoch, unreadable.append, progress)
        known = len(table.rows)
        return _Table(
            table.rows | {photos.keys[i]: known + row for row, i in enumerate(done)},
            torch.cat([table.values, values]) if known else values,
            table.unreadable | {photos.keys[u.index]: u.error.key for u in unreadable},
        )

    def _keep(self, file: Path, table: _Table) -> None:
        """Write it where there is room; a full disk only means that it is computed again."""
        # One that is gone may be back at the next try: nothing is kept of that.
        if any(reason in GONE for reason in table.unreadable.values()):
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            others = (p for p in self._folder.glob("*.safetensors") if p != file)
            taken = sum(path.stat().st_size for path in others)
            if taken + table.values.nbytes <= _MOST_BYTES:
                _write(file, table)
        except (OSError, SafetensorError) as error:
            _log.info("features were not kept: %s", error)


def features_of(
    space: Workspace,
    photos: Photos,
    compute: Computing,
    *,
    epoch: int | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    progress: str = "",
) -> tuple[list[int], Tensor]:
    """The indices of the photos that were read and their features [N, F], as `infer` gives them.

    Of their centre views or, with ``epoch``, as that epoch sees them.

    Raises:
        Cancelled: the user asked it to stop.
        PhotoError: a photo cannot be read and ``on_unreadable`` is None.
    """
    if space.shared is None:
        return _computed(space, photos, compute, epoch, on_unreadable, progress)
    done, values, unreadable = space.shared.of(space, photos, compute, epoch, progress)
    for found in unreadable:
        if on_unreadable is None:
            raise found.error
        on_unreadable(found)
    return done, values


def judge_by_features(space: Workspace, split: Split) -> Evaluated:
    """As `evaluation.evaluate_run`, where the best model of the run has the backbone it began with.

    Raises:
        Cancelled: the user asked it to stop.
        DatasetError: none of the photos could be read.
    """
    photos = space.photos(split)
    errors: dict[int, Unreadable] = {}

    def note(found: Unreadable) -> None:
        errors[found.index] = found

    done, features = features_of(space, photos, space.features, on_unreadable=note)
    head = {name.rpartition(".")[2]: name for name in nets.head_names(space.network)}
    with safe_open(space.run.model_file, framework="pt") as kept:
        weight, bias = kept.get_tensor(head["weight"]), kept.get_tensor(head["bias"])
    scores = f.linear(features, weight.float(), bias.float()) if done else features
    rows = dict(zip(done, probabilities(scores).tolist() if done else [], strict=True))
    classes = space.manifest.classes
    answers = []
    for index, path in enumerate(photos.paths):
        if index in errors:
            answers.append(Prediction(path, error=errors[index].error))
            continue
        by_class = dict(zip(classes, rows[index], strict=True))
        label = max(by_class, key=by_class.__getitem__)
        answers.append(Prediction(path, label, by_class[label], by_class))
    truths = [classes[number] for number in photos.labels.tolist()]
    result = evaluation.summarise(classes, truths, answers, split)
    evaluation.write_evaluation(space.run, result)
    return Evaluated(split, result.accuracy, result.macro_f1, len(result.judged))


def augmented_view(space: Workspace, photos: Photos, epoch: int) -> tuple[View, Stack]:
    """Makes the view of a photo's number as ``epoch`` sees it, and batches of them."""
    augmenter, seed = space.augmenter(), space.recipe.seed

    def view(index: int) -> Seen:
        return augmenter.view(photos.unchanged(index), (seed, epoch, photos.keys[index]))

    return view, augmenter.stack


def _computed(
    space: Workspace,
    photos: Photos,
    compute: Computing,
    epoch: int | None,
    on_unreadable: Callable[[Unreadable], None] | None,
    progress: str,
) -> tuple[list[int], Tensor]:
    view: View = space.centre_view(photos)
    stack: Stack | None = None
    if epoch is not None:
        view, stack = augmented_view(space, photos, epoch)
    return infer(
        compute(),
        photos.paths,
        space.inference(),
        space.ctx,
        view=view,
        stack=stack,
        on_unreadable=on_unreadable,
        progress=progress,
    )


def _identity(space: Workspace, epoch: int | None) -> str:
    """A name for all that the features depend on."""
    recipe, setup = space.recipe, space.setup
    training = {name for name in type(setup).model_fields if name.startswith("training")}
    told = {
        "model": recipe.model.model_dump(exclude=set(_OF_LEARNING)),
        "weights": space.manifest.started_from.get("sha256", ""),
        "seed": recipe.seed,  # random weights, and the draws of the views
        "augment": None if epoch is None else recipe.augment.model_dump(exclude={"preset"}),
        "epoch": epoch,
        "preprocessing": asdict(space.preprocessing),
        "setup": setup.model_dump(exclude=training),
        "way": space.way_of_features,
        "device": str(space.device),
        "photos": [(entry.path, entry.fingerprint) for entry in space.manifest.samples],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _write(file: Path, table: _Table) -> None:
    told = {"unreadable": json.dumps({str(key): why for key, why in table.unreadable.items()})}
    numbers = torch.tensor(list(table.rows), dtype=torch.long)
    write_tensors(file, {"features": table.values, "numbers": numbers}, told)


def _read(file: Path) -> _Table | None:
    """What was kept; None where there is nothing, or what a full disk has left of it."""
    try:
        with safe_open(file, framework="pt") as kept:
            # A copy: what `get_tensor` gives is the open file, which Windows lets nobody replace or
            # delete as long as it is held.
            values, numbers = kept.get_tensor("features").clone(), kept.get_tensor("numbers")
            unreadable = json.loads((kept.metadata() or {})["unreadable"])
    except (OSError, SafetensorError, ValueError, KeyError):
        return None
    rows = {int(number): row for row, number in enumerate(numbers.tolist())}
    return _Table(rows, values, {int(key): str(why) for key, why in unreadable.items()})
