"""Area ``core``: what signing, verifying and sealing cost beside the bare primitives."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.core.footprints import footprint_document
from tests.perf.figures import Figure, figure, rates

from carbonbridge.core.footprint import footprint_digest, parse_footprint
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.statement import STATEMENT_TYP, compose, sign, verify

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_COUNT = 200


def measure() -> list[Figure]:
    """Rates per second over one footprint of ordinary size."""
    document = footprint_document()
    body = json.dumps(document).encode()
    key = SigningKey.generate("EdDSA")
    known = {key.kid: key.public_jwk()}
    payload = compose(
        statement_type="footprint", statement_id="1", iss="https://a.example", sub="1", iat=_AT, body=body
    )
    compact = sign(payload, key, STATEMENT_TYP)
    bare = Ed25519PrivateKey.generate()
    public, signature = bare.public_key(), bare.sign(payload)

    def times(work: object) -> int:
        assert callable(work)
        for _ in range(_COUNT):
            work()
        return _COUNT

    seen = rates(
        {
            "sign": lambda: times(lambda: sign(payload, key, STATEMENT_TYP)),
            "bare sign": lambda: times(lambda: bare.sign(payload)),
            "verify": lambda: times(lambda: verify(compact, known)),
            "bare verify": lambda: times(lambda: public.verify(signature, payload)),
            "parse": lambda: times(lambda: parse_footprint(body)),
            "bare parse": lambda: times(lambda: json.loads(body)),
            "digest": lambda: times(lambda: footprint_digest(document)),
            "bare digest": lambda: times(lambda: hashlib.sha256(body).digest()),
        }
    )
    return [
        figure("core", name, seen[name], "1/s", against=(f"bare {name}", seen[f"bare {name}"]))
        for name in ("sign", "verify", "parse", "digest")
    ]
