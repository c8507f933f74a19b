"""Our own node passes every case, of the published set and of the stricter one, for every version it speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.core.footprints import footprint_document
from tests.support.live import COMPANY, Login, live_node

from carbonbridge.client import Wire
from carbonbridge.client.conformance import CallbackAddress, PactVersion, Report, Target, cases, run, trial_of
from carbonbridge.client.conformance.case import Outcome
from carbonbridge.client.conformance.target import CALLBACK_ID, CALLBACK_SECRET
from carbonbridge.demo.authority import Authority
from carbonbridge.demo.network import free_port

pytestmark = pytest.mark.xdist_group("conformance-own-node")

VARIETY: list[dict[str, Any]] = [
    {"validityPeriodStart": "2026-01-01T00:00:00Z", "validityPeriodEnd": "2028-12-31T00:00:00Z"},
    {"figures": {"geographyCountry": "DE"}},
    {"figures": {"geographyRegionOrSubregion": "Eastern Asia"}},
    {"productClassifications": ["urn:cpc:1", "urn:example:two"]},
]


#: The set-up, the published cases, the stricter set.
SIZES = {3: 1 + 41 + 35, 2: 1 + 22 + 29}


@dataclass
class OwnNode:
    """A node with footprints, a test client, and an address for callbacks."""

    login: Login
    address: CallbackAddress
    wire: Wire

    def report(self, pact: PactVersion) -> Report:
        target = Target(self.login.base_url, self.login.client_id, self.login.client_secret, pact)
        with trial_of(target, self.wire, self.address, wait_seconds=60, settle_seconds=0.2) as trial:
            return run(trial, cases(pact), strict_counts=True)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNode]:
    folder: Path = tmp_path_factory.mktemp("conformance")
    authority = Authority.create(folder / "authority")
    certificate, key = authority.issue("callbacks", folder)
    port = free_port()
    with live_node(folder / "node", authority) as live:
        owner = live.organisation("tested")
        for number, changes in enumerate(VARIETY):
            figures = {"declaredUnitOfMeasurement": "kilogram", **changes.get("figures", {})}
            own = {name: value for name, value in changes.items() if name != "figures"}
            product = f"urn:example:product:P{number}"
            document = footprint_document(
                figures, id=str(uuid4()), companyIds=[COMPANY.format(1)], productIds=[product], **own
            )
            if len({"geographyRegionOrSubregion", "geographyCountry"} & figures.keys()):
                del document["pcf"]["geographyCountrySubdivision"]  # at most one geography
            live.ask(owner, "POST", "/footprints", {"footprint": document}, 201)
        settings = {
            "baseUrl": f"https://localhost:{port}",
            "clientId": CALLBACK_ID,
            "clientSecret": CALLBACK_SECRET,
        }
        _, login = live.partner(owner, **settings)
        address = CallbackAddress(port=port, certificate=certificate, key=key)
        yield OwnNode(login, address, Wire(authority.ca_file, 20))


@pytest.mark.parametrize(("pact", "cases_of_version"), [(pact, SIZES[pact.major]) for pact in PactVersion])
def test_every_case_passes(tested: OwnNode, pact: PactVersion, cases_of_version: int) -> None:
    report = tested.report(pact)
    ended = [(one.case.number, one.outcome, one.received, one.warnings) for one in report.results]
    assert [one for one in ended if one[1] is not Outcome.PASSED] == []
    assert report.passed
    events = pact not in (
        PactVersion.V2_0,
        PactVersion.V2_1,
    )  # what they leave open, the stricter set leaves alone
    assert report.count(Outcome.PASSED) == cases_of_version - (0 if events else 8)
