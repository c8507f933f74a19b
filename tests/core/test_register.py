"""The statement that a version of a register entry is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import SigningKey
from carbonbridge.core.register import REGISTER_ENTRY, RegisterEntry, RegisterKind
from carbonbridge.core.statement import STATEMENT_TYP, compose, sign, verify

T0 = datetime(2026, 1, 1, tzinfo=UTC)
ENTRY = RegisterEntry(RegisterKind.RULE, "r", 2, T0, {"id": "r", "name": {"zh": "规则"}})


def said(statement_type: str) -> RegisterEntry:
    key = SigningKey.generate()
    payload = compose(
        statement_type=statement_type, statement_id="1", iss="a", sub="r", iat=T0, body=ENTRY.body()
    )
    return RegisterEntry.of(verify(sign(payload, key, STATEMENT_TYP), {key.kid: key.public_jwk()}))


def test_it_reads_back_as_it_was_written():
    assert said(REGISTER_ENTRY) == ENTRY
    assert set(read_json(ENTRY.body())) == {"kind", "entryId", "version", "validFrom", "document"}
    with pytest.raises(BadInput):
        said("footprint")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "gossip"),
        ("entryId", " "),
        ("version", 0),
        ("version", True),
        ("version", "1"),
        ("validFrom", "2026"),
        ("document", []),
    ],
)
def test_a_body_that_is_none_is_refused_by_member(name, value):
    body = read_json(ENTRY.body())
    with pytest.raises(BadInput) as caught:
        RegisterEntry.read({**body, name: value})
    assert caught.value.field == name
