"""What can be read on a page."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from finetune_gui.gui.pages.evaluate import EvaluatePage


def subtitle(page: EvaluatePage) -> str:
    return page.header.subtitle.text()


def words(page: QWidget) -> str:
    """All that can be read on the page now."""
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())
