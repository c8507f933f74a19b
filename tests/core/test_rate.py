"""Rate limits: what passes, what does not, and how little is remembered."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import TooManyRequests
from carbonbridge.core.rate import RateLimit


def passes(limit: RateLimit, key: str, now: float) -> bool:
    try:
        limit.check(key, now)
    except TooManyRequests:
        return False
    return True


def test_a_minutes_calls_may_come_at_once_and_then_one_at_a_time() -> None:
    limit = RateLimit(60)
    assert [passes(limit, "a", 1000.0) for _ in range(62)] == [True] * 60 + [False] * 2
    assert passes(limit, "b", 1000.0), "another caller has a bucket of its own"
    assert [passes(limit, "a", 1001.0) for _ in range(2)] == [True, False]
    assert sum(passes(limit, "a", 1061.0) for _ in range(100)) == 60


@pytest.mark.parametrize("per_minute", [1, 7, 600, 6000])
def test_whoever_waits_as_told_passes(per_minute: int) -> None:
    limit = RateLimit(per_minute)
    now = 1.79e9
    while passes(limit, "a", now):
        pass
    with pytest.raises(TooManyRequests) as caught:
        limit.check("a", now)
    assert caught.value.retry_after == max(1, ceil(60 / per_minute))
    assert passes(limit, "a", now + caught.value.retry_after)


def test_nothing_is_refused_where_there_is_no_limit() -> None:
    limit = RateLimit(0)
    assert all(passes(limit, "a", 0.0) for _ in range(10_000))
    assert len(limit) == 0


def test_memory_is_bounded_and_the_busy_are_remembered() -> None:
    limit = RateLimit(2, most_keys=100)
    for number in range(10_000):
        passes(limit, f"stranger {number}", 1000.0 + number / 1000)
        if number % 50 == 0:
            passes(limit, "busy", 1000.0 + number / 1000)
    assert len(limit) <= 200
    assert not passes(limit, "busy", 1010.0)


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    limit = RateLimit(2)
    for _ in range(3):
        passes(limit, "a", 1e9)
    assert [passes(limit, "a", 1e9 - 86_400) for _ in range(3)] == [True, True, False]


@given(
    per_minute=st.integers(1, 30),
    steps=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40_000)), max_size=200),
)
def test_agrees_with_a_bucket_of_exact_numbers(per_minute: int, steps: list[tuple[str, int]]) -> None:
    """A bucket of ``per_minute`` that fills by as many a minute, counted in fractions of a call."""
    limit = RateLimit(per_minute)
    filled = {"a": Fraction(per_minute), "b": Fraction(per_minute)}
    at = {"a": Fraction(0), "b": Fraction(0)}
    milliseconds = 0
    for key, step in steps:
        milliseconds += step
        now = Fraction(milliseconds, 1000)
        filled[key] = min(Fraction(per_minute), filled[key] + (now - at[key]) * per_minute / 60)
        at[key] = now
        # The limit may let a call pass that comes up to 10 ms early.
        may, must = filled[key] >= 1 - Fraction(per_minute, 6000), filled[key] >= 1
        passed = passes(limit, key, float(now))
        assert passed or not must
        assert may or not passed
        filled[key] -= passed
