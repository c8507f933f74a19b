"""An organisation's signing keys as its partners and the register of keys have them."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.keyring import KeyEntry, OrganisationKeys, timed_jwk
from carbonbridge.core.keys import jwks
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.app.context import Act
from carbonbridge.node.app.entries import put_version
from carbonbridge.node.ports.records import SigningKey
from carbonbridge.node.ports.store import Transaction


def key_entry(key: SigningKey) -> KeyEntry:
    """A key and its time."""
    return KeyEntry(
        kid=key.kid,
        jwk=key.public_jwk,
        valid_from=key.created_at,
        valid_until=key.valid_until,
        revoked_from=key.revoked_from,
    )


def published_keys(tx: Transaction, org: str) -> dict[str, Any]:
    """The JWK Set that an organisation publishes: keys of all times, so that what they signed still verifies."""
    return jwks(timed_jwk(key_entry(key)) for key in tx.parties.keys(org))


def put_keys(act: Act, org: str) -> None:
    """Write the organisation's keys into the register, signed with the key that it signs with at this moment."""
    keys = OrganisationKeys(
        id=org,
        iss=act.node.base_url(org),
        keys=tuple(key_entry(key) for key in act.tx.parties.keys(org)),
    )
    put_version(act, RegisterKind.ORGANISATION_KEYS, org, keys.document(), org=org)
