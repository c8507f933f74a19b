"""A world of two schemes: a Jiangsu lithium pack, certified, offered to the Greater Bay Area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from carbonbridge.core.agreement import Level, RecognitionAgreement
from carbonbridge.core.certificate import Certificate
from carbonbridge.core.credential import issue
from carbonbridge.core.document import canonical, digest
from carbonbridge.core.footprint import footprint_digest
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.recognition import RecognitionInputs, evaluate
from carbonbridge.core.scheme import IssuerEntry, Scheme
from carbonbridge.core.seal import compose_seal
from carbonbridge.core.statement import STATEMENT_TYP, sign
from carbonbridge.core.verdict import Verdict

AT = datetime(2026, 6, 1, tzinfo=UTC)
BODY = "https://cb.example"
PUBLISHER = "https://pack.example/o/pack"
PRODUCT = "urn:pact:pack.example:product-id:lp-100"

FOOTPRINT: dict[str, Any] = {
    "id": "5f1a9a3e-0d6c-4f8e-9d57-6a1f5a2c7b10",
    "specVersion": "3.0.3",
    "productIds": [PRODUCT],
    "pcf": {
        "declaredUnitOfMeasurement": "kilowatt hour",
        "declaredUnitAmount": "100",
        "pcfExcludingBiogenicUptake": "6460",
        "referencePeriodStart": "2025-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-01-01T00:00:00Z",
    },
}

CERTIFICATE: dict[str, Any] = {
    "id": "https://cb.example/certificates/JS-2026-0001",
    "number": "JS-2026-0001",
    "scheme": "js-cfp",
    "schemeClass": "regional_alliance",
    "attestationType": "certification",
    "claimClass": "disclosure",
    "mark": "js-mark",
    "rule": {"code": "JS-CFP-01", "edition": "2025", "filingNo": "B-1"},
    "standard": {"code": "GB/T 24067", "edition": "2024"},
    "body": {
        "id": BODY,
        "name": "Certifiers Ltd",
        "approvalNo": "CNCA-R-2024-1",
        "accreditation": [
            {
                "body": "CNAS",
                "arrangement": "GAC MRA",
                "mainScope": "ISO/IEC 17029 + ISO 14065",
                "subScope": "product carbon footprint",
            }
        ],
    },
    "applicant": {"id": PUBLISHER, "name": "Pack Works", "registeredId": "91320000MA1XXXXX0A"},
    "factories": [{"name": "Suzhou works", "region": "CN-JS"}],
    "product": {
        "ids": [PRODUCT],
        "name": {"en": "Lithium pack", "zh": "锂电池包"},
        "models": ["LP-100"],
        "codes": [{"system": "gbt7635.1-2002", "code": "46422·017"}],
    },
    "cfp": {
        "value": "64.6",
        "per": {"amount": "1", "unit": "kWh"},
        "stages": [{"stage": "raw material"}, {"stage": "production", "value": "20.1"}],
        "gwpSet": "AR6",
        "period": {"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        "electricity": [{"series": "LCA", "edition": 2024, "factor": "0.5777", "kwh": "30"}],
        "cutOff": "1",
        "primaryShare": "60",
        "dqr": "2",
    },
    "footprintDigest": digest(canonical(FOOTPRINT)),
    "mode": "document review, on-site inspection, surveillance",
    "issuedAt": "2026-02-01T00:00:00Z",
    "validFrom": "2026-02-01T00:00:00Z",
    "validTo": "2028-02-01T00:00:00Z",
}

CLAUSE: dict[str, Any] = {
    "fromScheme": "js-cfp",
    "toScheme": "gba-cfp",
    "level": "L2",
    "purposes": ["calculation", "procurement"],
    "issuers": {
        "accreditation": [
            {
                "arrangement": "GAC MRA",
                "mainScope": "ISO/IEC 17029 + ISO 14065",
                "subScope": "product carbon footprint",
            }
        ]
    },
    "method": {
        "standards": [
            {
                "origin": {"code": "GB/T 24067", "edition": "2024"},
                "target": {"code": "ISO 14067", "edition": "2018"},
                "relation": "equivalent",
            }
        ],
        "requiredStages": ["raw material", "production"],
        "gwpAccept": ["AR6"],
        "cutOffMaxPercent": "5",
        "electricity": {
            "factorSeries": "LCA",
            "published": [{"edition": 2023, "factor": "0.6205"}, {"edition": 2024, "factor": "0.5777"}],
            "target": {"edition": 2024, "factor": "0.5777"},
            "maxFactorAgeYears": 3,
        },
    },
    "quality": {"minPrimaryShare": "50", "maxDqr": "3"},
}

AGREEMENT: dict[str, Any] = {
    "id": "urn:carbonbridge:agreement:js-gba",
    "version": "1",
    "status": "in_force",
    "title": {"en": "Jiangsu and Greater Bay", "zh": "江苏与粤港澳大湾区"},
    "inForceFrom": "2026-01-01T00:00:00Z",
    "clauses": [CLAUSE],
    "annexes": [
        {
            "selectors": [{"system": "gbt7635.1-2002", "code": "4642", "match": "subtree"}],
            "inForceFrom": "2026-01-01T00:00:00Z",
        }
    ],
}


def scheme(scheme_id: str, scheme_class: str, *marks: str) -> Scheme:
    name = {"en": scheme_id, "zh": scheme_id}
    document = {"id": scheme_id, "schemeClass": scheme_class, "name": name, "region": "CN", "operator": "x"}
    return Scheme.read({**document, "marks": list(marks)})


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with changes; None takes a member away, objects are merged."""
    result = dict(base)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


@dataclass(frozen=True)
class World:
    body_key: SigningKey = field(default_factory=SigningKey.generate)
    publisher_key: SigningKey = field(default_factory=lambda: SigningKey.generate("ES256"))

    def certificate(self, **changes: Any) -> str:
        return issue(Certificate.read(merged(CERTIFICATE, changes)), self.body_key)

    def agreement(self, *, clause: Mapping[str, Any] | None = None, **changes: Any) -> RecognitionAgreement:
        clauses = [merged(CLAUSE, clause or {})]
        return RecognitionAgreement.read(merged({**AGREEMENT, "clauses": clauses}, changes))

    def issuer(self, **changes: Any) -> IssuerEntry:
        entry = {
            "id": BODY,
            "name": "Certifiers Ltd",
            "keys": [self.body_key.public_jwk()],
            "schemes": ["js-cfp"],
            "approvedFrom": "2024-01-01T00:00:00Z",
        }
        return IssuerEntry.read(merged(entry, changes))

    def seal(self) -> str:
        payload = compose_seal(
            seal_id="seal-1",
            iss=PUBLISHER,
            footprint_id=FOOTPRINT["id"],
            iat=AT,
            footprint_digest=digest(canonical(FOOTPRINT)),
        )
        return sign(payload, self.publisher_key, STATEMENT_TYP)

    def inputs(self, **changes: Any) -> RecognitionInputs:
        given: dict[str, Any] = {
            "footprint": FOOTPRINT,
            "certificate": self.certificate(),
            "seal": self.seal(),
            "publisher": PUBLISHER,
            "publisher_keys": {self.publisher_key.kid: self.publisher_key.public_jwk()},
            "issuers": (self.issuer(),),
            "schemes": (
                scheme("js-cfp", "regional_alliance", "js-mark"),
                scheme("gba-cfp", "regional_alliance", "gba-mark"),
                scheme("hk-cfp", "foreign"),
                scheme("cn-cfp", "national_unified", "cn-mark"),
            ),
            "agreements": (self.agreement(),),
            "to_scheme": "gba-cfp",
            "level": Level.DATA,
            "purpose": "calculation",
            "at": AT,
        }
        given |= changes
        return RecognitionInputs(footprint_digest=footprint_digest(given["footprint"]), **given)

    def evaluate(self, **changes: Any) -> Verdict:
        return evaluate(self.inputs(**changes))


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture
def reasons():
    """The codes that stand in the way of acceptance."""
    return lambda verdict: [check.code for check in verdict.reasons]
