"""Records of the registers, and what follows from them at an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.entries import ENTRIES, NAME

from carbonbridge.core.errors import BadInput
from carbonbridge.core.register import RegisterKind as Register
from carbonbridge.core.registers.body import CertificationBody, accredited, approved, credit_grade
from carbonbridge.core.registers.deny import Denial, Effect, denied
from carbonbridge.core.registers.instrument import LegalInstrument, instrument_in_force
from carbonbridge.core.registers.mark import Mark, MarkGrant, MarkUse, Medium, may_show
from carbonbridge.core.registers.period import Period
from carbonbridge.core.registers.reading import read_entry
from carbonbridge.core.registers.rule import CertificationRule, rule_in_force
from carbonbridge.core.registers.standard import Ground, Standard, precedence
from carbonbridge.core.scheme import ProductCode

T0 = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: int) -> str:
    return (T0 + number * DAY).isoformat()


GRADE = {"grade": "A", "assessor": "SAMR"}
ACCREDITATION = {
    "accreditor": "CNAS",
    "number": "1",
    "arrangement": "GAC MRA",
    "mainScope": "ISO/IEC 17029+ISO 14065",
    "validFrom": day(0),
}


@pytest.mark.parametrize("kind", ENTRIES, ids=str)
def test_an_entry_is_written_as_it_is_read(kind: Register):
    entry_id, written = read_entry(kind, ENTRIES[kind])
    again = written if kind is not Register.FACTOR_SET else {"id": entry_id, **written}
    assert read_entry(kind, again) == (entry_id, written)
    with pytest.raises(BadInput) as caught:
        read_entry(kind, {**ENTRIES[kind], "unheardOf": 1})
    assert caught.value.field == "unheardOf"


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Register.RULE, {"filedAt": None}),
        (Register.RULE, {"status": "cancelled"}),
        (Register.RULE, {"cancelledAt": day(9)}),
        (Register.RULE, {"status": "cancelled", "cancelledAt": day(-9)}),
        (Register.STANDARD, {"validUntil": day(0)}),
        (Register.LEGAL_INSTRUMENT, {"status": "repealed"}),
        (Register.LEGAL_INSTRUMENT, {"supersedes": ["su-227"]}),
        (Register.LEGAL_INSTRUMENT, {"issuers": []}),
        (Register.MARK_GRANT, {"products": []}),
        (Register.DENY_LIST, {"reason": "dislike"}),
        (Register.BODY, {"creditGrades": [{**GRADE, "gradedAt": day(2)}, {**GRADE, "gradedAt": day(1)}]}),
        (Register.BODY, {"accreditations": [{**ACCREDITATION, "subScope": "s", "sites": ["nowhere"]}]}),
    ],
)
def test_what_contradicts_itself_is_refused(kind: Register, change: dict):
    stated = {**ENTRIES[kind], **change}
    with pytest.raises(BadInput):
        read_entry(kind, {name: value for name, value in stated.items() if value is not None})


@given(start=st.integers(0, 5), length=st.none() | st.integers(1, 5), at=st.integers(-1, 12))
def test_a_period_holds_from_its_beginning_to_before_its_end(start: int, length: int | None, at: int):
    end = None if length is None else T0 + (start + length) * DAY
    period = Period(valid_from=T0 + start * DAY, valid_until=end)
    assert period.holds(T0 + at * DAY) == (start <= at and (length is None or at < start + length))


@given(filed=st.integers(0, 4), cancelled=st.none() | st.integers(4, 8), at=st.integers(-1, 9))
def test_a_rule_is_in_force_while_it_is_filed(filed: int, cancelled: int | None, at: int):
    status = {} if cancelled is None else {"status": "cancelled", "cancelledAt": day(cancelled)}
    rule = CertificationRule.read({**ENTRIES[Register.RULE], "filedAt": day(filed), **status})
    expected = filed <= at and (cancelled is None or at < cancelled)
    assert rule_in_force(rule, T0 + at * DAY) == expected


def test_a_draft_is_not_in_force():
    rule = CertificationRule.read({**ENTRIES[Register.RULE], "status": "draft"})
    assert not rule_in_force(rule, T0 + DAY)
    instrument = LegalInstrument.read({**ENTRIES[Register.LEGAL_INSTRUMENT], "status": "draft"})
    assert not instrument_in_force(instrument, T0 + DAY)


def test_an_instrument_is_in_force_from_its_day_of_effect_to_its_end():
    stated = {**ENTRIES[Register.LEGAL_INSTRUMENT], "inForceFrom": day(2), "status": "repealed"}
    instrument = LegalInstrument.read({**stated, "endedAt": day(4)})
    assert [instrument_in_force(instrument, T0 + n * DAY) for n in range(1, 5)] == [False, True, True, False]


def body(**more) -> CertificationBody:
    return CertificationBody.read({**ENTRIES[Register.BODY], **more})


def accreditation(sub: str, **more) -> dict:
    return {**ACCREDITATION, "subScope": sub, **more}


def test_an_approval_is_for_a_field_and_a_time():
    one = body(approvals=[{"field": "13", "number": "2025-1", "validFrom": day(0), "validUntil": day(5)}])
    assert approved(one, "13", T0) is not None
    assert approved(one, "13", T0 + 5 * DAY) is None
    assert approved(one, "14", T0) is None


def test_an_accreditation_counts_at_its_sub_scope_alone():
    """CNAS joined the arrangement for ISO 14064-1 and -2 first: its logo says nothing of footprints."""
    main = "ISO/IEC 17029+ISO 14065"
    one = body(accreditations=[accreditation("ISO 14064-1"), accreditation("CFP", validFrom=day(5))])
    assert accredited(one, main, "ISO 14064-1", T0) is not None
    assert accredited(one, main, "CFP", T0) is None
    assert accredited(one, main, "CFP", T0 + 5 * DAY, arrangement="GAC MRA") is not None
    assert accredited(one, main, "CFP", T0 + 5 * DAY, arrangement="IAF MLA") is None
    assert accredited(one, "ISO/IEC 17065", "CFP", T0 + 5 * DAY) is None


def test_a_foreign_site_needs_an_accreditation_of_its_own():
    site = {"name": NAME, "law": "law", "validFrom": day(0)}
    sites = [
        {"id": "nj", "jurisdiction": "CN", **site},
        {"id": "sg", "jurisdiction": "OTHER", **site, "validUntil": day(3)},
    ]
    one = body(sites=sites, accreditations=[accreditation("CFP", sites=["sg"])])
    scope = ("ISO/IEC 17029+ISO 14065", "CFP")
    assert accredited(one, *scope, T0, site="sg") is not None
    assert accredited(one, *scope, T0, site="nj") is None
    assert accredited(one, *scope, T0, site="unheard of") is None
    assert accredited(one, *scope, T0 + 3 * DAY, site="sg") is None
    assert accredited(one, *scope, T0) is None


def test_the_credit_grade_is_the_last_one_given():
    grades = [{"grade": grade, "gradedAt": day(n), "assessor": "SAMR"} for n, grade in ((1, "A"), (3, "D"))]
    one = body(creditGrades=grades)
    found = [credit_grade(one, T0 + n * DAY) for n in range(4)]
    assert [grade and grade.grade for grade in found] == [None, "A", "A", "D"]


def test_the_deny_list_at_an_instant():
    def denial(**more) -> Denial:
        return Denial.read({**ENTRIES[Register.DENY_LIST], **more})

    listed = [
        denial(validUntil=day(9)),
        denial(id="2", effect="ex-tunc", validFrom=day(2), validUntil=day(4)),
    ]
    found = [denied(listed, "HTTPS://CB.example", T0 + n * DAY) for n in (-1, 0, 2, 4, 9)]
    assert [one and one.effect for one in found] == [
        None,
        Effect.EX_NUNC,
        Effect.EX_TUNC,
        Effect.EX_NUNC,
        None,
    ]
    assert denied(listed, "https://other.example", T0) is None


def test_a_mark_is_shown_by_grant():
    mark = Mark.read({**ENTRIES[Register.MARK], "validUntil": day(9)})
    grant = MarkGrant.read({**ENTRIES[Register.MARK_GRANT], "media": ["packaging", "online"]})
    use = MarkUse(mark="js-mark", product="URN:x:P", medium=Medium.PACKAGING)
    assert may_show([grant], [mark], use, T0) == grant
    assert may_show([grant], [mark], use, T0 + 9 * DAY) is None
    assert may_show([grant], [], use, T0) is None
    for change in ({"product": "urn:x:q"}, {"medium": Medium.ONLINE}, {"mark": "gba-mark"}):
        assert may_show([grant], [mark], use.model_copy(update=change), T0) is None


SOLAR = (ProductCode(system="gbt7635.1-2002", code="46414"),)


def standard(
    code: str, level: str, *, edition: str = "2024", subtree: str | None = "46414", **more
) -> Standard:
    selectors = [{"system": "gbt7635.1-2002", "code": subtree, "match": "subtree"}] if subtree else []
    stated = {"id": f"{code}:{edition}", "code": code, "edition": edition, "level": level, "title": NAME}
    return Standard.read({**stated, "products": selectors, "validFrom": day(0), **more})


def test_local_and_group_standards_yield_once_a_national_one_is_in_force():
    frame = standard("GB/T 24067", "national", subtree=None)
    group, local = standard("T/1", "group"), standard("DB32/1", "local")
    national = standard("GB/T 1", "national", validFrom=day(5))
    elsewhere = standard("GB/T 2", "national", subtree="3711")
    abroad = standard("ISO 1", "international")
    register = [abroad, group, national, local, frame, elsewhere]
    before = precedence(register, SOLAR, T0)
    assert ([one.code for one in before.leading], before.displaced) == (
        ["GB/T 24067", "DB32/1", "T/1", "ISO 1"],
        (),
    )
    after = precedence(register, SOLAR, T0 + 5 * DAY)
    assert [one.code for one in after.leading] == ["GB/T 1", "GB/T 24067", "ISO 1"]
    assert [(one.standard.code, one.by.code, one.ground) for one in after.displaced] == [
        ("DB32/1", "GB/T 1", Ground.NATIONAL),
        ("T/1", "GB/T 1", Ground.NATIONAL),
    ]
    assert precedence(reversed(register), SOLAR, T0 + 5 * DAY) == after


def test_an_edition_takes_the_place_of_the_one_it_supersedes():
    old = standard("GB/T 1", "national", edition="2015")
    supersedes = [{"code": "GB/T 1", "edition": "2015"}, {"code": "T/1", "edition": "2024"}]
    new = standard("GB/T 1", "national", edition="2025", supersedes=supersedes, validFrom=day(5))
    assert precedence([new, old], SOLAR, T0).leading == (old,)
    found = precedence([new, old], SOLAR, T0 + 5 * DAY)
    assert found.leading == (new,)
    assert [(one.standard, one.ground) for one in found.displaced] == [(old, Ground.SUPERSEDED)]


def test_an_excluded_product_is_not_meant():
    selectors = [
        {"system": "gbt7635.1-2002", "code": "464", "match": "subtree"},
        {"system": "gbt7635.1-2002", "code": "46414", "match": "subtree", "exclude": True},
    ]
    one = standard("T/1", "group", products=selectors)
    assert precedence([one], SOLAR, T0).leading == ()
    assert one.is_for([ProductCode(system="gbt7635.1-2002", code="46422·017")])
    assert not one.is_for([ProductCode(system="stat", code="46422")])
