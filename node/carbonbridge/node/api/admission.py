"""Who was let in before: verified and looked up once, and again as soon as anything in the store has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carbonbridge.core.disclosure import Grant
from carbonbridge.node.api.bearer import authenticate, bearer_token
from carbonbridge.node.api.tokens import AccessTokens
from carbonbridge.node.app.context import Node
from carbonbridge.node.app.partner import disclosed_to

#: Admissions held at once; then all are forgotten, which costs each caller one look-up.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller of an organisation's listings.

    Attributes:
        org: slug of the organisation.
        grants: what the partner may see, in force or not; None for the owner, who sees all.
        until: when token or client expire, whichever is first.
    """

    org: str
    grants: Sequence[Grant] | None
    until: datetime

    def sees_all(self, at: datetime) -> bool:
        """Whether nothing is hidden from the caller."""
        return self.grants is None or any(grant.key is None and grant.in_force(at) for grant in self.grants)


def admit(node: Node, tokens: AccessTokens, authorization: str, slug: str | None) -> Admission:
    """Look a caller up.

    Args:
        slug: the organisation that the path names; None: the default one.

    Raises:
        NotAuthenticated, TokenExpired, AccessDenied: see :func:`.bearer.authenticate`.
        NotFound: no such organisation.
    """
    org = slug
    if org is None:
        with node.store.snapshot() as tx:
            org = tx.parties.default_organisation().slug
    actor = authenticate(node, tokens, authorization, org)
    with node.store.snapshot() as tx:
        grants = disclosed_to(tx, actor, org)
        expires_at = tx.parties.client(actor.client_id).expires_at
    until = tokens.expires_at(bearer_token(authorization))
    return Admission(org, grants, until if expires_at is None else min(until, expires_at))


class Admissions:
    """Remembers admissions for as long as the store is what it was. For one thread."""

    def __init__(self) -> None:
        self._version = 0
        self._held: dict[tuple[str, str | None], Admission] = {}

    def held(self, authorization: str, slug: str | None, version: int, now: datetime) -> Admission | None:
        """The admission of an earlier call with that header, if it still stands.

        Args:
            version: of the store, now.
        """
        if version != self._version or len(self._held) >= _MOST:
            self._held.clear()
            self._version = version
            return None
        admission = self._held.get((authorization, slug))
        return admission if admission is not None and now < admission.until else None

    def hold(self, authorization: str, slug: str | None, version: int, admission: Admission) -> None:
        """Remember an admission; ``version``: of the store before the caller was looked up."""
        if version == self._version:
            self._held[authorization, slug] = admission
