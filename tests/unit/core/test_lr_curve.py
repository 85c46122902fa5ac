"""What a learning-rate test says, on curves whose answer is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.core.lr_curve import (
    Floats,
    LrCurve,
    LrPoint,
    lr_text,
    read_curve,
    smooth,
    without_curve,
)
from finetune_gui.core.messages import LANGUAGES, set_language

XS: Floats = np.linspace(-6, 0, 60)  # log10 of the rates


def curve(ys: Floats, noise: float = 0.0, seed: int = 0) -> LrCurve:
    """What is said of losses, after noise of this standard deviation."""
    noisy = ys + noise * np.random.default_rng(seed).normal(size=len(ys))
    points = [LrPoint(float(10**x), float(y)) for x, y in zip(XS, noisy, strict=True)]
    return read_curve(points)


def valley(centre: float, start: float = 1.0, depth: float = 0.5, width: float = 1.0) -> Floats:
    """Falls around ``centre``, lies low for ``width`` decades, then rises by an exponential."""
    fall = depth * start / (1 + np.exp(-(XS - centre) / 0.25))
    ys: Floats = start - fall + 0.01 * start * np.expm1(np.maximum(0, (XS - centre - width) * 6))
    return np.minimum(ys, 4 * start)


def crossing(ys: Floats) -> float:
    """Where a curve without noise rises above its beginning for good, as log10 of the rate."""
    return float(XS[np.flatnonzero(ys <= ys[0])[-1]])


seeds = st.integers(0, 10_000)


@settings(deadline=None)
@given(
    st.floats(-4.8, -2.6),
    st.floats(0.01, 20),
    st.floats(0.1, 0.8),
    st.floats(0.8, 1.3),
    seeds,
)
def test_half_of_where_a_valley_ends(
    centre: float, start: float, depth: float, width: float, seed: int
) -> None:
    ys = valley(centre, start, depth, width)
    found = curve(ys, 0.03 * depth * start, seed)
    assert found.verdict == "falls"
    assert found.suggestion is not None
    assert found.lowest is not None
    assert found.rises_from is not None
    assert abs(np.log10(found.rises_from) - crossing(ys)) < 0.35
    assert found.suggestion == pytest.approx(found.rises_from / 2, rel=0.05)
    assert found.lowest < found.rises_from
    # It is still well inside of the valley.
    at = ys[np.argmin(np.abs(XS - np.log10(found.suggestion)))]
    assert at < start * (1 - depth / 2)


@settings(deadline=None)
@given(st.floats(-4.5, -2.8), seeds)
def test_noise_as_of_single_batches_moves_it_little(centre: float, seed: int) -> None:
    ys = valley(centre, depth=0.6)
    found = curve(ys, 0.06, seed)
    assert found.rises_from is not None
    assert abs(np.log10(found.rises_from) - crossing(ys)) < 0.5


@settings(deadline=None)
@given(st.floats(0.1, 0.6), seeds)
def test_a_rise_that_comes_back_is_no_limit(height: float, seed: int) -> None:
    ys = valley(-4.0, depth=0.4, width=1.8)
    bump = height * np.exp(-0.5 * ((XS + 3.2) / 0.2) ** 2)
    with_bump, without = curve(ys + bump, 0.005, seed), curve(ys, 0.005, seed)
    assert with_bump.rises_from is not None
    assert without.rises_from is not None
    assert abs(np.log10(with_bump.rises_from / without.rises_from)) < 0.15


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.01, 0.05, 0.3])
def test_flat_cannot_tell(noise: float) -> None:
    told = [curve(np.ones(60), noise, seed).suggestion is not None for seed in range(200)]
    assert sum(told) <= 6  # by chance one of many seems to move


@settings(deadline=None)
@given(st.floats(-5, -1), st.floats(0.1, 10))
def test_only_rising_stays_below(begin: float, start: float) -> None:
    found = curve(start * (1 + np.maximum(0, XS - begin) * 2))
    assert found.verdict == "bounded"
    assert found.suggestion is not None
    assert found.rises_from is not None
    assert abs(np.log10(found.rises_from) - begin) < 0.4
    assert 1e-6 <= found.suggestion < found.rises_from


def test_rising_from_the_first_update_on_cannot_tell() -> None:
    found = curve(1 + (XS + 6) * 0.5)
    assert (found.verdict, found.suggestion) == ("rises", None)


def test_falling_to_the_end_has_no_limit() -> None:
    found = curve(1 - 0.8 / (1 + np.exp(-(XS + 2) / 0.25)))
    assert (found.verdict, found.rises_from) == ("falls_on", None)
    assert found.suggestion == found.lowest is not None


def test_a_loss_that_is_no_number_is_the_limit() -> None:
    """The test ends before a smoothed loss could rise."""
    points = [LrPoint(float(10**x), float(1 - 0.05 * (x + 6))) for x in XS[:30]]
    found = read_curve(points, diverged_at=float(10 ** XS[30]))
    assert found.rises_from == pytest.approx(10 ** XS[30])
    assert found.verdict == "falls"


def test_an_explosion_does_not_reach_back() -> None:
    ys = valley(-4.0)
    ys[40:] = 1000.0
    assert curve(ys).suggestion == curve(np.minimum(ys, 4.0)).suggestion


@pytest.mark.parametrize("n", [0, 1, 11])
def test_few_points_say_nothing(n: int) -> None:
    points = [LrPoint(10.0**-i, 1.0) for i in range(n, 0, -1)]
    assert read_curve(points).verdict == "flat"
    exploded = read_curve(points, diverged_at=0.5)
    assert (exploded.verdict, exploded.diverged_at, exploded.suggestion) == ("rises", 0.5, None)


@settings(deadline=None)
@given(st.floats(0.05, 20))
def test_the_unit_of_the_loss_does_not_matter(factor: float) -> None:
    assert curve(factor * valley(-3.5)).suggestion == curve(valley(-3.5)).suggestion


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=100))
def test_anything_finite_can_be_read(losses: list[float]) -> None:
    rates = np.geomspace(1e-6, 1, len(losses)) if len(losses) > 1 else [1e-6]
    points = [LrPoint(float(r), y) for r, y in zip(rates, losses, strict=True)]
    found = read_curve(points)
    assert len(found.smoothed) == len(points)
    assert (found.suggestion is None) == (found.verdict in ("flat", "rises", "few_photos"))
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert len(told["points"]) == len(points)
    assert told["suggestion"] == found.suggestion


@settings(deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=3, max_size=80), st.floats(0.5, 5))
def test_smoothing_stays_between_the_losses(losses: list[float], width: float) -> None:
    smoothed = smooth(np.array(losses), width)
    assert smoothed.min() >= min(losses) - 1e-9
    assert smoothed.max() <= max(losses) + 1e-9


def test_smoothing_takes_out_a_single_spike() -> None:
    ys = np.ones(20)
    ys[7] = 50.0
    assert np.allclose(smooth(ys, 1.5), 1.0)


def test_every_verdict_has_its_reason_in_both_languages() -> None:
    found = [curve(valley(-4)), curve(np.ones(60)), without_curve("few_photos")]
    for language in LANGUAGES:
        set_language(language)
        assert len({c.reason for c in found}) == 3
    assert "0.00" in found[0].reason


def test_rates_are_written_as_people_read_them() -> None:
    texts = [lr_text(lr) for lr in (1.0, 0.1, 0.00028, 0.00017272, 1e-6, 2.8e-7, None)]
    assert texts == ["1", "0.1", "0.00028", "0.00017", "0.000001", "2.8e-7", "–"]
