"""The quantities of a PACT v3 ``pcf`` that add up along a bill of materials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from carbonbridge.core.product import Emission
from carbonbridge.core.quantity import CONTEXT, Sign, format_decimal, parse_decimal

EXCLUDING = "pcfExcludingBiogenicUptake"
INCLUDING = "pcfIncludingBiogenicUptake"
FOSSIL = "fossilGhgEmissions"

#: Quantity → sign rule (PACT v3 ``CarbonFootprint``). Carbon contents are absent: losses have none.
#: So are packaging and outbound logistics: a supplier's are not the product's.
_ADDITIVE: dict[str, Sign] = {
    EXCLUDING: Sign.ANY,
    INCLUDING: Sign.ANY,
    FOSSIL: Sign.NOT_NEGATIVE,
    "landUseChangeGhgEmissions": Sign.NOT_NEGATIVE,
    "landCarbonLeakage": Sign.NOT_NEGATIVE,
    "landManagementFossilGhgEmissions": Sign.NOT_NEGATIVE,
    "landManagementBiogenicCO2Emissions": Sign.NOT_NEGATIVE,
    "landManagementBiogenicCO2Removals": Sign.NOT_POSITIVE,
    "biogenicCO2Uptake": Sign.NOT_POSITIVE,
    "biogenicNonCO2Emissions": Sign.NOT_NEGATIVE,
    "landAreaOccupation": Sign.NOT_NEGATIVE,
    "aircraftGhgEmissions": Sign.NOT_NEGATIVE,
    "ccsTechnologicalCO2Capture": Sign.NOT_POSITIVE,
    "technologicalCO2Removals": Sign.NOT_POSITIVE,
}
_REQUIRED = (EXCLUDING, INCLUDING, FOSSIL)

#: Which quantities an own emission enters, and with which sign (sum identity, PACT v3 ``x-comment``).
_ENTERS: dict[Emission, dict[str, int]] = {
    Emission.FOSSIL: {EXCLUDING: 1, INCLUDING: 1, FOSSIL: 1},
    Emission.LAND_USE_CHANGE: {EXCLUDING: 1, INCLUDING: 1, "landUseChangeGhgEmissions": 1},
    Emission.BIOGENIC_NON_CO2: {EXCLUDING: 1, INCLUDING: 1, "biogenicNonCO2Emissions": 1},
    Emission.BIOGENIC_UPTAKE: {INCLUDING: -1, "biogenicCO2Uptake": -1},
    Emission.BIOGENIC_CO2: {},
}


@dataclass(frozen=True, slots=True)
class Inventory:
    """Amounts in kgCO2e (``landAreaOccupation`` in m²·yr); a quantity nobody stated is absent, not zero."""

    amounts: Mapping[str, Decimal]

    @classmethod
    def read(cls, pcf: Mapping[str, object], *, field: str) -> Inventory:
        """The additive quantities of a ``pcf`` in PACT JSON form.

        Raises:
            BadInput: a mandatory total is missing, or a decimal is none or has the wrong sign.
        """
        names = [name for name in _ADDITIVE if name in pcf or name in _REQUIRED]
        return cls(
            {
                name: parse_decimal(pcf.get(name), field=f"{field}.{name}", sign=_ADDITIVE[name])
                for name in names
            }
        )

    @classmethod
    def of(cls, emission: Emission, value: Decimal) -> Inventory:
        """An own emission of ``value`` kgCO2e."""
        return cls({name: value * sign for name, sign in _ENTERS[emission].items()})

    def times(self, factor: Decimal) -> Inventory:
        return Inventory({name: CONTEXT.multiply(amount, factor) for name, amount in self.amounts.items()})

    def plus(self, other: Inventory) -> Inventory:
        with localcontext(CONTEXT):
            names = [name for name in _ADDITIVE if name in self.amounts or name in other.amounts]
            return Inventory({name: self.get(name) + other.get(name) for name in names})

    def get(self, name: str) -> Decimal:
        """An amount, 0 where nobody stated it."""
        return self.amounts.get(name, Decimal(0))

    def document(self) -> dict[str, str]:
        """PACT JSON form, the three mandatory totals always present."""
        names = [name for name in _ADDITIVE if name in self.amounts or name in _REQUIRED]
        return {name: format_decimal(self.get(name)) for name in names}
