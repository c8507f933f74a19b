"""Bodies that the node would take, and how to bend them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from tests.core.bills import activity, factors, spec, supplier_line
from tests.core.footprints import footprint_document
from tests.node.app.test_export import BATTERY, CBAM
from tests.support.documents import certificate_fields
from tests.support.entries import ENTRIES

from carbonbridge.core.keys import SigningKey
from carbonbridge.core.register import REGISTER_NAMES

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        ["", "0", "-1", "1e400", "9" * 60, "NaN", "2026-01-01T00:00:00Z", "urn:x:y", "\0", "https://h"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def sound_bodies(
    connection: str, company_ids: list[str], event: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """For each operation that takes a body, by method and path below its base: one that is fit in itself."""
    grid = factors().document() | {"id": "test"}
    footprint = footprint_document(companyIds=company_ids)
    keys = {"jwks": {"keys": [SigningKey.generate().public_jwk()]}}
    return {
        "POST /3/events": dict(event),
        "POST /clients": {"connectionId": connection},
        "POST /clients/{client_id}/secrets": {"expiresAt": "2040-01-01T00:00:00Z"},
        "PUT /clients/{client_id}/keys": keys,
        "PUT /organisations/{slug}/clients/{client_id}/keys": keys,
        "POST /connections": {
            "name": "P",
            "companyIds": ["urn:x:p"],
            "baseUrl": "https://p.example",
            "clientId": "c",
            "clientSecret": "s",
            "authBaseUrl": "https://p.example/auth",
            "notify": True,
        },
        "PUT /connections/{connection_id}/state": {"state": "active"},
        "PUT /connections/{connection_id}/pact": {"pact": "2"},
        "PUT /connections/{connection_id}/credentials": {"clientId": "c", "clientSecret": "s"},
        "POST /grants": {
            "connectionId": connection,
            "scope": "product",
            "value": "urn:x:y",
            "validFrom": "2026-01-01T00:00:00Z",
            "validUntil": "2030-01-01T00:00:00Z",
        },
        "POST /footprints": {"footprint": footprint},
        "POST /requests": {
            "connectionId": connection,
            "comment": "please",
            "criteria": {
                "productId": ["urn:x:y"],
                "validOn": "2026-01-01T00:00:00Z",
                "status": "Active",
                "geography": ["CN"],
            },
        },
        "POST /requests/{request_id}/fulfil": {"footprintIds": [str(uuid4())]},
        "POST /requests/{request_id}/reject": {"message": "no", "code": "NotFound"},
        "POST /fetches": {"connectionId": connection, "criteria": {"productId": ["urn:x:y"]}},
        "PUT /products/{product_id}": {
            "spec": spec(activity(), supplier_line()),
            "recalculate": True,
            "publication": "automatic",
        },
        "POST /certificates": {**certificate_fields(), "footprint": footprint},
        "POST /applications/{calculation_id}/decision": {**certificate_fields(), "certify": True},
        "POST /exports/battery": {"productId": "thing", "battery": BATTERY},
        "POST /exports/cbam": {"dataset": CBAM, "goodId": "al", "importYear": 2026},
        "POST /outbox/redeliveries": {"connectionId": connection},
        "POST /organisations": {"slug": "made", "name": "M", "companyIds": ["urn:x:m"]},
        "POST /organisations/{slug}/clients": {},
        **{
            f"POST /registers/{name}": ENTRIES[kind]
            for name, kind in REGISTER_NAMES.items()
            if kind in ENTRIES
        },
        "POST /registers/factor-sets": grid,
        "POST /signing-keys": {"compromisedFrom": "2020-01-01T00:00:00Z"},
        "POST /signing-keys/{kid}/revocation": {"from": "2020-01-01T00:00:00Z"},
    }


def bent(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The document as it is, or with one of its parts replaced, removed or renamed."""
    places = [place for place in _places(document) if place]

    @st.composite
    def one(draw: st.DrawFn) -> dict[str, Any]:
        made = copy.deepcopy(document)
        if not places or draw(st.integers(0, 4)) == 0:
            return made
        *way, last = draw(st.sampled_from(places))
        inner: Any = made
        for step in way:
            inner = inner[step]
        match draw(st.sampled_from(("replace", "remove", "repeat"))):
            case "remove":
                del inner[last]
            case "repeat" if isinstance(inner, list):
                inner += [inner[last]] * 3
            case _:
                inner[last] = draw(JSON)
        return made

    return one()


def _places(document: Any, *before: Any) -> Iterator[tuple[Any, ...]]:
    yield before
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for name, value in inner:
        yield from _places(value, *before, name)
