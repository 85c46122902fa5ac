"""What a model starts from when the user brings it: a file of weights, or an earlier run.

A recipe names it in ``model.weights`` and, so that a replay gives the same model or says why it
cannot, with the SHA-256 of the file in ``model.weights_sha256``.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import nn

from finetune_gui.core.errors import UserError, WeightsError
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import ModelRecipe, Recipe, with_values
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.engine import backbones, catalogue, model_file
from finetune_gui.engine.head import LinearHead
from finetune_gui.engine.model_file import ModelInfo
from finetune_gui.engine.network import head_names
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.recognise import architectures, recognise
from finetune_gui.engine.weights_file import Stored, body_and_head, read_stored, read_weights
from finetune_gui.engine.weights_fit import Fit, fit_to

Kind = Literal["file", "model", "keras"]
Value = str | int | float | bool
KERAS = ".keras"
_CHUNK = 2**20
# resnet50-0676ba61.pth: how torchvision calls what it publishes.
_TORCHVISION_FILE = re.compile(r"([a-z0-9_]+)-[0-9a-f]{8}\.pth")
_MOST_CANDIDATES = 12
_MOST_DESCRIPTION = 2**20


@dataclass(frozen=True)
class Candidate:
    """An architecture that the weights may belong to, and how they fit it.

    ``problems`` has a line for each tensor that does not fit, ``missing``, ``reshaped`` and
    ``unexpected`` count them. ``unexpected`` ones do no harm: they are not used.
    """

    name: str
    title: str
    fitting: int
    wanted: int
    missing: int
    reshaped: int
    unexpected: int
    problems: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether training can start from these weights."""
        return self.fitting == self.wanted


@dataclass(frozen=True)
class StartingPoint:
    """What was found at ``path``, before it is used.

    ``kind`` "model": of this program, a run or its export; ``run`` is then the run's name where it
    is one, and ``labels`` its classes. ``candidates`` are the architectures that fit, the likeliest
    first; none where nothing is known of the names. ``is_sure``: the first one is meant, nobody
    has to choose. ``classes`` is how many the weights' own head tells apart, None without a head.
    ``part`` names the entry of a checkpoint. ``values`` are the keys of the recipe that go with a
    candidate of any name, `values_for` adds its name.
    """

    path: str
    kind: Kind
    candidates: tuple[Candidate, ...]
    is_sure: bool
    tensors: int = 0
    classes: int | None = None
    labels: tuple[str, ...] = ()
    run: str = ""
    part: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def values_for(self, name: str) -> dict[str, Value]:
        """What the recipe must say to start from here with the backbone ``name``."""
        return {**dict(self.values), "model.backbone": name}


def look_at(path: Path, ctx: JobContext, backbone: str = "") -> StartingPoint:
    """Find out what is at ``path``: a file of weights, a run folder or an exported model.

    ``backbone``: the user says which architecture it is.

    Raises:
        Cancelled: the user stopped it.
        WeightsError: it holds no weights that can be used, or those of several networks.
        RunError: it is a folder without a model, or a broken one.
        UserError: ``backbone`` is unknown.
    """
    if path.suffix.casefold() == KERAS:
        return _keras(path)
    file = weights_in(path)
    if file.name == model_file.WEIGHTS and _run_at(file.parent) is not None:
        path = file.parent  # a run was meant
    stored = read_stored(file)
    ctx.check_cancelled()
    info = _description(file, str(path))
    if info is not None:
        return _model(path, file, info, stored, ctx)
    guess = recognise(stored.tensors)
    hint = backbone or _said(file, stored)
    names = [backbone] if backbone else _ordered(guess.names, hint, file)
    candidates = [_candidate(name, stored, ctx) for name in names[:_MOST_CANDIDATES]]
    if not guess.is_exact:
        candidates.sort(key=lambda c: (c.fitting - c.wanted, -c.fitting))
    sure = bool(backbone) or (bool(candidates) and (len(candidates) == 1 or bool(hint)))
    return StartingPoint(
        path=str(path),
        kind="file",
        candidates=tuple(candidates),
        is_sure=sure,
        tensors=len(stored.tensors),
        classes=guess.classes,
        part=stored.part,
        values=(*_start_values(path), *_fingerprint(file, ctx)) if candidates else (),
    )


def weights_in(path: Path) -> Path:
    """The file with the weights: the path itself, or the model in a folder of this program.

    Raises:
        WeightsError: it is a folder without one.
    """
    try:
        if not path.is_dir():
            return path
        if (path / model_file.WEIGHTS).is_file():
            return path / model_file.WEIGHTS
    except OSError as error:  # a link to itself
        raise WeightsError("error-weights-not-a-file", path=str(path)) from error
    raise WeightsError("error-weights-folder", path=str(path))


def describes_itself(file: Path) -> ModelInfo | None:
    """The description in a model of this program; None for weights from elsewhere.

    Raises:
        RunError: it is such a model, but a broken one.
    """
    with file.open("rb") as stream:
        is_safetensors = stream.read(9)[8:] == b"{"
    return model_file.info_in(file) if is_safetensors else None


def preprocessing_for(model: ModelRecipe) -> Preprocessing:
    """How photos must be prepared: as the model was shown them that this one is based on."""
    file = chosen_weights(model)
    info = None if file is None else describes_itself(file)
    if info is None:
        return backbones.preprocessing_for(model)
    return replace(info.preprocessing, input_size=model.input_size or info.preprocessing.input_size)


def chosen_weights(model: ModelRecipe) -> Path | None:
    """The file that a recipe names, unchanged; None where it names none or starts from scratch.

    Raises:
        RunError: it is a broken model of this program.
        WeightsError: the file is gone, is not the one that the recipe was made with, or holds
            several networks.
    """
    if not model.weights or not model.pretrained:
        return None
    file = weights_in(Path(model.weights))
    if not file.exists():
        raise WeightsError("error-weights-missing", path=model.weights)
    if model.weights_sha256 and sha256(file) != model.weights_sha256:
        raise WeightsError("error-weights-changed", path=model.weights)
    _description(file, model.weights)
    return file


def _description(file: Path, path: str) -> ModelInfo | None:
    """As `describes_itself`; several networks in one model are nothing to start from."""
    info = describes_itself(file)
    if info is not None and info.members > 1:
        raise WeightsError("error-weights-ensemble", path=path)
    return info


def pinned(recipe: Recipe) -> Recipe:
    """The recipe with the whole path and the fingerprint of the weights that it names.

    Raises:
        WeightsError: as `chosen_weights` does.
    """
    file = chosen_weights(recipe.model)
    if file is None:
        return recipe
    path = Path(recipe.model.weights).absolute()
    if file.name == model_file.WEIGHTS and _run_at(file.parent) is not None:
        path = file.parent.absolute()  # a run was meant: what it has learned from is known
    digest = recipe.model.weights_sha256 or sha256(file)
    return with_values(recipe, {"model.weights": str(path), "model.weights_sha256": digest})


def for_manifest(model: ModelRecipe) -> dict[str, str]:
    """What the manifest tells of the starting point; empty for published weights."""
    file = chosen_weights(model)
    if file is None:
        return {}
    told = {"path": model.weights, "sha256": model.weights_sha256, "backbone": model.backbone}
    return told | ({"run": Path(model.weights).name} if _run_at(Path(model.weights)) else {})


def seen_before(manifest: Manifest) -> int:
    """How many photos to judge by the run that this one is based on has learned from.

    A model does well on what it has learned, so these flatter it.
    """
    base = _run_at(Path(manifest.started_from.get("path", "")))
    if base is None:
        return 0
    learned = {s.fingerprint for s in base.read_manifest().samples if s.split == "train"}
    return sum(s.split != "train" and s.fingerprint in learned for s in manifest.samples)


def kept_head(network: nn.Module, file: Path, classes: tuple[str, ...]) -> LinearHead | None:
    """The head of the model in ``file``, where it tells the same classes apart, in their order.

    None as well where the head of either has hidden layers: it is more than weight and bias.
    """
    info, names = describes_itself(file), head_names(network)
    if info is None or set(info.classes) != set(classes):
        return None
    if info.head != "linear" or len(names) != len(("weight", "bias")):
        return None
    tensors = read_weights(file)
    rows = torch.tensor([info.classes.index(name) for name in classes])
    found = {name.rpartition(".")[2]: tensors[name] for name in names if name in tensors}
    if set(found) != {"weight", "bias"}:
        return None
    return LinearHead(found["weight"].float()[rows], found["bias"].float()[rows])


def sha256(file: Path, ctx: JobContext | None = None) -> str:
    """The fingerprint of a file; raises `Cancelled` when the user stopped it."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if ctx is not None:
                ctx.check_cancelled()
            digest.update(chunk)
    return digest.hexdigest()


# ---- inside


def _keras(path: Path) -> StartingPoint:
    name = f"file:{path.absolute()}"
    try:
        title = catalogue.find(name).title
    except UserError as error:
        raise WeightsError("error-weights-keras", path=str(path)) from error
    whole = Candidate(name, title, 0, 0, 0, 0, 0, ())
    values = (("model.weights", ""), ("model.weights_sha256", ""), ("model.pretrained", True))
    return StartingPoint(str(path), "keras", (whole,), is_sure=True, values=values)


def _model(
    path: Path, file: Path, info: ModelInfo, stored: Stored, ctx: JobContext
) -> StartingPoint:
    run = _run_at(path)
    values = [*_start_values(path), *_fingerprint(file, ctx)]
    values.append(("model.input_size", info.input_size))
    if run is not None:  # judged by the photos that it has not learned from
        data = run.read_recipe().data
        values += [(f"data.{name}", value) for name, value in data.model_dump().items()]
    return StartingPoint(
        path=str(path),
        kind="model",
        candidates=(_candidate(info.backbone, stored, ctx, info.input_size),),
        is_sure=True,
        tensors=len(stored.tensors),
        classes=len(info.classes),
        labels=info.classes,
        run="" if run is None else run.name,
        values=tuple(values),
    )


def _start_values(path: Path) -> list[tuple[str, Value]]:
    return [("model.weights", str(path.absolute())), ("model.pretrained", True)]


def _fingerprint(file: Path, ctx: JobContext) -> list[tuple[str, Value]]:
    return [("model.weights_sha256", sha256(file, ctx))]


def _run_at(path: Path) -> RunFolder | None:
    run = RunFolder(path)
    return run if str(path) != "." and run.recipe_file.is_file() else None


def _candidate(name: str, stored: Stored, ctx: JobContext, input_size: int = 0) -> Candidate:
    ctx.check_cancelled()
    backbone = catalogue.find(name)
    with torch.device("meta"):
        network = backbones.create(backbone.name, 2, input_size, 0.0)
    body, head = body_and_head(network)
    fit: Fit = fit_to(body, stored.tensors, head | _published_head(name))
    return Candidate(
        name=name,
        title=backbone.title,
        fitting=fit.fitting,
        wanted=fit.wanted,
        missing=len(fit.missing),
        reshaped=len(fit.reshaped),
        unexpected=len(fit.unexpected),
        problems=tuple(fit.problems()),
    )


def _published_head(name: str) -> frozenset[str]:
    row = architectures().get(name.partition(".")[0])
    return frozenset() if row is None else frozenset(row.head.split())


def _said(file: Path, stored: Stored) -> str:
    """What the file itself, or the description that the hub puts beside it, calls its network."""
    if stored.architecture in architectures():
        return stored.architecture
    if catalogue.is_published(file.stem):
        return file.stem
    if (torchvision := _TORCHVISION_FILE.fullmatch(file.name)) is not None:
        return f"torchvision/{torchvision[1]}"
    described = file.with_name("config.json")
    try:
        if described.stat().st_size > _MOST_DESCRIPTION:
            return ""
        found = json.loads(described.read_text(encoding="utf-8"))
        name = found["architecture"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    tag = found.get("pretrained_cfg", {}).get("tag") if isinstance(found, dict) else None
    full = f"{name}.{tag}" if isinstance(tag, str) and tag else str(name)
    return full if str(name) in architectures() else ""


def _ordered(names: tuple[str, ...], hint: str, file: Path) -> list[str]:
    """The likeliest first: what the file says, what it is called after, the others."""
    stem = file.stem.casefold()
    called = sorted((n for n in names if stem.startswith(n.casefold())), key=len, reverse=True)
    bare = hint.partition(".")[0]
    others = [n for n in names if n not in called and n != bare]
    first = [hint] if hint and (not names or bare in names) else []
    return list(dict.fromkeys([*first, *called, *others]))
