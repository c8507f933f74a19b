"""Who was let in before: verified and looked up once, and again as soon as anything in the store has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carbonbridge.core.disclosure import Grant, opening
from carbonbridge.core.rate import RateLimit
from carbonbridge.node.api.bearer import actor_of, identify
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.partner import disclosed

#: Grants that are looked through in microseconds.
_FEW = 20

#: Admissions held at once; then all are forgotten, which costs each caller one look-up.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller of an organisation's listings.

    Attributes:
        client_id: whose calls are counted.
        org: slug of the organisation.
        grants: what the partner may see, in force or not; None for the owner, who sees all.
        until: when token or client expire, whichever is first.
    """

    client_id: str
    org: str
    grants: Sequence[Grant] | None
    until: datetime

    @property
    def is_simple(self) -> bool:
        """Whether its grants are few enough to be looked through where nothing may wait."""
        return self.grants is None or len(self.grants) <= _FEW

    def sees_all(self, at: datetime) -> bool:
        """Whether nothing is hidden from the caller."""
        return self.grants is None or opening(self.grants, at).everything


def admit(
    node: Node,
    tokens: AccessTokens,
    token: str,
    slug: str | None,
    certificate: str | None,
    limit: RateLimit,
) -> Admission:
    """Look a caller up.

    Args:
        slug: the organisation that the path names; None: the default one.
        certificate: thumbprint of the client certificate on the connection, if there is one.
        limit: counts this call.

    Raises:
        NotAuthenticated, TokenExpired, TooManyRequests, AccessDenied: see :func:`.bearer.identify`.
        NotFound: no such organisation.
    """
    org = slug
    if org is None:
        with node.store.snapshot() as tx:
            org = tx.parties.default_organisation().slug
    caller = identify(node, tokens, f"Bearer {token}", org, certificate=certificate, limit=limit)
    grants = disclosed(caller, actor_of(caller.client), org)
    until, expires_at = tokens.expires_at(token), caller.client.expires_at
    return Admission(
        caller.client.client_id, org, grants, until if expires_at is None else min(until, expires_at)
    )


#: Token, organisation, thumbprint: with another certificate, it is another call.
Key = tuple[str, str | None, str | None]


class Admissions:
    """Remembers admissions for as long as the store is what it was. For one thread."""

    def __init__(self) -> None:
        self._version = 0
        self._held: dict[Key, Admission] = {}

    def held(self, key: Key, version: int, now: datetime) -> Admission | None:
        """The admission of an earlier call like this one, if it still stands.

        Args:
            version: of the store, now.
        """
        if version != self._version or len(self._held) >= _MOST:
            self._held.clear()
            self._version = version
            return None
        admission = self._held.get(key)
        return admission if admission is not None and now < admission.until else None

    def hold(self, key: Key, version: int, admission: Admission) -> None:
        """Remember an admission; ``version``: of the store before the caller was looked up."""
        if version == self._version:
            self._held[key] = admission
