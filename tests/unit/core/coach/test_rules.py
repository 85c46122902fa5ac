"""The rules on curves of real trainings, rounded: ill ones are named, healthy ones left alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from finetune_gui.core.coach.facts import wilson_interval
from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.coach.rules import EXPLAINS, RULES, findings
from finetune_gui.core.events import Event, RolledBack, RunFailed
from finetune_gui.core.recipe import Recipe, with_values
from tests.helpers.told_runs import CLASSES, facts, told

HEALTHY = told(
    [0.58, 0.70, 0.56, 0.52, 0.40, 0.40, 0.41, 0.37],
    [0.38, 0.23, 0.22, 0.21, 0.17, 0.18, 0.17, 0.17],
    [0.92, 0.86, 0.91, 0.94, 0.98, 0.98, 0.97, 1.00],
    [0.95, 0.92, 0.98, 0.98, 0.95, 0.95, 0.95, 0.95],
    (1.0, 0.93, 0.25),
)
SURE = told(
    [0.35, 0.36, 0.23, 0.24, 0.21, 0.21, 0.20, 0.21],
    [0.12, 0.12, 0.07, 0.04, 0.05, 0.04, 0.05, 0.05],
    [0.96, 0.85, 1.00, 0.98, 1.00, 1.00, 1.00, 1.00],
    [1.0] * 8,
    (1.0, 1.0, 0.01),
)
THROWN_ABOUT = told(
    [4.19, 16.6, 16.5, 16.8, 11.8, 12.2, 8.71, 6.60],
    [7.59, 6.58, 21.6, 17.5, 5.37, 18.3, 2.91, 1.41],
    [0.25, 0.20, 0.28, 0.25, 0.23, 0.20, 0.22, 0.23],
    [0.25] * 8,
    (1.0, 0.7, 0.76),
)
FORGOT = told(
    [0.9, 1.1, 1.0, 0.9, 0.8, 0.8, 0.8, 0.8],
    [1.2, 1.5, 1.4, 1.1, 1.0, 1.0, 0.9, 0.9],
    [0.7, 0.6, 0.6, 0.65, 0.7, 0.7, 0.7, 0.72],
    [0.6, 0.4, 0.45, 0.6, 0.65, 0.65, 0.65, 0.65],
)
CRAWLS = told(
    [0.57, 0.54, 0.53, 0.52, 0.51, 0.48, 0.54, 0.51],
    [0.19, 0.20, 0.20, 0.21, 0.21, 0.20, 0.20, 0.20],
    [0.97, 0.95, 0.95, 0.97, 0.97, 0.98, 0.94, 0.95],
    [0.98, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95],
    (1.0, 0.97, 0.19),
)
RANDOM_LABELS = told(
    [1.31, 1.37, 1.30, 1.16, 1.06, 0.86, 0.75, 0.73],
    [1.82, 1.44, 1.67, 1.58, 1.67, 1.79, 1.82, 1.79],
    [0.48, 0.41, 0.33, 0.56, 0.58, 0.72, 0.81, 0.77],
    [0.15, 0.25, 0.22, 0.18, 0.18, 0.18, 0.15, 0.15],
    (0.94, 0.23, 1.52),
)
BY_HEART = told(
    [0.60, 0.20, 0.05, 0.02, 0.01, 0.01, 0.01, 0.01],
    [0.70, 0.55, 0.62, 0.75, 0.90, 1.00, 1.10, 1.15],
    [0.80, 0.95, 0.99, 1.00, 1.00, 1.00, 1.00, 1.00],
    [0.72, 0.78, 0.76, 0.74, 0.72, 0.70, 0.70, 0.70],
    (1.0, 0.72, 0.8),
)
BLURRED = told(
    [1.3, 1.3, 1.25, 1.2, 1.2, 1.15, 1.2, 1.15],
    [0.4, 0.5, 0.45, 0.4, 0.4, 0.4, 0.4, 0.4],
    [0.35, 0.38, 0.4, 0.45, 0.45, 0.5, 0.45, 0.5],
    [0.9, 0.85, 0.88, 0.9, 0.9, 0.9, 0.9, 0.9],
)


def names(found: tuple[Finding, ...], *, problems: bool = False) -> list[str]:
    return [f.name for f in found if f.weight == "problem" or not problems]


@pytest.mark.parametrize(
    ("events", "first", "values"),
    [
        (THROWN_ABOUT, "lr_too_high", {"optim__lr": 0.03}),
        (FORGOT, "lr_too_high", {"optim__lr": 0.01}),
        (CRAWLS, "lr_too_low", {"optim__lr": 1e-5}),
        (RANDOM_LABELS, "labels_doubtful", {}),
        (BY_HEART, "trained_too_long", {"optim__label_smoothing": 0.0}),
        (BLURRED, "augmentation_too_strong", {"augment__preset": "strong"}),
        (FORGOT, "batch_too_small", {"train__batch_size": 1}),
    ],
)
def test_an_ill_run_is_named_first(
    events: list[Event], first: str, values: dict[str, object]
) -> None:
    assert names(findings(facts(events, **values)))[0] == first


def test_learned_statistics_of_small_batches_are_noticed() -> None:
    ill = facts(FORGOT, train__batch_size=4, train__freeze_batch_norm=False)
    assert "batch_norm_unsteady" in names(findings(ill))


@pytest.mark.parametrize("events", [HEALTHY, SURE], ids=["steady", "all right from the start"])
def test_a_healthy_run_has_no_problem(events: list[Event]) -> None:
    found = findings(facts(events))
    assert not names(found, problems=True)
    assert "going_well" in names(found)


@pytest.mark.parametrize("n", range(9))
def test_a_healthy_run_has_no_problem_at_any_epoch(n: int) -> None:
    so_far = facts([*HEALTHY[: 2 + 9 * n]], train__epochs=8)
    assert not names(findings(so_far), problems=True)


def test_nothing_is_said_before_the_baseline() -> None:
    assert findings(facts(HEALTHY[:1], train__epochs=8)) == ()


def test_a_spoiled_loss_is_the_surest_sign_of_a_high_rate() -> None:
    failed = [*HEALTHY[:2], RunFailed("error-loss-not-finite", {"step": 3, "lr": "1"})]
    found = findings(facts(failed, optim__lr=1.0, train__epochs=8))[0]
    assert (found.name, found.confidence) == ("lr_too_high", 1.0)
    assert found.remedies[0].changes == {"optim.lr": 0.1}


def test_a_setback_tells_of_a_high_rate() -> None:
    undone = [*HEALTHY[:2], RolledBack(0, 0.5), *HEALTHY[2:]]
    assert names(findings(facts(undone, optim__lr=0.01)))[0] == "lr_too_high"


def test_still_falling_means_stopped_too_early() -> None:
    events = told([0.9, 0.7], [0.8, 0.6], [0.7, 0.8], [0.7, 0.8], (0.9, 0.7, 0.9))
    found = findings(facts(events))
    assert names(found)[0] == "stopped_too_early"
    assert found[0].remedies[0].changes["train.epochs"] == 8


def test_a_run_that_goes_on_was_not_stopped_too_early() -> None:
    events = told([0.9, 0.7], [0.8, 0.6], [0.7, 0.8], [0.7, 0.8], (0.9, 0.7, 0.9), over=False)
    assert "stopped_too_early" not in names(findings(facts(events, train__epochs=8)))


def test_the_turn_of_validation_is_marked_on_the_curve() -> None:
    found = findings(facts(BY_HEART, optim__label_smoothing=0.0))[0]
    assert found.span is not None
    assert (found.span.curve, found.span.first, found.span.last) == ("loss", 2, 8)
    assert found.params["epoch"] == 2


# Data


def counts(**train: int) -> dict[str, dict[str, int]]:
    return {
        "train": {label: train.get(label, 16) for label in CLASSES},
        "validation": dict.fromkeys(CLASSES, 10),
        "test": dict.fromkeys(CLASSES, 10),
    }


def test_few_photos_are_named_with_the_smallest_class() -> None:
    few = counts(**dict.fromkeys(CLASSES, 4)) | {}
    few["train"]["shirt"] = 3
    found = findings(facts(HEALTHY, few))[0]
    assert (found.name, found.params["label"], found.params["n"]) == ("too_few_photos", "shirt", 4)


def test_a_starving_class_is_a_problem_once_its_photos_are_missed() -> None:
    matrix = ((10, 0, 0, 0), (0, 10, 0, 0), (6, 0, 4, 0), (0, 0, 0, 10))
    hungry = counts(boot=40, shirt=2)
    found = findings(facts(HEALTHY, hungry, matrix))
    assert (found[0].name, found[0].params["label"]) == ("class_starves", "shirt")
    well = ((10, 0, 0, 0), (0, 10, 0, 0), (0, 0, 10, 0), (0, 0, 0, 10))
    assert not names(findings(facts(HEALTHY, hungry, well)), problems=True)


def test_confused_classes_are_named_in_their_direction() -> None:
    matrix = ((10, 0, 0, 0), (0, 9, 1, 0), (0, 5, 5, 0), (0, 0, 0, 10))
    found = {f.name: f for f in findings(facts(HEALTHY, matrix=matrix))}["class_confused"]
    assert (found.params["truth"], found.params["answer"]) == ("shirt", "dress")


def test_a_handful_of_validation_photos_cannot_be_trusted() -> None:
    tiny = counts() | {"validation": dict.fromkeys(CLASSES, 2)}
    found = findings(facts(HEALTHY, tiny))[0]
    assert found.name == "validation_too_small"
    assert found.remedies[-1].changes == {"data.validation_fraction": 0.3}


@pytest.mark.parametrize(("validation", "test", "more"), [(0.3, 0.4, 0.4), (0.4, 0.4, None)])
def test_no_more_photos_are_set_aside_than_a_recipe_may(
    validation: float, test: float, more: float | None
) -> None:
    tiny = counts() | {"validation": dict.fromkeys(CLASSES, 2)}
    held = {"data.validation_fraction": validation, "data.test_fraction": test}
    ill = replace(facts(HEALTHY, tiny), recipe=with_values(Recipe(), held))
    found = next(f for f in findings(ill) if f.name == "validation_too_small")
    asked = [r.changes["data.validation_fraction"] for r in found.remedies if r.changes]
    assert asked == ([] if more is None else [more])
    for remedy in found.remedies:
        with_values(ill.recipe, remedy.changes)


@pytest.mark.parametrize(
    ("preset", "stronger"), [("light", "medium"), ("medium", "strong"), ("strong", None)]
)
def test_what_is_as_strong_as_it_can_be_is_not_made_stronger(
    preset: str, stronger: str | None
) -> None:
    few = facts(HEALTHY, counts(shirt=4, boot=4, dress=4, hat=4))
    few = replace(few, recipe=with_values(Recipe(), {"augment.preset": preset}))
    found = next(f for f in findings(few) if f.name == "too_few_photos")
    asked = [r.changes["augment.preset"] for r in found.remedies if r.changes]
    assert asked == ([] if stronger is None else [stronger])


def test_leaks_come_before_everything_but_certain_faults() -> None:
    found = findings(facts(HEALTHY, leaks=("boot/1.png", "boot/2.png", "dress/3.png")))[0]
    assert (found.name, found.params["n"]) == ("leak", 3)
    assert found.photos == ("boot/1.png", "boot/2.png", "dress/3.png")


def test_easier_validation_is_told_from_chance() -> None:
    events = told([0.5, 0.4], [0.2, 0.2], [0.9, 0.9], [1.0, 1.0], (0.8, 1.0, 0.1))
    assert "validation_easier" in names(findings(facts(events)))


# Together


@pytest.mark.parametrize(
    "events", [HEALTHY, SURE, THROWN_ABOUT, FORGOT, CRAWLS, RANDOM_LABELS, BY_HEART, BLURRED]
)
def test_every_remedy_makes_a_valid_recipe_or_leads_to_a_page(events: list[Event]) -> None:
    ill = facts(events, augment__preset="strong", train__batch_size=1)
    for finding in findings(ill):
        for remedy in finding.remedies:
            assert bool(remedy.changes) != bool(remedy.page)
            assert not remedy.changes or with_values(ill.recipe, remedy.changes) != ill.recipe


def test_every_rule_names_its_source() -> None:
    assert all(rule.__doc__ for rule in RULES)
    sourced = [r for r in RULES if "Source" in str(r.__doc__) or "Wilson" in str(r.__doc__)]
    assert len(sourced) >= len(RULES) - 1  # what is compared, not judged, needs none


def test_no_cause_hides_itself() -> None:
    assert not [name for name, hidden in EXPLAINS.items() if name in hidden]


def test_the_interval_of_wilson_is_the_published_one() -> None:
    # Newcombe 1998, table I: 81 of 263 at 95 %.
    low, high = wilson_interval(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson_interval(1.0, 0) == (0.0, 1.0)


def test_the_lowest_loss_is_the_entropy_of_a_smoothed_label() -> None:
    smoothed = facts(HEALTHY, optim__label_smoothing=0.1)
    p = [0.925, 0.025, 0.025, 0.025]
    assert smoothed.lowest_loss == pytest.approx(-sum(x * math.log(x) for x in p))
    assert facts(HEALTHY, optim__label_smoothing=0.0).lowest_loss == 0


RECOVERED = told(
    [1.03, 1.21, 0.98, 0.83, 0.56, 0.50, 0.49, 0.53],
    [0.90, 0.90, 0.60, 0.30, 0.46, 0.29, 0.33, 0.31],
    [0.73, 0.56, 0.77, 0.80, 0.94, 0.95, 0.94, 0.95],
    [0.58, 0.63, 0.85, 0.95, 0.88, 0.93, 0.93, 0.93],
    (1.0, 0.83, 0.38),
)


def test_a_run_that_tiny_batches_threw_back_is_told_so_even_if_it_recovered() -> None:
    assert findings(facts(RECOVERED, train__batch_size=1))[0].name == "batch_too_small"
    names = {finding.name for finding in findings(facts(RECOVERED, train__batch_size=16))}
    assert "batch_too_small" not in names
    assert "batch_too_small" not in {f.name for f in findings(facts(HEALTHY, train__batch_size=1))}


def test_a_class_that_is_hardly_seen_is_named_before_labels_are_doubted() -> None:
    train = {"boot": 40, "dress": 40, "shirt": 2, "sneaker": 40}
    counts = {"train": train, "validation": dict.fromkeys(CLASSES, 4)}
    matrix = ((2, 1, 0, 1), (1, 2, 0, 1), (2, 2, 0, 0), (1, 1, 0, 2))
    found = [f.name for f in findings(facts(RANDOM_LABELS, counts, matrix))]
    assert "class_starves" in found
    assert "labels_doubtful" not in found


def test_two_epochs_that_gained_on_the_baseline_were_too_few() -> None:
    short = told([0.55, 0.47], [0.465, 0.455], [0.92, 0.95], [0.85, 0.85], (1.0, 0.85, 0.479))
    assert findings(facts(short, train__epochs=2))[0].name == "stopped_too_early"
    level = told([0.55, 0.47], [0.465, 0.455], [0.92, 0.95], [0.85, 0.85], (1.0, 0.85, 0.46))
    assert "stopped_too_early" not in names(findings(facts(level, train__epochs=2)))
