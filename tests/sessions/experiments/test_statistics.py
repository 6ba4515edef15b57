"""Figures against closed forms and published ones."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.experiments.statistics import (
    Compared,
    Sample,
    adjusted,
    compare_means,
    compare_rates,
    split_p_value,
)
from sessions.experiments.tails import chi_square_tail, t_quantile, t_tail


def t_tail_even(t: float, degrees: int) -> float:
    """Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.4."""
    angle = math.atan(t / math.sqrt(degrees))
    term = total = 1.0
    for k in range(1, degrees // 2):
        term *= math.cos(angle) ** 2 * (2 * k - 1) / (2 * k)
        total += term
    return 1 - math.sin(angle) * total


def chi_square_tail_even(value: float, degrees: int) -> float:
    """Abramowitz and Stegun, 26.4.21: a Poisson sum."""
    return sum(
        math.exp(k * math.log(value / 2) - value / 2 - math.lgamma(k + 1))
        for k in range(degrees // 2)
    )


@given(st.floats(0.0, 30.0), st.integers(1, 40).map(lambda half: 2 * half))
def test_tails_of_t_are_the_closed_form(t: float, degrees: int) -> None:
    assert t_tail(t, degrees) == pytest.approx(t_tail_even(t, degrees), rel=1e-7, abs=1e-12)


@given(st.floats(0.0, 100.0))
def test_t_of_one_degree_is_cauchys(t: float) -> None:
    assert t_tail(t, 1) == pytest.approx(1 - 2 / math.pi * math.atan(t), rel=1e-9, abs=1e-12)


@given(st.floats(0.001, 100.0), st.integers(1, 30).map(lambda half: 2 * half))
def test_tails_of_chi_square_are_the_closed_form(value: float, degrees: int) -> None:
    expected = chi_square_tail_even(value, degrees)
    assert chi_square_tail(value, degrees) == pytest.approx(expected, rel=1e-8, abs=1e-12)


@given(st.floats(0.001, 100.0))
def test_chi_square_of_one_degree_is_the_normal_squared(value: float) -> None:
    expected = math.erfc(math.sqrt(value / 2))
    assert chi_square_tail(value, 1) == pytest.approx(expected, rel=1e-8, abs=1e-12)


# NIST/SEMATECH e-Handbook of Statistical Methods, sections 1.3.6.7.2 and 1.3.6.7.4
@pytest.mark.parametrize(
    ("degrees", "tail", "value"),
    [(1, 0.05, 12.706), (5, 0.01, 4.032), (10, 0.05, 2.228), (30, 0.1, 1.697), (100, 0.02, 2.364)],
)
def test_quantiles_of_t_are_the_published_ones(degrees: int, tail: float, value: float) -> None:
    assert t_quantile(tail, degrees) == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize(
    ("degrees", "tail", "value"),
    [(1, 0.05, 3.841), (2, 0.01, 9.210), (10, 0.05, 18.307), (50, 0.001, 86.661)],
)
def test_chi_square_is_the_published_one(degrees: int, tail: float, value: float) -> None:
    assert chi_square_tail(value, degrees) == pytest.approx(tail, rel=2e-3)


# Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10
@pytest.mark.parametrize(
    ("treated", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_of_two_rates_is_the_published_one(
    treated: tuple[int, int], control: tuple[int, int], low: float, high: float
) -> None:
    found = compare_rates(
        Sample(count=control[1], total=control[0]), Sample(count=treated[1], total=treated[0])
    )

    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_the_z_test_of_two_rates_is_chi_square_of_their_table() -> None:
    """The shortcut for two by two: n (ad - bc)^2 over the product of the margins."""
    found = compare_rates(Sample(count=80, total=48), Sample(count=70, total=56))
    value = 150 * (48 * 14 - 32 * 56) ** 2 / (80 * 70 * 104 * 46)

    assert found.p_value == pytest.approx(chi_square_tail(value, 1), rel=1e-9)


def test_welchs_test_is_the_one_worked_by_hand() -> None:
    """Means 3 and 6, variances 2.5 and 10 of five values each: t = 3 / sqrt(2.5)."""
    control, treated = Sample(), Sample()
    for value in (1, 2, 3, 4, 5):
        control, treated = control + value, treated + 2 * value
    found = compare_means(control, treated)
    degrees = 2.5**2 / (0.5**2 / 4 + 2**2 / 4)

    assert found.difference == 3
    assert found.p_value == pytest.approx(t_tail(3 / math.sqrt(2.5), degrees))
    assert found.high - 3 == pytest.approx(t_quantile(0.05, degrees) * math.sqrt(2.5))
    assert 3 - found.low == pytest.approx(found.high - 3)


def test_benjamini_and_hochbergs_own_example() -> None:
    """The 15 p-values of section 3.2 of their paper: at 0.05 the four smallest are rejected."""
    p_values = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
    ]

    assert [each < 0.05 for each in adjusted(p_values)] == [True] * 4 + [False] * 11
    assert adjusted(p_values)[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(0.0, 1.0), max_size=12))
def test_adjusting_keeps_the_order_and_makes_nothing_smaller(p_values: list[float]) -> None:
    found = adjusted(p_values)
    pairs = sorted(zip(p_values, found, strict=True))

    assert all(after >= raw * (1 - 1e-12) for raw, after in pairs)
    assert [after for _, after in pairs] == sorted(found)
    assert all(after <= 1 for after in found)


def test_a_split_that_is_off_is_seen() -> None:
    half = {"a": 0.5, "b": 0.5}

    assert split_p_value({"a": 821_588, "b": 815_482}, half) < 1e-5
    assert split_p_value({"a": 5_050, "b": 4_950}, half) == pytest.approx(math.erfc(1 / 2**0.5))
    assert split_p_value({}, half) == 1.0


@pytest.mark.parametrize("compare", [compare_means, compare_rates])
def test_without_users_nothing_is_known(compare: Callable[[Sample, Sample], Compared]) -> None:
    assert compare(Sample(), Sample()).p_value == 1.0
    assert compare(Sample(), Sample() + 1.0).p_value == 1.0
