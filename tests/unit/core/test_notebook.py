"""The lab notebook: entries from runs, words, and the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from typing_extensions import override

from finetune_gui.core.coach.findings import Finding, Remedy
from finetune_gui.core.events import EnsembleMade, RunFailed, RunFinished
from finetune_gui.core.history import from_events
from finetune_gui.core.messages import LANGUAGES, speaking, tr
from finetune_gui.core.notebook import Curve, Entry, Measured, Notebook, compared, make_entry
from finetune_gui.core.notebook_page import html_page, print_page
from finetune_gui.core.notebook_plot import ON_PAPER, curves_svg, overview_svg
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunState
from finetune_gui.core.run_notes import RunNotes
from tests.helpers.notebook_runs import HOSTILE
from tests.helpers.told_runs import told


def make(
    name: str, started: float = 0.0, parent: str = "", n_train: int = 30, **asked: Any
) -> Entry:
    """A finished run with 40 validation photos whose best epoch gets 95 % of them right."""
    counts = {"train": n_train, "validation": 40, "test": 0}
    samples = tuple(
        ManifestEntry(f"{split}{n}.jpg", "a", split, "1-1")
        for split, count in counts.items()
        for n in range(count)
    )
    values = {key.replace("__", "."): value for key, value in asked.items()}
    return make_entry(
        name,
        started,
        RunState.FINISHED,
        with_values(Recipe(), values),
        Manifest("/photos", ("a", "b"), samples, parent=parent),
        from_events(told([0.5, 0.4], [0.6, 0.5], [0.7, 0.8], [0.7, 0.95])),
        RunNotes(),
    )


def with_changes(made: Entry, **values: Any) -> Entry:
    return Entry(**{**{n: getattr(made, n) for n in Entry.__dataclass_fields__}, **values})


# Entries


def test_models_that_answer_as_one_were_judged_by_all_photos() -> None:
    made = make_entry(
        "run",
        0.0,
        RunState.FINISHED,
        Recipe(),
        Manifest("/photos", ("a", "b"), ()),
        from_events(
            [
                EnsembleMade(5, 0.9, 120),
                RunFinished("done", "finetune", 3, 0.9, 0.8, 60.0),
            ]
        ),
        RunNotes(),
    )
    assert made.validation == Measured(0.9, 120)


def test_an_entry_tells_what_happened() -> None:
    made = make("run")
    assert made.validation is not None
    assert made.validation.accuracy == 0.95
    low, high = made.validation.interval
    # Wilson's interval of 38 of 40.
    assert (low, high) == pytest.approx((0.835, 0.986), abs=0.001)
    assert made.counts == (30, 40, 0)
    assert made.best_epoch == 2
    assert [curve.name for curve in made.losses] == ["train_loss", "val_loss"]
    assert made.losses[1].points == ((0.0, 0.3), (1.0, 0.6), (2.0, 0.5))


def test_a_run_is_compared_with_its_parent_else_with_the_one_before() -> None:
    entries = compared(
        [
            make("late", 3, parent="first", optim__lr=0.5),
            make("first", 1),
            make("second", 2, train__epochs=3),
            make("lost", 4, parent="nobody knows"),
        ]
    )
    assert [e.name for e in entries] == ["first", "second", "late", "lost"]
    assert [e.before for e in entries] == ["", "first", "first", "late"]
    assert [e.before_is_parent for e in entries] == [False, False, True, False]


def test_a_parent_may_be_elsewhere() -> None:
    (only,) = compared([make("child", 2, parent="mother")], [make("mother", 1, optim__lr=0.3)])
    assert only.before == "mother"
    assert only.recipe_before is not None
    assert only.recipe_before.optim.lr == 0.3


def test_a_run_that_names_itself_as_parent_does_no_harm() -> None:
    (only,) = compared([make("me", parent="me")])
    assert only.before == ""


def test_the_best_run_is_named() -> None:
    worse = with_changes(make("worse"), validation=None)
    notebook = Notebook("/photos/fruit", (worse, make("better", 2)))
    assert notebook.best is not None
    assert notebook.best.name == "better"
    assert Notebook("/photos", (worse,)).best is None


# Words


def lines_of(entry: Entry, language: str = "en") -> str:
    with speaking(language):
        return text_of(html_page(Notebook("/photos", (entry,))))


class _Text(HTMLParser):
    """The words of a page, and the tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.parts: list[tuple[str, list[tuple[str, str | None]]]] = []
        self._style = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.parts.append((tag, attrs))
        self._style = tag == "style"

    @override
    def handle_endtag(self, tag: str) -> None:
        self._style = False

    @override
    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "\n".join(word.strip() for word in parser.words if word.strip())


def test_what_changed_is_told() -> None:
    entries = compared([make("first", 1), make("second", 2, n_train=44, optim__lr=0.5)])
    text = lines_of(entries[1])
    assert "Learning rate: 0.001 → 0.5" in text
    assert "Photos, Training: 30 → 44" in text
    same = lines_of(compared([make("first", 1), make("second", 2)])[1])
    assert tr("notebook-nothing-changed") in same


def test_the_first_run_tells_its_settings() -> None:
    text = lines_of(make("first", optim__lr=0.02))
    assert tr("notebook-first") in text
    assert "Learning rate: 0.02" in text


def test_remedies_are_what_to_try_next_each_once() -> None:
    lower = Remedy("coach-remedy-lower-lr", {"optim.lr": 0.0001})
    finding = Finding(
        "lr_too_high",
        "problem",
        0.9,
        {"lr": "0.001", "lowest": "20.0"},
        remedies=(lower, Remedy("coach-remedy-look", page="data")),
    )
    text = lines_of(with_changes(make("run"), findings=(finding, finding)))
    assert text.count(tr("coach-remedy-lower-lr")) == 1
    assert "Learning rate: 0.001 → 0.0001" in text
    assert tr("coach-remedy-look") in text
    assert tr("coach-lr-too-high") in text


def test_a_failed_run_tells_why_even_in_words_of_a_newer_version() -> None:
    failed = with_changes(make("run"), end=None, failure=RunFailed("error-out-of-memory"))
    assert "The memory is full." in lines_of(failed)
    newer = with_changes(failed, failure=RunFailed("error-of-2040"))
    assert "error-of-2040" in lines_of(newer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_its_language(language: str) -> None:
    html = ""
    with speaking(language):
        html = html_page(Notebook("/photos", compared([make("first", 1), make("second", 2)])))
        for key in ("changed", "happened", "coach", "overview", "accuracy", "loss"):
            assert tr(f"notebook-{key}") in html
    assert f'<html lang="{language.replace("_", "-")}">' in html
    headings = re.findall(r"<h3>(.*?)</h3>", html)
    chinese = [bool(re.search(r"[\u4e00-\u9fff]", heading)) for heading in headings]
    assert len(headings) >= 6
    assert all(chinese) if language == "zh_CN" else not any(chinese)


# The page


def test_the_page_is_one_file_and_prints() -> None:
    html = html_page(Notebook("/photos", compared([make("first", 1), make("second", 2)])))
    parser = _Text()
    parser.feed(html)
    # The name of the SVG language is no address that a browser loads.
    loaded = [v for n, v in parser.attributes if n in ("src", "href", "srcset") and v]
    assert not loaded
    assert "script" not in parser.tags
    assert parser.tags.count("svg") == 5
    assert "@media print" in html
    assert "prefers-color-scheme: dark" in html


def test_names_cannot_bring_code_into_the_page() -> None:
    hostile = with_changes(
        make(HOSTILE),
        title=HOSTILE,
        note=f'{HOSTILE}\n<img src=x onerror="alert(1)">',
        backbone=HOSTILE,
        findings=(Finding("class_starves", "problem", 0.9, {"label": HOSTILE, "n": 1, "most": 9}),),
    )
    notebook = Notebook(f"/photos/{HOSTILE}", compared([hostile, make("second", 2)]))
    for html in (html_page(notebook), print_page(notebook).html):
        parser = _Text()
        parser.feed(html)
        assert "script" not in parser.tags
        assert "onerror" not in [name for name, _ in parser.attributes]
        assert HOSTILE in "".join(parser.words)
    assert "“<script>alert(1)</script>” has too few photos" in text_of(html_page(notebook))


def test_the_page_for_paper_names_its_plots() -> None:
    page = print_page(Notebook("/photos", compared([make("first", 1), make("second", 2)])))
    assert re.findall(r'src="(.*?)"', page.html) == [plot.name for plot in page.plots]
    assert len(page.plots) == 5
    for plot in page.plots:
        assert parts(plot.svg, "circle")


# Plots


def parts(svg: str, tag: str) -> list[dict[str, str]]:
    """The attributes of all parts of a plot with this tag, their names in small letters."""
    parser = _Text()
    parser.feed(svg)
    return [{n: v or "" for n, v in found} for name, found in parser.parts if name == tag]


def size_of(svg: str) -> tuple[float, float]:
    width, height = (float(n) for n in parts(svg, "svg")[0]["viewbox"].split()[2:])
    return width, height


def test_curves_stand_where_their_values_are() -> None:
    curves = (
        Curve("train_loss", ((0.0, 1.0), (1.0, 0.5), (2.0, 0.25))),
        Curve("val_loss", ((0.0, 1.0),)),
    )
    svg = curves_svg(curves, ON_PAPER, percent=False, title="Loss")
    line = parts(svg, "polyline")[0]["points"]
    points = [[float(n) for n in p.split(",")] for p in line.split()]
    xs, ys = zip(*points, strict=True)
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])
    assert ys[1] - ys[0] == pytest.approx(2 * (ys[2] - ys[1]), rel=0.02)
    width, height = size_of(svg)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@pytest.mark.parametrize(
    "values", [(1.0, 1.0), (0.0, 0.0), (0.5, float("nan")), (1e-9, 2e-9), (3.0, 4e6)]
)
@pytest.mark.parametrize("percent", [True, False])
def test_odd_values_make_a_plot_all_the_same(values: tuple[float, ...], *, percent: bool) -> None:
    shown = tuple(min(1.0, v) for v in values) if percent else values
    curve = Curve("val_accuracy", tuple((float(x), y) for x, y in enumerate(shown)))
    svg = curves_svg((curve,), ON_PAPER, percent=percent, title="Accuracy")
    assert "nan" not in svg
    width, height = size_of(svg)
    for circle in parts(svg, "circle"):
        assert 0 <= float(circle["cx"]) <= width
        assert 0 <= float(circle["cy"]) <= height


def test_without_values_there_is_no_plot() -> None:
    assert curves_svg((), ON_PAPER, percent=True, title="Accuracy") == ""
    only_nan = Curve("val_loss", ((0.0, float("nan")),))
    assert curves_svg((only_nan,), ON_PAPER, percent=False, title="Loss") == ""
    assert overview_svg((make("one"),), ON_PAPER) == ""


def test_the_overview_has_a_dot_for_each_run_that_has_a_model() -> None:
    entries = [make(f"run {n}", n) for n in range(40)]
    entries[3] = with_changes(entries[3], validation=None)
    svg = overview_svg(entries, ON_PAPER)
    xs = [float(circle["cx"]) for circle in parts(svg, "circle")]
    assert len(xs) == 39
    assert xs == sorted(xs)
