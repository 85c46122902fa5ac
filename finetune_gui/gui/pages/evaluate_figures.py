"""What the Evaluate page reads off an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from finetune_gui.core.events import Event
from finetune_gui.core.history import RunHistory
from finetune_gui.core.messages import tr
from finetune_gui.gui.models.photos import GridPhoto
from finetune_gui.gui.percent import percent_text, whole_percent

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation, Judged

# About what fits below a photo of the usual size; a Chinese character takes two.
_CAPTION_COLUMNS = 14


@dataclass(frozen=True)
class Shown:
    """Which photos the gallery shows: all mistakes, those of one class, or one cell.

    Without ``truth`` all mistakes, without ``guess`` the mistakes of a class.
    """

    truth: str = ""
    guess: str = ""

    def title(self) -> str:
        """What to write above the photos, in the language now set."""
        if not self.truth:
            return tr("evaluate-mistakes")
        if not self.guess:
            return tr("evaluate-shown-class", truth=self.truth)
        if self.truth == self.guess:
            return tr("evaluate-shown-right", truth=self.truth)
        return tr("evaluate-shown-wrong", truth=self.truth, guess=self.guess)


def judged_photos(evaluation: Evaluation, shown: Shown) -> list[Judged]:
    """The photos that belong to ``shown``, the surest first."""
    if not shown.truth:
        return evaluation.mistakes()
    if not shown.guess:
        return [j for j in evaluation.mistakes() if j.truth == shown.truth]
    found = [j for j in evaluation.judged if (j.truth, j.label) == (shown.truth, shown.guess)]
    return sorted(found, key=lambda j: -j.confidence)


def gallery(judged: Sequence[Judged]) -> list[GridPhoto]:
    """Photos with the model's answer and the truth, in the language now set."""
    return [
        GridPhoto(
            j.path,
            caption=tr(
                "evaluate-guess",
                guess=shortened(j.label),
                percent=percent_text(whole_percent(j.confidence)),
            ),
            note=tr("evaluate-truth", truth=j.truth),
            tone="good" if j.label == j.truth else "danger",
        )
        for j in judged
    ]


def shortened(name: str) -> str:
    """A class name cut in the middle, so that the per cent behind it stay in view."""
    room, taken = _CAPTION_COLUMNS, [2 if east_asian_width(c) in "WF" else 1 for c in name]
    if sum(taken) <= room:
        return name
    half, head, tail = room // 2, 0, len(name)
    while sum(taken[: head + 1]) < half:
        head += 1
    while sum(taken[tail - 1 :]) < half:
        tail -= 1
    return f"{name[:head]}…{name[tail:]}"


def judged_facts(judged: Judged) -> list[tuple[str, str]]:
    """What the large view says of a photo: (name, value), in the language now set."""
    return [
        (tr("evaluate-fact-truth"), judged.truth),
        (tr("evaluate-fact-guess"), judged.label),
        (tr("common-confidence"), percent_text(whole_percent(judged.confidence))),
    ]


def right_answers(evaluation: Evaluation) -> int:
    """How many photos were named correctly."""
    return sum(row[i] for i, row in enumerate(evaluation.matrix))


def weakest_class(evaluation: Evaluation) -> tuple[str, float] | None:
    """The class with the lowest recall, and that recall; None when every photo was found."""
    scores = evaluation.per_class
    judged = [name for name in evaluation.classes if scores[name].support]
    name = min(judged, key=lambda c: (scores[c].recall, scores[c].f1))
    return None if scores[name].recall >= 1 else (name, scores[name].recall)


def most_confused(evaluation: Evaluation) -> tuple[str, str, int] | None:
    """Truth, answer and number of photos of the commonest mistake; None when there is none."""
    classes = evaluation.classes
    pairs = [
        (truth, guess, evaluation.matrix[i][j])
        for i, truth in enumerate(classes)
        for j, guess in enumerate(classes)
        if i != j
    ]
    worst = max(pairs, key=lambda pair: pair[2], default=None)
    return worst if worst is not None and worst[2] else None


def is_outdated(history: RunHistory) -> bool:
    """Whether the run found a better model after it was last evaluated."""
    told: list[Event] = [e for e in history.epochs if e.best]
    if history.baseline is not None:
        told.append(history.baseline)
    evaluated = [e.time for e in history.evaluations.values()]
    return bool(told and evaluated) and max(evaluated) < max(e.time for e in told)
