"""What the first footprint of a host's listing gives to ask with: ids and filter values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from carbonbridge.core.errors import BadInput
from carbonbridge.core.instant import parse_instant

GEOGRAPHIES = ("geographyCountry", "geographyRegionOrSubregion", "geographyCountrySubdivision")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sample:
    """A footprint of the host under test, read as far as the cases need it and without trust.

    Attributes:
        document: as it was served.
    """

    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.document.get("id", ""))

    @property
    def status(self) -> str:
        """``Active`` or ``Deprecated``."""
        return str(self.document.get("status", ""))

    @property
    def created(self) -> str:
        """When it was made, as served."""
        return str(self.document.get("created", ""))

    @property
    def product_ids(self) -> list[str]:
        """Its products."""
        return texts(self.document, "productIds")

    @property
    def company_ids(self) -> list[str]:
        """Its owner."""
        return texts(self.document, "companyIds")

    @property
    def classification(self) -> str:
        """The first classification; empty if there is none."""
        return (*texts(self.document, "productClassifications"), "")[0]

    @property
    def geography(self) -> str:
        """Country, region or subdivision; empty if it is global."""
        return next((str(self.pcf[name]) for name in GEOGRAPHIES if self.pcf.get(name)), "")

    @property
    def pcf(self) -> Mapping[str, Any]:
        """The carbon footprint."""
        found = self.document.get("pcf")
        return found if isinstance(found, dict) else {}

    @property
    def valid_on(self) -> str:
        """The first instant of validity, as the host writes it."""
        bounds = ("validityPeriodStart", "validityPeriodEnd")
        if all(instant(self.document.get(name)) for name in bounds):
            return str(self.document["validityPeriodStart"])
        return str(self.pcf.get("referencePeriodEnd", ""))

    @property
    def valid_after(self) -> str:
        """A day before validity begins."""
        start, _ = validity(self.document)
        return _javascript(start - _DAY) if start else ""

    @property
    def valid_before(self) -> str:
        """A day after validity ends."""
        _, end = validity(self.document)
        return _javascript(end + _DAY) if end else ""


def texts(document: Mapping[str, Any], name: str) -> list[str]:
    """A member that should be a list of texts, as far as it is one."""
    found = document.get(name)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def instant(value: object) -> datetime | None:
    """A date-time, or None if it is none."""
    try:
        return parse_instant(value, field="")
    except BadInput:
        return None


def validity(document: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Begin and end of validity as the official suite reads them: with one bound missing, both are the default.

    The default is three years from the end of the reference period.
    """
    start = instant(document.get("validityPeriodStart"))
    end = instant(document.get("validityPeriodEnd"))
    if start and end:
        return start, end
    return default_validity(document)


def default_validity(document: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Three years from the end of the reference period."""
    pcf = document.get("pcf")
    begin = instant(pcf.get("referencePeriodEnd")) if isinstance(pcf, dict) else None
    if begin is None:
        return None, None
    if (begin.month, begin.day) == (2, 29):  # three years on, there is none
        return begin, begin.replace(year=begin.year + 3, month=3, day=1)
    return begin, begin.replace(year=begin.year + 3)


def _javascript(value: datetime) -> str:
    """As the official suite writes a date it has calculated."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
