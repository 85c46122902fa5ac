from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.core import recipe as recipes
from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.errors import RecipeError
from finetune_gui.core.messages import set_language
from finetune_gui.core.recipe import (
    SCHEMA_VERSION,
    AugmentRecipe,
    Face,
    Preset,
    Recipe,
    RecipeField,
    from_toml,
    get_value,
    named_preset,
    names_in,
    recipe_fields,
    to_toml,
    with_values,
)

FIELDS = recipe_fields()
NUMBERS = [field for field in FIELDS.values() if field.type in (int, float)]
# Keys that scripts use, by the contract of the command line.
PROMISED = (
    *("seed", "data.validation_fraction", "data.test_fraction", "augment.preset"),
    *("model.backbone", "model.pretrained", "model.freeze", "train.epochs", "train.batch_size"),
    *("optim.lr", "optim.weight_decay"),
)


def values_of(field: RecipeField) -> st.SearchStrategy[Any]:
    """Everything that a field takes."""
    if field.choices:
        return st.sampled_from(field.choices)
    if field.type is bool:
        return st.booleans()
    if field.type is str:
        text = st.characters(exclude_categories=["Cs"])
        return st.text(text, min_size=1, max_size=30)
    assert field.minimum is not None
    assert field.maximum is not None
    if field.type is int:
        return st.integers(int(field.minimum), int(field.maximum))
    return st.floats(field.minimum, field.maximum, exclude_min=field.exclusive_minimum)


@st.composite
def chosen_values(draw: st.DrawFn) -> dict[str, Any]:
    """A valid value for some of the fields."""
    keys = draw(st.sets(st.sampled_from(sorted(FIELDS))))
    values = {key: draw(values_of(FIELDS[key])) for key in sorted(keys)}
    held_back = [values.get(f"data.{part}_fraction", 0.15) for part in ("validation", "test")]
    if sum(held_back) > 0.8:
        values["data.test_fraction"] = 0.0
    return values


def caught(values: dict[str, Any]) -> RecipeError:
    with pytest.raises(RecipeError) as found:
        with_values(Recipe(), values)
    return found.value


def test_every_field_has_a_face_and_a_valid_default() -> None:
    for key, field in FIELDS.items():
        assert isinstance(field.face, Face), key
        assert get_value(Recipe(), key) == field.default, key
        assert type(field.default) is field.type, key


def test_every_value_of_the_file_is_a_field() -> None:
    tree = Recipe().model_dump()
    leaves = {
        f"{name}.{inner}" if isinstance(value, dict) else name
        for name, value in tree.items()
        for inner in (value if isinstance(value, dict) else [""])
    }
    assert leaves - {"schema_version"} == FIELDS.keys()


def test_promised_keys_are_there() -> None:
    assert set(PROMISED) <= FIELDS.keys()


def test_numbers_have_a_range_and_a_step_that_moves() -> None:
    for field in NUMBERS:
        assert field.minimum is not None, field.key
        assert field.maximum is not None, field.key
        assert field.minimum < field.maximum, field.key
        assert field.face.step > 0, field.key


def test_messages_are_named_after_the_field() -> None:
    assert FIELDS["optim.weight_decay"].message == "recipe-optim-weight-decay"
    assert FIELDS["seed"].message == "recipe-seed"


def test_recipe_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Recipe().seed = 3


# The file


@given(values=chosen_values())
@settings(deadline=None, max_examples=120)
def test_round_trip_through_toml(values: dict[str, Any]) -> None:
    recipe = with_values(Recipe(), values)
    assert from_toml(to_toml(recipe)) == recipe
    for key, value in values.items():
        if not key.startswith("augment."):
            assert get_value(recipe, key) == value


@given(values=chosen_values())
@settings(deadline=None, max_examples=60)
def test_values_are_read_from_text_as_set_gives_them(values: dict[str, Any]) -> None:
    plain = {k: v for k, v in values.items() if not k.startswith("augment.")}
    texts = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in plain.items()}
    assert with_values(Recipe(), texts) == with_values(Recipe(), plain)


@given(
    tree=st.dictionaries(
        st.sampled_from(
            ["schema_version", "seed", "data", "augment", "optim", "lr", "epochs", "x"]
        ),
        st.recursive(
            st.one_of(st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=2),
                st.dictionaries(st.sampled_from(["preset", "lr", "hue"]), inner, max_size=2),
            ),
            max_leaves=4,
        ),
        max_size=4,
    )
)
@settings(deadline=None, max_examples=150)
def test_any_toml_is_a_recipe_or_a_recipe_error(tree: dict[str, Any]) -> None:
    found = recipe_or_sentence(tomli_w.dumps(tree))
    assert found
    assert isinstance(found, str) or found.schema_version == SCHEMA_VERSION


def recipe_or_sentence(text: str) -> Recipe | str:
    try:
        return from_toml(text)
    except RecipeError as error:
        return str(error)


def test_file_names_every_field() -> None:
    tree = tomllib.loads(to_toml(Recipe()))
    for key in FIELDS:
        section, _, name = key.rpartition(".")
        assert name in (tree[section] if section else tree)


def test_fields_that_are_not_named_keep_their_defaults() -> None:
    assert from_toml("") == Recipe()
    assert from_toml("[optim]\nlr = 0.25") == with_values(Recipe(), {"optim.lr": 0.25})


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "我的 配方.toml"
    recipe = with_values(Recipe(), {"model.backbone": "résnet", "seed": 7})
    recipes.save(recipe, path)
    assert recipes.load(path) == recipe


def test_mark_of_windows_editors_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(b"\xef\xbb\xbf" + to_toml(Recipe(seed=5)).encode())
    assert recipes.load(path).seed == 5


@pytest.mark.parametrize("content", [b"seed = ", b"\xff\xfe", "seed = 1 # 配方".encode("gbk")])
def test_file_that_is_not_toml_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError) as found:
        recipes.load(path)
    assert found.value.key == "error-recipe-not-toml"


def test_missing_file_stays_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        recipes.load(tmp_path / "none.toml")


# What is refused


@pytest.mark.parametrize(
    ("text", "key"),
    [("colour = 1", "colour"), ("[optim]\nspeed = 1", "optim.speed"), ("[x]\ny = 1", "x")],
)
def test_unknown_key_in_a_file(text: str, key: str) -> None:
    with pytest.raises(RecipeError) as found:
        from_toml(text)
    assert found.value.key == "error-recipe-unknown-key"
    assert found.value.params == {"key": key}


@pytest.mark.parametrize("key", ["lr", "optim", "optim.speed", "schema_version", ""])
def test_unknown_key_from_set(key: str) -> None:
    error = caught({key: "1"})
    assert (error.key, error.params) == ("error-recipe-unknown-key", {"key": key})


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.key)
def test_numbers_outside_the_range_are_refused(field: RecipeField) -> None:
    assert field.minimum is not None
    assert field.maximum is not None
    outside: list[Any] = [field.minimum - 1, field.maximum + 1, "nan", "inf", "", "many"]
    if field.exclusive_minimum:
        outside.append(field.minimum)
    if field.type is int:
        outside.append("1.5")
    for value in outside:
        error = caught({field.key: value})
        assert error.key == "error-recipe-bad-value"
        assert error.params["key"] == field.key
        assert error.params["value"] == str(value)


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.key)
def test_both_ends_of_a_range_are_possible(field: RecipeField) -> None:
    for end in (field.maximum, None if field.exclusive_minimum else field.minimum):
        if end is not None:
            assert get_value(with_values(Recipe(), {field.key: end}), field.key) == end


@pytest.mark.parametrize("field", [f for f in FIELDS.values() if f.choices], ids=lambda f: f.key)
def test_a_word_that_is_no_choice_is_refused_and_all_choices_are_named(field: RecipeField) -> None:
    error = caught({field.key: "else"})
    assert error.params["detail"] == ", ".join(field.choices)


@pytest.mark.parametrize(
    ("key", "value", "possible"),
    [
        ("optim.lr", 0, "> 0, ≤ 10"),
        ("data.validation_fraction", "0.9", "≥ 0.05, ≤ 0.5"),
        ("train.epochs", "1.5", "0, 1, …, 1000"),
        ("seed", -1, "0, 1, …, 2147483647"),
        ("train.balance_classes", "maybe", "true, false"),
        ("model.backbone", "", "tf_efficientnet_lite0, …"),
    ],
)
def test_refusal_says_what_is_possible_without_words(key: str, value: Any, possible: str) -> None:
    error = caught({key: value})
    assert error.params["detail"] == possible
    for language in ("en", "zh_CN"):
        set_language(language)
        assert possible in error.sentence
        assert "Input should" not in str(error)


def test_section_that_is_no_table_is_refused() -> None:
    with pytest.raises(RecipeError) as found:
        from_toml("optim = 3")
    assert found.value.params == {"key": "optim", "value": "3", "detail": "[optim]"}


def test_a_long_value_is_cut_in_the_sentence() -> None:
    assert len(str(caught({"optim.lr": "9" * 5000}).params["value"])) == 60


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.31), (0.41, 0.4)])
def test_at_most_four_fifths_are_held_back(validation: float, test: float) -> None:
    error = caught({"data.validation_fraction": validation, "data.test_fraction": test})
    assert error.key == "error-recipe-bad-value"
    assert error.params["value"] == "0.81"
    assert error.params["detail"] == "≤ 0.8"


@given(st.integers(30, 50))
def test_four_fifths_in_whole_per_cents_are_possible(validation: int) -> None:
    shares = {"data.validation_fraction": validation, "data.test_fraction": 80 - validation}
    with_values(Recipe(), {key: share / 100 for key, share in shares.items()})


# Presets


def test_presets_cover_every_augmentation_value() -> None:
    values = {key.partition(".")[2] for key in FIELDS if key.startswith("augment.")}
    assert set(AUGMENT_PRESETS) | {"custom"} == set(get_args(Preset))
    for preset, wanted in AUGMENT_PRESETS.items():
        assert wanted.keys() | {"preset"} == values, preset


def test_light_is_what_a_recipe_begins_with() -> None:
    assert AugmentRecipe() == AugmentRecipe(preset="light")
    assert AugmentRecipe().model_dump(exclude={"preset"}) == AUGMENT_PRESETS["light"]


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_preset_sets_every_value(preset: Preset) -> None:
    for found in (
        AugmentRecipe(preset=preset),
        from_toml(f'[augment]\npreset = "{preset}"').augment,
        with_values(Recipe(), {"augment.preset": preset}).augment,
        with_values(Recipe(), {"augment.rotation": 77, "augment.preset": preset}).augment,
    ):
        wanted = {**AUGMENT_PRESETS[preset]}
        if found.rotation == 77:
            wanted |= {"rotation": 77.0}
            assert found.preset == "custom"
        else:
            assert found.preset == preset
        assert found.model_dump(exclude={"preset"}) == wanted


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_another_preset_forgets_the_values_of_the_one_before(preset: str) -> None:
    before = with_values(Recipe(), {"augment.preset": "strong", "augment.rotation": 90})
    after = with_values(before, {"augment.preset": preset}).augment
    assert after.model_dump(exclude={"preset"}) == AUGMENT_PRESETS[preset]


def test_one_value_makes_it_custom_and_keeps_the_others() -> None:
    medium = with_values(Recipe(), {"augment.preset": "medium"})
    changed = with_values(medium, {"augment.hue": 0.25}).augment
    assert changed.preset == "custom"
    assert changed.model_dump(exclude={"preset"}) == AUGMENT_PRESETS["medium"] | {"hue": 0.25}


def test_custom_chosen_by_name_keeps_every_value() -> None:
    strong = with_values(Recipe(), {"augment.preset": "strong"})
    custom = with_values(strong, {"augment.preset": "custom"}).augment
    assert custom.preset == "custom"
    assert custom.model_dump(exclude={"preset"}) == AUGMENT_PRESETS["strong"]


def test_other_fields_leave_the_preset_alone() -> None:
    strong = with_values(Recipe(), {"augment.preset": "strong"})
    assert with_values(strong, {"optim.lr": 0.5}).augment == strong.augment


def test_value_of_a_preset_in_a_file_keeps_its_name_only_when_it_agrees() -> None:
    assert from_toml('[augment]\npreset = "medium"\nrotation = 10').augment.preset == "medium"
    assert from_toml('[augment]\npreset = "medium"\nrotation = 11').augment.preset == "custom"


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_named_preset_finds_a_preset_by_its_values(preset: Preset) -> None:
    custom = AugmentRecipe.model_validate({"preset": "custom", **AUGMENT_PRESETS[preset]})
    assert named_preset(custom) == preset
    assert named_preset(custom.model_copy(update={"rotation": 179.0})) == "custom"


# Schemas


def test_version_0_is_brought_to_the_present() -> None:
    old = (
        "schema_version = 0\nseed = 4\nlr = 0.5\nweight_decay = 0.25\nepochs = 3\nbatch_size = 2\n"
        "[optim]\ngradient_clip = 7.0\n"
    )
    wanted = {
        "seed": 4,
        "optim.lr": 0.5,
        "optim.weight_decay": 0.25,
        "optim.gradient_clip": 7.0,
        "train.epochs": 3,
        "train.batch_size": 2,
    }
    assert from_toml(old) == with_values(Recipe(), wanted)


def test_migration_leaves_the_old_tree_as_it_was() -> None:
    old: dict[str, Any] = {"schema_version": 0, "lr": 0.5, "optim": {"gradient_clip": 7.0}}
    assert recipes.migrate(old)["optim"] == {"gradient_clip": 7.0, "lr": 0.5}
    assert old == {"schema_version": 0, "lr": 0.5, "optim": {"gradient_clip": 7.0}}


def test_there_is_a_way_from_every_older_version() -> None:
    for version in range(SCHEMA_VERSION):
        assert from_toml(f"schema_version = {version}") == Recipe()


def test_newer_schema_is_refused() -> None:
    with pytest.raises(RecipeError) as found:
        from_toml(f"schema_version = {SCHEMA_VERSION + 1}\nunheard_of = 1")
    assert found.value.key == "error-recipe-newer"
    assert found.value.params == {"version": str(SCHEMA_VERSION + 1)}


@pytest.mark.parametrize("version", ["-1", "true", "'1'", "1.0", "[1]"])
def test_version_that_no_program_writes_is_refused(version: str) -> None:
    with pytest.raises(RecipeError) as found:
        from_toml(f"schema_version = {version}")
    assert found.value.key == "error-recipe-bad-value"
    assert found.value.params["key"] == "schema_version"


# What learns, stage by stage


def test_naming_stages_chooses_by_hand() -> None:
    recipe = with_values(Recipe(), {"model.learning_stages": "layer3, layer4"})
    assert recipe.model.freeze == "custom"
    assert from_toml(to_toml(recipe)) == recipe
    kept = with_values(recipe, {"model.learning_stages": "layer4", "model.freeze": "none"})
    assert kept.model.freeze == "none"


@pytest.mark.parametrize(
    ("freeze", "stages", "only"),
    [
        ("backbone", "", True),
        ("custom", "", True),
        ("custom", " , ", True),
        ("custom", "layer4", False),
        ("none", "", False),
    ],
)
def test_whether_only_the_head_learns(freeze: str, stages: str, only: bool) -> None:
    values = {"model.freeze": freeze, "model.learning_stages": stages}
    assert with_values(Recipe(), values).model.only_head_learns is only


def test_names_between_commas() -> None:
    assert names_in(" b ,a,, b") == ("b", "a")
