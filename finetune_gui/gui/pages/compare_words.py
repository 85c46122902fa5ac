"""What the comparison of runs says: the verdict, the facts, the differences in settings."""

from __future__ import annotations

from collections.abc import Sequence

from finetune_gui.core.compare import differing_keys
from finetune_gui.core.messages import sentences, tr
from finetune_gui.core.recipe import get_value, recipe_fields
from finetune_gui.core.recipe_words import value_text
from finetune_gui.gui.models.facts import FactRow
from finetune_gui.gui.models.runs import accuracy_interval, interval_text, version_text
from finetune_gui.gui.pages.train_words import clock, loss_text, percent
from finetune_gui.gui.widgets.basic import Tone
from finetune_gui.jobs.compare import ComparedRun, Comparison, Contrast

_TONES: dict[str, Tone] = {"real": "good", "unclear": "caution", "same": "info", "none": "caution"}
_SMALLEST_P = 0.001


def run_color(place: int) -> str:
    """The colour token of the run at a place, in curves and tables alike."""
    return f"run_{place + 1}"


def verdict_tone(contrast: Contrast) -> Tone:
    """How a verdict looks."""
    return _TONES[contrast.paired.verdict]


def p_text(p: float) -> str:
    """A p-value with three decimals, or that it is smaller."""
    return f"p < {_SMALLEST_P}" if p < _SMALLEST_P else f"p = {p:.3f}"


def points_text(share: float) -> str:
    """A difference of two accuracies in percentage points, with its sign."""
    return f"{100 * share:+.1f}".replace("-", "−")


def verdict_heading(found: Comparison, contrast: Contrast) -> str:
    """The verdict in a few words."""
    return tr(f"runs-verdict-{contrast.paired.verdict}", **_names(found, contrast))


def verdict_text(found: Comparison, contrast: Contrast) -> str:
    """The verdict as sentences with its numbers, in the language now set."""
    paired = contrast.paired
    names = _names(found, contrast)
    if paired.verdict == "none":
        return tr("runs-verdict-none-text", **names)
    if paired.verdict == "same":
        return tr("runs-verdict-same-text", n=paired.n, **names)
    counts = tr("runs-verdict-counts", right=paired.second, wrong=paired.first, **names)
    figures = tr(
        "runs-verdict-figures",
        points=points_text(paired.difference),
        low=points_text(paired.interval[0]),
        high=points_text(paired.interval[1]),
        p=p_text(paired.adjusted),
    )
    if paired.verdict == "real":
        return f"{counts} {figures}"
    key = "runs-verdict-chance" if paired.could_ever_tell else "runs-verdict-too-few"
    return f"{tr(key, n=paired.decided)} {counts} {figures}"


def _names(found: Comparison, contrast: Contrast) -> dict[str, str]:
    """``first`` and ``second``; for a real difference ``better`` and ``worse`` as well."""
    first, second = found.runs[found.reference].title, found.runs[contrast.other].title
    up = contrast.paired.difference > 0
    better, worse = (second, first) if up else (first, second)
    return {"first": first, "second": second, "better": better, "worse": worse}


def basis_text(found: Comparison) -> str:
    """On which photos, and how often was compared: what stands below the verdicts."""
    lines = [tr(f"runs-basis-{found.split}", n=found.common)]
    if any(n != found.common for n in found.judged):
        lines.append(tr("runs-basis-common", n=found.common, most=max(found.judged)))
    if len(found.contrasts) > 1:
        lines.append(tr("runs-basis-holm", n=len(found.contrasts)))
    return sentences(*lines)


def metric_rows(found: Comparison) -> list[FactRow]:
    """The figures of all runs with their intervals; a better one stands out only if it is real."""
    runs = found.runs
    scores = [run.score for run in runs if run.score is not None]
    rows = []
    if scores:
        accuracies = tuple(_with_interval(s.accuracy, s.accuracy_interval) for s in scores)
        hint = tr("runs-metric-accuracy.help", n=found.common)
        rows.append(FactRow(tr("runs-metric-accuracy"), accuracies, hint, _really_better(found)))
        f1s = tuple(_with_interval(s.macro_f1, s.macro_f1_interval) for s in scores)
        rows.append(FactRow(tr("runs-metric-f1"), f1s, tr("runs-metric-f1.help")))
    best = tuple(_best_accuracy(run) for run in runs)
    rows.append(FactRow(tr("runs-metric-best"), best, tr("runs-metric-best.help")))
    losses = tuple(loss_text(min(run.val_loss)) if run.val_loss else "–" for run in runs)
    rows.append(FactRow(tr("runs-metric-loss"), losses, tr("runs-metric-loss.help")))
    return rows + _plain_rows(runs)


def _with_interval(value: float, interval: tuple[float, float] | None) -> str:
    return percent(value) if interval is None else f"{percent(value)} ({interval_text(interval)})"


def _really_better(found: Comparison) -> frozenset[int]:
    """The places of runs that are better than the reference, or its own where all are worse."""
    real = [c for c in found.contrasts if c.paired.verdict == "real"]
    better = frozenset(c.other for c in real if c.paired.difference > 0)
    if better or len(real) < len(found.contrasts):
        return better
    return frozenset({found.reference})


def _plain_rows(runs: Sequence[ComparedRun]) -> list[FactRow]:
    def row(name: str, values: Sequence[str]) -> FactRow:
        return FactRow(name, tuple(values))

    seconds = [run.summary.seconds for run in runs]
    return [
        row(tr("runs-metric-epochs"), [_epochs(run) for run in runs]),
        row(tr("runs-metric-time"), ["–" if s is None else clock(s) for s in seconds]),
        row(tr("runs-column-data"), [_photos(run) for run in runs]),
    ]


def _best_accuracy(run: ComparedRun) -> str:
    known, interval = run.summary.val_accuracy, accuracy_interval(run.summary)
    return "–" if known is None else _with_interval(known, interval)


def _epochs(run: ComparedRun) -> str:
    best = run.summary.best_epoch
    if best is None or not run.epochs:
        return str(run.summary.epochs_done)
    if best == 0:
        return tr("runs-metric-epochs-baseline", epochs=run.summary.epochs_done)
    return tr("runs-metric-epochs-best", epochs=run.summary.epochs_done, best=best)


def _photos(run: ComparedRun) -> str:
    version = run.summary.data_version
    if not version:
        return "–"
    return f"{tr('common-photos', n=run.summary.n_photos)} · {version_text(version)}"


def recipe_rows(runs: Sequence[ComparedRun]) -> list[FactRow]:
    """The settings that are not the same in all runs."""
    recipes, fields = [run.recipe for run in runs], recipe_fields()
    return [
        FactRow(
            tr(fields[key].message),
            tuple(value_text(fields[key], get_value(recipe, key)) or "–" for recipe in recipes),
            tr(f"{fields[key].message}.help"),
        )
        for key in differing_keys(recipes)
    ]
