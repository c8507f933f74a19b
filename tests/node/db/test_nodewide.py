"""Registers and the audit trail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.node.db.samples import HOUR, NAME, T0

from carbonbridge.core.errors import NotFound
from carbonbridge.node.ports.records import AuditEntry, RegisterKind


def test_register_entries_by_kind_and_id(store):
    with store.transaction() as tx:
        tx.registers.put(RegisterKind.SCHEME, "b", {"id": "b"}, T0)
        tx.registers.put(RegisterKind.SCHEME, "a", {"id": "a", "name": NAME}, T0)
        tx.registers.put(RegisterKind.ISSUER, "a", {"id": "issuer"}, T0)
        tx.registers.put(RegisterKind.SCHEME, "b", {"id": "b", "version": 2}, T0 + HOUR)
    with store.snapshot() as tx:
        assert tx.registers.get(RegisterKind.SCHEME, "a") == {"id": "a", "name": NAME}
        assert tx.registers.find(RegisterKind.SCHEME) == [
            {"id": "a", "name": NAME},
            {"id": "b", "version": 2},
        ]
        assert tx.registers.find(RegisterKind.AGREEMENT) == []
        with pytest.raises(NotFound):
            tx.registers.get(RegisterKind.AGREEMENT, "a")


def test_documents_keep_their_numbers_order_and_characters(store):
    document = {
        "z": Decimal("0.1"),
        "a": [1, True, None, "\0 \ud800 🜨"],
        "m": {"nested": 12345678901234567890},
    }
    with store.transaction() as tx:
        tx.registers.put(RegisterKind.SCHEME, "x", document, T0)
    with store.snapshot() as tx:
        kept = tx.registers.get(RegisterKind.SCHEME, "x")
    assert kept == document
    assert list(kept) == list(document)
    assert isinstance(kept["z"], Decimal)


def test_the_audit_trail_by_organisation_in_order_page_by_page(store):
    entries = [
        AuditEntry(at=T0, org=org, actor="op", verb="publish", subject=str(number), detail={"n": number})
        for number, org in enumerate(["acme", "beta", None, "acme", "acme"])
    ]
    with store.transaction() as tx:
        for entry in entries:
            tx.audit.add(entry)

    def without_numbers(found: list[AuditEntry]) -> list[AuditEntry]:
        return [replace(entry, seq=None) for entry in found]

    with store.snapshot() as tx:
        first = tx.audit.find("acme", limit=2)
        rest = tx.audit.find("acme", after=first[-1].seq or 0)
        assert without_numbers(first + rest) == [entries[0], entries[3], entries[4]]
        assert without_numbers(tx.audit.find(None)) == [entries[2]]
        assert tx.audit.find("gamma") == []
