"""What explains the program: welcome, tour, help and about. Each is loaded when it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from finetune_gui.gui.dialogs import HelpDialog
from finetune_gui.gui.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from finetune_gui.gui.main_window import MainWindow
    from finetune_gui.gui.tour import Tour


class Guide(QObject):
    """Belongs to the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._tour: Tour | None = None

    @property
    def tour(self) -> Tour:
        """The tour, on or not."""
        if self._tour is None:
            from finetune_gui.gui.tour import Tour

            self._tour = Tour(self._window)
        return self._tour

    def start_tour(self) -> None:
        """Show the person around."""
        self.tour.start()

    def show_welcome(self) -> None:
        """Say hello, beside the window and not in its way."""
        from finetune_gui.gui.welcome import WelcomeDialog

        dialog = WelcomeDialog(self._window.session, self._window)
        dialog.tour_asked.connect(self.start_tour)
        dialog.show()

    def show_about(self) -> None:
        """Say what the program is made of."""
        from finetune_gui.gui.about import AboutDialog

        AboutDialog(self._window.session, self._window).open()

    def show_lesson(self) -> None:
        """Open the lesson, where it was."""
        from finetune_gui.gui.pages.lesson import LessonDialog

        LessonDialog(self._window.session, self._window).open()

    def show_help(self) -> None:
        """Say what the page is for."""
        dialog = HelpDialog(self._window.current, self._window)
        dialog.add_guide("help-tour", "tour-take", self.start_tour)
        dialog.add_guide("help-lesson", "lesson-open-short", self.show_lesson)
        dialog.add_guide("help-about", "about-open", self.show_about)
        dialog.open()

    def show_settings(self) -> None:
        """Open the settings."""
        dialog = SettingsDialog(self._window.session, self._window)
        dialog.tour_asked.connect(self.start_tour)
        dialog.about_asked.connect(self.show_about)
        dialog.open()
