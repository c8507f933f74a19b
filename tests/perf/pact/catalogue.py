"""Footprints of a large supplier database: some thousand companies, a few hundred classes, mostly from one country."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.core.footprints import footprint_document

from carbonbridge.core.instant import format_instant

OWNER = "urn:lei:529900T8BM49AURSDO55"

COUNTRIES = ["CN"] * 40 + [*("DE", "US", "JP", "KR", "VN", "IN", "FR", "IT", "PL", "CZ", "MX", "BR")] * 5
CLASSES = 200
COMPANIES = 2000

#: One in so many is a correction of an earlier one.
CORRECTIONS = 100

_SINCE = datetime(2022, 1, 1, tzinfo=UTC)
_DAYS = 4 * 365


def product_id(number: int) -> str:
    return f"urn:gtin:{number:014}"


def company_id(number: int) -> str:
    return f"urn:pact:suppliers.example:company-id:{number}"


def classification(number: int) -> str:
    return f"urn:cpc:{10000 + number}"


def own_id(number: int) -> str:
    return str(UUID(int=random.Random(number).getrandbits(128), version=4))


def when(number: int, size: int) -> datetime:
    """The end of the reference period: the later published, the later, give or take some months."""
    lot = random.Random(number * 7 + 1)
    return _SINCE + timedelta(days=int(_DAYS * number / size) + lot.randrange(120))


def footprint(number: int, size: int) -> dict[str, Any]:
    """The footprint of a number, 2 to 4 KB once it is sealed."""
    lot = random.Random(number * 7 + 2)
    end = when(number, size)
    value = str(round(lot.uniform(0.5, 90), 3))
    figures = {
        "referencePeriodStart": format_instant(end - timedelta(days=365)),
        "referencePeriodEnd": format_instant(end),
        "geographyCountry": lot.choice(COUNTRIES),
        "pcfExcludingBiogenicUptake": value,
        "pcfIncludingBiogenicUptake": value,
        "fossilGhgEmissions": value,
    }
    document = footprint_document(
        figures,
        id=own_id(number),
        companyIds=[OWNER, company_id(lot.randrange(COMPANIES))],
        productIds=[product_id(number)],
        productClassifications=[classification(int(lot.triangular(0, CLASSES, 0)))],
        validityPeriodStart=format_instant(end),
        validityPeriodEnd=format_instant(end + timedelta(days=365 * lot.randint(1, 3))),
        comment="".join(lot.choices("abcdefghijklmnopqrstuvwxyz ", k=lot.randrange(100, 2000))),
    )
    del document["pcf"]["geographyCountrySubdivision"]
    if number and number % CORRECTIONS == 0:
        document["precedingPfIds"] = [own_id(number - 1 - lot.randrange(min(number, 50)))]
    return document


def write(file: Path, size: int) -> Iterator[int]:
    """One footprint a line; yields how many there are so far."""
    with file.open("w", encoding="utf-8") as out:
        for number in range(size):
            out.write(json.dumps(footprint(number, size), separators=(",", ":")) + "\n")
            if number % 1000 == 999:
                yield number + 1
