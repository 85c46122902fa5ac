"""The style sheet of the whole application, built from the tokens of a theme."""

from __future__ import annotations

from pathlib import Path
from string import Template

from finetune_gui.core.paths import resource

_BASE = """
QWidget { color: $text; font-size: 13px; }
QMainWindow, QDialog { background: $background; }
QLabel { background: transparent; }
QLabel:disabled { color: $disabled; }
QLabel[role="title"] { font-size: 20px; font-weight: 600; }
QLabel[role="heading"] { font-size: 13px; font-weight: 600; }
QLabel[role="subheading"] { font-size: 15px; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="caption"] { color: $muted; font-size: 11px; }
QLabel[role="number"] { font-size: 20px; font-weight: 600; }
QFrame[role="card"] {
  background: $surface; border: 1px solid $line; border-radius: 12px;
}
QFrame[role="tour"] {
  background: $surface; border: 1px solid $accent; border-radius: 12px;
}
QFrame[role="well"] { background: $raised; border: none; border-radius: 8px; }
QFrame[role="hline"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="info"] { background: $accent_wash; border: none; border-radius: 8px; }
QFrame[role="caution"] { background: $caution_wash; border: none; border-radius: 8px; }
QFrame[role="danger"] { background: $danger_wash; border: none; border-radius: 8px; }
QFrame[role="good"] { background: $good_wash; border: none; border-radius: 8px; }
QFrame#window-banner { margin-top: 12px; }
/* A QLabel is a QFrame as well: these come after the areas of the same name. */
QLabel[role="accent"], QLabel[role="good"], QLabel[role="caution"], QLabel[role="danger"] {
  background: transparent;
}
QLabel[role="accent"], QLabel[tone="info"] { color: $accent_text; }
QLabel[role="good"], QLabel[tone="good"] { color: $good_text; }
QLabel[role="caution"], QLabel[tone="caution"] { color: $caution_text; }
QLabel[role="danger"], QLabel[tone="danger"] { color: $danger_text; }
QFrame[role="drop"] {
  background: $surface; border: 2px dashed $line_strong; border-radius: 12px;
}
QFrame[role="drop"][hover="true"] { background: $accent_wash; border-color: $accent; }
QFrame[role="drop"]:focus { border: 2px solid $accent; }
QToolTip {
  background: $text; color: $surface; border: none; padding: 4px 8px; font-size: 12px;
}
QSplitter::handle { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QStackedWidget { background: transparent; }
"""

_BUTTONS = """
QPushButton {
  background: $surface; border: 1px solid $line_strong; border-radius: 8px;
  padding: 7px 14px; min-height: 18px; font-weight: 500;
}
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $accent; padding: 6px 13px; }
QPushButton:disabled { color: $disabled; background: $background; border-color: $line; }
QPushButton[role="primary"] {
  background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600;
}
QPushButton[role="primary"]:hover {
  background: $accent_hover; border-color: $accent_hover;
}
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 6px 13px; }
QPushButton[role="primary"]:disabled {
  background: $raised; color: $disabled; border: 1px solid $line;
}
QPushButton[role="danger"] { color: $danger_text; }
QPushButton[role="danger"]:hover { background: $danger_wash; border-color: $danger; }
QPushButton[role="danger"]:disabled { color: $disabled; }
QPushButton[role="ghost"] {
  background: transparent; border: 1px solid transparent; color: $muted; padding: 5px 8px;
  font-weight: 400;
}
QPushButton[role="ghost"]:hover { background: $raised; color: $text; }
QPushButton[role="ghost"]:pressed { background: $line; }
QPushButton[role="ghost"]:focus { border: 2px solid $accent; padding: 4px 7px; }
QPushButton[role="ghost"]:disabled { color: $disabled; background: transparent; }
QPushButton[role="small"] { padding: 3px 10px; min-height: 16px; font-size: 12px; }
QPushButton[role="small"]:focus { padding: 2px 9px; }
QPushButton[role="chip"] {
  border-radius: 13px; padding: 3px 11px; min-height: 18px; font-size: 12px; font-weight: 400;
}
QPushButton[role="chip"]:checked {
  background: $accent_wash; color: $accent_text; border-color: $accent;
}
QPushButton[role="chip"]:focus { border: 2px solid $accent; padding: 2px 10px; }
QToolButton {
  background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 5px;
}
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $accent_wash; }
QToolButton:focus { border: 2px solid $accent; padding: 4px; }
QToolButton:disabled { color: $disabled; background: transparent; }
QToolButton[role="compact"] { padding: 1px; border-radius: 4px; }
QToolButton[role="compact"]:focus { padding: 0; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QToolButton::menu-indicator { image: none; }
"""

_INPUTS = """
QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
  background: $surface; border: 1px solid $line_strong; border-radius: 8px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QAbstractSpinBox, QComboBox { padding: 5px 8px; min-height: 18px; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
  border: 2px solid $accent; padding: 4px 7px;
}
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; padding: 3px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled, QPlainTextEdit:disabled {
  color: $disabled; background: $background; border-color: $line;
}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
  border: none; background: transparent; padding: 0; min-height: 0;
}
QLineEdit[role="search"] { background: $raised; border-color: $line; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border: 2px solid $danger; }
QAbstractSpinBox { padding-right: 22px; }
QAbstractSpinBox:focus { padding-right: 21px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  subcontrol-origin: border; width: 20px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 3px 3px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 3px 3px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {
  background: $raised; border-radius: 4px;
}
QAbstractSpinBox::up-arrow { image: url($up); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url($down); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off { image: url($up_off); }
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {
  image: url($down_off);
}
QComboBox { padding-right: 26px; }
QComboBox:focus { padding-right: 25px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url($down); width: 14px; height: 14px; }
QComboBox::down-arrow:disabled { image: url($down_off); }
QComboBox QAbstractItemView {
  background: $surface; border: 1px solid $line; padding: 4px; outline: none;
}
QComboBox QAbstractItemView::item {
  padding: 5px 8px; min-height: 18px; border-radius: 6px; color: $text;
}
QComboBox QAbstractItemView::item:selected { background: $accent_wash; color: $text; }
QComboBox QAbstractItemView::item:disabled { color: $disabled; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; padding: 2px; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QRadioButton::indicator {
  width: 16px; height: 16px; background: $surface; border: 1px solid $muted;
}
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked {
  background: $accent; border-color: $accent; image: url($check);
}
QCheckBox::indicator:indeterminate {
  background: $accent; border-color: $accent; image: url($minus);
}
QRadioButton::indicator:checked { border: 5px solid $accent; width: 8px; height: 8px; }
QCheckBox:focus, QRadioButton:focus { color: $accent_text; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
  background: $raised; border-color: $line_strong;
}
QCheckBox::indicator:checked:disabled { image: url($check_off); }
QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; background: $raised; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
  width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
  background: $surface; border: 2px solid $accent;
}
QSlider::handle:horizontal:hover { background: $accent_wash; }
QSlider::handle:horizontal:focus { background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $line_strong; }
QSlider::handle:horizontal:disabled { border-color: $line_strong; }
QProgressBar {
  background: $raised; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
  color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }
"""

_VIEWS = """
QAbstractItemView {
  background: transparent; border: none; outline: none;
  selection-background-color: $accent_wash; selection-color: $text;
}
QListView::item { border-radius: 8px; padding: 6px 8px; }
QListView::item:hover { background: $raised; }
QListView::item:selected { background: $accent_wash; color: $text; }
QListView:focus, QTableView:focus, QTreeView:focus { border: 1px solid $accent; }
QTableView { gridline-color: $line; }
QTableView::item { padding: 6px 8px; border: none; }
QTableView::item:hover { background: $raised; }
QTableView::item:selected { background: $accent_wash; color: $text; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
  background: transparent; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: 6px 11px; font-weight: 500;
}
QTableCornerButton::section { background: transparent; border: none; }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; }
QTabBar::tab {
  background: transparent; color: $muted; padding: 6px 12px; border: none;
  border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }
QMenu { background: $surface; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $accent_wash; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""

_SHELL = """
QFrame[role="rail"] { background: $surface; border: none; border-right: 1px solid $line; }
QFrame[role="status"] { background: $surface; border: none; border-top: 1px solid $line; }
QFrame[role="status"] QLabel { color: $muted; font-size: 12px; }
"""


def build_style_sheet(tokens: dict[str, str], folder: str) -> str:
    """The style sheet for ``tokens`` (name to colour).

    Qt reads the pictures of a style sheet from files, so the few small ones (arrows, check mark)
    are drawn in the theme's colours into ``folder``.
    """
    pictures = {
        "up": ("chevron-up", "muted"),
        "up_off": ("chevron-up", "line_strong"),
        "down": ("chevron-down", "muted"),
        "down_off": ("chevron-down", "line_strong"),
        "check": ("check", "on_accent"),
        "check_off": ("check", "disabled"),
        "minus": ("minus", "on_accent"),
    }
    files = {
        name: _draw(icon, tokens[token], Path(folder)) for name, (icon, token) in pictures.items()
    }
    template = Template(_BASE + _BUTTONS + _INPUTS + _VIEWS + _SHELL)
    return template.substitute(tokens, **files)


def _draw(icon: str, color: str, folder: Path) -> str:
    file = folder / f"{icon}-{color.lstrip('#')}.svg"
    if not file.exists():
        drawing = resource("icons", f"{icon}.svg").read_text(encoding="utf-8")
        file.write_text(drawing.replace("currentColor", color), encoding="utf-8")
    return file.as_posix()
