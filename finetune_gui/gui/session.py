"""What is open in the window: the pages look at it and ask it for changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal

from finetune_gui.core import messages, recipe, settings
from finetune_gui.core.errors import UserError
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import Job
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.core.settings import Settings
from finetune_gui.dataset.index import Dataset, SkippedPhoto, Split
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.gui.run_desk import RunDesk
from finetune_gui.gui.settings_keeper import SettingsKeeper, kept_recipe
from finetune_gui.gui.theme import Mode, Theme, current_theme
from finetune_gui.jobs.load_torch import LoadTorch
from finetune_gui.jobs.open_dataset import OpenDataset
from finetune_gui.jobs.split_dataset import SplitDataset

ResultT = TypeVar("ResultT")
TorchState = Literal["pending", "loading", "ready", "failed"]
MIN_CLASSES = 2


class Session(QObject):
    """The one object that pages share. Every attribute is read-only for them.

    ``splits`` is aligned with ``dataset.samples``, or empty while they are being computed.
    ``opening`` is the job that reads a dataset, None when there is none. ``torch_info`` has the
    device once ``torch_state`` is "ready". ``message`` carries a `UserError` or a text,
    ``weights_offered`` the path of a file or run folder that training may start from.
    """

    dataset_changed = Signal()
    splits_changed = Signal()
    recipe_changed = Signal()
    run_changed = Signal()
    run_events = Signal(list)
    training_changed = Signal()
    torch_changed = Signal()
    opening_changed = Signal()
    photos_dropped = Signal(list)
    weights_offered = Signal(object)
    weights_places_changed = Signal()
    message = Signal(object)

    def __init__(self, paths: AppPaths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paths = paths
        self.settings: Settings = settings.load(paths.settings_file)
        self.runner = JobRunner(self)
        self.theme: Theme = current_theme()
        self.dataset: Dataset | None = None
        self.splits: tuple[Split, ...] = ()
        self.recipe: Recipe = kept_recipe(self.settings)
        self.opening: JobHandle[Dataset] | None = None
        self.torch_state: TorchState = "pending"
        self.torch_info: dict[str, str] = {}
        self._splitting: JobHandle[tuple[Split, ...]] | None = None
        self._weights_missing: frozenset[str] = frozenset()
        self._taken_from = ""
        self._backbone_titles: dict[str, str] = {}
        self.desk = self._make_desk()
        self.trying: JobHandle[Any] | None = None
        self.keeper = SettingsKeeper(self.settings, paths.settings_file, self.runner, self)
        self.keeper.failed.connect(self.message)
        messages.set_language(self.settings.language or messages.system_language())
        self.theme.set_mode(self.settings.theme)

    def _make_desk(self) -> RunDesk:
        desk = RunDesk(self.paths, self.runner, self)
        desk.run_changed.connect(self._on_run_changed)
        desk.run_events.connect(self.run_events)
        desk.training_changed.connect(self._on_training_changed)
        desk.message.connect(self.message)
        return desk

    # ---- dataset

    def open_dataset(self, path: Path) -> None:
        """Read the dataset at ``path`` (folder, CSV, zip); what was open stays until it is read."""
        if self.opening is not None:
            self.opening.cancel()
        handle = self.runner.start(OpenDataset(path, self.paths))
        self.opening = handle
        handle.finished.connect(lambda found: self._on_dataset(path, found))
        handle.failed.connect(lambda error: self._on_not_opened(path, error))
        handle.state_changed.connect(lambda _state: self._on_opening_over(handle))
        self.opening_changed.emit()

    def open_demo(self) -> None:
        """Open the small set of photos that the program ships."""
        self.open_dataset(resource("demo", "fashion"))

    def close_dataset(self) -> None:
        """Close what is open; nothing on disk changes."""
        if self.opening is not None:
            self.opening.cancel()
        self.settings.last_dataset = ""
        self.save_settings()
        self._use_dataset(None)

    def mark_skipped(self, photos: tuple[SkippedPhoto, ...]) -> None:
        """Leave out photos that turned out to be unreadable, and split the others again."""
        if self.dataset is None or not photos:
            return
        gone = {photo.path for photo in photos}
        kept = [sample.path not in gone for sample in self.dataset.samples]
        if len(self.splits) == len(kept):
            self.splits = tuple(s for s, keep in zip(self.splits, kept, strict=True) if keep)
        self.dataset = self.dataset.with_skipped(photos)
        self.dataset_changed.emit()
        self.splits_changed.emit()
        self._split()  # training splits what is left, so this must show the same

    def _on_dataset(self, path: Path, found: Dataset) -> None:
        self.settings.remember_dataset(path)
        self.save_settings()
        self._use_dataset(found)

    def _on_not_opened(self, path: Path, error: UserError) -> None:
        self.settings.forget_dataset(path)
        self.save_settings()
        self.message.emit(error)

    def _on_opening_over(self, handle: JobHandle[Dataset]) -> None:
        if handle.is_over and self.opening is handle:
            self.opening = None
            self.opening_changed.emit()

    def _use_dataset(self, dataset: Dataset | None) -> None:
        self.dataset = dataset
        self.splits = ()
        self.dataset_changed.emit()
        self.splits_changed.emit()
        self._split()

    def _split(self) -> None:
        if self._splitting is not None:
            self._splitting.cancel()
            self._splitting = None
        if self.dataset is None:
            return
        handle = self.runner.start(SplitDataset(self.dataset, self.recipe))
        self._splitting = handle
        handle.finished.connect(lambda found: self._on_split(handle, found))
        handle.failed.connect(self.message.emit)

    def _on_split(self, handle: JobHandle[tuple[Split, ...]], found: tuple[Split, ...]) -> None:
        # One that was overtaken is of other photos or of another recipe.
        if handle is self._splitting:
            self.splits = found
            self.splits_changed.emit()

    # ---- recipe

    def change_recipe(self, values: dict[str, Any]) -> None:
        """Change some dotted keys; raises `RecipeError` and changes nothing if one is not valid."""
        self.use_recipe(recipe.with_values(self.recipe, values), self._taken_from)

    def reset_recipe(self, keys: Iterable[str]) -> None:
        """Set some dotted keys to their defaults."""
        fields = recipe.recipe_fields()
        self.change_recipe({key: fields[key].default for key in keys})

    def use_recipe(self, wanted: Recipe, taken_from: str = "") -> None:
        """Take a whole recipe; ``taken_from`` is the name of the run that it was of, if any."""
        self._taken_from = taken_from
        if wanted == self.recipe:
            return
        split_again = wanted.data != self.recipe.data
        self.recipe = wanted
        self.settings.recipe = recipe.to_toml(wanted)
        self.save_settings()
        self.recipe_changed.emit()
        if split_again:
            self._split()

    # ---- training and runs

    @property
    def run(self) -> RunFolder | None:
        """The run that is shown; its folder appears once training has begun in it."""
        return self.desk.run

    @property
    def run_recipe(self) -> Recipe | None:
        """What was asked for in the run that is shown."""
        return self.desk.run_recipe

    @property
    def history(self) -> RunHistory | None:
        """The story of the run that is shown; it grows with each ``run_events``."""
        return self.desk.history

    @property
    def run_state(self) -> RunState | None:
        """Where the run that is shown stands; None when there is none."""
        return self.desk.state

    @property
    def finished_run(self) -> RunFolder | None:
        """The run that is shown if its model can be used: only one that finished."""
        return self.run if self.run_state is RunState.FINISHED else None

    @property
    def training(self) -> JobHandle[RunFolder] | None:
        """The job that trains in this program; None when there is none."""
        return self.desk.training

    @property
    def shows_live_run(self) -> bool:
        """Whether the run that is shown is the one that is trained in this program."""
        return self.run is not None and self.run is self.desk.live_run

    def why_not_go_on(self) -> str:
        """Why nothing that was begun can go on now, as a sentence; empty when it can.

        What it is trained on, and how, was settled when it began.
        """
        if self.torch_state == "failed":
            return tr("shell-why-no-torch")
        if self.training is not None or self.trying is not None:
            return tr("shell-why-training" if self.trying is None else "trials-why-trying")
        return ""

    def why_not_start(self, recipe: Recipe | None = None) -> str:
        """Why a new training by ``recipe``, or that of the form, cannot start now, as a sentence;
        empty when it can."""
        why = self.why_not_go_on()
        if why:
            return why
        model = (recipe or self.recipe).model
        if model.needs_published and model.backbone in self._weights_missing:
            return tr("model-why-no-weights")
        if self.dataset is None:
            return tr("shell-why-no-dataset")
        if len(self.dataset.classes) < MIN_CLASSES:
            return tr("shell-why-one-class")
        return self._why_not_split(Counter(self.splits))

    def _why_not_split(self, counts: Counter[Split]) -> str:
        if not self.splits:
            return tr("shell-why-splitting")
        if not counts["train"]:
            return tr("shell-why-no-train")
        return "" if counts["validation"] else tr("shell-why-no-validation")

    def set_backbones(self, titles: dict[str, str], weights_missing: frozenset[str]) -> None:
        """What people call the backbones, and those whose weights are not on this computer."""
        if (titles, weights_missing) != (self._backbone_titles, self._weights_missing):
            self._backbone_titles, self._weights_missing = titles, weights_missing
            self.training_changed.emit()

    def backbone_title(self, name: str) -> str:
        """What people call a backbone; its name until the engine has told."""
        return self._backbone_titles.get(name, name)

    def backbones_at_hand(self) -> tuple[str, ...]:
        """The backbones whose weights are on this computer, once the engine has told."""
        return tuple(n for n in self._backbone_titles if n not in self._weights_missing)

    def start_training(self) -> None:
        """Begin a new run on what is open; does nothing while `why_not_start` has a reason."""
        if self.dataset is not None and not self.why_not_start():
            parent, self._taken_from = self.parent_of_next, ""
            self.desk.train(self.dataset, self.recipe, parent)

    @property
    def parent_of_next(self) -> str:
        """The name of the run of which one that starts now is a changed copy; may be empty.

        It is the one whose settings were taken over, else the one that is shown if it learned from
        the photos that are open.
        """
        if self._taken_from:
            return self._taken_from
        if self.run is None or self.dataset is None:
            return ""
        same = self.desk.run_dataset == str(self.dataset.root)
        return self.run.name if same else ""

    def begin_trying(self, job: Job[ResultT]) -> JobHandle[ResultT]:
        """Run a job that trains many times; until it is over no other training can start.

        ``trying`` is the job, None when there is none; ``training_changed`` tells of both.
        """
        handle = self.runner.start(job)
        self.trying = handle
        handle.state_changed.connect(lambda _state: self._on_trying(handle))
        self.training_changed.emit()
        return handle

    def _on_trying(self, handle: JobHandle[Any]) -> None:
        if handle.is_over and self.trying is handle:
            self.trying = None
        self.training_changed.emit()

    @property
    def occupied(self) -> JobHandle[Any] | None:
        """The job that trains in this program, one run or many; None when there is none."""
        return self.training or self.trying

    def pause_training(self) -> None:
        """Save the state and end, so that the run can be resumed."""
        if self.training is not None:
            self.training.pause()

    def stop_training(self) -> None:
        """End now and keep the best model."""
        if self.training is not None:
            self.training.cancel()

    def resume_run(self, path: Path) -> None:
        """Show the run at ``path`` and go on with it, unless trials are being made."""
        if self.trying is not None:
            self.message.emit(tr("trials-why-trying"))
        else:
            self.desk.resume(path)

    def open_run(self, path: Path) -> None:
        """Show the run at ``path``; one that another process trains is followed."""
        self.desk.open(path)

    def forget_run(self, path: Path) -> None:
        """The run at ``path`` is gone: show it no more, and call no other one its copy."""
        if self._taken_from == path.name:
            self._taken_from = ""
        if self.run is not None and self.run.path == path:
            self.desk.close()

    def _on_run_changed(self) -> None:
        path = "" if self.run is None else str(self.run.path)
        if path != self.settings.last_run:
            self.settings.last_run = path
            self.save_settings()
        self.run_changed.emit()

    def _on_training_changed(self) -> None:
        live = self.desk.live_run
        path = "" if live is None else str(live.path)
        if path != self.settings.unfinished_run:
            self.settings.unfinished_run = path
            self.save_settings()
        self.training_changed.emit()

    # ---- the program

    def load_torch(self) -> None:
        """Import torch beside the window, so that training starts without a wait."""
        self._set_torch("loading")
        handle = self.runner.start(LoadTorch())
        handle.finished.connect(self._on_torch)
        handle.failed.connect(self._on_no_torch)

    def set_language(self, language: Literal["", "en", "zh_CN"]) -> None:
        """Show everything in ``language``; empty means the system's."""
        self.settings.language = language
        self.save_settings()
        messages.set_language(language or messages.system_language())

    def set_theme(self, mode: Mode) -> None:
        """Look light, dark, or as the system does."""
        self.settings.theme = mode
        self.save_settings()
        self.theme.set_mode(mode)

    def set_weights_places(self, folders: list[str], mirror: str) -> None:
        """Look for weights in these folders too, and fetch them from ``mirror`` if it is given."""
        self.settings.weights_folders, self.settings.weights_mirror = folders, mirror
        # The engine reads them from the file, so it has to be written before anyone looks.
        handle = self.keeper.save_now()
        handle.finished.connect(lambda _: self.weights_places_changed.emit())
        handle.failed.connect(self.message.emit)

    def save_settings(self) -> None:
        """Write the settings soon; changes in quick succession are written once."""
        self.keeper.save_soon()

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Cancel all jobs and save the settings; False when a job did not stop in time."""
        self.keeper.stop()
        self.desk.close_quietly()
        stopped = self.runner.shutdown(timeout_ms)
        self.keeper.close()
        return stopped

    def _on_torch(self, info: dict[str, str]) -> None:
        self.torch_info = info
        self.runner.collector.settle()
        self._set_torch("ready")

    def _on_no_torch(self, error: UserError) -> None:
        self._set_torch("failed")
        self.message.emit(error)

    def _set_torch(self, state: TorchState) -> None:
        self.torch_state = state
        self.torch_changed.emit()
