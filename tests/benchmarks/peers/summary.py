"""From the curves of all runs to one line for each peer.

What counts is the model that is handed over: the best on the validation photos where the peer (or
this program) keeps that one, else the last. ``reached`` is the same rule for both sides: the
first moment at which the model that would be handed over was that good on the test photos.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

Run = dict[str, Any]


def kept(run: Run) -> list[dict[str, Any]]:
    """The moments at which there was a new model to hand over."""
    return [point for point in run["points"] if point["kept"]]


def final(run: Run) -> float:
    """Test accuracy of the model that is handed over."""
    accuracy: float = kept(run)[-1]["test"]
    return accuracy


def reached(run: Run, accuracy: float) -> float:
    """Seconds until the model was that good; infinite when it never was."""
    good = (point["seconds"] for point in kept(run) if point["test"] >= accuracy - 1e-9)
    return next(good, math.inf)


def line(name: str, runs: list[Run], ours: list[Run]) -> dict[str, Any]:
    """One row: medians over seeds, seed by seed against this program's run on the same split."""
    pairs = list(zip(runs, ours, strict=True))
    own = [reached(run, final(run)) for run in runs]
    our_seconds = [reached(our, final(run)) for run, our in pairs]
    ratios = [a / b for a, b in zip(own, our_seconds, strict=True)]
    without_imports = [
        (a - run["imports"]) / (b - our["imports"])
        for a, b, (run, our) in zip(own, our_seconds, pairs, strict=True)
    ]
    return {
        "name": name,
        "seeds": len(runs),
        "accuracy": _mean([final(run) for run in runs]),
        "spread": _spread([final(run) for run in runs]),
        "last_epoch": _mean([_last(run) for run in runs]),
        "seconds": _median(own),
        "total_seconds": _median([run["total"] for run in runs]),
        "import_seconds": _median([run["imports"] for run in runs]),
        "ours_reaches_it_after": _median(our_seconds),
        "ours_reaches_it_in": sum(map(math.isfinite, our_seconds)),
        "times_faster": _median(ratios),
        "times_faster_after_imports": _median(without_imports),
        "reaches_ours_after": _median([reached(run, final(our)) for run, our in pairs]),
        "reaches_ours_in": sum(math.isfinite(reached(run, final(our))) for run, our in pairs),
    }


def _last(run: Run) -> float:
    judged = [point["test"] for point in run["points"] if point["test"] is not None]
    accuracy: float = judged[-1]
    return accuracy


def _mean(values: list[float]) -> float:
    return round(statistics.mean(values), 4)


def _spread(values: list[float]) -> float | None:
    """Standard deviation; one run has none."""
    return round(statistics.stdev(values), 4) if len(values) > 1 else None


def _median(values: list[float]) -> float | None:
    """None when it is infinite: in half of the runs or more it was never reached."""
    middle = statistics.median(values)
    return round(middle, 2) if math.isfinite(middle) else None


_HEAD = (
    "",
    "test accuracy",
    "seconds to it",
    "all epochs",
    "of that, imports",
    "ours is as good after",
    "times faster",
    "without imports",
    "as good as ours after",
)


def markdown(lines: list[dict[str, Any]]) -> str:
    """The table that people read; the first line is this program."""
    rows = [_HEAD, ("---", *("---:",) * (len(_HEAD) - 1)), *map(_cells, lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cells(found: dict[str, Any]) -> tuple[str, ...]:
    spread = "" if found["spread"] is None else f" ± {100 * found['spread']:.1f}"
    of = found["seeds"]
    return (
        found["name"],
        f"{100 * found['accuracy']:.1f}{spread} %",
        _seconds(found["seconds"]),
        _seconds(found["total_seconds"]),
        _seconds(found["import_seconds"]),
        _seconds(found["ours_reaches_it_after"], found["ours_reaches_it_in"], of),
        _times(found["times_faster"]),
        _times(found["times_faster_after_imports"]),
        _seconds(found["reaches_ours_after"], found["reaches_ours_in"], of),
    )


def _seconds(value: float | None, reached_in: int = 0, of: int = 0) -> str:
    text = "never" if value is None else f"{value:.1f} s"
    return f"{text} ({reached_in} of {of})" if reached_in < of else text


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ×"
