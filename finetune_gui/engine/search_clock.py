"""How much of a search's time is used up, this time and before."""

from __future__ import annotations

import time

from finetune_gui.core.study import Budget, StudyFolder, StudyState
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.search_verdict import FOLDS, seconds_to_compare

_WRITE_EVERY_S = 10.0


class SearchClock:
    """Counts seconds from now on, and writes them into the study's folder."""

    def __init__(self, folder: StudyFolder, budget: Budget) -> None:
        self._folder, self._budget = folder, budget
        self._begun, self._before = time.monotonic(), folder.read_state()[1]
        self._ended: float | None = None
        self._written = 0.0
        self._comparison = 0.0

    @property
    def spent(self) -> float:
        """Seconds that went into trials, this time and before."""
        return self._before + (self._ended or time.monotonic()) - self._begun

    @property
    def whole(self) -> float | None:
        """Seconds that this budget has for trials; None where their number alone counts."""
        return self._budget.search_seconds(self._comparison)

    @property
    def left(self) -> float | None:
        """What remains of them; may be negative."""
        whole = self.whole
        return None if whole is None else self._budget.since + whole - self.spent

    @property
    def is_late(self) -> bool:
        """Whether none remain."""
        return self.left is not None and self.left <= 0

    def learn_comparison(self) -> None:
        """See how long the shortest comparison will take, once any process has tried the default.

        The winner, which is not known yet, is expected to take as long.
        """
        if self._comparison or self._budget.seconds is None:
            return
        default = read_story(self._folder.path, importance=False).default
        if default is not None and default.state == "complete":
            self._comparison = seconds_to_compare((default, default), FOLDS[-1])

    def keep(self, state: StudyState = "running") -> None:
        """Write down what is spent; other processes may have written more than this one knows."""
        self._written = time.monotonic()
        self._folder.write_state(state, max(self.spent, self._folder.read_state()[1]))

    def keep_now_and_then(self) -> None:
        """The same, every ten seconds at most."""
        if time.monotonic() - self._written > _WRITE_EVERY_S:
            self.keep()

    def end(self) -> None:
        """The trials are over: what comes now does not count."""
        self._ended = time.monotonic()
        self.keep()
