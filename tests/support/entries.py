"""Entries of every register that somebody keeps, as small as they may be."""

from __future__ import annotations

from typing import Any

from tests.support import documents

from carbonbridge.core.keys import SigningKey
from carbonbridge.core.register import RegisterKind

T0 = "2025-01-01T00:00:00Z"
NAME = {"en": "A name", "zh": "名称"}

ENTRIES: dict[RegisterKind, dict[str, Any]] = {
    RegisterKind.SCHEME: documents.scheme("js-cfp"),
    RegisterKind.AGREEMENT: documents.agreement("js-cfp", "gba-cfp"),
    RegisterKind.ISSUER: {
        "id": "https://cb.example",
        "name": "Body",
        "keys": [SigningKey.generate().public_jwk()],
        "schemes": ["js-cfp"],
        "approvedFrom": T0,
    },
    RegisterKind.FACTOR_SET: {"id": "default", "factors": []},
    RegisterKind.BODY: {"id": "https://cb.example", "name": NAME},
    RegisterKind.RULE: {
        "id": "rule",
        "code": "CNCA-CFP-00",
        "edition": "2025",
        "name": NAME,
        "owner": "CNCA",
        "claimClass": "disclosure",
        "status": "filed",
        "filingNo": "1",
        "filedAt": T0,
    },
    RegisterKind.STANDARD: {
        "id": "gbt24067-2024",
        "code": "GB/T 24067",
        "edition": "2024",
        "title": NAME,
        "level": "national",
        "validFrom": T0,
    },
    RegisterKind.MARK: {
        "id": "js-mark",
        "name": NAME,
        "owner": "js",
        "scheme": "js-cfp",
        "schemeClass": "regional_alliance",
        "media": ["packaging"],
        "validFrom": T0,
    },
    RegisterKind.MARK_GRANT: {
        "id": "grant",
        "mark": "js-mark",
        "holder": "urn:lei:1",
        "products": ["urn:x:p"],
        "certificate": "urn:uuid:1",
        "media": ["packaging"],
        "validFrom": T0,
    },
    RegisterKind.DENY_LIST: {
        "id": "denial",
        "subject": "https://cb.example",
        "reason": "fraud",
        "text": NAME,
        "authority": "SAMR",
        "validFrom": T0,
    },
    RegisterKind.LEGAL_INSTRUMENT: {
        "id": "su-227",
        "number": "苏市监〔2024〕227号",
        "title": NAME,
        "issuers": ["江苏省市场监督管理局"],
        "issuedAt": "2024-12-13T00:00:00+08:00",
        "status": "in_force",
    },
}
