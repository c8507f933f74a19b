"""What the verbs show and write when all goes well."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from tests.clients.certified import ISSUERS, KEYS, PUBLISHER, as_bytes, published
from tests.clients.host import Said, said
from tests.core.footprints import FOOTPRINT_ID, footprint_document

LINEAGE = {
    "id": "module",
    "name": {"en": "PV module", "zh": "光伏组件"},
    "kind": "product",
    "amount": "1",
    "unit": "square meter",
    "value": "100",
    "children": [
        {
            "id": "glass",
            "name": {"en": "Solar glass", "zh": "光伏玻璃"},
            "kind": "supplier",
            "amount": "8",
            "unit": "kilogram",
            "value": "9.1234567",
            "share": "9.1235",
            "company": "Glass Works",
            "footprintId": FOOTPRINT_ID,
            "verdict": "conditional",
        }
    ],
}


def sent(host, path):
    [asked] = [one for one in host.asked if one.path == path]
    return asked.json()


def test_publish_sends_the_file_as_it_is(at_host, host, tmp_path):
    host.answers["POST", "/o/x/api/v1/footprints"] = said({"id": FOOTPRINT_ID, "statementDigest": "sha256:0"})
    file, certificate = tmp_path / "f.json", tmp_path / "c.jwt"
    file.write_bytes(b'{"id" :"x","n":1.10}')
    certificate.write_bytes(b"a.b.c\n")
    ended = at_host("publish", str(file), "--certificate", str(certificate))
    assert ended.status == 0
    assert host.asked[-1].body == b'{"footprint":{"id" :"x","n":1.10},"certificate":"a.b.c"}'
    assert FOOTPRINT_ID in ended.out


def test_a_certificate_is_written_and_can_be_published(at_host, host, tmp_path):
    host.answers["POST", "/o/x/api/v1/certificates"] = said({"certificate": "a.b.c"})
    for name in ("f.json", "fields.json"):
        (tmp_path / name).write_text('{"number": "1"}')
    out = tmp_path / "new" / "c.jwt"
    words = [
        "certify",
        str(tmp_path / "f.json"),
        "--fields",
        str(tmp_path / "fields.json"),
        "--out",
        str(out),
    ]
    assert at_host(*words).status == 0
    assert out.read_bytes() == b"a.b.c"
    assert sent(host, "/o/x/api/v1/certificates") == {"number": "1", "footprint": {"number": "1"}}


def test_a_decline_needs_a_reason(at_host, host):
    assert at_host("decide", "k", "--decline").status == 2
    host.answers["POST", "/o/x/api/v1/applications/k/decision"] = said({})
    assert at_host("decide", "k", "--decline", "--reason", "why").status == 0
    assert sent(host, "/o/x/api/v1/applications/k/decision") == {"certify": False, "reason": "why"}


def test_criteria_are_asked_in_pacts_words(at_host, host):
    host.answers["POST", "/o/x/api/v1/requests"] = said({"id": "r"}, 201)
    words = ["--product-id", "urn:a:b", "--product-id", "urn:a:c", "--valid-on", "2026-01-31T08:00:00+08:00"]
    assert at_host("ask", "c", *words, "--status", "Active", "--comment", "please").status == 0
    assert sent(host, "/o/x/api/v1/requests") == {
        "connectionId": "c",
        "criteria": {
            "productId": ["urn:a:b", "urn:a:c"],
            "status": "Active",
            "validOn": "2026-01-31T00:00:00Z",
        },
        "comment": "please",
    }


def test_a_date_that_is_none_is_not_asked(at_host, host):
    ended = at_host("ask", "c", "--valid-on", "tomorrow")
    assert (ended.status, host.asked) == (2, [])
    assert "validOn" in ended.err


@pytest.mark.parametrize("words", [[], ["--product", "urn:a:b", "--all"]])
def test_share_says_what_to_share_once(at_host, host, words):
    assert at_host("share", "c", *words).status == 2
    assert host.asked == []


def test_footprints_as_a_table_and_as_json(at_host, host):
    host.answers["GET", "/o/x/api/v1/footprints"] = said([footprint_document()])
    shown = at_host("footprints").out
    assert all(text in shown for text in (FOOTPRINT_ID, "Solar glass 3.2 mm", "9.1", "1 square meter"))
    assert json.loads(at_host("footprints", "--json").out) == [footprint_document()]


def test_tables_and_messages_in_chinese(at_host, host, monkeypatch):
    host.answers["GET", "/o/x/api/v1/footprints"] = said([footprint_document()])
    assert "产品" in at_host("footprints", "--lang", "zh").out
    assert "产品" in at_host("--lang", "zh", "footprints").out
    assert "产品" not in at_host("footprints").out
    monkeypatch.setenv("CARBONBRIDGE_LANG", "zh")
    assert "有效" in at_host("footprints").out
    assert "产品" not in at_host("footprints", "--lang", "en").out


LISTINGS = {
    "applications": "applications",
    "audit": "audit",
    "calculations": "calculations",
    "clients": "clients",
    "connections": "connections",
    "footprints": "footprints",
    "grants": "grants",
    "outbox": "outbox",
    "products": "products",
    "received": "received",
    "requests": "requests",
    "verdicts": "verdicts",
    "preview c": "connections/c/preview",
}


@pytest.mark.parametrize("verb", LISTINGS)
def test_every_listing_has_chinese_headings(at_host, host, verb):
    host.answers["GET", f"/o/x/api/v1/{LISTINGS[verb]}"] = said([{"id": "1"}])
    headings = at_host(*verb.split(), "--lang", "zh").out.splitlines()[0].split()
    assert [word for word in headings if word.isascii()] in ([], ["kgCO2e"])


def test_lineage_is_a_tree_with_value_share_source_and_verdict(at_host, host):
    figures = [{"unit": "kWp", "name": {"en": "per kWp", "zh": "每kWp"}, "value": "486"}]
    host.answers["GET", "/o/x/api/v1/products/m/lineage"] = said({"lineage": LINEAGE, "figures": figures})
    shown = at_host("lineage", "m").out
    root, child = (
        line for line in shown.splitlines() if ("kgCO2e " in line and "[" in line) or "PV module" in line
    )
    assert root.startswith("PV module")
    assert child.startswith("└── Solar glass")
    for text in ("9.1235 kgCO2e", "9.12 %", f"[Glass Works {FOOTPRINT_ID}]", "conditional"):
        assert text in child
    assert "486" in shown
    assert "光伏玻璃" in at_host("lineage", "m", "--lang", "zh").out


def test_recognise_shows_the_newest_verdict_check_by_check(at_host, host):
    check = {
        "step": 1,
        "code": "A-NONE",
        "class": "hard",
        "outcome": "fail",
        "required": "an agreement",
        "found": "none",
        "message": {"en": "Not met: an agreement.", "zh": "不满足：互认协议。"},
    }
    verdict = {
        "verdict": "rejected",
        "native": False,
        "toScheme": "gba-cfp",
        "level": "L1",
        "purpose": "p",
        "at": "2026-01-01T00:00:00Z",
        "checks": [check],
        "inputs": [],
        "evaluator": "e/1",
    }
    host.answers["GET", "/o/x/api/v1/verdicts"] = said(
        [
            {"id": "old", "footprintId": "f", "decidedAt": "2026-01-01T00:00:00Z"},
            {"id": "new", "footprintId": "f", "decidedAt": "2026-01-02T00:00:00Z"},
            {"id": "other", "footprintId": "g", "decidedAt": "2026-01-03T00:00:00Z"},
        ]
    )
    host.answers["GET", "/o/x/api/v1/verdicts/new"] = said(verdict)
    shown = at_host("recognise", "f").out
    assert "rejected" in shown
    assert "Not met: an agreement." in shown
    assert "不满足" in at_host("recognise", "f", "--lang", "zh").out
    assert at_host("recognise", "nothing").status == 1


def test_a_new_secret_goes_to_a_private_file_and_nowhere_else(at_host, host, tmp_path):
    made = {"clientId": "c-1", "clientSecret": "new-secret", "role": "partner"}
    host.answers["POST", "/o/x/api/v1/clients"] = said(made, 201)
    out = tmp_path / "secret"
    for words in ([], ["--json"]):
        out.unlink(missing_ok=True)
        ended = at_host("enrol", "--connection", "c", "--out", str(out), *words)
        assert (ended.status, "new-secret" in ended.out + ended.err) == (0, False)
        assert out.read_text() == "new-secret"
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    asked = len(host.asked)
    assert at_host("enrol", "--connection", "c", "--out", str(out)).status == 2
    assert len(host.asked) == asked, "no secret is made that could not be kept"
    assert "new-secret" in at_host("enrol", "--connection", "c").out


def test_an_export_is_written_and_its_gaps_are_shown(at_host, host, tmp_path):
    answer = {"answer": {"see": 1}, "gaps": [{"field": "study", "why": "no link", "who": "the maker"}]}
    host.answers["POST", "/o/x/api/v1/exports/cbam"] = said(answer)
    dataset, out = tmp_path / "d.json", tmp_path / "out.json"
    dataset.write_text('{"goods": []}')
    ended = at_host("export", "cbam", str(dataset), "--good", "g", "--year", "2026", "--out", str(out))
    assert ended.status == 0
    assert "no link" in ended.out
    assert json.loads(out.read_text()) == answer
    assert sent(host, "/o/x/api/v1/exports/cbam") == {
        "dataset": {"goods": []},
        "goodId": "g",
        "importYear": 2026,
    }


def test_secrets_come_from_files_too(at_host, host, tmp_path, monkeypatch):
    monkeypatch.delenv("CARBONBRIDGE_CLIENT_SECRET")
    host.answers["GET", "/o/x/api/v1/grants"] = said([])
    file = tmp_path / "secret"
    file.write_text("s\n")
    ended = at_host("grants", "--client-secret-file", str(file))
    assert (ended.status, ended.out) == (0, "Nothing there.\n")


def test_pull_writes_each_footprint_as_it_came(at_host, host, tmp_path):
    other = FOOTPRINT_ID.replace("3", "4")
    raw = b'{"data":[{"id": "%s", "x" : 1.10}, {"id":"../../evil"}, {"id":"%s"}]}'
    host.answers["GET", "/3/footprints"] = Said(200, raw % (FOOTPRINT_ID.encode(), other.encode()))
    out = tmp_path / "a" / "out"
    ended = at_host("pull", host.url, "--out", str(out), "--status", "Active")
    assert ended.status == 0
    assert (out / f"{FOOTPRINT_ID}.json").read_bytes() == b'{"id": "%s", "x" : 1.10}' % FOOTPRINT_ID.encode()
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [f"{FOOTPRINT_ID}.json", f"{other}.json", "footprint-1.json"]
    )
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]
    assert "GET /3/footprints?status=Active" in host.calls()


def test_pull_by_id(at_host, host):
    host.answers["GET", f"/3/footprints/{FOOTPRINT_ID}"] = said({"data": footprint_document()})
    ended = at_host("pull", host.url, "--id", FOOTPRINT_ID, "--json")
    assert json.loads(ended.out) == [footprint_document()]
    missing = at_host("pull", host.url, "--id", "gone")
    assert (missing.status, "no such thing here" in missing.err) == (1, True)


@pytest.fixture
def papers(tmp_path):
    for name, document in (("f", published()), ("keys", KEYS), ("issuers", ISSUERS)):
        (tmp_path / f"{name}.json").write_bytes(as_bytes(document))
    return lambda name: str(tmp_path / f"{name}.json")


NOW = ["--at", "2026-06-01T00:00:00Z"]


def test_verify_says_in_plain_words_what_was_proved(run, papers):
    ended = run("verify", papers("f"), "--keys", papers("keys"), "--issuers", papers("issuers"), *NOW)
    assert ended.status == 0
    assert ended.out.count("\nPROVED: ") == 2
    assert PUBLISHER in ended.out
    chinese = run("verify", papers("f"), "--keys", papers("keys"), "--lang", "zh", *NOW).out
    assert "已证明：发布方" in chinese
    assert "未证明：已获认证" in chinese


def test_verify_says_what_was_not(run, papers):
    ended = run("verify", papers("f"), *NOW)
    assert ended.status == 1
    assert ended.out.count("NOT PROVED: ") == 2
    assert "\nPROVED" not in ended.out


def test_verify_refutes(run, papers, tmp_path):
    forged = tmp_path / "forged.json"
    forged.write_bytes(as_bytes(published() | {"productNameCompany": "Better glass"}))
    ended = run("verify", str(forged), "--keys", papers("keys"), *NOW, "--json")
    assert ended.status == 1
    assert json.loads(ended.out)["holds"] is False
    assert "REFUTED" in run("verify", str(forged), "--keys", papers("keys"), *NOW).out


def dead_letter(**changes):
    hours_ago = datetime.now(UTC) - timedelta(hours=75)
    return {
        "id": "i1",
        "verb": "deliver",
        "queue": "c1",
        "connectionId": "c1",
        "partner": "Glass Works",
        "eventType": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
        "state": "abandoned",
        "attempts": 81,
        "lastError": "the partner's host did not answer in time",
        "createdAt": hours_ago.isoformat().replace("+00:00", "Z"),
        "nextAt": "2026-03-01T00:00:00Z",
        **changes,
    }


def test_dead_letters_say_who_what_how_old_how_often_and_why(at_host, host):
    host.answers["GET", "/o/x/api/v1/outbox"] = said([dead_letter()])
    [_, row] = at_host("outbox", "--state", "abandoned").out.splitlines()
    for text in ("i1", "Glass Works", "RequestCreatedEvent", "3 d", "81", "did not answer in time"):
        assert text in row
    assert "2026-03-01" not in row  # there is no next try
    [_, row] = at_host("outbox", "--state", "abandoned", "--lang", "zh").out.splitlines()
    for text in ("Glass Works", "投递", "请求", "已放弃", "3 天"):
        assert text in row


def test_redeliver_one_several_or_all_of_a_partner(at_host, host):
    host.answers["POST", "/o/x/api/v1/outbox/redeliveries"] = said({"itemIds": ["i1", "i2"]})
    assert "i2" in at_host("redeliver", "i1", "i2").out
    assert host.asked[-1].json() == {"itemIds": ["i1", "i2"]}
    assert at_host("redeliver", "--connection", "c1").status == 0
    assert host.asked[-1].json() == {"connectionId": "c1"}
    for words in ((), ("i1", "--connection", "c1")):
        assert at_host("redeliver", *words).status == 2
