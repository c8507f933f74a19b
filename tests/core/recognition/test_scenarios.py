"""The scenarios of mutual recognition, as a lead firm or a regulator would tell them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from carbonbridge.core.agreement import Level
from carbonbridge.core.credential import issue, read_certificate
from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import CERTIFIED_EXTENSION
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.verdict import Decision, Outcome, Remedy

OLD_FACTOR = {"series": "LCA", "edition": 2023, "factor": "0.6205"}


def test_1_a_jiangsu_pack_in_the_annex_is_accepted(world, reasons):
    verdict = world.evaluate()
    assert (verdict.verdict, reasons(verdict)) == (Decision.ACCEPTED, [])
    assert not verdict.native
    assert verdict.agreement.id == "urn:carbonbridge:agreement:js-gba"
    assert verdict.certified_value == verdict.adjusted_value == Decimal("64.6")


def test_2_an_older_electricity_factor_gives_a_computed_delta(world, reasons):
    certificate = world.certificate(cfp={"electricity": [{**OLD_FACTOR, "kwh": "30"}]})
    verdict = world.evaluate(certificate=certificate)
    assert (verdict.verdict, reasons(verdict)) == (Decision.CONDITIONAL, ["D-APPLIED"])
    assert (
        verdict.deltas[0].value
        == Decimal("30") * (Decimal("0.5777") - Decimal("0.6205"))
        == Decimal("-1.284")
    )
    assert (verdict.certified_value, verdict.adjusted_value) == (Decimal("64.6"), Decimal("63.316"))
    condition = verdict.conditions[0]
    assert condition.remedy is Remedy.LABEL_TEXT
    assert "64.6" in condition.what.en
    assert "63.316" in condition.what.zh


def test_3_hidden_kwh_are_a_condition_and_never_an_estimate(world, reasons):
    verdict = world.evaluate(certificate=world.certificate(cfp={"electricity": [OLD_FACTOR]}))
    assert (verdict.verdict, reasons(verdict)) == (Decision.CONDITIONAL, ["D-MISSING"])
    assert verdict.adjusted_value is None
    assert verdict.deltas == ()
    assert verdict.conditions[0].remedy is Remedy.SUPPLY_FIELD


def test_3_hidden_kwh_cannot_pass_below_a_bound(world):
    bounded = world.agreement(clause={"method": {"electricity": {"boundPercent": "1"}}})
    hidden = world.certificate(cfp={"electricity": [OLD_FACTOR]})
    shown = world.certificate(cfp={"electricity": [{**OLD_FACTOR, "kwh": "30"}]})
    assert world.evaluate(certificate=hidden, agreements=(bounded,)).verdict is Decision.REJECTED
    verdict = world.evaluate(certificate=shown, agreements=(bounded,))
    assert [check.code for check in verdict.reasons] == ["D-BOUND"]


def test_5_a_regional_body_may_not_grant_the_national_mark(world, reasons):
    assert reasons(world.evaluate(certificate=world.certificate(mark="cn-mark"))) == ["T-MARK"]
    posing = world.certificate(schemeClass="national_unified")
    assert reasons(world.evaluate(certificate=posing)) == ["T-CLASS"]
    foreign_scheme = world.evaluate(
        certificate=world.certificate(scheme="cn-cfp", schemeClass="national_unified", mark="cn-mark"),
        to_scheme="cn-cfp",
    )
    assert (foreign_scheme.verdict, reasons(foreign_scheme)) == (Decision.REJECTED, ["I-APPROVAL"])


def test_6_a_verification_opinion_is_not_a_certificate(world, reasons):
    verdict = world.evaluate(certificate=world.certificate(attestationType="verification_opinion"))
    assert (verdict.verdict, reasons(verdict)) == (Decision.REJECTED, ["T-TYPE"])


def test_7_accreditation_counts_at_sub_scope(world, reasons):
    body = {
        "accreditation": [
            {
                "body": "CNAS",
                "arrangement": "GAC MRA",
                "mainScope": "ISO/IEC 17029 + ISO 14065",
                "subScope": "ISO 14064-1",
            }
        ]
    }
    assert reasons(world.evaluate(certificate=world.certificate(body=body))) == ["I-ACCR-SCOPE"]


def test_8_a_superseded_product_rule_counts_until_its_grace_ends(world, reasons):
    rule = {
        "superseded": "T/ABC 1",
        "superior": {"code": "GB/T 9", "edition": "2025"},
        "appliesToIssueFrom": "2026-01-01T00:00:00Z",
    }
    certificate = world.certificate(pcr={"code": "T/ABC 1", "edition": "2023"})

    def under(grace):
        agreement = world.agreement(clause={"method": {"precedence": [{**rule, "graceDays": grace}]}})
        return reasons(world.evaluate(certificate=certificate, agreements=(agreement,)))

    assert under(30) == ["M-SUPERSEDED"]
    assert under(32) == []


def test_9_recognition_is_not_passed_on(world, reasons):
    first = world.agreement(clause={"toScheme": "hk-cfp"}, id="urn:a:1")
    second = world.agreement(clause={"fromScheme": "hk-cfp"}, id="urn:a:2")
    verdict = world.evaluate(agreements=(first, second))
    assert verdict.verdict is Decision.REJECTED
    assert {"A-NONE", "A-CHAIN"} <= set(reasons(verdict))
    chain = next(check for check in verdict.checks if check.code == "A-CHAIN")
    assert "hk-cfp" in chain.found
    assert "A-CHAIN" not in reasons(world.evaluate(agreements=()))


def test_11_a_co2_only_factor_is_no_footprint_factor(world, reasons):
    honest = {"series": "CO2only", "edition": 2023, "factor": "0.5306", "kwh": "30"}
    disguised = {**honest, "series": "LCA"}
    for use in (honest, disguised):
        verdict = world.evaluate(certificate=world.certificate(cfp={"electricity": [use]}))
        assert verdict.verdict is Decision.REJECTED
        assert "M-ELEC" in reasons(verdict)


@pytest.mark.parametrize(("code", "expected"), [("24132·050", []), ("24132·100", ["P-OUT"])])
def test_12_a_product_range_has_ends(world, reasons, code, expected):
    annex = {
        "selectors": [{"system": "gbt7635.1-2002", "code": "24132·010—·099", "match": "range"}],
        "inForceFrom": "2026-01-01T00:00:00Z",
    }
    certificate = world.certificate(product={"codes": [{"system": "gbt7635.1-2002", "code": code}]})
    verdict = world.evaluate(certificate=certificate, agreements=(world.agreement(annexes=[annex]),))
    assert reasons(verdict) == expected


def test_an_uncertified_footprint_is_rejected_in_plain_words(world):
    verdict = world.evaluate(certificate=None)
    first = verdict.reasons[0]
    assert (verdict.verdict, first.code, first.outcome) == (Decision.REJECTED, "E-FIELD", Outcome.FAILED)
    assert first.message.en.startswith("The footprint is not certified")
    assert first.message.zh.startswith("该足迹未经认证")
    assert verdict.certified_value is None


def test_origin_and_target_alike_is_native_and_needs_no_agreement(world, reasons):
    verdict = world.evaluate(to_scheme="js-cfp", agreements=())
    assert (verdict.verdict, verdict.native, reasons(verdict)) == (Decision.ACCEPTED, True, [])
    expired = world.evaluate(
        to_scheme="js-cfp", certificate=world.certificate(validTo="2026-05-01T00:00:00Z")
    )
    assert reasons(expired) == ["C-EXPIRED"]


def test_exclusions_are_more_specific_than_what_they_are_excluded_from(world, reasons):
    wide = {"system": "gbt7635.1-2002", "code": "4642", "match": "subtree"}
    narrow = {"system": "gbt7635.1-2002", "code": "46422·017", "match": "exact", "exclude": True}
    same = {**wide, "exclude": True}

    def under(*selectors):
        annexes = [{"selectors": list(selectors), "inForceFrom": "2026-01-01T00:00:00Z"}]
        return reasons(world.evaluate(agreements=(world.agreement(annexes=annexes),)))

    assert under(wide, narrow) == under(narrow, wide) == ["P-EXCLUDED"]
    assert under(wide, same) == ["P-AMBIGUOUS"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "JS-2026-0001", "status": "suspended"}, "C-STATUS"),
        ({"footprintDigest": "sha256:" + "0" * 64}, "E-HASH"),
        ({"product": {"ids": ["urn:pact:pack.example:product-id:other"]}}, "B-MODEL"),
        ({"cfp": {"value": "60"}}, "B-VALUE"),
        ({"cfp": {"per": {"amount": "1", "unit": "kilogram"}}}, "B-VALUE"),
        ({"cfp": {"period": {"start": "2024-01-01T00:00:00Z"}}}, "B-VALUE"),
        ({"cfp": {"stages": [{"stage": "production"}]}}, "M-STAGE"),
        ({"cfp": {"gwpSet": "AR5"}}, "M-GWP"),
        ({"cfp": {"offsetsIncluded": True}}, "M-OFFSET"),
        ({"cfp": {"cutOff": "6"}}, "M-CUT"),
        ({"cfp": {"primaryShare": "49.9"}}, "Q-PRIMARY"),
        ({"cfp": {"dqr": "3.1"}}, "Q-DQR"),
        ({"standard": {"code": "PAS 2050", "edition": "2011"}}, "M-STD"),
        ({"product": {"codes": []}}, "P-OUT"),
        ({"issuedAt": "2023-12-31T00:00:00Z"}, "I-APPROVAL"),
    ],
)
def test_each_flaw_of_a_certificate_has_its_own_reason(world, reasons, changes, code):
    assert reasons(world.evaluate(certificate=world.certificate(**changes))) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "suspended"}, "A-NOTINFORCE"),
        ({"inForceTo": "2026-06-01T00:00:00Z"}, "A-NOTINFORCE"),
        ({"clause": {"purposes": ["procurement"]}}, "A-PURPOSE"),
        ({"clause": {"issuers": {"deny": ["https://cb.example"]}}}, "I-DENY"),
        ({"clause": {"method": {"electricity": {"maxFactorAgeYears": 1}}}}, "M-ELEC-AGE"),
        ({"annexes": []}, "P-OUT"),
    ],
)
def test_each_limit_of_an_agreement_has_its_own_reason(world, reasons, changes, code):
    assert reasons(world.evaluate(agreements=(world.agreement(**changes),))) == [code]


def test_a_level_above_the_agreed_one_is_refused(world, reasons):
    assert reasons(world.evaluate(level=Level.CERTIFICATE)) == []
    assert reasons(world.evaluate(level=Level.MARK)) == ["A-LEVEL"]


def test_a_partial_equivalence_is_a_condition_that_says_what_differs(world):
    row = {
        "origin": {"code": "GB/T 24067", "edition": "2024"},
        "target": {"code": "ISO 14067", "edition": "2018"},
        "relation": "equivalent_with_delta",
        "note": {"en": "State the allocation rule.", "zh": "须说明分配规则。"},
    }
    verdict = world.evaluate(agreements=(world.agreement(clause={"method": {"standards": [row]}}),))
    assert verdict.verdict is Decision.CONDITIONAL
    assert verdict.conditions[0].what.en == "State the allocation rule."


def test_forged_and_foreign_signatures_are_refused(world, reasons):
    certificate = read_certificate(world.certificate())
    assert reasons(world.evaluate(certificate=issue(certificate, SigningKey.generate()))) == ["E-SIG"]
    assert reasons(world.evaluate(issuers=())) == ["E-SIG", "I-APPROVAL"]
    other = SigningKey.generate()
    keys = {other.kid: other.public_jwk()}
    assert reasons(world.evaluate(publisher_keys=keys)) == ["E-SEAL"]
    assert reasons(world.evaluate(publisher="https://somebody.example")) == ["E-SEAL"]
    assert reasons(world.evaluate(seal=world.seal()[:-8] + "AAAAAAAA")) == ["E-SEAL"]


def test_an_unreadable_certificate_is_named_as_such(world):
    verdict = world.evaluate(certificate="not.a.certificate")
    first = verdict.reasons[0]
    assert (verdict.verdict, first.code) == (Decision.REJECTED, "E-FIELD")
    assert "signature" in first.found


def test_of_two_agreements_the_more_favourable_one_stands(world):
    draft = world.agreement(id="urn:a:0", status="draft")
    wide = world.agreement(id="urn:a:1")
    narrow = world.agreement(id="urn:a:2", annexes=[])
    for agreements in ((draft, wide, narrow), (narrow, wide, draft)):
        verdict = world.evaluate(agreements=agreements)
        assert (verdict.verdict, verdict.agreement.id) == (Decision.ACCEPTED, "urn:a:1")


def test_an_approval_counts_for_the_key_it_was_given_to(world, reasons):
    lapsed = world.issuer(approvedUntil="2026-03-01T00:00:00Z")
    renewed = world.issuer(keys=[SigningKey.generate().public_jwk()])
    assert reasons(world.evaluate(issuers=(lapsed, renewed))) == ["I-APPROVAL"]


def test_a_host_may_rewrite_the_json_and_deprecate_the_footprint(world, reasons):
    inputs = world.inputs()
    extension = {
        "specVersion": "1.0.0",
        "dataSchema": CERTIFIED_EXTENSION,
        "data": {"seal": inputs.seal, "certificate": inputs.certificate},
    }
    turned = dict(reversed(inputs.footprint.items()))
    rewritten = {**turned, "status": "Deprecated", "extensions": [extension]}
    assert reasons(world.evaluate(footprint=rewritten)) == []
    changed = {**rewritten, "comment": "not what was certified"}
    assert reasons(world.evaluate(footprint=changed)) == ["E-SEAL", "E-HASH"]


def test_inputs_that_do_not_belong_together_are_no_case(world):
    inputs = world.inputs()
    with pytest.raises(BadInput, match="footprintDigest"):
        replace(inputs, footprint={**inputs.footprint, "comment": "x"})
    with pytest.raises(BadInput, match="offset"):
        replace(inputs, at=inputs.at.replace(tzinfo=None))
