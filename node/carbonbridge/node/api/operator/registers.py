"""The registers: for administrators at the node's address, for operators at their organisation's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from carbonbridge.core.errors import NotFound
from carbonbridge.core.instant import parse_instant
from carbonbridge.core.register import REGISTER_NAMES, RegisterKind
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import AdministratorCall, Call, JsonObject, OperatorCall
from carbonbridge.node.api.operator.views import register_view
from carbonbridge.node.app.register import keep_entry, register_entry

router = APIRouter(tags=["registers"])
#: The same for administrators.
node_router = APIRouter(prefix="/api/v1", tags=["node"])

EntryId = Annotated[str, Query(alias="id", description="Id of the entry.")]
At = Annotated[str | None, Query(description="What holds at this instant (RFC 3339); now unless stated.")]
KnownAt = Annotated[str | None, Query(alias="knownAt", description="As far as it was recorded by then.")]
ValidFrom = Annotated[str | None, Query(alias="validFrom", description="From when it holds; now.")]


@node_router.post("/registers/{register}", status_code=201, summary="Put an entry into a register")
def add_entry(
    call: AdministratorCall, register: str, body: JsonObject, valid_from: ValidFrom = None
) -> Response:
    """Add an entry, or a version of one."""
    begins = _instant(valid_from, "validFrom")
    made = register_entry(call.node, call.actor, _kind(register), body, valid_from=begins)
    return answer({"id": made}, 201)


@router.post("/registers/{register}", status_code=201, summary="Put an entry into a register")
def keep(call: OperatorCall, register: str, body: JsonObject, valid_from: ValidFrom = None) -> Response:
    """The same, signed by an organisation that is entitled to keep the register."""
    begins = _instant(valid_from, "validFrom")
    made = keep_entry(call.node, call.actor, call.org, _kind(register), body, valid_from=begins)
    return answer({"id": made}, 201)


@node_router.get("/registers/{register}", summary="List a register")
def list_entries(call: AdministratorCall, register: str, at: At = None, known_at: KnownAt = None) -> Response:
    """What a register holds."""
    return _list(call, register, at, known_at)


@router.get("/registers/{register}", summary="List a register")
def list_entries_to_operators(
    call: OperatorCall, register: str, at: At = None, known_at: KnownAt = None
) -> Response:
    """What a register holds."""
    return _list(call, register, at, known_at)


@node_router.get("/registers/{register}/entry", summary="One entry of a register")
def show_entry(
    call: AdministratorCall, register: str, entry_id: EntryId, at: At = None, known_at: KnownAt = None
) -> Response:
    """The version that holds, with the statement that says it."""
    return _show(call, register, entry_id, at, known_at)


@router.get("/registers/{register}/entry", summary="One entry of a register")
def show_entry_to_operators(
    call: OperatorCall, register: str, entry_id: EntryId, at: At = None, known_at: KnownAt = None
) -> Response:
    """The version that holds, with the statement that says it."""
    return _show(call, register, entry_id, at, known_at)


@node_router.get("/registers/{register}/history", summary="Every version of an entry")
def show_history(call: AdministratorCall, register: str, entry_id: EntryId) -> Response:
    """Oldest first."""
    return _history(call, register, entry_id)


@router.get("/registers/{register}/history", summary="Every version of an entry")
def show_history_to_operators(call: OperatorCall, register: str, entry_id: EntryId) -> Response:
    """Oldest first."""
    return _history(call, register, entry_id)


def _list(call: Call, register: str, at: str | None, known_at: str | None) -> Response:
    valid_at, known = _instant(at, "at") or call.node.clock.now(), _instant(known_at, "knownAt")
    with call.node.store.snapshot() as tx:
        return answer([one.document for one in tx.registry.find(_kind(register), valid_at, known)])


def _show(call: Call, register: str, entry_id: str, at: str | None, known_at: str | None) -> Response:
    valid_at, known = _instant(at, "at") or call.node.clock.now(), _instant(known_at, "knownAt")
    with call.node.store.snapshot() as tx:
        found = tx.registry.at(_kind(register), entry_id, valid_at, known)
        if found is None:
            raise NotFound("the register holds no such entry at that time", field="id")
        signed: dict[str, Any] = {}
        if found.org is not None and found.statement is not None:
            signed = {"signed": tx.footprints.statement(found.org, found.statement).compact}
    return answer(register_view(found) | signed)


def _history(call: Call, register: str, entry_id: str) -> Response:
    with call.node.store.snapshot() as tx:
        found = tx.registry.history(_kind(register), entry_id)
    if not found:
        raise NotFound("the register holds no such entry", field="id")
    return answer([register_view(version) for version in found])


def _kind(register: str) -> RegisterKind:
    try:
        return REGISTER_NAMES[register]
    except KeyError:
        raise NotFound(f"there is no such register; there are {', '.join(REGISTER_NAMES)}") from None


def _instant(text: str | None, field: str) -> datetime | None:
    return None if text is None else parse_instant(text, field=field)
