"""When to try again: exponential back-off with jitter, given up after 72 hours (PACT v3, events: retries)."""

from __future__ import annotations

from datetime import datetime, timedelta

from carbonbridge.core.errors import (
    AddressForbidden,
    Blame,
    CarbonBridgeError,
    PartnerRefused,
    SignInRefused,
)

#: PACT v3 asks senders to abandon a delivery after 72 hours.
GIVE_UP_AFTER = timedelta(hours=72)

_BASE = timedelta(seconds=1)
_MOST = timedelta(hours=1)
#: 2^12 seconds is more than an hour: no larger power is ever needed.
_MOST_DOUBLINGS = 12


def delay(attempts: int, jitter: float) -> timedelta:
    """How long to wait after a failure.

    Args:
        attempts: failures before this one; the wait doubles with each, from one second to an hour.
        jitter: in [0, 1); spreads the wait over its upper half, lest all senders come back at once.
    """
    whole = min(_BASE * (1 << min(attempts, _MOST_DOUBLINGS)), _MOST)
    return whole / 2 + whole / 2 * jitter


def next_try(created_at: datetime, attempts: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again; None once the 72 hours are over."""
    if now - created_at >= GIVE_UP_AFTER:
        return None
    return now + delay(attempts, jitter)


def is_final(error: BaseException) -> bool:
    """Whether trying again cures nothing: a partner refused, an address is forbidden, an input is wrong.

    A refused sign-in is no such thing: while credentials are renewed, there is a time in which they do not hold.
    """
    if isinstance(error, SignInRefused):
        return False
    return isinstance(error, PartnerRefused | AddressForbidden) or (
        isinstance(error, CarbonBridgeError) and error.blame is Blame.CALLER
    )
