"""Each trap that implementers have fallen into is caught by the case that is for it, and by no other."""

from __future__ import annotations

import pytest
from tests.clients.conformance.conftest import Bench

from carbonbridge.client.conformance import PactVersion
from carbonbridge.client.conformance.case import Outcome

#: A callback cut off in its TLS handshake, as a run ends, leaves its socket to the collector (httpcore).
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")

V3, V2_3, V2_2, V2_0 = PactVersion.V3_0, PactVersion.V2_3, PactVersion.V2_2, PactVersion.V2_0

READING = "3 4 13"


@pytest.mark.parametrize("pact", list(PactVersion))
def test_a_host_that_is_all_right_passes(bench: Bench, pact: PactVersion) -> None:
    assert bench.caught(pact) == {}


@pytest.mark.parametrize(
    ("quirk", "numbers"),
    [
        ("unquoted rel", "5"),
        ("inner links", "5 S-10 S-11 S-12 S-13"),
        ("no link", "5 S-11 S-12:skipped S-13"),
        ("null", f"{READING} S-04"),
        ("number", f"{READING} S-01 S-35"),
        ("required is missing", f"{READING} S-35"),
        ("abc", "S-01 S-35"),
        ("exponent", "S-01"),
        ("negative", "S-02 S-35"),
        ("positive uptake", "S-02 S-35"),
        ("no amount", "S-02 S-35"),
        ("rating 99", "S-03"),
        ("share 101", "S-03"),
        ("empty array", "S-04"),
        ("urn with a blank", "S-05"),
        ("too long validity", "S-07"),
        ("one bound", "24 S-07"),
        ("two places", "S-08 S-35"),
        ("packaging", "S-08"),
        ("get differs", "S-09 S-22"),
        ("links forget limit", "S-10"),
        ("order changes", "S-11 S-12"),
        ("links work once", "S-10 S-11 S-12"),
        ("links forget filters", "S-13"),
        ("any limit", "S-14 S-32"),
        ("letter case", "S-15"),
        ("names as written", "S-16"),
        ("blank stays", "S-17"),
        ("deprecated is active too", "27 S-18"),
        ("202", "12 14.A 15 S-19 S-20 S-21 S-22 S-23 S-24"),
        ("says ok", "S-24"),
        ("cloudevents only", "S-24"),
        ("anything goes", "40 S-25 S-26"),
        ("must be known", "15 S-24"),
        ("events twice", "S-19"),
        ("new id", "S-20"),
        ("callback twice", "S-19"),
        ("no token fetched", "S-21"),
        ("no time", "S-21"),
        ("fulfilled differs", "S-22"),
        ("same id", "S-23"),
        ("callback elsewhere", "13 14.B S-19 S-20:pending S-21"),
        ("no message", "14.B"),
        ("problem json", "8 S-26 S-32"),
        ("html errors", "8 S-26 S-32"),
        ("status checked", "37"),
        ("companies checked", "29 39"),
        ("hierarchy", "22"),
        ("null for nothing", "30 31 32 33 34 35 36 37 38 39"),
        ("no filters", "20 22 23 27 28 30 31 32 33 34 35 36 37 38 39 S-13 S-18"),
        ("any secret", "2 19 S-31"),
        ("any grant", "S-31"),
        ("no expires_in", "S-27"),
        ("endless token", "S-28"),
        ("signatures unchecked", "S-29"),
        ("no token needed", "S-30"),
        ("plain http", "9 10 11 17"),
        ("openid", "18 19"),
        ("openid+plain http", "9 10 11 17 18 19 S-33"),
        ("openid+plain http+token over http", "9 10 11 17 S-33 S-34"),
        ("hash", "23"),
        ("offset dates", "S-06"),
        ("offset dates+blank stays", "24 S-06 S-17"),
        ("no geography", ""),
        ("no geography+empty is nothing", "22"),
        ("no classification+empty is nothing", "23"),
        ("first link", ""),
        ("bearer code", ""),
        ("no retry", "S-20:pending"),
        ("one answer a product", "S-19:pending S-20:pending S-21:pending S-22:pending S-23:pending"),
        ("refused at once", "14.A 14.B:pending"),
        (
            "request ids are uuids",
            "13:pending 14.B:pending S-19:pending S-20:pending S-21:pending S-22:pending S-23:pending",
        ),
    ],
)
def test_v3_trap(bench: Bench, quirk: str, numbers: str) -> None:
    assert bench.caught(V3, *quirk.split("+"), **waits(quirk, numbers)) == expected(numbers)


@pytest.mark.parametrize(
    ("pact", "quirk", "numbers"),
    [
        (V2_0, "no sources", READING),
        (V2_3, "null", f"{READING} S-04 S-35"),
        (V2_3, "number", f"{READING} S-01 S-35"),
        (V2_2, "bearer code", "16"),
        (V2_2, "anything goes", "21 S-25 S-26"),
        (V2_2, "problem json", "8 16 S-26 S-32"),
        (V2_3, "unquoted rel", "5"),
        (V2_3, "202", "12 14.A 15 S-19 S-20 S-21 S-22 S-23 S-24"),
        (V2_3, "callback elsewhere", "13 14.B S-19 S-20:pending S-21"),
    ],
)
def test_v2_trap(bench: Bench, pact: PactVersion, quirk: str, numbers: str) -> None:
    assert bench.caught(pact, *quirk.split("+"), **waits(quirk, numbers)) == expected(numbers)


@pytest.mark.parametrize("quirk", ["one footprint", "no footprint"])
def test_a_host_without_footprints_is_not_tested(bench: Bench, quirk: str) -> None:
    report = bench.report(V3, quirk)
    assert [(one.case.number, one.outcome) for one in report.results] == [("0", Outcome.FAILED)]
    assert not report.passed


def waits(quirk: str, numbers: str) -> dict[str, float]:
    """Short where nothing will come, long where something has to come even on a busy machine."""
    if "pending" in numbers or quirk == "no token fetched":
        return {"wait_seconds": 3.0}
    return {"settle_seconds": 10.0} if quirk.endswith("twice") else {}


def expected(numbers: str) -> dict[str, Outcome]:
    """``"5 S-12:skipped"``: failed unless something else is said."""
    parts = [word.partition(":") for word in numbers.split()]
    return {number: Outcome(outcome or "failed") for number, _, outcome in parts}
