"""What the SDK expects of a PACT v3 host, as pact interactions, and the calls by which it shows that it keeps to them.

Values that only the provider knows (tokens, the cursor of a page, the id of an open request) are written as examples
here and put in by the provider's states when the contract is verified.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pact import Pact, match
from pact.interaction import HttpInteraction
from tests.core.footprints import FOOTPRINT_ID, footprint_document

from carbonbridge.client import PactClient
from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import AccessDenied, BadInput, NotAuthenticated, NotFound
from carbonbridge.core.events import compose_event
from carbonbridge.core.footprint import read_footprint
from carbonbridge.core.vocabulary import EventType

CLIENT_ID, SECRET = "the-client", "the-secret"
#: Two footprints of the provider are of this product; see the provider's states.
PRODUCT = "urn:pact:glass.example:product-id:contract"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
REQUEST_ID = "11111111-1111-4111-8111-111111111111"
_TIME = datetime(2026, 3, 1, 8, tzinfo=UTC)
_SOURCE = "https://partner.example"

#: Given in every interaction but the first.
PARTNER = "a partner that may see everything"
SUSPENDED = "a partner whose connection is suspended"
PUBLISHED = "a footprint of the product that the partner may see"
TWO = "two footprints of the product that the partner may see"
SECOND_PAGE = "two footprints of the product, and the partner has read the first page of one"
ASKED = "the partner was asked, and has not answered"

Run = Callable[[PactClient], None]
Scenario = Callable[[Pact, str], Run]


def injected(example: str, expression: str) -> dict[str, str]:
    """Exactly the example from the client; from the verifier, what the provider's state makes of the expression."""
    return {
        "pact:matcher:type": "equality",
        "value": example,
        "pact:generator:type": "ProviderState",
        "expression": expression,
    }


def footprint_shape() -> dict[str, Any]:
    """A footprint of the product, with what may differ from host to host."""
    decimal = r"^[+-]?\d+(\.\d+)?$"
    instant = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"

    def loose(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: loose(item) for name, item in value.items()}
        if isinstance(value, list):
            return match.each_like(loose(value[0]), min=1)
        if value[:1].isdigit() and value.endswith("Z"):
            return match.regex(value, regex=instant)
        if value.replace(".", "").isdigit():
            return match.regex(value, regex=decimal)
        return match.like(value)

    document = footprint_document(productIds=[PRODUCT])
    return loose(document) | {
        "id": match.uuid(FOOTPRINT_ID),
        "status": match.regex("Active", regex="^(Active|Deprecated)$"),
        "specVersion": match.regex("3.0.3", regex=r"^3\.\d+\.\d+(-\d{8})?$"),
    }


def discovery(pact: Pact, url: str) -> None:
    (
        pact.upon_receiving("where are tokens given")
        .with_request("GET", "/.well-known/openid-configuration")
        .will_respond_with(200)
        .with_body(
            {"token_endpoint": match.regex(f"{url}/auth/token", regex="^https://.+/auth/token$")},
            "application/json",
        )
    )


def token(pact: Pact, url: str, given: str = PARTNER) -> None:
    discovery(pact, url)
    basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    (
        pact.upon_receiving(f"an access token is asked for by {given}")
        .given(given)
        .with_request("POST", "/auth/token")
        .with_header("Authorization", injected(basic, "Basic ${basic}"))
        .with_body("grant_type=client_credentials", "application/x-www-form-urlencoded")
        .will_respond_with(200)
        .with_body(
            {
                "access_token": match.regex("the-token", regex="^[!-~]+$"),
                "token_type": match.regex("bearer", regex="^(?i)bearer$"),
            },
            "application/json",
        )
    )


def call(pact: Pact, what: str, given: str, method: str, path: str) -> HttpInteraction:
    """An authenticated call."""
    return (
        pact.upon_receiving(what)
        .given(given)
        .with_request(method, path)
        .with_header("Authorization", injected("Bearer the-token", "Bearer ${token}"))
    )


def error(interaction: HttpInteraction, status: int, code: str) -> None:
    """PACT's error body."""
    body = {"code": code, "message": match.like("what is wrong")}
    interaction.will_respond_with(status).with_body(body, "application/json")


def one_footprint(pact: Pact, url: str) -> Run:
    token(pact, url)
    (
        call(pact, "GetFootprint", PUBLISHED, "GET", f"/3/footprints/{FOOTPRINT_ID}")
        .will_respond_with(200)
        .with_body({"data": footprint_shape() | {"id": FOOTPRINT_ID}}, "application/json")
    )

    def run(client: PactClient) -> None:
        found = client.footprint(FOOTPRINT_ID)
        assert read_footprint(found.document).id == FOOTPRINT_ID
        assert json.loads(found.data) == found.document

    return run


def no_footprint(pact: Pact, url: str) -> Run:
    token(pact, url)
    error(call(pact, "GetFootprint of none", PARTNER, "GET", f"/3/footprints/{UNKNOWN_ID}"), 404, "NotFound")

    def run(client: PactClient) -> None:
        with pytest.raises(NotFound, match="what is wrong"):
            client.footprint(UNKNOWN_ID)

    return run


_CRITERIA = (("productId", PRODUCT), ("productId", "urn:x:another"), ("status", "Active"), ("limit", "1"))


def two_pages(pact: Pact, url: str) -> Run:
    token(pact, url)
    page = {"data": match.each_like(footprint_shape() | {"productIds": [PRODUCT]}, min=1)}
    following = f'<{url}/3/footprints?productId=p&limit=1&cursor=the-cursor>; rel="next"'
    next_page = r'^<https://[^>]+/3/footprints\?[^>]*limit=1[^>]*>; rel="next"$'
    (
        call(pact, "ListFootprints by product and status", TWO, "GET", "/3/footprints")
        .with_query_parameters(_CRITERIA)
        .will_respond_with(200)
        .with_header("Link", {"pact:matcher:type": "regex", "value": following, "regex": next_page})
        .with_body(page, "application/json")
    )
    (
        call(pact, "ListFootprints goes on at the link", SECOND_PAGE, "GET", "/3/footprints")
        .with_query_parameter("productId", injected("p", "${product}"))
        .with_query_parameter("limit", "1")
        .with_query_parameter("cursor", injected("the-cursor", "${cursor}"))
        .will_respond_with(200)
        .with_body(page, "application/json")
    )

    def run(client: PactClient) -> None:
        wanted = FootprintCriteria(product_id=(PRODUCT, "urn:x:another"), status=("Active",))
        found = client.footprints(wanted, 1)
        assert [item.document["productIds"] for item in found] == [[PRODUCT], [PRODUCT]]

    return run


def empty_list(pact: Pact, url: str) -> Run:
    token(pact, url)
    criteria = {
        "companyId": "urn:x:nobody",
        "geography": "CN",
        "classification": "urn:cpc:37112",
        "validOn": "2026-03-01T08:00:00Z",
    }
    (
        call(pact, "ListFootprints without a match", PARTNER, "GET", "/3/footprints")
        .with_query_parameters(criteria)
        .will_respond_with(200)
        .with_body({"data": []}, "application/json")
    )

    def run(client: PactClient) -> None:
        wanted = FootprintCriteria(
            company_id=("urn:x:nobody",), geography=("CN",), classification=("urn:cpc:37112",), valid_on=_TIME
        )
        assert client.footprints(wanted) == []

    return run


def no_credentials(pact: Pact, url: str) -> Run:
    discovery(pact, url)
    basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
    (
        pact.upon_receiving("an access token is asked for with credentials that do not hold")
        .with_request("POST", "/auth/token")
        .with_header("Authorization", basic)
        .with_body("grant_type=client_credentials", "application/x-www-form-urlencoded")
        .will_respond_with(401)
        .with_body({"error": "invalid_client"}, "application/json")
    )

    def run(client: PactClient) -> None:
        with pytest.raises(NotAuthenticated, match="does not take this client id and secret"):
            client.footprints()

    return run


def refused_token(pact: Pact, url: str) -> Run:
    token(pact, url)
    interaction = (
        pact.upon_receiving("ListFootprints with a token that is no good")
        .given(PARTNER)
        .with_request("GET", "/3/footprints")
        .with_header("Authorization", "Bearer the-token")
    )
    body = {
        "code": match.regex("BadRequest", regex="^(BadRequest|TokenExpired)$"),
        "message": match.like("what is wrong"),
    }
    interaction.will_respond_with(401).with_body(body, "application/json")

    def run(client: PactClient) -> None:
        with pytest.raises(NotAuthenticated, match="the token it gave"):
            client.footprints()

    return run


def denied(pact: Pact, url: str) -> Run:
    token(pact, url)
    error(call(pact, "ListFootprints in vain", SUSPENDED, "GET", "/3/footprints"), 403, "AccessDenied")

    def run(client: PactClient) -> None:
        with pytest.raises(AccessDenied, match="what is wrong"):
            client.footprints()

    return run


def _told(kind: EventType, given: str, data: dict[str, Any], shape: dict[str, Any] | None = None) -> Scenario:
    """An event that the host takes.

    Args:
        data: what the client sends.
        shape: the same for the contract, where it is not the same.
    """

    def scenario(pact: Pact, url: str) -> Run:
        token(pact, url)
        event = compose_event(kind, event_id=f"contract-{kind.name}", source=_SOURCE, time=_TIME, data=data)
        expected = json.loads(event) | ({"data": shape} if shape else {})
        (
            call(pact, f"Events: {kind.name}", given, "POST", "/3/events")
            .with_header(
                "Content-Type",
                {
                    "pact:matcher:type": "regex",
                    "value": "application/cloudevents+json; charset=utf-8",
                    "regex": r"^application/cloudevents\+json(;.*)?$",
                },
            )
            .with_body(expected, "application/cloudevents+json; charset=utf-8")
            .will_respond_with(200)
        )
        return lambda client: client.send_event(event)

    return scenario


def bad_event(pact: Pact, url: str) -> Run:
    token(pact, url)
    event = {"type": "org.example.Nothing.1", "specversion": "1.0", "id": "1", "source": _SOURCE, "data": {}}
    interaction = call(pact, "Events: one that is none", PARTNER, "POST", "/3/events").with_body(
        event, "application/cloudevents+json; charset=utf-8"
    )
    error(interaction, 400, "BadRequest")

    def run(client: PactClient) -> None:
        with pytest.raises(BadInput, match="what is wrong"):
            client.send_event(json.dumps(event).encode())

    return run


_OPEN = injected(REQUEST_ID, "${requestEventId}")
_REJECTION = {"code": "NotFound", "message": "none of ours"}

SCENARIOS: dict[str, Scenario] = {
    "GetFootprint": one_footprint,
    "GetFootprint, not found": no_footprint,
    "ListFootprints, two pages": two_pages,
    "ListFootprints, nothing": empty_list,
    "Authenticate, refused": no_credentials,
    "a token that is no good": refused_token,
    "access denied": denied,
    "RequestCreated": _told(
        EventType.REQUEST_CREATED, PARTNER, {"productId": [PRODUCT], "comment": "please"}
    ),
    "RequestFulfilled": _told(
        EventType.REQUEST_FULFILLED,
        ASKED,
        {"requestEventId": REQUEST_ID, "pfs": [footprint_document()]},
        {"requestEventId": _OPEN, "pfs": [footprint_document()]},
    ),
    "RequestRejected": _told(
        EventType.REQUEST_REJECTED,
        ASKED,
        {"requestEventId": REQUEST_ID, "error": _REJECTION},
        {"requestEventId": _OPEN, "error": _REJECTION},
    ),
    "Published": _told(EventType.PUBLISHED, PARTNER, {"pfIds": [FOOTPRINT_ID]}),
    "an event that is none": bad_event,
}
