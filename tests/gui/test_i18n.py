"""Texts follow the language for as long as their widget lives."""

from __future__ import annotations

import gc
import weakref

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language
from finetune_gui.gui import follow
from finetune_gui.gui.i18n import bind, on_change, unbind


def test_a_text_is_set_at_once_and_at_each_change(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    bind(label, label.setText, "common-cancel")
    assert label.text() == "Cancel"
    set_language("zh_CN")
    assert label.text() == "取消"
    set_language("en")
    assert label.text() == "Cancel"


def test_values_are_filled_in_each_language(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    bind(label, label.setText, "common-photos", n=1)
    assert label.text() == "1 photo"
    bind(label, label.setText, "common-photos", n=3)
    assert label.text() == "3 photos"
    set_language("zh_CN")
    assert label.text() == "3 张"


def test_binding_again_replaces_only_the_same_setter(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    bind(label, label.setText, "common-cancel")
    bind(label, label.setToolTip, "common-open")
    bind(label, label.setText, "common-close")
    set_language("zh_CN")
    assert (label.text(), label.toolTip()) == ("关闭", "打开")


def test_a_text_set_by_hand_stays_after_unbind(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    bind(label, label.setText, "common-cancel")
    unbind(label, label.setText)
    label.setText("fruit")
    set_language("zh_CN")
    assert label.text() == "fruit"


def test_a_callback_comes_only_at_changes(qtbot: QtBot) -> None:
    calls: list[int] = []
    widget = QWidget()
    qtbot.addWidget(widget)
    on_change(widget, lambda: calls.append(1))
    assert calls == []
    set_language("zh_CN")
    assert calls == [1]


def test_nothing_is_called_and_nothing_is_kept_after_the_end(qtbot: QtBot) -> None:
    before = set(follow._kept)
    parent = QWidget()
    label = QLabel(parent)
    bind(label, label.setText, "common-cancel")
    bind(label, label.setText, "common-open")
    on_change(label, label.clear)
    gone = weakref.ref(label)
    del label
    with qtbot.waitSignal(parent.destroyed):
        parent.deleteLater()
    del parent
    set_language("zh_CN")
    gc.collect()
    assert gone() is None
    assert set(follow._kept) == before
