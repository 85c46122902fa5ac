"""Is a difference real? Known numbers, and what holds for all numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from finetune_gui.core import compare
from finetune_gui.core.compare import Answer, Answers
from finetune_gui.core.recipe import Recipe, with_values

COUNT = st.integers(0, 60)


def answers(right: str, prefix: str = "p") -> Answers:
    """One photo for each letter: ``x`` is right, ``.`` is wrong."""
    return {
        f"{prefix}{n}": Answer("cat", "cat" if letter == "x" else "dog")
        for n, letter in enumerate(right)
    }


class TestMcNemar:
    @pytest.mark.parametrize(
        ("first", "second", "p"),
        [(0, 0, 1.0), (5, 0, 0.0625), (0, 6, 0.03125), (12, 3, 0.03515625), (4, 4, 1.0)],
    )
    def test_known_values(self, first: int, second: int, p: float) -> None:
        assert compare.mcnemar(first, second) == pytest.approx(p)

    @settings(deadline=None, max_examples=50)
    @given(COUNT, COUNT)
    def test_is_the_two_sided_binomial_test(self, first: int, second: int) -> None:
        if first + second:
            expected = binomtest(first, first + second, 0.5).pvalue
            assert compare.mcnemar(first, second) == pytest.approx(expected)
        assert compare.mcnemar(first, second) == compare.mcnemar(second, first)


class TestInterval:
    # Newcombe (1998), table II; Altman et al. (2000), Statistics with Confidence, page 52.
    @pytest.mark.parametrize(
        ("table", "low", "high"),
        [((36, 2, 12, 0), 0.0569, 0.3404), ((14, 0, 5, 22), 0.0115, 0.2265)],
    )
    def test_published_examples(
        self, table: tuple[int, int, int, int], low: float, high: float
    ) -> None:
        found = compare.difference_interval(*table)
        assert found == pytest.approx((low, high), abs=5e-5)

    @settings(deadline=None, max_examples=50)
    @given(COUNT, COUNT, COUNT, COUNT)
    def test_holds_the_difference_and_turns_with_the_order(
        self, both: int, first: int, second: int, neither: int
    ) -> None:
        low, high = compare.difference_interval(both, first, second, neither)
        n = both + first + second + neither
        difference = (second - first) / n if n else 0.0
        assert -1 <= low <= difference + 1e-12
        assert difference - 1e-12 <= high <= 1
        turned = compare.difference_interval(both, second, first, neither)
        assert turned == pytest.approx((-high, -low))


class TestHolm:
    def test_known_values(self) -> None:
        assert compare.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.floats(0, 1), max_size=6))
    def test_never_smaller_and_in_the_same_order(self, p_values: list[float]) -> None:
        adjusted = compare.holm(p_values)
        assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
        ranked = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
        assert ranked == sorted(ranked)
        if len(p_values) == 1:
            assert adjusted == p_values


class TestVerdict:
    def verdict(self, first: str, second: str) -> compare.Paired:
        one, two = answers(first), answers(second)
        return compare.compare_pair(one, two, compare.common_photos([one, two]))

    def test_a_clear_difference_is_real(self) -> None:
        paired = self.verdict("." * 8 + "x" * 12, "x" * 20)
        assert paired.verdict == "real"
        assert (paired.both, paired.first, paired.second, paired.neither) == (12, 0, 8, 0)
        assert paired.difference == pytest.approx(0.4)
        assert paired.interval[0] > 0

    def test_a_few_photos_may_be_chance(self) -> None:
        paired = self.verdict("xx.x..." + "x" * 20, "..x.xxx" + "x" * 20)
        assert paired.verdict == "unclear"
        assert paired.decided == 7
        assert paired.could_ever_tell

    def test_five_photos_can_never_tell(self) -> None:
        paired = self.verdict("....." + "x" * 20, "xxxxx" + "x" * 20)
        assert paired.verdict == "unclear"
        assert not paired.could_ever_tell

    def test_right_and_wrong_on_the_same_photos_is_the_same(self) -> None:
        assert self.verdict("xx..", "xx..").verdict == "same"

    def test_without_common_photos_there_is_none(self) -> None:
        one, two = answers("xx"), answers("xx", prefix="q")
        assert compare.common_photos([one, two]) == []
        assert compare.compare_pair(one, two, []).verdict == "none"

    def test_several_comparisons_are_adjusted(self) -> None:
        base = answers("." * 6 + "x" * 20)
        better = answers("x" * 26)
        (alone,) = compare.compare_with(base, [better], list(base))
        assert alone.verdict == "real"
        both = compare.compare_with(base, [better, better], list(base))
        assert [pair.verdict for pair in both] == ["unclear", "unclear"]
        assert both[0].p == alone.p
        assert both[0].adjusted == pytest.approx(2 * alone.p)


def test_a_photo_with_another_class_is_not_common() -> None:
    one = {"a": Answer("cat", "cat"), "b": Answer("cat", "cat")}
    two = {"a": Answer("dog", "cat"), "b": Answer("cat", "dog")}
    assert compare.common_photos([one, two]) == ["b"]
    assert compare.common_photos([]) == []


class TestScore:
    @settings(deadline=None, max_examples=50)
    @given(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=40
        )
    )
    def test_is_what_scikit_learn_says(self, told: list[tuple[str, str]]) -> None:
        given_ = {str(n): Answer(*pair) for n, pair in enumerate(told)}
        found = compare.score(given_, list(given_))
        assert found is not None
        truth, guess = [t for t, _ in told], [g for _, g in told]
        expected = f1_score(
            truth, guess, labels=sorted(set(truth)), average="macro", zero_division=0
        )
        assert found.macro_f1 == pytest.approx(expected)
        assert found.accuracy == pytest.approx(sum(t == g for t, g in told) / len(told))
        assert (found.macro_f1_interval is None) == (found.accuracy == 1)
        for value, (low, high) in (
            (found.accuracy, found.accuracy_interval),
            (found.macro_f1, found.macro_f1_interval or (0.0, 1.0)),
        ):
            assert 0 <= low <= value + 1e-12
            assert value - 1e-12 <= high <= 1
        assert compare.score(given_, list(given_)) == found

    def test_more_photos_make_it_narrower(self) -> None:
        few, many = answers("xxx." * 5), answers("xxx." * 50)
        widths = []
        for given_ in (few, many):
            found = compare.score(given_, list(given_))
            assert found is not None
            assert found.macro_f1_interval is not None
            widths.append(found.macro_f1_interval[1] - found.macro_f1_interval[0])
        assert widths[1] < widths[0] / 2

    def test_nothing_to_judge_is_no_score(self) -> None:
        assert compare.score({}, []) is None


class TestDifferingKeys:
    def test_in_the_order_of_the_form(self) -> None:
        base = Recipe()
        other = with_values(base, {"train.epochs": 3, "optim.lr": 0.5, "seed": 4})
        assert set(compare.differing_keys([base, other, base])) == {
            "train.epochs",
            "optim.lr",
            "seed",
        }
        assert compare.differing_keys([base, base]) == []

    def test_a_named_preset_says_all_its_values(self) -> None:
        light, strong = (with_values(Recipe(), {"augment.preset": p}) for p in ("light", "strong"))
        assert compare.differing_keys([light, strong]) == ["augment.preset"]
        own = with_values(light, {"augment.rotation": 33})
        keys = compare.differing_keys([light, own])
        assert keys == ["augment.preset", "augment.rotation"]
