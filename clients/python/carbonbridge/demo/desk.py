"""The certification bodies' desk: a person there reads each application and decides; here a thread plays the person.

What a body states beside the footprint itself (rule, stages, electricity, product codes) is in ``certification.json``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event, Thread
from typing import Any

from carbonbridge.core.errors import CarbonBridgeError
from carbonbridge.core.instant import format_instant
from carbonbridge.core.quantity import format_decimal, round_significant
from carbonbridge.demo.world import CATALOGUES, World, data, sold

#: National product certificates are valid for two years.
_VALIDITY = timedelta(days=730)


class Desk:
    """Decides applications as they come, until told to close.

    Attributes:
        failure: what stopped the desk, if something did.
    """

    def __init__(self, world: World, now: datetime) -> None:
        self._world = world
        self._now = now
        self._closed = Event()
        self._issued = 0
        self.failure: CarbonBridgeError | None = None
        self._bodies = [
            slug for slug, party in data("parties")["organisations"].items() if party.get("certificationBody")
        ]
        self._thread = Thread(target=self._run, name="certification desk", daemon=True)

    def __enter__(self) -> Desk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closed.wait(0.05):
                for body in self._bodies:
                    self._decide_all(body)
        except CarbonBridgeError as error:
            self.failure = error

    def _decide_all(self, body: str) -> None:
        client = self._world.operators.get(body)
        if client is None:
            return  # not settled in yet
        for application in client.applications():
            self._issued += 1
            number = f"{body.upper()}-{self._now.year}-{self._issued:04d}"
            fields = certificate_fields(application["org"], number, self._now, application["draft"])
            client.decide(application["id"], certify=True, fields=fields)


def certificate_fields(org: str, number: str, now: datetime, draft: dict[str, Any]) -> dict[str, Any]:
    """What the certification body states of an organisation's product.

    Args:
        number: as printed on the certificate.
        draft: the footprint that is certified.
    """
    stated = data("certification")
    product = stated["products"][org]
    return {
        **stated["common"],
        "number": number,
        "attestationType": product.get("attestationType", "certification"),
        "validTo": format_instant(now + _VALIDITY),
        "body": stated["bodies"][data("parties")["organisations"][org]["scheme"]],
        "product": {"codes": product["codes"], "models": product["models"]},
        "factories": [{"name": data("parties")["organisations"][org]["name"], "region": product["region"]}],
        "cfp": {
            "stages": [{"stage": "raw materials"}, {"stage": "production"}],
            "electricity": [_electricity(org)],
            "dqr": _rating(draft["pcf"]["dqi"]),
        },
    }


def _electricity(org: str) -> dict[str, Any]:
    """The maker's own grid electricity per declared unit of what it sells."""
    kwh = sum(
        (Decimal(line["amount"]) for line in sold(org)["lines"] if line["id"] == "electricity"), Decimal(0)
    )
    factor = next(item for item in data("factors")["factors"] if item["id"] == "electricity-cn-2023")
    return {
        "series": factor["series"],
        "edition": factor["year"],
        "factor": factor["value"],
        "kwh": format_decimal(kwh),
    }


def _rating(dqi: dict[str, str]) -> str:
    """One rating out of PACT's three: their mean."""
    ratings = [Decimal(value) for value in dqi.values()]
    return format_decimal(round_significant(sum(ratings, Decimal(0)) / len(ratings), 3))


def certified_organisations() -> list[str]:
    """Organisations whose products are certified."""
    return [org for org in CATALOGUES if org in data("certification")["products"]]
