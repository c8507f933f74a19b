"""Back-off: doubling, bounded, spread, and given up after 72 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import (
    AddressForbidden,
    BadInput,
    CredentialsRefused,
    PartnerRefused,
    PartnerUnreachable,
    SignInRefused,
    StorageFailed,
)
from carbonbridge.node.app.backoff import delay, is_final, next_try

START = datetime(2026, 3, 1, tzinfo=UTC)
JITTER = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(0, 10_000)


def test_doubles_from_one_second_to_an_hour():
    almost_one = 1 - 1e-12
    seconds = [round(delay(attempts, almost_one).total_seconds()) for attempts in (0, 1, 2, 11, 12, 13)]
    assert seconds == [1, 2, 4, 2048, 3600, 3600]


@given(ATTEMPTS, JITTER)
def test_jitter_spreads_over_the_upper_half(attempts: int, jitter: float):
    whole = delay(attempts, 0) * 2
    assert whole / 2 <= delay(attempts, jitter) <= whole <= timedelta(hours=1)


@given(ATTEMPTS, JITTER)
def test_gives_up_after_72_hours(attempts: int, jitter: float):
    just_before = START + timedelta(hours=72) - timedelta(microseconds=1)
    again = next_try(START, attempts, just_before, jitter)
    assert again is not None
    assert again > just_before
    assert next_try(START, attempts, START + timedelta(hours=72), jitter) is None


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (PartnerRefused("no"), True),
        (AddressForbidden("no"), True),
        (BadInput("no"), True),
        (PartnerUnreachable("later"), False),
        (StorageFailed("disk"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_time_cures_is_tried_again(error: Exception, final: bool):
    assert is_final(error) is final


def test_refused_credentials_may_be_renewed():
    assert not is_final(CredentialsRefused())
    assert not is_final(SignInRefused("no"))
