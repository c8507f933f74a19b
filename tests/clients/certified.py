"""A published footprint, sealed and certified with keys made here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tests.core.footprints import footprint_document

from carbonbridge.core.certificate import Certificate
from carbonbridge.core.credential import issue
from carbonbridge.core.footprint import CERTIFIED_EXTENSION, footprint_digest
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.core.seal import compose_seal
from carbonbridge.core.statement import STATEMENT_TYP, sign

PUBLISHER = "https://glass.example"
BODY = "https://cb.example"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
PUBLISHERS_KEY = SigningKey.generate()
BODYS_KEY = SigningKey.generate("ES256")

KEYS = jwks([PUBLISHERS_KEY.public_jwk()])
ISSUERS = [
    {
        "id": BODY,
        "name": "Certification Body",
        "keys": [BODYS_KEY.public_jwk()],
        "schemes": ["js-cfp"],
        "approvedFrom": "2025-01-01T00:00:00Z",
    }
]


def certificate_of(document: dict[str, Any], **changes: Any) -> str:
    """A certificate over a footprint."""
    stated = {
        "id": f"{BODY}/certificates/1",
        "number": "JS-2026-0001",
        "scheme": "js-cfp",
        "schemeClass": "regional_alliance",
        "attestationType": "certification",
        "claimClass": "disclosure",
        "rule": {"code": "R", "edition": "1"},
        "standard": {"code": "GB/T 24067", "edition": "2024"},
        "body": {"id": BODY, "name": "Certification Body"},
        "applicant": {"id": PUBLISHER, "name": "Glass Works"},
        "product": {"ids": document["productIds"], "name": {"en": "glass", "zh": "玻璃"}},
        "cfp": {
            "value": document["pcf"]["pcfExcludingBiogenicUptake"],
            "per": {"amount": "1", "unit": "square meter"},
            "gwpSet": "AR6",
            "period": {"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        },
        "footprintDigest": footprint_digest(document),
        "mode": "document review",
        "issuedAt": "2026-02-01T00:00:00Z",
        "validFrom": "2026-02-01T00:00:00Z",
        "validTo": "2028-02-01T00:00:00Z",
    }
    return issue(Certificate.read({**stated, **changes}), BODYS_KEY)


def published(*, certified: bool = True, **certificate: Any) -> dict[str, Any]:
    """The footprint as partners get it."""
    document = footprint_document()
    payload = compose_seal(
        seal_id="seal-1",
        iss=PUBLISHER,
        footprint_id=document["id"],
        iat=NOW,
        footprint_digest=footprint_digest(document),
    )
    data = {"seal": sign(payload, PUBLISHERS_KEY, STATEMENT_TYP)}
    if certified:
        data["certificate"] = certificate_of(document, **certificate)
    return document | {
        "extensions": [{"specVersion": "1.0.0", "dataSchema": CERTIFIED_EXTENSION, "data": data}]
    }


def as_bytes(document: object) -> bytes:
    return json.dumps(document, indent=1).encode()
