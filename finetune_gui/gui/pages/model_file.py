"""Starting from a file or an earlier run: shows what it is before it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.gui.drops import WEIGHTS_SUFFIXES
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, small_button, text_label
from finetune_gui.gui.widgets.plain import set_button_text
from finetune_gui.jobs.look_at_weights import ListArchitectures, LookAtWeights

if TYPE_CHECKING:
    from finetune_gui.engine.starting_point import Candidate, StartingPoint

_DETAILS_HEIGHT = 132
_DOT = " · "


class FilePanel(QWidget):
    """What was chosen as the starting point, or what is wrong with it; hidden otherwise.

    ``used`` comes when the user decided for it and the recipe has changed.
    """

    used = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looking: JobHandle[StartingPoint] | None = None
        self._waiting: tuple[Path, str] | None = None  # asked for before torch was there
        self._names: tuple[str, ...] = ()
        self._path = Path()
        self.found: StartingPoint | None = None
        self.error: UserError | None = None
        self.banner = Banner("model-file")
        self.banner.dismissed.connect(self.forget)
        self._typed = QLineEdit()
        self.choice = self._make_choice()
        self.details = self._make_details()
        self.copy_button = small_button("model-file-copy", "model-file-copy")
        self.copy_button.clicked.connect(self._copy)
        self._lay_out()
        follow(self, session.recipe_changed, self._show)
        follow(self, session.torch_changed, self._look_now)
        on_change(self, self._show)
        self._show()

    def _make_choice(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("model-file-network")
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setLineEdit(self._typed)
        completer = QCompleter(box.model(), box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        box.setCompleter(completer)
        bind(box, box.setAccessibleName, "model-file-which")
        box.activated.connect(self._on_network)
        return box

    def _make_details(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setObjectName("model-file-details")
        text.setReadOnly(True)
        text.setFixedHeight(_DETAILS_HEIGHT)
        text.setTabChangesFocus(True)
        bind(text, text.setAccessibleName, "model-file-details")
        return text

    def _lay_out(self) -> None:
        self._which = QWidget()
        row = QHBoxLayout(self._which)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        row.addWidget(text_label("model-file-which"))
        row.addWidget(self.choice, 1)
        self._more = QWidget()
        below = QVBoxLayout(self._more)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(SPACE.xs)
        below.addWidget(self.details)
        below.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, SPACE.m, 0)
        column.setSpacing(SPACE.s)
        for widget in (self.banner, self._which, self._more):
            column.addWidget(widget)
        self._which.hide()
        self._more.hide()

    # ---- what the user does

    def ask(self, backbone: str = "") -> None:
        """Let the user choose a file; ``backbone`` where they have said which network it is."""
        dialog = QFileDialog(self, tr("model-file-choose"))
        dialog.setObjectName("model-file-dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        kinds = " ".join(f"*{suffix}" for suffix in WEIGHTS_SUFFIXES)
        dialog.setNameFilters(
            [f"{tr('model-file-kinds')} ({kinds})", f"{tr('model-file-any')} (*)"]
        )
        dialog.fileSelected.connect(lambda name: self.look_at(Path(name), backbone))
        dialog.open()

    def look_at(self, path: Path, backbone: str = "") -> None:
        """Find out what is at ``path`` and show it; nothing is used yet."""
        self._stop()
        self.found, self.error, self._path = None, None, path
        self._waiting = (path, backbone)
        self._show()
        self._look_now()

    def use(self) -> None:
        """Start from what is shown."""
        candidate = self._candidate()
        if self.found is not None and candidate is not None and candidate.is_whole:
            values = self.found.values_for(candidate.name)
            self.found = None
            self._session.change_recipe(values)
            self._show()
            self.used.emit()

    def forget(self) -> None:
        """Show nothing that was not used."""
        self._stop()
        self.found = self.error = None
        self._show()

    # ---- inside

    def _look_now(self) -> None:
        if self._waiting is None or self._session.torch_state != "ready":
            return
        (path, backbone), self._waiting = self._waiting, None
        handle = self._session.runner.start(LookAtWeights(path, backbone))
        self._looking = handle
        handle.finished.connect(lambda found: self._on_found(handle, found))
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        handle.cancelled.connect(lambda: self._on_cancelled(handle))

    def _on_cancelled(self, handle: JobHandle[StartingPoint]) -> None:
        """Somebody stopped it in the status line."""
        if handle is self._looking:
            self._looking = None
            self._show()

    def _stop(self) -> None:
        self._waiting = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _on_found(self, handle: JobHandle[StartingPoint], found: StartingPoint) -> None:
        if handle is not self._looking:
            return
        self._looking, self.found = None, found
        if not found.candidates and not self._names:
            listing = self._session.runner.start(ListArchitectures())
            listing.finished.connect(self._on_names)
        self._fill_choice()
        self._show()

    def _on_failed(self, handle: JobHandle[StartingPoint], error: UserError) -> None:
        if handle is self._looking:
            self._looking, self.error = None, error
            self._show()

    def _on_names(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._fill_choice()

    def _fill_choice(self) -> None:
        found = self.found
        if found is None:
            return
        names = [candidate.name for candidate in found.candidates] or list(self._names)
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems(names)
            self.choice.setCurrentIndex(0 if found.is_sure else -1)

    def _on_network(self, _index: int) -> None:
        name = self.choice.currentText().strip()
        if self.found is not None and name not in {c.name for c in self.found.candidates}:
            self.look_at(self._path, name)
        else:
            self._show()

    def _candidate(self) -> Candidate | None:
        """The network that is meant; None while the user has to choose."""
        if self.found is None:
            return None
        name = self.choice.currentText()
        return next((c for c in self.found.candidates if c.name == name), None)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        set_button_text(self.copy_button, "model-file-copied")

    # ---- what is shown

    def _show(self) -> None:
        self._more.hide()
        self._which.hide()
        self._typed.setPlaceholderText(tr("model-file-choose-network"))
        model = self._session.recipe.model
        if self._waiting is not None or self._looking is not None:
            self.banner.say("info", "model-file-looking", name=self._path.name)
        elif self.error is not None:
            self._show_error(self.error)
        elif self.found is not None:
            self._show_found(self.found)
        elif model.weights and model.pretrained:
            self._show_used(Path(model.weights))
        else:
            self.banner.hide()
            self.hide()
            return
        self.show()

    def _show_error(self, error: UserError) -> None:
        self.banner.say_error(error)
        cause = error.__cause__
        lines = [str(self._path), str(error), "" if cause is None else repr(cause)]
        self._offer_details("\n".join(filter(None, lines)))
        another = self._button("model-file-another", "model-file-another")
        self.banner.add_button(another, self.ask)

    def _show_found(self, found: StartingPoint) -> None:
        candidate = self._candidate()
        self._which.setVisible(found.kind == "file" and (not found.is_sure or candidate is None))
        if candidate is None:
            keys = ("model-file-ambiguous", "model-file-ambiguous-text")
            if not found.candidates:
                keys = ("model-file-unknown", "model-file-unknown-text")
            self.banner.say("info", *keys, name=self._path.name, n=found.tensors)
        elif candidate.is_whole:
            title, text = candidate.title, _DOT.join(self._facts(found, candidate))
            self.banner.say_text(
                "good", tr("model-file-is", name=self._path.name, title=title), text
            )
        else:
            self._show_misfit(candidate)
        use = self._button("model-file-use", "model-file-use")
        use.setEnabled(candidate is not None and candidate.is_whole)
        self.banner.add_button(use, self.use)

    def _facts(self, found: StartingPoint, candidate: Candidate) -> list[str]:
        facts = []
        if found.kind != "keras":
            fits = tr("model-file-fits", fitting=candidate.fitting, wanted=candidate.wanted)
            facts.append(fits)
        if found.classes is not None:
            facts.append(tr("model-file-classes", n=found.classes))
        if found.part:
            facts.append(tr("model-file-part", part=found.part))
        if found.kind == "model":
            facts.append(tr("model-file-run" if found.run else "model-file-export"))
        return facts

    def _show_misfit(self, candidate: Candidate) -> None:
        counts = {
            "missing": candidate.missing,
            "reshaped": candidate.reshaped,
            "unexpected": candidate.unexpected,
        }
        said = [tr(f"model-file-{kind}", n=n) for kind, n in counts.items() if n]
        heading = tr("model-file-misfit", name=self._path.name, title=candidate.title)
        fits = tr("model-file-fits", fitting=candidate.fitting, wanted=candidate.wanted)
        self.banner.say_text("caution", heading, _DOT.join([fits, *said]))
        self._offer_details("\n".join(candidate.problems))
        self._which.show()

    def _show_used(self, path: Path) -> None:
        self.banner.say("good", "model-file-used", "model-file-used-text", name=path.name)
        self.banner.setToolTip(str(path))
        back = self._button("model-file-back", "model-file-back")
        self.banner.add_button(back, lambda: self._session.change_recipe({"model.weights": ""}))
        self.banner.close_button.hide()

    def _offer_details(self, text: str) -> None:
        self.details.setPlainText(text)
        set_button_text(self.copy_button, "model-file-copy")
        more = self._button("model-file-details", "model-file-show-details")
        self.banner.add_button(more, lambda: self._more.setVisible(not self._more.isVisible()))

    def _button(self, key: str, name: str) -> QPushButton:
        self.banner.close_button.show()
        return small_button(key, name)
