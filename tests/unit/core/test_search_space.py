"""What a search may change."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_gui.core import search_space
from finetune_gui.core.errors import RecipeError
from finetune_gui.core.recipe import Recipe, get_value, with_values
from finetune_gui.core.search_space import Dimension, changed, default_space, from_words


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"optim.lr": 9.0, "optim.weight_decay": 0.0, "train.epochs": 1, "train.batch_size": 1},
        {"optim.weight_decay": 1.0, "train.epochs": 1000, "train.batch_size": 1024},
        {"augment.rotation": 3.0, "model.freeze": "custom", "optim.label_smoothing": 0.5},
    ],
)
def test_the_default_ranges_are_possible_and_hold_the_recipe(values: dict[str, object]) -> None:
    recipe = with_values(Recipe(), values)
    for dimension in default_space(recipe):
        assert search_space.checked(dimension) == dimension
        own = get_value(recipe, dimension.key)
        assert dimension.contains(own) or (dimension.key, own) == ("optim.weight_decay", 0.0)
        assert dimension.contains(dimension.nearest(own))


def test_input_size_and_backbone_stay_unless_they_are_asked_for() -> None:
    off = {d.key for d in default_space(Recipe()) if not d.on}
    assert off == {"model.input_size", "model.backbone"}


@pytest.mark.parametrize(
    ("key", "words", "expected"),
    [
        ("optim.lr", "1e-4..1e-2", Dimension("optim.lr", "float", 1e-4, 1e-2, log=True)),
        ("train.epochs", "2..6", Dimension("train.epochs", "int", 2, 6)),
        ("optim.weight_decay", "0..0.1", Dimension("optim.weight_decay", "float", 0, 0.1)),
        ("train.batch_size", "8, 16", Dimension("train.batch_size", "choice", choices=(8, 16))),
        (
            "train.balance_classes",
            "true,false",
            Dimension("train.balance_classes", "choice", choices=(True, False)),
        ),
    ],
)
def test_ranges_are_read_as_they_are_typed(key: str, words: str, expected: Dimension) -> None:
    assert from_words(key, words) == expected


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("optim.lr", "0.1..0.001"),
        ("optim.lr", "1..200"),
        ("optim.lr", "a..b"),
        ("optim.lr", "nan..1"),
        ("optim.lr", ""),
        ("train.epochs", "1.5..3"),
        ("augment.preset", "wild"),
        ("augment.preset", "1..3"),
        ("train.balance_classes", "maybe"),
        ("data.test_fraction", "0.1..0.2"),
        ("seed", "1..9"),
        ("no.such", "1..2"),
    ],
)
def test_what_is_no_range_is_said(key: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        from_words(key, words)
    assert str(caught.value)


def test_ranges_replace_what_was_offered_and_off_takes_it_away() -> None:
    space = changed(
        default_space(Recipe()), {"optim.lr": "off", "model.dropout": "0..0.5", "seed": "off"}
    )
    keys = {d.key: d for d in space}
    assert not keys["optim.lr"].on
    assert keys["model.dropout"].high == 0.5
    with pytest.raises(RecipeError):
        changed(space, {"no.such": "off"})


def test_a_space_in_which_nothing_may_change_is_said() -> None:
    off = changed((), {})
    with pytest.raises(RecipeError):
        search_space.searched(off)


@given(
    st.floats(1e-6, 1.0),
    st.floats(1.0, 100.0),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_the_nearest_value_is_always_within(low: float, ratio: float, value: float) -> None:
    dimension = Dimension("optim.lr", "float", low, min(10.0, low * ratio), log=True)
    assert dimension.contains(dimension.nearest(value))


def test_a_space_comes_back_from_its_file() -> None:
    space = default_space(Recipe())
    text = json.dumps(search_space.to_json(space))
    assert search_space.from_json(json.loads(text)) == space


def test_the_words_of_a_range_are_read_back() -> None:
    for dimension in default_space(Recipe()):
        again = from_words(dimension.key, dimension.range_words())
        assert (again.kind, again.choices) == (dimension.kind, dimension.choices)
        assert (again.low, again.high) == pytest.approx((dimension.low, dimension.high))
