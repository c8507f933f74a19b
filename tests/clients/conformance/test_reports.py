"""What the reports tell: everything that is needed to find the fault, and no secret."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.console import Console
from tests.clients.conformance.conftest import Bench
from tests.clients.conformance.fake import LOGIN

from carbonbridge.client.conformance import PactVersion, Report
from carbonbridge.client.conformance.case import Outcome
from carbonbridge.client.conformance.report_json import document
from carbonbridge.client.conformance.report_junit import junit
from carbonbridge.client.conformance.report_screen import screen
from carbonbridge.client.conformance.target import CALLBACK_SECRET
from carbonbridge.client.conformance.wording import Text

pytestmark = pytest.mark.xdist_group("conformance-reports")

V3 = PactVersion.V3_0


@pytest.fixture(scope="module")
def failed(bench: Bench) -> Report:
    """A host with a few faults, one of them a callback that never comes."""
    return bench.report(V3, "unquoted rel", "null", "no retry", "bearer code", wait_seconds=1.0)


def shown(report: Report, lang: str) -> str:
    sink = io.StringIO()
    Console(file=sink, width=400, markup=False, highlight=False, emoji=False).print(screen(report, lang))
    return sink.getvalue()


def everything(report: Report) -> str:
    texts = [json.dumps(document(report, "test"), ensure_ascii=False)]
    for lang in ("en", "zh"):
        texts += [junit(report, lang).decode(), shown(report, lang)]
    return "\n".join(texts)


def test_json_says_what_was_sent_expected_received_and_the_likely_cause(failed: Report) -> None:
    told = document(failed, "carbonbridge 1")
    assert (told["passed"], told["pact"], told["program"]) == (False, "3.0", "carbonbridge 1")
    assert told["counts"]["pending"] == 1
    by_number = {case["number"]: case for case in told["cases"]}
    assert all(case["sent"] for case in told["cases"])
    assert by_number["13"]["sent"] == by_number["12"]["sent"]
    assert list(by_number)[:2] == ["0", "1"]
    link = by_number["5"]
    assert (link["outcome"], link["set"], link["mandatory"]) == ("failed", "published", True)
    assert link["section"] == "PACT: Pagination; RFC 8288"
    assert "rel=next" in link["received"]["en"]
    assert "quotes" in link["likelyCause"]["en"]
    assert "引号" in link["likelyCause"]["zh"]
    get = by_number["3"]
    assert get["sent"][0].startswith("curl -X GET https://localhost:")
    assert get["received"]["en"] == "data.comment is null"
    assert get["received"]["zh"] == "data.comment 为 null"
    assert by_number["6"]["warnings"][0]["en"] == "the code should be BadRequest, not TokenExpired"
    assert by_number["S-20"]["outcome"] == "pending"


def test_no_report_holds_a_secret_or_a_token(bench: Bench, failed: Report) -> None:
    text = everything(failed)
    assert bench.fake.tokens
    for secret in (LOGIN[1], CALLBACK_SECRET, *bench.fake.tokens):
        assert secret not in text
    bearers = re.findall(r"(?:Bearer|Basic) ([^'\"\s\\]+)", text)
    assert set(bearers) == {"***"}


def test_a_host_that_sends_back_our_token_does_not_get_it_into_the_report(bench: Bench) -> None:
    report = bench.report(V3, "echoes", only=["1", "3", "S-32"])
    text = everything(report)
    assert text.count("***") > 6
    basic = base64.b64encode(":".join(LOGIN).encode()).decode()
    assert not any(secret in text for secret in (*bench.fake.tokens, *LOGIN[1:], basic))


def test_junit_is_red_exactly_where_the_verdict_is(failed: Report) -> None:
    root = ElementTree.fromstring(junit(failed, "en"))
    [suite] = root
    assert suite.get("name") == f"PACT 3.0 {failed.target.base_url}"
    found = {case.get("name", "").split()[0]: [child.tag for child in case] for case in suite}
    assert found["1"] == []
    assert found["5"] == ["failure"]
    assert found["6"] == ["system-out"]
    assert found["S-20"] == ["failure"]
    failures = [name for name, tags in found.items() if "failure" in tags]
    assert suite.get("failures") == str(len(failures))
    [detail] = [case.find("failure") for case in suite if (case.get("name") or "").startswith("5 ")]
    assert detail is not None
    assert "sent: curl -X GET" in (detail.text or "")
    assert "likely cause:" in (detail.text or "")


def test_what_does_not_count_is_skipped_in_junit(failed: Report) -> None:
    lenient = replace(
        failed, results=tuple(replace(one, mandatory=one.case.published) for one in failed.results)
    )
    root = ElementTree.fromstring(junit(lenient, "zh"))
    tags = {case.get("name", "").split()[0]: [child.tag for child in case] for case in root[0]}
    assert tags["S-20"] == tags["S-04"] == ["skipped"]
    assert tags["5"] == ["failure"]


def test_junit_survives_what_no_xml_may_hold(failed: Report) -> None:
    nasty = "\x1b[31m\x00\ud800]]><&"
    results = tuple(replace(one, received=Text(nasty, nasty)) for one in failed.results)
    ElementTree.fromstring(junit(replace(failed, results=results), "en"))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["FAILED", "pending", "likely cause:", "mandatory cases passed"]),
        ("zh", ["未通过", "等待中", "可能原因:"]),
    ],
)
def test_the_screen_shows_each_failure_in_full(failed: Report, lang: str, words: list[str]) -> None:
    text = shown(failed, lang)
    for word in words:
        assert word in text
    assert "[red]" not in text


def test_a_verdict_needs_a_case_that_counts(failed: Report) -> None:
    nothing = replace(failed, results=tuple(replace(one, mandatory=False) for one in failed.results))
    assert not nothing.passed
    assert {one.outcome for one in failed.results} >= {Outcome.PASSED, Outcome.FAILED, Outcome.PENDING}
