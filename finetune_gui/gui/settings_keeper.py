"""Writes the settings a moment after they change."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core import recipe, settings
from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.settings import Settings
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.jobs.keep_settings import KeepSettings

_logger = logging.getLogger(__name__)

SAVE_AFTER_MS = 700


def kept_recipe(kept: Settings) -> Recipe:
    """The recipe last set in the form; the default one where it cannot be read any more."""
    try:
        return recipe.from_toml(kept.recipe)
    except RecipeError:
        _logger.info("the kept recipe cannot be read; the default one is used")
        return Recipe()


class SettingsKeeper(QObject):
    """Keeps ``wanted`` in ``file``; changes in quick succession are written once.

    ``failed`` carries a `UserError`, once: every change would fail for the same reason.
    """

    failed = Signal(object)

    def __init__(self, wanted: Settings, file: Path, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._file = file
        self._runner = runner
        self._closed = False
        self._told = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SAVE_AFTER_MS)
        self.timer.timeout.connect(self._on_timeout)

    def save_soon(self) -> None:
        """Write what is set in a moment."""
        if not self._closed:
            self.timer.start()

    def save_now(self) -> JobHandle[None]:
        """Begin to write what is set now."""
        copy = self._wanted.model_copy(deep=True)
        return self._runner.start(KeepSettings(copy, self._file))

    def close(self) -> None:
        """Write a last time before all is over, or log that it cannot be; later changes are lost.

        No job may be at work any more.
        """
        self.stop()
        try:
            settings.save(self._wanted, self._file)
        except OSError:
            _logger.exception("the settings could not be saved")

    def stop(self) -> None:
        """Start no job any more."""
        self._closed = True
        self.timer.stop()

    def _on_timeout(self) -> None:
        self.save_now().failed.connect(self._on_failed)

    def _on_failed(self, error: UserError) -> None:
        if not self._told:
            self._told = True
            self.failed.emit(error)
