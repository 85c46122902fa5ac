"""What the program computes on, and what would let it use an idle graphics card."""

from __future__ import annotations

from finetune_gui.core.messages import tr
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.session import Session
from finetune_gui.gui.status_line import device_name
from finetune_gui.gui.widgets.basic import Banner, Card, text_label


class DeviceCard(Card):
    """A card of the settings."""

    def __init__(self, session: Session) -> None:
        super().__init__("shell-settings-device")
        self._session = session
        self.name = text_label(None, "muted")
        self.name.setObjectName("settings-device")
        self.header.addWidget(self.name)
        self.advice = Banner("settings-device-advice")
        self.advice.close_button.hide()
        self.box.addWidget(self.advice)
        follow(self, session.torch_changed, self._show)
        on_change(self, self._show)
        self._show()

    def _show(self) -> None:
        info = self._session.torch_info
        if self._session.torch_state == "failed":
            self.name.setText(tr("shell-no-engine"))
        elif not info:
            self.name.setText(tr("common-loading"))
        else:
            self.name.setText(f"{device_name(info)} · torch {info['torch']}")
        if advice := info.get("advice"):
            self.advice.say("caution", "shell-gpu-unused", advice)
