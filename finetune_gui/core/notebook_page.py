"""The lab notebook in words, in the language now set: as an HTML page, and for paper.

The page is one file: its style and its plots are inside, it follows the reader's light or dark
mode, and it prints. For paper, and for the window, the same content is made of what Qt's rich text
knows; its plots are separate, since that has no SVG.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.coach.findings import Finding, Remedy
from finetune_gui.core.durations import rough
from finetune_gui.core.errors import UserError
from finetune_gui.core.events import RunFailed
from finetune_gui.core.messages import has_message, language, sentences, tr
from finetune_gui.core.notebook import Entry, Measured, Notebook
from finetune_gui.core.notebook_plot import (
    CURVES,
    OF_PAGE,
    ON_PAPER,
    OVERVIEW,
    Ink,
    curves_svg,
    overview_svg,
)
from finetune_gui.core.recipe import get_value, recipe_fields, with_values
from finetune_gui.core.recipe_words import change_lines, value_text
from finetune_gui.core.run_folder import RunState
from finetune_gui.core.templates import environment

# What is told of the first run, of which nothing changed.
_MAIN_FIELDS = (
    *("model.freeze", "augment.preset", "optim.lr", "train.epochs", "train.batch_size"),
    "model.head",
)


@dataclass(frozen=True)
class Said:
    """One thing that the coach said, in words."""

    weight: str
    title: str
    evidence: str
    text: str


@dataclass(frozen=True)
class Next:
    """One thing to try: what, and the settings that it changes."""

    text: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class EntryWords:
    """An entry in words. ``figures`` are (name, value, remark)."""

    number: int
    title: str
    starred: bool
    when: str
    about: str
    compared_with: str
    changes: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    ending: str
    coach: tuple[Said, ...]
    nexts: tuple[Next, ...]
    note: str
    accuracy_plot: str
    loss_plot: str


@dataclass(frozen=True)
class Plot:
    """A plot on paper: ``name`` is what the page calls it, the sizes are in pixels of the page."""

    name: str
    svg: str
    width: int
    height: int


@dataclass(frozen=True)
class PrintPage:
    """What Qt's rich text shows; ``html`` names the ``plots`` where they belong."""

    html: str
    plots: tuple[Plot, ...]


def html_page(notebook: Notebook) -> str:
    """The notebook as one HTML file."""
    words = [_entry_words(n, e, OF_PAGE) for n, e in enumerate(notebook.entries, start=1)]
    return (
        environment()
        .get_template("notebook.html.jinja")
        .render(
            **_frame(notebook),
            lang=language().replace("_", "-"),
            overview=overview_svg(notebook.entries, OF_PAGE),
            entries=words,
        )
    )


def print_page(notebook: Notebook, ink: Ink = ON_PAPER, text: str = "#1A1F26") -> PrintPage:
    """The notebook for Qt, in these colours."""
    plots: list[Plot] = []

    def place(svg: str, size: tuple[int, int], width: int) -> Plot:
        made = Plot(f"plot:{len(plots)}", svg, width, round(width * size[1] / size[0]))
        plots.append(made)
        return made

    words = [_entry_words(n, e, ink) for n, e in enumerate(notebook.entries, start=1)]
    overview = overview_svg(notebook.entries, ink)
    html = (
        environment()
        .get_template("notebook-print.html.jinja")
        .render(
            **_frame(notebook),
            overview=overview,
            entries=words,
            place=place,
            sizes=(CURVES.size, OVERVIEW.size),
            ink=ink,
            text=text,
        )
    )
    return PrintPage(html, tuple(plots))


def heading(notebook: Notebook) -> str:
    """What the notebook is called."""
    return tr("notebook-of", dataset=Path(notebook.dataset).name or notebook.dataset)


def _frame(notebook: Notebook) -> dict[str, str]:
    best = notebook.best
    summary = tr("notebook-count", n=len(notebook.entries))
    if best is not None and best.validation is not None:
        accuracy = percent(best.validation.accuracy)
        summary += " " + tr("notebook-best", run=best.title, accuracy=accuracy)
    return {
        "heading": heading(notebook),
        "summary": summary,
        "written": tr("notebook-written", when=_when(time.time())),
    }


def _entry_words(number: int, entry: Entry, ink: Ink) -> EntryWords:
    accuracies, losses = entry.accuracies, entry.losses
    return EntryWords(
        number=number,
        title=entry.title,
        starred=entry.starred,
        when=_when(entry.started),
        about=_about(entry),
        compared_with=_compared_with(entry),
        changes=tuple(_changes(entry)),
        figures=tuple(_figures(entry)),
        ending=sentences(*_ending(entry)),
        coach=tuple(_said(finding) for finding in entry.findings),
        nexts=tuple(_nexts(entry)),
        note=entry.note.strip(),
        accuracy_plot=curves_svg(accuracies, ink, percent=True, title=tr("notebook-accuracy")),
        loss_plot=curves_svg(losses, ink, percent=False, title=tr("notebook-loss")),
    )


def _about(entry: Entry) -> str:
    train, validation, test = entry.counts
    photos = tr("notebook-photos", train=train, validation=validation, test=test)
    return f"{entry.backbone} · {photos}"


def _compared_with(entry: Entry) -> str:
    if entry.recipe_before is None:
        return tr("notebook-first")
    key = "notebook-since-parent" if entry.before_is_parent else "notebook-since-previous"
    return tr(key, run=entry.before)


def _changes(entry: Entry) -> Iterator[str]:
    before = entry.recipe_before
    if before is None:
        fields = recipe_fields()
        for key in _MAIN_FIELDS:
            value = value_text(fields[key], get_value(entry.recipe, key))
            # The form calls the preset "Strength", under the heading of its group.
            preset = key == "augment.preset"
            name = tr("recipe-form-group-augment") if preset else tr(fields[key].message)
            yield tr("notebook-setting", field=name, value=value)
        return
    lines = [*change_lines(before, entry.recipe), *_other_photos(entry)]
    yield from lines or [tr("notebook-nothing-changed")]


def _other_photos(entry: Entry) -> Iterator[str]:
    if entry.counts_before is None:
        return
    names = (tr("common-split-train"), tr("common-split-validation"), tr("common-split-test"))
    for name, old, new in zip(names, entry.counts_before, entry.counts, strict=True):
        if old != new:
            yield tr("notebook-photos-changed", split=name, before=old, after=new)


def _figures(entry: Entry) -> Iterator[tuple[str, str, str]]:
    if entry.validation is not None:
        yield (
            tr("notebook-validation"),
            percent(entry.validation.accuracy),
            _range(entry.validation),
        )
    if entry.baseline is not None and entry.best_epoch != 0:
        yield tr("notebook-baseline"), percent(entry.baseline.accuracy), _gain(entry)
    if entry.test is not None:
        yield tr("notebook-test"), percent(entry.test.accuracy), _range(entry.test)
    if entry.macro_f1 is not None:
        yield tr("notebook-macro-f1"), f"{entry.macro_f1:.3f}", ""
    if entry.end is not None:
        yield tr("notebook-time"), tr("common-time-rough", **rough(entry.end.seconds)), ""


def _range(measured: Measured) -> str:
    low, high = (f"{100 * edge:.0f}" for edge in measured.interval)
    return tr("notebook-interval", low=low, high=high, n=measured.n)


def _gain(entry: Entry) -> str:
    if entry.validation is None or entry.baseline is None:
        return ""
    gain = 100 * (entry.validation.accuracy - entry.baseline.accuracy)
    return tr("notebook-gain", gain=f"{gain:+.1f}")


def _ending(entry: Entry) -> Iterator[str]:
    end = entry.end
    if end is not None:
        took = tr("common-time-rough", **rough(end.seconds))
        yield tr(f"train-log-ended-{end.reason}".replace("_", "-"), time=took)
    elif entry.failure is not None:
        yield _failure(entry.failure)
    elif entry.state is not RunState.FINISHED:
        yield tr("notebook-state", state=tr(f"shell-run-{entry.state}"), epochs=entry.epochs_done)
    if entry.best_epoch is not None and entry.recipe.train.epochs:
        if entry.best_epoch:
            yield tr("notebook-kept-epoch", epoch=entry.best_epoch)
        else:
            yield tr("notebook-kept-baseline")


def _failure(event: RunFailed) -> str:
    # A newer version may have written messages that this one does not know.
    if has_message(event.message):
        return UserError(event.message, **event.params).sentence
    return UserError("error-unexpected", detail=event.message).sentence


def _said(finding: Finding) -> Said:
    return Said(
        finding.weight,
        tr(finding.title_key, **finding.params),
        tr(finding.evidence_key, **finding.params),
        tr(finding.text_key, **finding.params),
    )


def _nexts(entry: Entry) -> Iterator[Next]:
    """The ways out that the coach sees, each once, the first ones first."""
    seen: set[str] = set()
    for remedy in _remedies(entry.findings):
        if remedy.key not in seen:
            seen.add(remedy.key)
            after = with_values(entry.recipe, remedy.changes) if remedy.changes else entry.recipe
            yield Next(tr(remedy.key), tuple(change_lines(entry.recipe, after)))


def _remedies(found: Iterable[Finding]) -> Iterator[Remedy]:
    for finding in found:
        yield from finding.remedies


def percent(fraction: float) -> str:
    """A fraction as a percentage with one decimal; 100 only when nothing is wrong."""
    figures = f"{100 * fraction:.1f}" if fraction >= 1 else f"{min(99.9, 100 * fraction):.1f}"
    return tr("common-percent", value=figures)


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
