"""Agreements, schemes and product codes as data: what is wrong is named, nothing is silently dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.agreement import RecognitionAgreement
from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import format_instant, parse_instant
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.product_code import Match, specificity
from carbonbridge.core.scheme import IssuerEntry, Scheme


def agreement() -> dict[str, Any]:
    return {
        "id": "urn:a:1",
        "version": "1",
        "status": "in_force",
        "title": {"en": "a", "zh": "甲"},
        "inForceFrom": "2026-01-01T00:00:00Z",
        "inForceTo": "2027-01-01T00:00:00Z",
        "clauses": [
            {
                "fromScheme": "a",
                "toScheme": "b",
                "level": "L1",
                "purposes": ["calculation"],
                "method": {"standards": [], "cutOffMaxPercent": "5"},
            }
        ],
        "annexes": [
            {
                "selectors": [{"system": "s", "code": "24132·010—·099", "match": "range"}],
                "inForceFrom": "2026-01-01T00:00:00Z",
            }
        ],
    }


def test_an_agreement_survives_being_written():
    read = RecognitionAgreement.read(agreement())
    assert RecognitionAgreement.read(read.document()) == read


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["status"], "valid", "status"),
        (["inForceFrom"], "2026-01-01", "inForceFrom"),
        (["clauses"], [], "clauses"),
        (["clauses", 0, "level"], "L4", "clauses.0.level"),
        (["clauses", 0, "purposes"], [], "clauses.0.purposes"),
        (["clauses", 0, "onward"], True, "clauses.0.onward"),
        (["clauses", 0, "method", "cutOffMaxPercent"], "101", "clauses.0.method.cutOffMaxPercent"),
        (["clauses", 0, "method", "cutOffMaxPercent"], 5, "clauses.0.method.cutOffMaxPercent"),
        (["clauses", 0, "method", "cutOfMaxPercent"], "5", "clauses.0.method.cutOfMaxPercent"),
        (["annexes", 0, "selectors", 0, "code"], "24132·099—·010", "annexes.0.selectors.0"),
        (["annexes", 0, "selectors", 0, "code"], "24132", "annexes.0.selectors.0"),
    ],
)
def test_a_fault_is_named_by_its_path(path, value, field):
    document: Any = agreement()
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(BadInput) as caught:
        RecognitionAgreement.read(document)
    assert caught.value.field == field


@pytest.mark.parametrize("document", [None, [], "x", 1])
def test_what_is_no_object_is_no_agreement(document):
    with pytest.raises(BadInput, match="must be an object"):
        RecognitionAgreement.read(document)


@pytest.mark.parametrize(
    ("status", "at", "effective"),
    [
        ("in_force", "2026-01-01T00:00:00Z", True),
        ("in_force", "2025-12-31T23:59:59Z", False),
        ("in_force", "2027-01-01T00:00:00Z", False),
        ("signed", "2026-06-01T00:00:00Z", False),
    ],
)
def test_only_an_agreement_in_force_has_effect(status, at, effective):
    read = RecognitionAgreement.read({**agreement(), "status": status})
    assert read.in_force(parse_instant(at, field="at")) is effective


def test_the_register_of_bodies_holds_public_keys_only():
    key = SigningKey.generate()
    entry = {
        "id": "https://cb.example",
        "name": "CB",
        "keys": [key.public_jwk()],
        "schemes": ["a"],
        "approvedFrom": "2026-01-01T00:00:00Z",
    }
    assert IssuerEntry.read(entry).public_keys() == {key.kid: key.public_jwk()}
    with pytest.raises(BadInput) as caught:
        IssuerEntry.read({**entry, "keys": [key.private_jwk()]})
    assert caught.value.field == "keys.0"
    assert key.private_jwk()["d"] not in str(caught.value)


def test_a_scheme_has_a_class_and_two_names():
    document = {
        "id": "js-cfp",
        "schemeClass": "regional_alliance",
        "name": {"en": "Jiangsu"},
        "region": "CN-JS",
        "operator": "x",
    }
    with pytest.raises(BadInput) as caught:
        Scheme.read(document)
    assert caught.value.field == "name.zh"


@pytest.mark.parametrize(
    ("code", "pattern", "match", "selected"),
    [
        ("46422·017", "46422·017", Match.EXACT, True),
        ("46422.017", "46422·017", Match.EXACT, True),
        ("46422", "46422·017", Match.EXACT, False),
        ("46422·017", "4642", Match.SUBTREE, True),
        ("4642", "4642", Match.SUBTREE, True),
        ("464", "4642", Match.SUBTREE, False),
        ("24132·010", "24132·010—·099", Match.RANGE, True),
        ("24132·099", "24132·010 — ·099", Match.RANGE, True),
        ("24132·009", "24132·010—·099", Match.RANGE, False),
        ("24132·100", "24132·010—·099", Match.RANGE, False),
        ("24132", "24132·010—·099", Match.RANGE, False),
        ("24133·050", "24132·010—24133·099", Match.RANGE, True),
    ],
)
def test_product_codes_match_as_written(code, pattern, match, selected):
    assert (specificity(code, pattern, match) is not None) is selected


def test_the_more_digits_the_more_specific():
    exact = specificity("46422017", "46422·017", Match.EXACT)
    range_ = specificity("46422017", "46422·010—·020", Match.RANGE)
    subtree = specificity("46422017", "4642", Match.SUBTREE)
    assert exact > range_ > subtree


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_survives_and_its_offset_does_not_matter(instant, minutes):
    assert parse_instant(format_instant(instant), field="x") == instant
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if (
        datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
        < instant
        < datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
    ):
        local = (instant + timedelta(minutes=minutes)).replace(tzinfo=None)
        assert parse_instant(f"{local.isoformat()}{sign}{hours:02}:{rest:02}", field="x") == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-01-31T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31 00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "２026-01-31T00:00:00Z",
        5,
        None,
    ],
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(BadInput) as caught:
        parse_instant(text, field="issuedAt")
    assert caught.value.field == "issuedAt"


def test_digits_below_a_microsecond_are_cut_off():
    assert (
        format_instant(parse_instant("2026-01-31T00:00:00.123456789z", field="x"))
        == "2026-01-31T00:00:00.123456Z"
    )
