"""Enrol, rotate and revoke on the command line, and the ways to sign in with it."""

from __future__ import annotations

import hashlib
import json
import ssl
import stat
from urllib.parse import parse_qsl

import pytest
from tests.clients.host import said

from carbonbridge.core.assertion import ASSERTION_TYPE, claimed_client
from carbonbridge.core.keys import SigningKey, read_jwks
from carbonbridge.demo.authority import Authority

ROTATED = {
    "clientId": "c-1",
    "clientSecret": "new-secret",
    "secretId": "s-2",
    "oldUntil": "2026-12-01T00:00:00Z",
}


def sent(host, method, path):
    [asked] = [one for one in host.asked if (one.method, one.path) == (method, path)]
    return asked.json()


def test_rotate_shows_the_secret_once_or_writes_it(at_host, host, tmp_path):
    host.answers["POST", "/o/x/api/v1/clients/c-1/secrets"] = said(ROTATED, 201)
    shown = at_host("rotate", "c-1", "--old-until", "2026-12-01T00:00:00Z")
    assert (shown.status, "new-secret" in shown.out, "2026-12-01" in shown.out) == (0, True, True)
    assert sent(host, "POST", "/o/x/api/v1/clients/c-1/secrets") == {"oldUntil": "2026-12-01T00:00:00Z"}
    out = tmp_path / "secret"
    for words in ([], ["--json"]):
        out.unlink(missing_ok=True)
        ended = at_host("rotate", "c-1", "--out", str(out), *words)
        assert (ended.status, "new-secret" in ended.out + ended.err) == (0, False)
        assert (out.read_text(), stat.S_IMODE(out.stat().st_mode)) == ("new-secret", 0o600)
    asked = len(host.asked)
    assert at_host("rotate", "c-1", "--out", str(out)).status == 2
    assert len(host.asked) == asked, "no secret is made that could not be kept"


def test_keys_and_certificates_instead_of_a_secret(at_host, host, tmp_path):
    public = {"keys": [SigningKey.generate().public_jwk()]}
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(public))
    certificate, _ = Authority.create(tmp_path / "authority").issue("partner", tmp_path, client=True)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()
    host.answers["POST", "/o/x/api/v1/clients"] = said({"clientId": "c-1", "role": "partner"}, 201)
    host.answers["PUT", "/o/x/api/v1/clients/c-1/keys"] = said({"clientId": "c-1"})
    ended = at_host("enrol", "--connection", "c", "--jwks", str(keys))
    assert (ended.status, "once" in ended.out) == (0, False)
    assert sent(host, "POST", "/o/x/api/v1/clients") == {
        "role": "partner",
        "connectionId": "c",
        "jwks": public,
    }
    assert at_host("rotate", "c-1", "--certificate", str(certificate)).status == 0
    assert sent(host, "PUT", "/o/x/api/v1/clients/c-1/keys") == {"certificate": digest}
    for words in (
        ["enrol", "--connection", "c", "--jwks", str(keys), "--certificate", str(certificate)],
        ["rotate", "c-1", "--jwks", str(keys), "--expires", "2027-01-01T00:00:00Z"],
    ):
        assert at_host(*words).status == 2


def test_a_secret_is_revoked_with_its_client_named(at_host, host):
    host.answers["DELETE", "/o/x/api/v1/clients/c-1/secrets/s-1"] = said(None, 204)
    assert at_host("clients", "--revoke", "c-1", "--secret", "s-1").status == 0
    assert at_host("clients", "--secret", "s-1").status == 2


def test_the_listing_shows_each_secrets_end(at_host, host):
    host.answers["GET", "/o/x/api/v1/clients"] = said(
        [{"clientId": "c-1", "secrets": [{"id": "s-1", "expiresAt": "2026-12-01T00:00:00Z"}, {"id": "s-2"}]}]
    )
    shown = at_host("clients").out
    assert "s-1 2026-12-01T00:00:00Z" in shown
    assert "s-2" in shown


def test_a_key_is_made_and_signed_in_with(at_host, host, run, tmp_path, monkeypatch):
    file = tmp_path / "client.jwk"
    made = run("make-key", "--out", str(file))
    assert made.status == 0
    [public] = read_jwks(json.loads(made.out)).values()
    private = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (public["x"], "d" in public) == (private["x"], False)
    assert run("make-key", "--out", str(file)).status == 2
    monkeypatch.delenv("CARBONBRIDGE_CLIENT_SECRET")
    host.answers["GET", "/o/x/api/v1/grants"] = said([])
    assert at_host("grants", "--client-key-file", str(file)).status == 0
    [asked] = [one for one in host.asked if one.path == "/o/x/auth/token"]
    form = dict(parse_qsl(asked.body.decode()))
    assert form["client_assertion_type"] == ASSERTION_TYPE
    assert claimed_client(form["client_assertion"]) == "id"
    both = at_host("grants", "--client-key-file", str(file), "--client-secret-file", str(file))
    assert both.status == 2


def test_a_certificate_alone_signs_in(at_host, host, tmp_path, monkeypatch):
    certificate, key = Authority.create(tmp_path / "authority").issue("me", tmp_path, client=True)
    monkeypatch.delenv("CARBONBRIDGE_CLIENT_SECRET")
    host.answers["GET", "/o/x/api/v1/grants"] = said([])
    words = ["--client-certificate", str(certificate), "--client-certificate-key", str(key)]
    assert at_host("grants", *words).status == 0
    [asked] = [one for one in host.asked if one.path == "/o/x/auth/token"]
    assert dict(parse_qsl(asked.body.decode())) == {"grant_type": "client_credentials", "client_id": "id"}


def test_our_key_at_a_partner(at_host, host, monkeypatch):
    public = {"keys": [SigningKey.generate().public_jwk()]}
    host.answers["POST", "/o/x/api/v1/connections/c/key"] = said(public, 201)
    host.answers["PUT", "/o/x/api/v1/connections/c/credentials"] = said({"id": "c"})
    assert json.loads(at_host("connection-key", "c").out) == public
    words = ["set-credentials", "c", "--partner-client-id", "us"]
    assert at_host(*words, "--our-key").status == 0
    assert sent(host, "PUT", "/o/x/api/v1/connections/c/credentials") == {"clientId": "us"}
    assert at_host(*words, "--our-key", "--partner-secret-file", "-").status == 2
    assert at_host(*words).status == 2


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAA", "{}"])
def test_a_file_without_a_certificate(at_host, host, tmp_path, content):
    file = tmp_path / "c.pem"
    file.write_text(content)
    ended = at_host("rotate", "c", "--certificate", str(file))
    assert (ended.status, host.asked) == (2, [])
    assert "c.pem" in ended.err
