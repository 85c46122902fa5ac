"""Imports the modules of the pages beside the window, so that making a page is all that is left."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane


@dataclass(frozen=True)
class ImportPages:
    """Import ``modules`` one after the other. Plots alone take half a second.

    It queues where torch is loaded later: two imports at once would only slow each other down.
    """

    modules: tuple[str, ...]
    lane: Lane = Lane.COMPUTE
    title: str = "shell-job-pages"

    def run(self, ctx: JobContext) -> None:
        """Import them; a mistake in one of them is raised as it is."""
        for name in self.modules:
            ctx.check_cancelled()
            importlib.import_module(name)
