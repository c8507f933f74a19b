"""The audit trail."""

from __future__ import annotations

from dataclasses import replace

from tests.node.db.samples import T0

from carbonbridge.node.ports.records import AuditEntry


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
