"""Run folders with models and evaluations, made without training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finetune_gui.core import events
from finetune_gui.core.errors import PhotoError
from finetune_gui.core.events import Event
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.engine import backbones, evaluation
from finetune_gui.engine.evaluation import Evaluation
from finetune_gui.engine.model_file import ModelInfo, save_model
from finetune_gui.engine.prediction import Prediction
from tests.helpers.photos import save_photo
from tests.helpers.tiny import tiny_recipe

CLASSES = ("avocado", "kiwi", "lemon")
# (truth, answer, confidence): 4 avocados of which 2 are called kiwi, 3 kiwis, 3 lemons with 1 miss.
STORY = (
    ("avocado", "avocado", 0.99),
    ("avocado", "avocado", 0.7),
    ("avocado", "kiwi", 0.74),
    ("avocado", "kiwi", 0.91),
    ("kiwi", "kiwi", 0.95),
    ("kiwi", "kiwi", 0.95),
    ("kiwi", "kiwi", 0.95),
    ("lemon", "lemon", 0.8),
    ("lemon", "lemon", 0.9),
    ("lemon", "avocado", 0.55),
)


def answer(path: Path, label: str, confidence: float, classes: Sequence[str]) -> Prediction:
    """A prediction whose other classes share what is left."""
    rest = (1 - confidence) / max(1, len(classes) - 1)
    shares = {name: confidence if name == label else rest for name in classes}
    return Prediction(path, label, confidence, shares)


def broken(path: Path) -> Prediction:
    """A photo that could not be read."""
    return Prediction(path, error=PhotoError("error-photo-damaged"))


def make_evaluation(
    folder: Path,
    *,
    split: str = "test",
    classes: Sequence[str] = CLASSES,
    story: Sequence[tuple[str, str, float]] = STORY,
    unreadable: int = 0,
) -> Evaluation:
    """Real photos in ``folder``, judged as ``story`` says."""
    answers = [
        answer(save_photo(folder / f"{n:03} {truth}.png", n), guess, confidence, classes)
        for n, (truth, guess, confidence) in enumerate(story)
    ]
    truths = [truth for truth, _, _ in story]
    for n in range(unreadable):
        answers.append(broken(folder / f"broken{n}.jpg"))
        truths.append(truths[0])
    return evaluation.summarise(tuple(classes), truths, answers, split)


def started(n_test: int) -> events.RunStarted:
    """How a run with so many test photos begins."""
    return events.RunStarted(
        backbone="tf_efficientnet_lite0",
        classes=CLASSES,
        n_train=20,
        n_validation=6,
        n_test=n_test,
        epochs=2,
        steps_per_epoch=5,
        device="cpu",
        precision="float32",
        time=100.0,
    )


def epoch(at: float) -> events.EpochFinished:
    """An epoch that found a better model at the time ``at``."""
    return events.EpochFinished(1, 5, 0.3, 0.9, 0.35, 0.9, 0.9, True, 1.0, 1.0, time=at)


def finished(at: float = 300.0) -> events.RunFinished:
    """The end of a run that has a model."""
    return events.RunFinished("done", "finetune", 1, 0.9, 0.8, 3.0, time=at)


def make_run(
    path: Path, *told: Event, found: Evaluation | None = None, model: bool = True
) -> RunFolder:
    """A run folder with these events, perhaps an evaluation, and a file where the model stands."""
    run = RunFolder.create(path, Recipe())
    for event in told:
        run.append_event(event)
    if found is not None:
        evaluation.write_evaluation(run, found)
        n = len(found.judged)
        run.append_event(
            events.Evaluated(found.split, found.accuracy, found.macro_f1, n, time=301.0)
        )
    if model:
        run.model_file.write_bytes(b"not really")
    return run


def make_finished_run(path: Path, found: Evaluation | None = None, n_test: int = 10) -> RunFolder:
    """A run that went to its end."""
    return make_run(path, started(n_test), epoch(200.0), finished(), found=found)


def make_working_run(
    path: Path, classes: Sequence[str] = CLASSES, backbone: str = "tf_efficientnet_lite0"
) -> RunFolder:
    """A finished run with a real network in it, whose answers mean nothing."""
    own_size = {"model__input_size": 0} if backbone.startswith("file:") else {}
    recipe = tiny_recipe(model__backbone=backbone, **own_size)
    run = RunFolder.create(path, recipe)
    for event in (started(0), epoch(200.0), finished()):
        run.append_event(event)
    run.write_manifest(Manifest(str(path), tuple(classes), ()))
    network = backbones.create(recipe.model.backbone, len(classes), recipe.model.input_size, 0.0)
    preprocessing = backbones.preprocessing_for(recipe.model)
    info = ModelInfo(
        recipe.model.backbone,
        recipe.model.input_size,
        tuple(classes),
        preprocessing,
        "finetune",
        1,
        0.9,
        0.3,
        architecture=backbones.architecture(backbone),
    )
    save_model(run.path, network, info)
    return run
