"""The published cases are all there, with the official suite's numbers, for each version; and some of them chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from carbonbridge.client.conformance import PactVersion, cases, chosen
from carbonbridge.client.conformance.catalogue import PUBLISHED, STRICT
from carbonbridge.core.errors import BadInput

V3_NUMBERS = [*map(str, range(1, 14)), "14.A", "14.B", *map(str, range(15, 41))]
V2_NUMBERS = [*map(str, range(1, 14)), "14.A", "14.B", *map(str, range(15, 22))]


def numbers(pact: PactVersion, *, mandatory: bool = False) -> list[str]:
    found = [case for case in cases(pact, strict=False) if not mandatory or pact in case.mandatory]
    return [case.number for case in found]


def test_v3_has_41_cases_of_which_39_are_mandatory() -> None:
    assert numbers(PactVersion.V3_0) == V3_NUMBERS
    assert len(V3_NUMBERS) == 41
    mandatory = numbers(PactVersion.V3_0, mandatory=True)
    assert [number for number in V3_NUMBERS if number not in mandatory] == ["18", "19"]


@pytest.mark.parametrize("pact", [PactVersion.V2_2, PactVersion.V2_3])
def test_v2_with_events_has_22_cases_of_which_19_are_mandatory(pact: PactVersion) -> None:
    assert numbers(pact) == V2_NUMBERS
    assert len(V2_NUMBERS) == 22
    mandatory = numbers(pact, mandatory=True)
    assert [number for number in V2_NUMBERS if number not in mandatory] == ["18", "19", "20"]


@pytest.mark.parametrize("pact", [PactVersion.V2_0, PactVersion.V2_1])
def test_v2_without_events_has_11_mandatory_cases(pact: PactVersion) -> None:
    assert numbers(pact) == V2_NUMBERS
    assert numbers(pact, mandatory=True) == V2_NUMBERS[:11]


def test_the_stricter_set_is_numbered_without_a_gap_and_is_never_mandatory_by_itself() -> None:
    assert [case.number for case in STRICT] == [f"S-{number:02d}" for number in range(1, len(STRICT) + 1)]
    assert not any(case.mandatory for case in STRICT)
    assert all(case.optional for case in STRICT)


def test_the_documentation_has_the_numbers() -> None:
    page = (Path(__file__).parents[3] / "docs" / "conformance.md").read_text("utf-8")
    assert f"S-01 to S-{len(STRICT)}" in page
    assert "41 for v3.0" in page
    assert "22 for v2.0 to v2.3" in page


def test_every_case_says_what_it_expects_in_two_languages_and_where_that_is_written() -> None:
    for case in (*PUBLISHED, *STRICT):
        for text in (case.name, case.expects):
            assert text.en
            assert any("\u4e00" <= char <= "\u9fff" for char in text.zh), case.number
        assert case.section


def test_a_callback_brings_along_the_request_that_it_answers() -> None:
    every = cases(PactVersion.V3_0)
    assert [case.number for case in chosen(every, ["14.b", " 5"])] == ["5", "14.A", "14.B"]


def test_a_case_that_is_none() -> None:
    with pytest.raises(BadInput, match="there is no case '41'"):
        chosen(cases(PactVersion.V3_0), ["41"])
    with pytest.raises(BadInput, match="S-13"):
        chosen(cases(PactVersion.V2_0), ["S-13"])
