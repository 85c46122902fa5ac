"""Pages that are next to nothing, for tests of the window around them."""

from __future__ import annotations

import pytest

from finetune_gui.gui import main_window
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.rail import STEPS
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import primary_button


class TinyPage(Page):
    """Enough of a page to see that the window treats pages as they ask."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shown = 0
        self.words = ""
        self.done = False
        header = PageHeader("common-open")
        header.add_button(primary_button("common-open", "tiny-primary"))
        self.body.addWidget(header)
        self.body.addStretch(1)

    def rail_subtitle(self) -> str:
        return self.words

    def rail_done(self) -> bool:
        return self.done

    def on_shown(self) -> None:
        self.shown += 1


for _key in STEPS:
    globals()[f"Tiny_{_key}"] = type(f"Tiny_{_key}", (TinyPage,), {"key": _key})


def use_tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on windows have these in place of the six steps."""
    for key in STEPS:
        monkeypatch.setitem(main_window.PAGES, key, (__name__, f"Tiny_{key}"))
