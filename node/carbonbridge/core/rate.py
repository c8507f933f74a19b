"""Rate limits: the generic cell rate algorithm (ITU-T I.371), a token bucket kept as one number a caller."""

from __future__ import annotations

from math import ceil

from carbonbridge.core.errors import TooManyRequests

_MINUTE = 60.0
_LONGEST_GRACE = 0.01


class RateLimit:
    """So many calls a minute for each key. Whoever was quiet for a minute may make a minute's calls at once.

    For each key it knows the instant at which its bucket is full again. Keys live in two generations: one that no
    call has touched for a whole minute is full, so that forgetting it changes nothing. Only where more than
    ``most_keys`` come within a minute are some forgotten before.

    Without a lock: of two threads that ask for one key at the same instant, one call may go uncounted.

    Args:
        per_minute: 0: no limit.
        most_keys: keys a generation.
    """

    __slots__ = ("_grace", "_interval", "_most_keys", "_old", "_turn_at", "_young")

    def __init__(self, per_minute: int, most_keys: int = 10_000) -> None:
        self._interval = _MINUTE / per_minute if per_minute else 0.0
        # More than the rounding of thousands of additions, and less than a call.
        self._grace = min(self._interval / 2, _LONGEST_GRACE)
        self._most_keys = most_keys
        self._young: dict[str, float] = {}
        self._old: dict[str, float] = {}
        self._turn_at = 0.0

    def check(self, key: str, now: float) -> None:
        """Count a call.

        Args:
            key: who calls.
            now: seconds of any clock; one that is set back gives everybody a full bucket.

        Raises:
            TooManyRequests: it is one too many, and does not count.
        """
        interval = self._interval
        if not interval:
            return
        young = self._young
        if not self._turn_at - _MINUTE <= now < self._turn_at or len(young) >= self._most_keys:
            self._old, self._young, self._turn_at = young, {}, now + _MINUTE
        full_at = self._young.get(key) or self._old.get(key, now)
        if not now <= full_at <= now + _MINUTE + interval:
            full_at = now
        wait = full_at + interval - _MINUTE - now
        if wait > self._grace:
            raise TooManyRequests(
                "there are too many calls of this client or from this address",
                retry_after=ceil(wait),
                next_step=f"Wait {ceil(wait)} s.",
            )
        self._young[key] = full_at + interval

    def __len__(self) -> int:
        """Keys that are remembered."""
        return len(self._young) + len(self._old)
