"""What a file manager or ``--open`` hands over: opened as if it had been chosen in the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from typing_extensions import override

from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.drops import sort_dropped
from finetune_gui.jobs.look_at_paths import FoundPaths, LookAtPaths
from finetune_gui.jobs.recipe_file import ReadRecipe

if TYPE_CHECKING:
    from finetune_gui.gui.main_window import MainWindow


class Opener(QObject):
    """Belongs to the window; what it cannot open it says in the window's banner.

    macOS hands files over by an event of the application: where this is installed as the
    application's event filter, they are opened like any others.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Path] | None = []  # until the window has begun

    def begin(self, paths: Sequence[Path]) -> None:
        """Open ``paths`` and what was handed over until now. Call it after the last run's."""
        waiting, self._waiting = self._waiting or [], None
        self.open([*paths, *waiting])

    def open(self, paths: Sequence[Path]) -> None:
        """Open a run, a recipe, a dataset, a model or photos."""
        if self._waiting is not None:
            self._waiting.extend(paths)
        elif paths:
            session = self._window.session
            looking = session.runner.start(LookAtPaths(tuple(paths)))
            looking.finished.connect(self._on_found)
            looking.failed.connect(session.message)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the event by which macOS opens a file; all others go on."""
        if event.type() is not QEvent.Type.FileOpen:
            return False
        opened = cast(QFileOpenEvent, event)
        name = opened.file() or opened.url().toLocalFile()
        if name:
            self.open([Path(name)])
        return True

    def _on_found(self, found: FoundPaths) -> None:
        if found.run is not None:
            self._window.session.open_run(found.run)
            finished = found.state is RunState.FINISHED
            self._window.show_page("evaluate" if finished else "train")
        if found.recipe is not None:
            self._read_recipe(found.recipe)
        if found.others:
            self._take(found.others)
        if found.missing:
            path = str(found.missing[0])
            self._window.banner.say(
                "caution", "shell-open-missing", "shell-open-missing-text", path=path
            )

    def _take(self, paths: tuple[Path, ...]) -> None:
        kinds = sort_dropped(paths)
        if kinds.datasets or kinds.weights or kinds.photos:
            self._window.take(list(paths))
        else:
            name = paths[0].name
            self._window.banner.say(
                "caution", "shell-open-unknown", "shell-open-unknown-text", name=name
            )

    def _read_recipe(self, path: Path) -> None:
        session = self._window.session
        reading = session.runner.start(ReadRecipe(path))
        reading.finished.connect(lambda recipe: self._on_recipe(path, recipe))
        reading.failed.connect(session.message)

    def _on_recipe(self, path: Path, recipe: Recipe) -> None:
        self._window.session.use_recipe(recipe)
        self._window.show_page("train")
        self._window.banner.say(
            "info", "shell-open-recipe", "shell-open-recipe-text", name=path.name
        )
