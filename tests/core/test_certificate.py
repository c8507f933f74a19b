"""Certificates as verifiable credentials: nothing is lost, and both readings agree."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.certificate import Certificate
from carbonbridge.core.credential import (
    CERTIFICATE_TYP,
    compose_certificate,
    issue,
    read_certificate,
    verify_certificate,
)
from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.signature import sign
from carbonbridge.core.statement import STATEMENT_TYP

KEY = SigningKey.generate()
KEYS = {KEY.kid: KEY.public_jwk()}

FIXED = {
    "mode": "on-site inspection",
    "issuedAt": "2026-02-01T00:00:00Z",
    "validFrom": "2026-02-01T00:00:00Z",
    "validTo": "2028-02-01T00:00:00Z",
    "footprintDigest": "sha256:" + "1" * 64,
}
TEXT = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())
DECIMAL = st.decimals("-1000", "1000", places=6).map(lambda value: f"{value:f}")
POSITIVE = st.decimals("0.001", "1000", places=3).map(lambda value: f"{value:f}")
EDITION = st.fixed_dictionaries({"code": TEXT, "edition": TEXT})
CERTIFICATES = st.fixed_dictionaries(
    {
        "id": TEXT,
        "number": TEXT,
        "scheme": TEXT,
        "schemeClass": st.sampled_from(["national_unified", "regional_alliance", "cb_own_rule", "foreign"]),
        "attestationType": st.sampled_from(["certification", "verification_opinion", "self_declaration"]),
        "claimClass": st.sampled_from(["reduction", "disclosure", "neutrality"]),
        "rule": st.fixed_dictionaries({"code": TEXT, "edition": TEXT}, optional={"filingNo": TEXT}),
        "standard": EDITION,
        "body": st.fixed_dictionaries(
            {"id": TEXT, "name": TEXT},
            optional={
                "approvalNo": TEXT,
                "accreditation": st.lists(
                    st.fixed_dictionaries(
                        {"body": TEXT, "arrangement": TEXT, "mainScope": TEXT, "subScope": TEXT}
                    ),
                    max_size=2,
                ),
            },
        ),
        "applicant": st.fixed_dictionaries({"id": TEXT, "name": TEXT}, optional={"registeredId": TEXT}),
        "product": st.fixed_dictionaries(
            {
                "ids": st.lists(TEXT, min_size=1, max_size=3),
                "name": st.fixed_dictionaries({"en": TEXT, "zh": TEXT}),
            },
            optional={"models": st.lists(TEXT, max_size=2)},
        ),
        "cfp": st.fixed_dictionaries(
            {
                "value": DECIMAL,
                "per": st.fixed_dictionaries({"amount": POSITIVE, "unit": TEXT}),
                "gwpSet": TEXT,
                "period": st.just({"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}),
            },
            optional={
                "stages": st.lists(st.fixed_dictionaries({"stage": TEXT}, optional={"value": DECIMAL})),
                "offsetsIncluded": st.booleans(),
            },
        ),
    },
    optional={
        "pcr": EDITION,
        "mark": TEXT,
        "factories": st.lists(st.fixed_dictionaries({"name": TEXT, "region": TEXT}), max_size=2),
        "status": st.sampled_from(["valid", "suspended"]),
    },
).map(lambda some: {**some, **FIXED})


def minimal() -> dict[str, object]:
    return {
        "id": "https://cb.example/c/1",
        "number": "1",
        "scheme": "js-cfp",
        "schemeClass": "regional_alliance",
        "attestationType": "certification",
        "claimClass": "disclosure",
        "rule": {"code": "R", "edition": "1"},
        "standard": {"code": "GB/T 24067", "edition": "2024"},
        "body": {"id": "https://cb.example", "name": "CB"},
        "applicant": {"id": "https://a.example", "name": "A"},
        "product": {"ids": ["urn:a:1"], "name": {"en": "a", "zh": "甲"}},
        "cfp": {
            "value": "12.5",
            "per": {"amount": "1", "unit": "kilogram"},
            "gwpSet": "AR6",
            "period": {"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        },
        **FIXED,
    }


@given(document=CERTIFICATES)
def test_a_certificate_survives_the_wire(document):
    certificate = Certificate.read(document)
    assert verify_certificate(issue(certificate, KEY), KEYS) == certificate


def test_the_value_is_exact_beyond_what_a_float_holds():
    document = minimal()
    document["cfp"]["value"] = "12.3456789012345678901234"
    assert verify_certificate(issue(Certificate.read(document), KEY), KEYS).cfp.value == Decimal(
        "12.3456789012345678901234"
    )


def test_a_reader_of_untp_finds_its_fields():
    credential = json.loads(compose_certificate(Certificate.read(minimal())))
    subject = credential["credentialSubject"]
    assert credential["type"] == ["DigitalConformityCredential", "VerifiableCredential"]
    assert credential["issuer"] == {"id": "https://cb.example", "name": "CB"}
    assert (subject["attestationType"], subject["assessorLevel"]) == ("certification", "3rdParty")
    assert subject["scope"]["id"] == "js-cfp"
    assert subject["assessment"][0]["declaredValue"][0]["metricValue"] == {
        "value": 12.5,
        "unit": "kgCO2e per 1 kilogram",
    }


def _tampered(path: list[str | int], value: object) -> str:
    credential = json.loads(compose_certificate(Certificate.read(minimal())))
    place = credential
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return sign(json.dumps(credential).encode(), KEY, CERTIFICATE_TYP)


METRIC = ["credentialSubject", "assessment", 0, "declaredValue", 0, "metricValue", "value"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (METRIC, 12, "metricValue.value"),
        (METRIC, "12.5", "metricValue.value"),
        (METRIC, True, "metricValue.value"),
        (["credentialSubject", "assessorLevel"], "Self", "credentialSubject.assessorLevel"),
        (["type"], ["VerifiableCredential"], "type"),
        (["issuer"], "https://cb.example", "issuer"),
        (["credentialSubject"], [], "credentialSubject"),
        (["credentialSubject", "assessment"], [], "assessedProduct"),
        (["credentialSubject", "carbonbridge", "number"], None, "carbonbridge.number"),
        (["credentialSubject", "carbonbridge", "cfp", "value"], 12.5, "cfp.value"),
        (["credentialSubject", "carbonbridge", "footprintDigest"], "sha256:1", "footprintDigest"),
        (["credentialSubject", "attestationType"], "inspection", "attestationType"),
        (["validUntil"], "2028-02-01", "validTo"),
    ],
)
def test_a_credential_that_contradicts_itself_or_lacks_a_field_is_named(path, value, field):
    with pytest.raises(BadInput) as caught:
        read_certificate(_tampered(path, value))
    assert field in caught.value.field


def test_more_than_we_know_is_no_fault():
    assert (
        read_certificate(_tampered(["credentialStatus"], {"type": "BitstringStatusListEntry"})).number == "1"
    )


def test_a_statement_is_no_certificate_and_a_stranger_no_issuer():
    certificate = Certificate.read(minimal())
    with pytest.raises(SignatureInvalid, match="statement"):
        verify_certificate(sign(compose_certificate(certificate), KEY, STATEMENT_TYP), KEYS)
    with pytest.raises(SignatureInvalid, match="not one the signer is known by"):
        verify_certificate(issue(certificate, SigningKey.generate()), KEYS)
