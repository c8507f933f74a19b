"""Whatever the OpenAPI description allows, and much that it does not: no caller of any role gets a 5xx."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from tests.attacks.bent import JSON, bent, sound_bodies
from tests.attacks.world import World
from tests.core.bills import activity, spec
from tests.core.footprints import footprint_document
from tests.faults.size import sized

from carbonbridge.core.register import REGISTER_NAMES
from carbonbridge.node.peers import address

#: One worker, one node.
pytestmark = pytest.mark.xdist_group("attacks-openapi")

#: Of each operation and role.
EXAMPLES = sized(6, 150)

#: What an operation answers when a partner's host, which is nowhere, cannot be reached.
_NOT_OURS = {502: {"PartnerUnreachable", "PartnerRefused"}}

_PIECES = st.sampled_from(
    ["footprint", "certify", "reason", "number", "id", "type", "source", "data", "pfIds"]
)


class Ground:
    """The schema of a node, callers of each role, and objects of theirs that may be broken."""

    def __init__(self, world: World, session: requests.Session) -> None:
        self.world = world
        self.session = session
        live, owner = world.live, world.owner
        document = live.send("GET", "/openapi.json").json()
        self.schema = schemathesis.openapi.from_dict(document)
        self.operations = {
            f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods
        }
        self.tokens = {
            "administrator": world.tokens[live.administrator],
            "operator": world.tokens[owner],
            "partner": world.tokens[world.partner],
        }
        connection, client = world.connect(owner)
        footprint = footprint_document(id=str(uuid4()), companyIds=world.company_ids)
        published = live.ask(owner, "POST", "/footprints", {"footprint": footprint}, 201)["id"]
        asking = world.event({"productId": ["urn:x:nothing"]}, "RequestCreated")
        self.bodies = sound_bodies(connection, world.company_ids, asking)
        for register in ("schemes", "factor-sets"):
            live.ask(
                live.administrator,
                "POST",
                f"/registers/{register}",
                self.bodies[f"POST /registers/{register}"],
            )
        # The other tenant's calculation lies with the first, which is a certification body.
        certified = {"publication": "certified", "certificationBody": "owner"}
        calculated = []
        for login, settings_ in ((owner, {}), (world.other, certified)):
            live.ask(login, "PUT", "/products/thing", {"spec": spec(activity()), **settings_})
            calculated.append(live.ask(login, "POST", "/products/thing/calculate")["id"])
        live.ask(world.other, "POST", f"/calculations/{calculated[1]}/apply")
        live.ask(
            owner, "POST", "/requests", {"connectionId": connection, "criteria": {"productId": ["urn:x:y"]}}
        )
        world.tell(world.event({"productId": ["urn:x:nothing"]}, "RequestCreated"))
        self.known: dict[str, list[str]] = {
            "connection_id": [connection],
            "client_id": [client.client_id],
            "grant_id": [
                item["id"] for item in live.ask(owner, "GET", "/grants") if item["connectionId"] == connection
            ],
            "footprint_id": [published],
            "verdict_id": [str(uuid4())],
            "request_id": [item["id"] for item in live.ask(owner, "GET", "/requests")],
            "product_id": ["thing"],
            "calculation_id": calculated,
            "item_id": [item["id"] for item in live.ask(owner, "GET", "/outbox")],
            "slug": ["other"],
            "register": sorted(REGISTER_NAMES),
        }

    def cases(self, operation: Any) -> st.SearchStrategy[tuple[Case, dict[str, str], dict[str, Any]]]:
        """What to call an operation with: by its description or against it, with objects that exist or do not."""
        modes = [GenerationMode.POSITIVE]
        if operation.body or operation.query:
            modes.append(GenerationMode.NEGATIVE)
        made = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))
        names = [item.name for item in operation.path_parameters if item.name in self.known]
        known = st.fixed_dictionaries({name: st.sampled_from(self.known[name]) for name in names})
        return st.tuples(made, st.just({}) | known, self._body(operation))

    def _body(self, operation: Any) -> st.SearchStrategy[dict[str, Any]]:
        """In place of the body that is described: a fit one, mostly a little bent, or any object."""
        if operation.method.upper() not in ("POST", "PUT"):
            return st.just({})
        own = operation.path.removeprefix("/o/{org}").removeprefix("/api/v1")
        pattern = re.escape(f"{operation.method.upper()} {own}").replace(re.escape("{register}"), "[a-z-]+")
        fit = [bent(body) for name, body in self.bodies.items() if re.fullmatch(pattern, name)]
        any_object = st.dictionaries(_PIECES | st.text(), JSON, max_size=4)
        return st.just({}) | st.fixed_dictionaries({"json": st.one_of(*fit, *fit, any_object)})

    def call(self, case: Case, path: dict[str, str], more: dict[str, Any], role: str) -> requests.Response:
        case.path_parameters = {**(case.path_parameters or {}), **path, **self._org(case)}
        options = case.as_transport_kwargs(base_url=self.world.live.url) | more
        if "json" in more:
            options.pop("data", None)
        options["headers"] = {**options.get("headers", {}), "Authorization": f"Bearer {self.tokens[role]}"}
        return self.session.request(**options, timeout=60)

    def _org(self, case: Case) -> dict[str, str]:
        return {"org": "owner"} if "{org}" in case.operation.path else {}


@pytest.fixture(scope="module")
def ground(world: World) -> Iterator[Ground]:
    system = socket.getaddrinfo

    def nowhere(host: str, *rest: Any, **more: Any) -> Any:
        if host != "localhost":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return system(host, *rest, **more)

    with requests.Session() as session, pytest.MonkeyPatch.context() as patch:
        session.trust_env = False
        session.verify = str(world.live.authority.ca_file)
        patch.setattr(address.socket, "getaddrinfo", nowhere)
        yield Ground(world, session)


def _soft(response: requests.Response) -> bool:
    """Whether the failure is the partner's, and said to be."""
    return response.json().get("code") in _NOT_OURS.get(response.status_code, ())


@pytest.mark.soak
@pytest.mark.timeout(sized(240, 3600))
@pytest.mark.parametrize("role", ["administrator", "operator", "partner"])
def test_no_call_of_any_role_fails_in_the_node(ground: Ground, role: str) -> None:
    called: set[str] = set()
    for found in ground.schema.get_all_operations():
        operation = found.ok()
        called.add(f"{operation.method.upper()} {operation.path}")
        _attack(ground, operation, role)
    assert called == ground.operations


def _attack(ground: Ground, operation: Any, role: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(ground.cases(operation))
    def calls(made: tuple[Case, dict[str, str], dict[str, Any]]) -> None:
        case, path, more = made
        response = ground.call(case, path, more, role)
        assert response.status_code < 500 or _soft(response), (
            f"{role}: {response.status_code} {response.text}\n{case.as_curl_command()}"
        )

    calls()
