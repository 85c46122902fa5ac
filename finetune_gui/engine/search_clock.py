"""How much of a search's time is used up, this time and before."""

from __future__ import annotations

import time

from finetune_gui.core.study import Budget, StudyFolder
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.search_verdict import FOLDS, seconds_to_compare

_WRITE_EVERY_S = 10.0


class SearchClock:
    """Counts seconds from now on, and writes them into the study's folder now and then."""

    def __init__(self, folder: StudyFolder, budget: Budget) -> None:
        self._folder, self._budget = folder, budget
        self._begun, self._before = time.monotonic(), folder.read_state()[1]
        self._ended: float | None = None
        self._written = 0.0
        self._comparison = 0.0

    @property
    def spent(self) -> float:
        """Seconds that went into the search."""
        return self._before + (self._ended or time.monotonic()) - self._begun

    @property
    def whole(self) -> float | None:
        """Seconds that may go into trials; None where their number alone counts."""
        return self._budget.search_seconds(self._comparison)

    @property
    def left(self) -> float | None:
        """What remains of them; may be negative."""
        return None if self.whole is None else self.whole - self.spent

    @property
    def is_late(self) -> bool:
        """Whether none remain."""
        return self.left is not None and self.left <= 0

    def learn_comparison(self) -> None:
        """See how long the shortest comparison will take, once the default has been tried.

        The winner, which is not known yet, is expected to take as long.
        """
        default = read_story(self._folder.path, importance=False).default
        if default is not None and default.state == "complete":
            self._comparison = seconds_to_compare((default, default), FOLDS[-1])

    def keep(self, *, at_once: bool = False) -> None:
        """Write down what is spent, every ten seconds at most unless ``at_once``."""
        now = time.monotonic()
        if at_once or now - self._written > _WRITE_EVERY_S:
            self._written = now
            self._folder.write_state("running", max(self.spent, self._folder.read_state()[1]))

    def end(self) -> None:
        """The trials are over: what comes now does not count."""
        self._ended = time.monotonic()
        self._folder.write_state("running", self.spent)
