"""``carbonbridge lint``: what it shows, and how it ends."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest
from tests.clients.host import said
from tests.core.footprints import FOOTPRINT_ID
from tests.core.lint.documents import reported

AT = ["--at", "2026-03-01"]


@pytest.fixture
def file(tmp_path):
    def write(document, name="f.json"):
        path = tmp_path / name
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return str(path)

    return write


def test_a_sound_footprint_ends_well(run, file):
    ended = run("lint", file(reported()), *AT)
    assert (ended.status, ended.err) == (0, "")
    assert FOOTPRINT_ID in ended.out
    assert "0 errors, 0 warnings, 0 notes · score 100/100" in ended.out


def test_an_error_is_shown_with_its_field_and_remedy_and_ends_badly(run, file):
    ended = run("lint", file(reported({"fossilGhgEmissions": "-1"})), *AT)
    assert (ended.status, ended.err) == (1, "")
    [line] = [line for line in ended.out.splitlines() if "PCF-SIGN" in line]
    for text in ("error", "pcf.fossilGhgEmissions", "must be a decimal number >= 0, not -1", "Emissions"):
        assert text in line


def test_warnings_alone_end_well(run, file):
    ended = run("lint", file(reported({"ipccCharacterizationFactors": ["AR5"]})), *AT)
    assert ended.status == 0
    assert "warning" in ended.out
    assert "score 95/100" in ended.out


def test_in_chinese(run, file, monkeypatch):
    name = file(reported({"fossilGhgEmissions": "-1"}))
    shown = run("lint", name, "--lang", "zh", *AT).out
    for text in ("错误", "级别", "如何处理", "正负号", "1 个错误", "得分"):
        assert text in shown
    monkeypatch.setenv("CARBONBRIDGE_LANG", "zh")
    assert "正负号" in run("lint", name, *AT).out


def test_as_json(run, file):
    ended = run("lint", file(reported({"exemptedEmissionsPercent": "101"})), "--json", *AT)
    answer = json.loads(ended.out)
    assert ended.status == 1
    assert (answer["errors"], answer["warnings"], answer["notes"], answer["score"]) == (1, 1, 0, 75)
    [made] = answer["footprints"]
    found = made["findings"][0]
    assert (made["footprintId"], made["score"]) == (FOOTPRINT_ID, 75)
    assert (found["code"], found["field"]) == ("PCF-SHARE", "pcf.exemptedEmissionsPercent")
    assert (found["severity"], found["layer"]) == ("error", "methodology")
    assert set(found["message"]) == set(found["remedy"]) == {"en", "zh"}
    assert found["source"].startswith("PACT v3.0.3")


def test_several_files_and_lines_are_judged_beside_each_other(run, file):
    other = reported(id="7a1c0d5e-0000-4000-8000-000000000000")
    lines = b"\n".join(json.dumps(item).encode() for item in (reported(), other, reported(comment="x")))
    ended = run("lint", file(reported()), file(lines, "f.ndjson"), *AT)
    assert ended.status == 1
    assert "f.ndjson:1" in ended.out
    for code in ("PCF-SAME-DOCUMENT", "PCF-SAME-PRODUCT", "PCF-SAME-ID"):
        assert code in ended.out
    assert "4 footprints, 1 with errors · lowest score 80/100" in ended.out


def test_from_standard_input(run, monkeypatch):
    data = io.BytesIO(json.dumps({"data": [reported()]}).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=data))
    ended = run("lint", "-", *AT)
    assert ended.status == 0
    assert "-#1" in ended.out


def test_another_day(run, file):
    bare = file(reported({"dqi": None}))
    assert "PCF-SHALL-2027" in run("lint", bare, *AT).out
    assert "1 warning," in run("lint", bare, "--at", "2027-12-31").out
    ended = run("lint", bare, "--at", "tomorrow")
    assert ended.status == 2
    assert "2027-12-31" in ended.err


def test_a_footprint_cannot_write_to_the_terminal(run, file):
    evil = "\x1b]0;owned\x07 [bold red]x[/]"
    shown = run("lint", file(reported(id=evil, productIds=[f"urn:{evil}"])), *AT).out
    assert "\x1b" not in shown
    assert "[bold red]x[/]" in shown


def test_publishing_hints_at_findings_and_changes_nothing_else(at_host, host, file):
    host.answers["POST", "/o/x/api/v1/footprints"] = said({"id": FOOTPRINT_ID})
    doubtful = file(reported({"ipccCharacterizationFactors": ["AR5"]}))
    ended = at_host("publish", doubtful)
    assert ended.status == 0
    assert "The linter found: 0 errors, 1 warning, " in ended.out
    assert "carbonbridge lint" in ended.out
    assert json.loads(at_host("publish", doubtful, "--json").out) == {"id": FOOTPRINT_ID}
    sound = reported({"referencePeriodStart": "2024-01-01T00:00:00Z"})
    assert "linter" not in at_host("publish", file(sound, "s.json")).out
