"""Every word that the program says exists in both languages, and every word there is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import get_args

import pytest

from finetune_gui.core import errors
from finetune_gui.core.events import Ending
from finetune_gui.core.lesson import Course, Part
from finetune_gui.core.lr_curve import Verdict
from finetune_gui.core.lr_trials import TrialVerdict
from finetune_gui.core.messages import LANGUAGES, set_language, tr
from finetune_gui.core.recipe import RecipeField, recipe_fields
from finetune_gui.core.run_folder import RunState
from finetune_gui.core.study import MINUTES
from finetune_gui.dataset.check import IssueKind
from finetune_gui.dataset.samples import Split
from tests.helpers import sources
from tests.helpers.catalogues import files, junk, message_id, messages, texts
from tests.helpers.sources import Call, calls, key_places, literals, matches, patterns, words

EN, ZH = texts("en"), texts("zh_CN")
IDS = {message_id(key) for key in EN}
AREAS = {key.partition("-")[0] for key in IDS}
HAN = re.compile(r"[\u4e00-\u9fff]")

# Functions that are told a key under another name: the place of that argument.
ALSO_TAKE_KEYS = {
    "progress": frozenset({2}),
    "log": frozenset({0}),
    "Logged": frozenset({0}),
    "RunFailed": frozenset({0}),
    "SkippedPhoto": frozenset({1}),
    "Face": frozenset({0}),
}
ERRORS = {
    name: frozenset({0})
    for name, cls in vars(errors).items()
    if isinstance(cls, type) and issubclass(cls, errors.UserError)
}
# Those whose other keyword arguments fill the placeholders of the message.
FILL = {"tr": frozenset({0}), "bind": frozenset({2}), "log": frozenset({0})}

# Their values are those of the recipe's fields: see `recipe_messages`.
OF_THE_RECIPE = {"choice-*-*"}

PAGES = (*words("gui/main_window.py", "PAGES"), "settings")
ON_OTHER_PAGES = ("data", "augment", "model")


def kebab(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.replace("_", "-") for name in names)


def choices(section: str, name: str) -> tuple[str, ...]:
    return recipe_fields()[f"{section}.{name}"].choices


NAMES = {"Finetune", "safetensors"}

# What the values of each f-string that names messages can be. "*": where the value goes.
FAMILIES: dict[str, Callable[[], Iterable[str]]] = {
    "about-column-*": lambda: words("gui/models/parts.py", "COLUMNS"),
    "augment-*": lambda: words("gui/pages/augment_preview.py", "_ICONS"),
    "augment-*-text": lambda: words("gui/pages/augment_preview.py", "_ICONS"),
    "augment-group-*": lambda: words("gui/pages/augment_controls.py", "GROUPS"),
    "augment-hint-*": lambda: kebab(
        sources.words_inside("gui/pages/augment_controls.py", "GROUPS")
    ),
    "choice-augment-preset-*": lambda: choices("augment", "preset"),
    "choice-model-freeze-*": lambda: kebab(choices("model", "freeze")),
    "cli-column-*": lambda: (
        *("class", "precision", "recall", "f1", "support"),
        *("name", "title", "parameters", "weights"),
        *("lr", "loss", "smoothed"),
    ),
    "cli-evaluated-*": lambda: ("test", "validation"),
    "coach-*": lambda: kebab(words("core/coach/findings.py", "Name")),
    "coach-*-evidence": lambda: kebab(words("core/coach/findings.py", "Name")),
    "coach-*-text": lambda: kebab(words("core/coach/findings.py", "Name")),
    "coach-weight-*": lambda: words("core/coach/findings.py", "Weight"),
    "common-split-*": lambda: get_args(Split),
    "data-advice-*": lambda: kebab(k for k in get_args(IssueKind) if k != "unreadable"),
    "dataset-issue-*": lambda: kebab(get_args(IssueKind)),
    "evaluate-mode-*": lambda: words("gui/widgets/matrix_cells.py", "Mode"),
    "evaluate-mode-help-*": lambda: words("gui/widgets/matrix_cells.py", "Mode"),
    "lesson-part-*": lambda: get_args(Part),
    "lesson-try-*": lambda: get_args(Part),
    "lesson-try-*-text": lambda: get_args(Part),
    "lesson-row-*": lambda: get_args(Part),
    "lesson-guess-*": lambda: get_args(Course),
    "lesson-happened-*": lambda: (*get_args(Course), "infinite"),
    "lesson-did-*": lambda: (*get_args(Course), "infinite"),
    "folds-column-*": lambda: (
        *("mean", "sd", "interval"),
        *words("gui/pages/folds_result.py", "_COLUMNS"),
    ),
    "folds-group-*": lambda: words("core/cross_validation.py", "GroupBy"),
    "folds-group-*-tip": lambda: words("core/cross_validation.py", "GroupBy"),
    "folds-kind-*": lambda: words("gui/pages/folds_setup.py", "KINDS"),
    "folds-kind-*-tip": lambda: words("gui/pages/folds_setup.py", "KINDS"),
    "folds-metric-*": lambda: kebab(words("core/cross_validation.py", "Metric")),
    "folds-view-*": lambda: words("gui/pages/folds_result.py", "VIEWS"),
    "lr-reason-*": lambda: kebab(get_args(Verdict)),
    "lr-trial-*": lambda: ("lower", "suggested", "higher"),
    "lr-trial-*-step": lambda: ("lower", "suggested", "higher"),
    "lr-trials-*": lambda: get_args(TrialVerdict),
    "lr-view-*": lambda: words("gui/pages/lr_finder.py", "_VIEWS"),
    "model-character-*": lambda: words("engine/catalogue.py", "Character"),
    "model-character-*-help": lambda: words("engine/catalogue.py", "Character"),
    "model-layer-*": lambda: (w for w in words("engine/layers.py", "LayerKind") if w != "other"),
    "model-sees-*": lambda: words("engine/structure.py", "Sees"),
    "model-sees-*-text": lambda: words("engine/structure.py", "Sees"),
    "model-freeze-*-text": lambda: kebab(w for w in choices("model", "freeze") if w != "custom"),
    "model-file-*": lambda: ("missing", "reshaped", "unexpected"),
    "model-size-*": lambda: ("any", *words("gui/models/backbones.py", "SIZES"), "large"),
    "model-weights-*": lambda: ("included", "at-hand"),
    "model-weights-*-help": lambda: ("included", "at-hand"),
    "trials-view-*": lambda: words("gui/pages/trials.py", "VIEWS"),
    "predict-export-*-choose": lambda: ("keras", "onnx"),
    "predict-*-filter": lambda: ("keras", "onnx"),
    "predict-exported-*-text": lambda: ("keras", "onnx"),
    "predict-answer-*": lambda: words("gui/models/predictions.py", "Certainty"),
    "recipe-form-group-*": lambda: (
        *("optim", "schedule", "train", "seed"),
        *ON_OTHER_PAGES,
    ),
    "runs-basis-*": lambda: ("validation", "test"),
    "runs-column-*": lambda: (w for w in words("gui/models/runs.py", "COLUMNS") if w != "star"),
    "runs-column-*.help": lambda: words("gui/models/runs.py", "COLUMNS"),
    "runs-verdict-*": lambda: words("core/compare.py", "Verdict"),
    "search-budget-*": lambda: (*map(str, MINUTES), "trials"),
    "search-column-*": lambda: words("gui/models/trials.py", "COLUMNS"),
    "search-column-*-help": lambda: words("gui/models/trials.py", "COLUMNS"),
    "search-state-*": lambda: words("core/study.py", "TrialState"),
    "search-study-*": lambda: words("core/study.py", "StudyState"),
    "search-tile-*": lambda: words("gui/pages/search_result.py", "_TILES"),
    "search-view-*": lambda: words("gui/pages/search_result.py", "_VIEWS"),
    "shell-folder-*": lambda: (
        *("runs", "searches", "cross-validations", "weights", "thumbnails", "photos", "log"),
        *("settings", "size", "size-large"),
    ),
    "shell-help-*": lambda: words("gui/main_window.py", "PAGES"),
    "shell-page-*": lambda: PAGES,
    "shell-run-*": lambda: tuple(RunState),
    "shell-run-*.help": lambda: tuple(RunState),
    "shell-theme-*": lambda: words("gui/theme.py", "Mode"),
    "tour-*": lambda: words("gui/rail.py", "STEPS"),
    "train-log-*": lambda: (w for w in words("core/events.py", "level") if w != "info"),
    "train-log-based-on-*": lambda: ("file", "run"),
    "train-log-ended-*": lambda: kebab(get_args(Ending)),
    "train-progress-features-*": lambda: ("train", "validation"),
    "train-tile-*": lambda: words("gui/pages/train_status.py", "_TILES"),
    "train-tile-*-tip": lambda: words("gui/pages/train_status.py", "_TILES"),
}


def family(pattern: str) -> list[str]:
    return [pattern.replace("*", value) for value in FAMILIES[pattern]()]


def recipe_messages(field: RecipeField) -> list[str]:
    """What the form says of a field."""
    name = field.key.replace(".", "-").replace("_", "-")
    unit = [key for key in (field.face.unit, field.face.zero) if key]
    words = [f"choice-{name}-{choice.replace('_', '-')}" for choice in field.choices]
    return [field.message, f"{field.message}.help", *unit, *words]


def looks_like_key(text: str) -> bool:
    return re.fullmatch(rf"({'|'.join(AREAS)})-[a-z0-9-]+(\.[a-z]+)?", text) is not None


def said() -> set[str]:
    """Every key that the source can ask for."""
    return {
        *(word for word in literals() if looks_like_key(word)),
        *(word for word, _file in sources.template_keys()),
        *(key for field in recipe_fields().values() for key in recipe_messages(field)),
        *(key for pattern in FAMILIES if pattern in patterns() for key in family(pattern)),
    }


def listed(lines: Iterable[str]) -> str:
    return "\n".join(sorted(lines))


# The catalogues


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_can_be_read_to_their_end(language: str) -> None:
    assert not listed(junk(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_is_there_once_in_the_file_of_its_area(language: str) -> None:
    found = messages(language)
    twice = [key for key, n in Counter(key for key, _ in found).items() if n > 1]
    assert not listed(twice)
    beside = {"choice": "recipe", "unit": "recipe", "error": "errors"}
    astray = []
    for key, file in found:
        area = key.partition("-")[0]
        if file.removesuffix(".ftl").partition("-")[0] != beside.get(area, area):
            astray.append(f"{key} in {file}")
    assert not listed(astray)


def test_both_languages_have_the_same_files() -> None:
    assert [f.name for f in files("en")] == [f.name for f in files("zh_CN")]


def test_both_languages_have_the_same_texts() -> None:
    assert not listed(EN.keys() ^ ZH.keys())


def test_both_languages_have_the_same_placeholders() -> None:
    # A plural that only one language needs may choose by a number that the other does not show.
    different = [
        f"{key}: {sorted(EN[key].variables)} and {sorted(ZH[key].variables)}"
        for key in EN.keys() & ZH.keys()
        if not (EN[key].shown <= ZH[key].variables and ZH[key].shown <= EN[key].variables)
    ]
    assert not listed(different)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [0, 1, 2, 21])
def test_every_text_can_be_shown(language: str, number: int) -> None:
    set_language(language)
    for key, text in texts(language).items():
        params = {name: number if name in text.numbers else f"«{name}»" for name in text.variables}
        shown = tr(key, **params)
        assert shown.strip(), key
        assert all(f"«{name}»" in shown for name in text.shown - text.numbers), key


def test_chinese_texts_are_chinese() -> None:
    english = [
        f"{key}: {text.plain}"
        for key, text in ZH.items()
        if not HAN.search(text.plain) and not is_name_or_sign(text.plain)
    ]
    assert not listed(english)


def is_name_or_sign(text: str) -> bool:
    """A sign, a unit of one letter, or a name, which both languages write alike."""
    words = re.findall(r"[A-Za-z]{2,}", text)
    return all(word in NAMES or not word[1:].islower() for word in words)


def test_english_texts_hold_no_chinese() -> None:
    assert not listed(key for key, text in EN.items() if HAN.search(text.plain))


def test_chinese_words_of_metrics_are_the_agreed_ones() -> None:
    agreed = {
        "evaluate-accuracy": "准确率",
        "evaluate-column-precision": "精确率",
        "evaluate-column-recall": "召回率",
        "recipe-train-precision": "数值精度",
    }
    for key, word in agreed.items():
        assert ZH[key].plain == word, key


# What the source asks for


def test_every_literal_key_exists() -> None:
    places = key_places() | ALSO_TAKE_KEYS | ERRORS
    missing = [f"{c.key} at {c.where}" for c in calls(places) if is_missing(c)]
    missing += [f"{key} at {where}" for key, where in sources.titles_of_jobs() if key not in EN]
    assert not listed(missing)


def test_every_key_of_a_template_exists() -> None:
    found = sources.template_keys()
    assert {"script-build", "notebook-changed"} <= {key for key, _file in found}
    assert not listed(f"{key} in {file}" for key, file in found if key not in EN)


def is_missing(call: Call) -> bool:
    """``tr`` and ``bind`` take message keys alone; elsewhere a key may be that of a field."""
    sure = call.name in ("tr", "bind", *ERRORS)
    return call.key not in EN and (sure or looks_like_key(call.key))


def test_every_message_is_used() -> None:
    asked = {message_id(key) for key in said()}
    assert not listed(IDS - asked), "no code says these"


def test_literal_keys_are_really_found() -> None:
    # If calls were no longer recognised, the test above would pass for nothing.
    found = {c.name for c in calls(key_places() | ALSO_TAKE_KEYS | ERRORS) if c.key in EN}
    assert {"tr", "bind", "text_label", "say", "progress", "log", "UserError"} <= found


def test_every_call_fills_the_placeholders_of_its_message() -> None:
    wrong = []
    for call in calls(FILL):
        for catalogue in (EN, ZH):
            text = catalogue.get(call.key)
            if text is not None and call.complete and not text.variables <= call.params:
                wrong.append(f"{call.key} needs {sorted(text.variables - call.params)}")
    assert not listed(wrong)


def test_every_error_passes_exactly_what_its_message_needs() -> None:
    wrong = []
    for call in calls(ERRORS):
        needed = needs(call.key)
        # The photo that could not be read; its name stands beside the sentence, not in it.
        beside = {"path"} if call.name == "PhotoError" else set()
        missing, unused = needed - call.params, call.params - needed - beside
        if (call.complete and missing) or unused:
            wrong.append(f"{call.where} {call.key}: missing {missing}, unused {unused}")
    assert not listed(wrong)


def needs(key: str) -> frozenset[str]:
    """The placeholders of an error's sentence and next step, in both languages."""
    found = [c[k].variables for c in (EN, ZH) for k in (key, f"{key}.next") if k in c]
    return frozenset().union(*found)


def test_every_error_says_what_to_do_next() -> None:
    mute = [
        f"{key} ({language})"
        for language in LANGUAGES
        for key in texts(language)
        if key.startswith("error-") and "." not in key and f"{key}.next" not in texts(language)
    ]
    assert not listed(mute)


def test_errors_named_in_the_source_exist() -> None:
    named = {word for word in literals() if re.fullmatch(r"error-[a-z0-9-]+", word)}
    assert len(named) > 40
    assert not listed(named - IDS)


# Keys that are put together


@pytest.mark.parametrize("field", recipe_fields().values(), ids=lambda field: field.key)
def test_the_form_has_all_words_of_a_field(field: RecipeField) -> None:
    assert not listed(key for key in recipe_messages(field) if key not in EN or key not in ZH)


@pytest.mark.parametrize("pattern", FAMILIES)
def test_every_member_of_a_family_exists(pattern: str) -> None:
    assert pattern in patterns(), "no f-string like this is left: take it out of FAMILIES"
    keys = family(pattern)
    assert keys
    assert not listed(key for key in keys if key not in EN or key not in ZH)


def test_every_put_together_key_belongs_to_a_known_family() -> None:
    unknown = [
        f"{pattern} at {where}"
        for pattern, where in patterns().items()
        if pattern.partition("-")[0] in AREAS
        and pattern not in FAMILIES.keys() | OF_THE_RECIPE
        and sum(matches(pattern, key) for key in EN) > 1
    ]
    assert not listed(unknown), "say in FAMILIES what their values can be"
