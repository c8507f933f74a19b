"""Footprints, certificates, requests and what partners sent."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from carbonbridge.client.call import Call, Object, an_object, objects, operation, without_none


class Footprints:
    """Publishing, asking, answering."""

    @operation
    def publish(self, footprint: Object | bytes, certificate: str | None = None) -> Call[Object]:
        """Publish a PACT v3 footprint; returns ``id`` and ``statementDigest``.

        Args:
            footprint: the document, or its exact JSON text; the node adds its seal and signs.
            certificate: compact ``vc+jwt`` over it.
        """
        body = without_none(footprint=footprint, certificate=certificate)
        return Call("POST", "footprints", an_object, body)

    @operation
    def footprints(self) -> Call[list[Object]]:
        """The organisation's own footprints."""
        return Call("GET", "footprints", objects)

    @operation
    def footprint(self, footprint_id: str) -> Call[Object]:
        """One own footprint, as PACT serves it."""
        return Call("GET", f"footprints/{quote(footprint_id, safe='')}", an_object)

    @operation
    def lint(self, footprint: Object | bytes) -> Call[Object]:
        """What is wrong, missing or doubtful in a footprint; nothing is stored. See ``core.lint.finding.Report``."""
        return Call("POST", "lint", an_object, {"footprint": footprint})

    @operation
    def findings(self, footprint_id: str) -> Call[Object]:
        """The same of an own published footprint."""
        return Call("GET", f"footprints/{quote(footprint_id, safe='')}/findings", an_object)

    @operation
    def received_findings(self, connection_id: str, footprint_id: str) -> Call[Object]:
        """The same of one that a partner sent."""
        path = f"received/{quote(connection_id, safe='')}/{quote(footprint_id, safe='')}/findings"
        return Call("GET", path, an_object)

    @operation
    def certify(self, footprint: Object | bytes, fields: Object) -> Call[Object]:
        """Certify another party's footprint (certification body); returns ``certificate``.

        Args:
            footprint: the document, or its exact JSON text.
            fields: what the body states: number, rule, validity …
        """
        return Call("POST", "certificates", an_object, {**fields, "footprint": footprint})

    @operation
    def received(self) -> Call[list[Object]]:
        """Footprints that partners sent, with the verdict in force."""
        return Call("GET", "received", objects)

    @operation
    def verdicts(self) -> Call[list[Object]]:
        """All verdicts of recognition."""
        return Call("GET", "verdicts", objects)

    @operation
    def verdict(self, verdict_id: str) -> Call[Object]:
        """One verdict with every check."""
        return Call("GET", f"verdicts/{quote(verdict_id, safe='')}", an_object)

    @operation
    def ask(self, connection_id: str, criteria: Object, comment: str | None = None) -> Call[Object]:
        """Ask a partner for footprints.

        Args:
            connection_id: the partner.
            criteria: PACT names: ``productId``, ``companyId``, ``geography``, ``classification`` (lists),
                ``validOn``, ``validAfter``, ``validBefore``, ``status``.
            comment: for the person who answers.
        """
        body = without_none(connectionId=connection_id, criteria=criteria, comment=comment)
        return Call("POST", "requests", an_object, body)

    @operation
    def requests(
        self,
        direction: Literal["incoming", "outgoing"] | None = None,
        state: Literal["open", "fulfilled", "rejected", "undeliverable"] | None = None,
    ) -> Call[list[Object]]:
        """Requests of both directions."""
        wanted = {"direction": direction, "state": state}
        query = tuple((name, value) for name, value in wanted.items() if value is not None)
        return Call("GET", "requests", objects, query=query)

    @operation
    def fulfil(self, request_id: str, footprint_ids: list[str] | None = None) -> Call[Object]:
        """Answer a request with footprints: those named, or all that match and that the partner may see."""
        path = f"requests/{quote(request_id, safe='')}/fulfil"
        return Call("POST", path, an_object, without_none(footprintIds=footprint_ids))

    @operation
    def reject(self, request_id: str, message: str, code: str | None = None) -> Call[Object]:
        """Answer a request with a reason why not."""
        path = f"requests/{quote(request_id, safe='')}/reject"
        return Call("POST", path, an_object, without_none(code=code, message=message))

    @operation
    def fetch(self, connection_id: str, criteria: Object | None = None) -> Call[Object]:
        """Have the node fetch a partner's footprints now; returns ``footprintIds``."""
        return Call("POST", "fetches", an_object, without_none(connectionId=connection_id, criteria=criteria))
