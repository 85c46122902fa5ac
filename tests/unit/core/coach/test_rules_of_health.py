"""The rules on values, time, augmentation and size: where they begin to speak, and where not."""

from __future__ import annotations

import pytest

from finetune_gui.core.coach import rules_fit, rules_time, rules_values
from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Machine
from finetune_gui.core.coach.rules import findings
from finetune_gui.core.events import Event, RolledBack, RunFailed
from tests.helpers.told_runs import CLASSES, facts, told

LOSSES = [0.9, 0.7, 0.6, 0.5]
GPU = Machine.of("NVIDIA H100")


def run(train: float = 1.0, validation: float = 0.7, **of_epochs: float) -> list[Event]:
    """Four epochs that end with these accuracies."""
    return told(LOSSES, LOSSES, [train] * 4, [validation] * 4, (0.9, 0.75, 0.8), **of_epochs)


def photos(train: int) -> dict[str, dict[str, int]]:
    others = {split: dict.fromkeys(CLASSES, 10) for split in ("validation", "test")}
    return {"train": dict.fromkeys(CLASSES, train), **others}


# Augmentation


@pytest.mark.parametrize(
    ("preset", "n", "stronger"),
    [("none", 16, "medium"), ("light", limit.FEW_TO_VARY - 1, "medium")],
)
def test_few_photos_hardly_varied_are_learned_by_heart(preset: str, n: int, stronger: str) -> None:
    found = findings(facts(run(), photos(n), augment__preset=preset))
    names = [f.name for f in found]
    assert "augmentation_too_weak" in names
    assert "overfitting" not in names  # the same, and less of it
    weak = found[names.index("augmentation_too_weak")]
    assert weak.remedies[0].changes == {"augment.preset": stronger}


@pytest.mark.parametrize(("preset", "n"), [("strong", 16), ("none", limit.FEW_TO_VARY)])
def test_what_is_varied_or_plenty_just_overfits(preset: str, n: int) -> None:
    names = [f.name for f in findings(facts(run(), photos(n), augment__preset=preset))]
    assert "augmentation_too_weak" not in names
    assert "overfitting" in names


def test_augmentation_of_ones_own_that_changes_nothing_is_none() -> None:
    off = {"augment__horizontal_flip": False, "augment__crop_scale": 1.0}
    off |= {f"augment__{name}": 0.0 for name in ("brightness", "contrast", "saturation")}
    found = rules_fit.augmentation_too_weak(facts(run(), **off))
    assert found is not None
    assert found.remedies[0].changes == {"augment.preset": "medium"}


def test_a_gap_that_chance_explains_is_none() -> None:
    assert rules_fit.augmentation_too_weak(facts(run(1.0, 0.95), augment__preset="none")) is None


# Size


@pytest.mark.parametrize(
    ("sides", "larger"),
    [((192, 64), 128), ((900, 160), 320), ((3000, limit.SMALL_INPUT), 384)],
)
def test_photos_shrunk_a_lot_that_nobody_recognises(sides: tuple[int, int], larger: int) -> None:
    found = rules_fit.input_too_small(facts(run(0.6, 0.5), sides=sides))
    assert found is not None
    assert found.weight == "problem"
    assert found.remedies[0].changes == {"model.input_size": larger}
    # Training photos may be known by heart all the same.
    assert rules_fit.input_too_small(facts(run(1.0, 0.5), sides=sides)) == found


@pytest.mark.parametrize(
    ("train", "validation", "sides"),
    [
        (0.6, 0.5, (0, 64)),  # nobody knows how large they are
        (0.6, 0.5, (191, 64)),
        (0.6, 0.5, (2000, limit.SMALL_INPUT + 32)),
        (0.6, 0.65, (900, 64)),  # so few photos may have been the hard ones
        (0.6, limit.UNDERFIT, (900, 64)),
    ],
)
def test_the_size_is_not_blamed_without_evidence(
    train: float, validation: float, sides: tuple[int, int]
) -> None:
    assert rules_fit.input_too_small(facts(run(train, validation), sides=sides)) is None


def test_a_run_that_goes_on_may_still_learn_at_that_size() -> None:
    early = facts(run(0.6, 0.5), sides=(900, 64), train__epochs=8)
    assert rules_fit.input_too_small(early) is None


# Values


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ({"train__precision": "float16"}, {"train.precision": "float32"}),
        ({"optim__gradient_clip": 0.0}, {"optim.gradient_clip": 1.0}),
        ({}, {"optim.lr": 1e-4}),
    ],
)
def test_infinite_values_at_a_usual_rate_have_their_own_cause(
    values: dict[str, object], changes: dict[str, object]
) -> None:
    undone = [*run()[:2], RolledBack(0, 0.5), *run(0.8, 0.8)[2:]]
    found = findings(facts(undone, **values))[0]
    assert (found.name, found.params["n"]) == ("not_finite", 1)
    assert found.remedies[0].changes == changes


def test_infinite_values_at_a_high_rate_are_the_rates_fault() -> None:
    failed = [*run()[:2], RunFailed("error-loss-not-finite", {"step": 1, "lr": "1"})]
    ill = facts(failed, optim__lr=limit.SANE_LR["adamw"] * 1.5, train__epochs=4)
    assert rules_values.not_finite(ill) is None
    assert findings(ill)[0].name == "lr_too_high"


def test_what_is_usual_depends_on_the_optimiser() -> None:
    undone = [*run()[:2], RolledBack(0, 0.5), *run()[2:]]
    assert rules_values.not_finite(facts(undone, optim__lr=0.05)) is None
    assert rules_values.not_finite(facts(undone, optim__lr=0.05, optim__optimizer="sgd"))


def test_a_network_that_says_the_same_of_every_photo_has_died() -> None:
    dead = facts(run(0.6, 0.55, dead_units=limit.DEAD_UNITS))
    found = rules_values.dead_units(dead)
    assert found is not None
    assert (found.params["epoch"], found.params["share"]) == (1, "80.0")
    assert found.remedies[0].changes["optim.lr"] < dead.recipe.optim.lr


@pytest.mark.parametrize(
    ("validation", "share"), [(0.55, limit.DEAD_UNITS - 0.01), (0.9, 1.0), (0.55, 0.0)]
)
def test_quiet_units_are_usual_and_harm_nobody_who_learns(validation: float, share: float) -> None:
    assert rules_values.dead_units(facts(run(0.6, validation, dead_units=share))) is None


# Time


def test_waiting_for_photos_that_are_decoded_anew_leads_to_the_settings() -> None:
    slow = facts(run(0.9, 0.9, seconds=60.0, waiting=0.5, decoded=1.0))
    found = rules_time.decoding_slow(slow)
    assert found is not None
    assert (found.params["waiting"], found.remedies[0].page) == ("50.0", "settings")
    assert rules_time.loading_slow(slow) is None


def test_waiting_for_photos_that_are_kept_is_of_drive_or_processor() -> None:
    slow = facts(run(0.9, 0.9, seconds=60.0, waiting=0.5), augment__preset="strong")
    found = rules_time.loading_slow(slow)
    assert found is not None
    assert found.remedies[1].changes == {"augment.preset": "medium"}
    assert rules_time.decoding_slow(slow) is None


@pytest.mark.parametrize(
    ("seconds", "waiting"),
    [
        (60.0, limit.WAITED - 0.01),
        (limit.WAITED_SECONDS / 3 - 0.1, 1.0),  # three epochs count, the first does not
        (60.0, 0.0),  # also what runs of before tell
    ],
)
def test_little_waiting_is_not_worth_a_word(seconds: float, waiting: float) -> None:
    quick = facts(run(0.9, 0.9, seconds=seconds, waiting=waiting, decoded=1.0))
    assert rules_time.decoding_slow(quick) is None
    assert rules_time.loading_slow(quick) is None


def test_the_first_epoch_decodes_for_all_and_does_not_count() -> None:
    only = told([0.9], [0.9], [0.9], [0.9], seconds=600.0, waiting=0.9, decoded=1.0)
    assert rules_time.decoding_slow(facts(only)) is None


def test_full_precision_by_hand_slows_a_graphics_card() -> None:
    long = run(0.9, 0.9, seconds=limit.PINNED_SECONDS)
    found = rules_time.precision_pinned(facts(long, machine=GPU, train__precision="float32"))
    assert found is not None
    assert found.remedies[0].changes == {"train.precision": "auto"}
    assert rules_time.precision_pinned(facts(long, train__precision="float32")) is None
    assert rules_time.precision_pinned(facts(long, machine=GPU)) is None


def test_idle_cores_are_noticed() -> None:
    long, cpu = run(0.9, 0.9, seconds=limit.PINNED_SECONDS), Machine.of("CPU · 8")
    found = rules_time.threads_pinned(facts(long, machine=cpu, train__threads=2))
    assert found is not None
    assert (found.params["threads"], found.params["cores"]) == (2, 8)
    for threads in (0, 8, 16):
        assert rules_time.threads_pinned(facts(long, machine=cpu, train__threads=threads)) is None


def test_a_short_run_needs_no_more_speed() -> None:
    short = run(0.9, 0.9, seconds=1.0)
    assert (
        rules_time.precision_pinned(facts(short, machine=GPU, train__precision="float32")) is None
    )
    cpu = Machine.of("CPU · 8")
    assert rules_time.threads_pinned(facts(short, machine=cpu, train__threads=2)) is None


@pytest.mark.parametrize(
    ("device", "machine"),
    [
        ("CPU · 8", Machine(on_cpu=True, cores=8)),
        ("cpu", Machine(on_cpu=True, cores=0)),
        ("NVIDIA H100", Machine(on_cpu=False, cores=0)),
    ],
)
def test_the_device_is_known_by_its_name(device: str, machine: Machine) -> None:
    assert Machine.of(device) == machine
