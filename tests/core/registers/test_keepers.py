"""Who keeps which register: every kind of organisation at every register."""

from __future__ import annotations

from itertools import product

import pytest
from tests.support.entries import ENTRIES

from carbonbridge.core.errors import AccessDenied
from carbonbridge.core.organisation import OrganisationKind as Kind
from carbonbridge.core.register import REGISTER_NAMES
from carbonbridge.core.register import RegisterKind as Register
from carbonbridge.core.registers.keepers import BODY_PARTS, check_keeper, may_keep
from carbonbridge.core.registers.reading import RECORDS

#: One letter a kind; a register that is not here, or a letter that is not there, is a no.
EXPECTED = {
    "scheme": "PRA",
    "agreement": "PRA",
    "issuer": "PR",
    "factor-set": "PRS",
    "body": "PRKC",
    "rule": "PR",
    "standard": "PRS",
    "mark": "PRA",
    "mark-grant": "PRAC",
    "deny-list": "PR",
    "legal-instrument": "PR",
    "organisation-keys": "",
}
LETTERS = {
    Kind.ENTERPRISE: "E",
    Kind.CERTIFICATION_BODY: "C",
    Kind.STANDARDS_BODY: "S",
    Kind.LABORATORY: "L",
    Kind.ALLIANCE: "A",
    Kind.PLATFORM_OPERATOR: "P",
    Kind.REGULATOR: "R",
    Kind.ACCREDITATION_BODY: "K",
}
BODY = {
    **ENTRIES[Register.BODY],
    "sites": [],
    "staff": [{"field": "01", "persons": 10}],
    "approvals": [{"field": "01", "number": "1", "validFrom": "2025-01-01T00:00:00Z"}],
    "accreditations": [{"number": "1"}],
    "creditGrades": [{"grade": "A"}],
}
PARTS = ("id", "name", "sites", "staff", "approvals", "accreditations", "creditGrades")


def test_every_register_has_a_record_a_name_and_a_row():
    assert set(RECORDS) == set(Register) == set(REGISTER_NAMES.values())
    assert EXPECTED.keys() == {register.value for register in Register}
    assert LETTERS.keys() == set(Kind)


@pytest.mark.parametrize(("kind", "register"), list(product(Kind, Register)))
def test_the_table(kind: Kind, register: Register):
    assert may_keep(kind, register) == (LETTERS[kind] in EXPECTED[register.value])
    if not may_keep(kind, register):
        with pytest.raises(AccessDenied) as caught:
            check_keeper(kind, register, {}, None)
        assert caught.value.field == "kind"


@pytest.mark.parametrize(("kind", "part"), list(product([*BODY_PARTS, Kind.PLATFORM_OPERATOR], PARTS)))
def test_each_changes_its_own_part_of_a_bodys_entry(kind: Kind, part: str):
    changed = {**BODY, part: "other"}
    allowed = part in BODY_PARTS.get(kind, set(PARTS))
    if allowed:
        check_keeper(kind, Register.BODY, changed, BODY)
    else:
        with pytest.raises(AccessDenied) as caught:
            check_keeper(kind, Register.BODY, changed, BODY)
        assert caught.value.field == part


def test_who_may_add_a_body():
    new = {**ENTRIES[Register.BODY], "approvals": []}
    for kind in (Kind.REGULATOR, Kind.PLATFORM_OPERATOR, Kind.ACCREDITATION_BODY):
        check_keeper(kind, Register.BODY, new, None)
    with pytest.raises(AccessDenied):
        check_keeper(Kind.CERTIFICATION_BODY, Register.BODY, new, None)
    with pytest.raises(AccessDenied):
        check_keeper(Kind.ACCREDITATION_BODY, Register.BODY, BODY, None)
