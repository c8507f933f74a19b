"""``carbonbridge conformance`` as people and pipelines use it: options, ends, prompts, files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.clients.conformance.conftest import Bench
from tests.clients.conformance.fake import LOGIN

from carbonbridge.client.cli.main import main
from carbonbridge.client.cli.verbs import conformance
from carbonbridge.client.conformance import PactVersion
from carbonbridge.client.conformance.catalogue import STRICT

Suite = Callable[..., tuple[int, str, str]]


@pytest.fixture
def suite(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Suite:
    """Run the command against the fake host, which answers callbacks at once."""
    bench.fake.be(PactVersion.V3_0)
    monkeypatch.setenv("CARBONBRIDGE_CLIENT_SECRET", LOGIN[1])
    monkeypatch.setattr("carbonbridge.client.cli.verbs.conformance.SETTLE_SECONDS", 0.1)

    def command(*words: str) -> tuple[int, str, str]:
        fixed = ["conformance", bench.fake.url, "--client-id", LOGIN[0], "--ca-file", str(bench.wire.ca_file)]
        files = ["--callback-cert", str(bench.address.certificate), "--callback-key", str(bench.address.key)]
        status = main([*fixed, *files, *words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        assert LOGIN[1] not in printed.out + printed.err
        return status, printed.out, printed.err

    return command


def test_all_is_well(suite: Suite, tmp_path: Path) -> None:
    report, xml = tmp_path / "new" / "report.json", tmp_path / "report.xml"
    status, out, err = suite("--strict", "--json", str(report), "--junit", str(xml))
    assert status == 0, out
    assert f"{1 + 39 + len(STRICT)} of {1 + 39 + len(STRICT)} mandatory cases passed" in out
    assert "callbacks at https://localhost:" in err
    assert json.loads(report.read_text())["passed"] is True
    assert ElementTree.parse(xml).getroot().get("failures") == "0"


def test_the_stricter_set_counts_only_where_that_is_wanted(bench: Bench, suite: Suite) -> None:
    bench.fake.be(PactVersion.V3_0, "abc")
    status, out, _ = suite()
    assert status == 0
    assert "S-01" in out
    assert "FAILED" in out
    status, _, _ = suite("--strict")
    assert status == 1
    status, out, _ = suite("--only-published")
    assert status == 0
    assert "S-01" not in out


def test_some_cases_in_chinese(bench: Bench, suite: Suite) -> None:
    bench.fake.be(PactVersion.V3_0, "unquoted rel")
    status, out, err = suite("--case", "5", "--case", "4", "--lang", "zh")
    assert status == 1
    assert "未通过" in out
    assert "可能原因: rel 必须加引号" in out
    assert "回调地址" in err
    assert "\n12 " not in out


def test_a_host_that_says_nothing_is_given_up_in_time(bench: Bench, suite: Suite) -> None:
    bench.fake.be(PactVersion.V3_0, "silent")
    status, out, _ = suite("--case", "3", "--case", "4", "--timeout", "0.3")
    assert status == 1
    assert "no answer within 0.3 s" in out
    assert "2 of 3 mandatory cases passed" in out


def test_v2(bench: Bench, suite: Suite) -> None:
    bench.fake.be(PactVersion.V2_3)
    status, out, _ = suite("--pact", "2.3", "--only-published")
    assert status == 0, out
    assert "PACT 2.3" in out


def test_a_host_that_is_no_host_for_a_version(suite: Suite, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    status, out, err = suite("--pact", "2.0", "--json", str(report))
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith("carbonbridge: the other host: no test is possible: 404")
    assert [case["number"] for case in json.loads(report.read_text())["cases"]] == ["0"]


def test_wrong_credentials_say_what_to_do(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBONBRIDGE_CLIENT_SECRET", "another-secret")
    status, _, err = suite()
    assert status == 1
    assert "Check base URL, client id and client secret" in err


def test_the_form_of_the_token_request(bench: Bench, suite: Suite, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    status, _, _ = suite("--case", "1", "--scope", "a b", "--audience", "me", "--json", str(report))
    assert status == 0
    [_, case] = json.loads(report.read_text())["cases"]
    assert "grant_type=client_credentials&scope=a+b&audience=me" in case["sent"][0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--case", "99"], "no case '99'"),
        (["--callback-http"], "exclude each other"),
        (["--callback-host", "0.0.0.0"], "--callback-url"),
        (["--callback-host", "192.0.2.1"], "cannot be received"),
    ],
)
def test_wrong_use_is_one_line(suite: Suite, words: list[str], told: str) -> None:
    status, out, err = suite(*words)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_a_person_at_a_terminal_is_asked_for_the_secret(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CARBONBRIDGE_CLIENT_SECRET")
    status, _, err = suite("--case", "1")
    assert status == 2
    assert "client secret is missing" in err
    monkeypatch.setattr(conformance, "at_terminal", lambda: True)
    monkeypatch.setattr(conformance.getpass, "getpass", lambda *_: LOGIN[1])
    status, _, _ = suite("--case", "1")
    assert status == 0


def test_a_throw_away_authority_is_written_for_the_host_to_trust(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench.fake.be(PactVersion.V3_0)
    monkeypatch.setenv("CARBONBRIDGE_CLIENT_SECRET", LOGIN[1])
    fixed = ["conformance", bench.fake.url, "--client-id", LOGIN[0], "--ca-file", str(bench.wire.ca_file)]
    written = tmp_path / "ca.pem"
    assert main([*fixed, "--case", "3", "--callback-ca-out", str(written)]) == 0
    assert written.read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert main([*fixed, "--case", "13", "--callback-http"]) == 0
