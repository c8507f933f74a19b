"""Whether amount, unit, mass, carbon and figure fit together.

The limits are ours and wide: they are to find a slipped point or a total in place of a unit, not to judge a product.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from carbonbridge.core.lint.figures import EXCLUDING
from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject
from carbonbridge.core.quantity import CONTEXT, format_decimal, round_significant
from carbonbridge.core.vocabulary import DeclaredUnit

_SOURCE = "PACT v3.0.3, CarbonFootprint: declared unit and mass"
AMOUNT, MASS = "pcf.declaredUnitAmount", "pcf.productMassPerDeclaredUnit"

#: Units of what has no mass: energy, transport, time, data.
MASSLESS = frozenset(
    {
        DeclaredUnit.KILOWATT_HOUR,
        DeclaredUnit.MEGAJOULE,
        DeclaredUnit.TON_KILOMETER,
        DeclaredUnit.HOUR,
        DeclaredUnit.MEGABIT_SECOND,
    }
)
#: kg per unit that nature offers: from a thin gas to osmium.
_DENSITY = {
    DeclaredUnit.LITER: (Decimal("0.00005"), Decimal(23)),
    DeclaredUnit.CUBIC_METER: (Decimal("0.05"), Decimal(23000)),
}
#: kgCO2e per unit beyond which a slip is likelier than a product; mass is judged per kg.
_HIGHEST = {
    DeclaredUnit.KILOWATT_HOUR: Decimal(3),
    DeclaredUnit.MEGAJOULE: Decimal(1),
    DeclaredUnit.TON_KILOMETER: Decimal(5),
}
_HIGHEST_PER_KG = Decimal(1000)
_LARGEST_AMOUNT = Decimal(100000)

MASS_KILOGRAM = Rule(
    "PCF-MASS-KILOGRAM",
    Severity.ERROR,
    Layer.PLAUSIBILITY,
    _SOURCE,
    (
        "{amount} kg are declared, yet their mass is stated as {mass} kg.",
        "声明单位为 {amount} 千克，质量却填为 {mass} 千克。",
    ),
    (
        "Where the unit is the kilogram, the mass is declaredUnitAmount.",
        "单位为千克时，质量等于 declaredUnitAmount。",
    ),
)
MASS_ZERO = Rule(
    "PCF-MASS-ZERO",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    _SOURCE,
    (
        "The mass is 0, which is for energy, transport and services only, not for the unit {unit}.",
        "质量为 0，这只适用于能源、运输和服务，不适用于单位 {unit}。",
    ),
    ("Give the mass in kg without packaging.", "请填写不含包装的质量（千克）。"),
)
MASS_NEEDLESS = Rule(
    "PCF-MASS-NEEDLESS",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    _SOURCE,
    ("A mass of {mass} kg is stated for the unit {unit}.", "单位 {unit} 填报了 {mass} 千克的质量。"),
    ("Write 0 where mass means nothing.", "质量无意义时请填 0。"),
)
DENSITY = Rule(
    "PCF-DENSITY",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    _SOURCE,
    (
        "{density} kg per {unit} is no density of any product.",
        "每 {unit} {density} 千克，不是任何产品的密度。",
    ),
    (
        "The mass is that of the whole declaredUnitAmount, in kg.",
        "质量须为整个 declaredUnitAmount 的千克数。",
    ),
)
INTENSITY = Rule(
    "PCF-INTENSITY",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: declared unit",
    ("{intensity} kgCO2e per {unit} is very high.", "每 {unit} {intensity} kgCO2e，数值极高。"),
    (
        "Check the unit, and that it is the figure for declaredUnitAmount, in kg and not in g or t.",
        "请检查单位，并确认该数值对应 declaredUnitAmount，单位为千克而非克或吨。",
    ),
)
VOLUME = Rule(
    "PCF-AMOUNT",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: declaredUnitAmount",
    ("{amount} looks like a volume of sales, not one product.", "{amount} 像是销售总量，而不是单个产品。"),
    (
        "Declare the amount in one product, or 1 if it is sold in bulk.",
        "请声明单个产品的数量；散装销售填 1。",
    ),
)
CARBON = Rule(
    "PCF-CARBON",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: carbon contents",
    (
        "{carbon} kg of carbon are in a product of {mass} kg.",
        "产品质量 {mass} 千克，含碳量却为 {carbon} 千克。",
    ),
    (
        "Contents are kg of carbon, not of CO2, per declaredUnitAmount.",
        "含碳量为每 declaredUnitAmount 的碳（而非 CO2）千克数。",
    ),
)
RECYCLED = Rule(
    "PCF-CARBON-RECYCLED",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: recycledCarbonContent",
    (
        "{recycled} kg of recycled carbon are more than all carbon in the product ({carbon}).",
        "再生碳含量 {recycled} 千克，大于产品的全部含碳量（{carbon}）。",
    ),
    (
        "Recycled carbon is part of the fossil or biogenic carbon.",
        "再生碳属于化石碳或生物碳的一部分。",
    ),
)
UPTAKE = Rule(
    "PCF-UPTAKE",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint: biogenicCO2Uptake",
    (
        "The product holds biogenic carbon, but no uptake of CO2 is reported.",
        "产品含有生物碳，却未填报 CO2 吸收量。",
    ),
    ("Give biogenicCO2Uptake (<= 0).", "请填写 biogenicCO2Uptake（<= 0）。"),
)
ZERO = Rule(
    "PCF-ZERO",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "PACT v3.0.3, CarbonFootprint",
    ("The footprint is exactly 0.", "足迹恰为 0。"),
    ("Make sure that this is no placeholder.", "请确认这不是占位数值。"),
)
RULES = (
    *(MASS_KILOGRAM, MASS_ZERO, MASS_NEEDLESS, DENSITY, INTENSITY, VOLUME),
    *(CARBON, RECYCLED, UPTAKE, ZERO),
)


def check(subject: Subject) -> Iterator[Finding]:
    """Mass and unit, then intensity, then carbon."""
    unit, amount, mass = subject.get("pcf.declaredUnitOfMeasurement"), subject.decimal(AMOUNT), None
    if subject.has(MASS):
        mass = subject.decimal(MASS)
    with localcontext(CONTEXT):
        if isinstance(unit, str) and unit in list(DeclaredUnit) and amount is not None and amount > 0:
            yield from _mass(DeclaredUnit(unit), amount, mass)
            yield from _intensity(subject, DeclaredUnit(unit), amount, mass)
        yield from _carbon(subject, mass)
    if amount is not None and amount > _LARGEST_AMOUNT:
        yield VOLUME.at(AMOUNT, amount=_shown(amount))
    if subject.decimal(EXCLUDING) == 0 and subject.decimal("pcf.fossilGhgEmissions") == 0:
        yield ZERO.at(EXCLUDING)


def _mass(unit: DeclaredUnit, amount: Decimal, mass: Decimal | None) -> Iterator[Finding]:
    if mass is None or mass < 0:
        return
    if unit is DeclaredUnit.KILOGRAM:
        if mass != amount:
            yield MASS_KILOGRAM.at(MASS, amount=_shown(amount), mass=_shown(mass))
    elif unit in MASSLESS:
        if mass:
            yield MASS_NEEDLESS.at(MASS, unit=unit.value, mass=_shown(mass))
    elif not mass:
        yield MASS_ZERO.at(MASS, unit=unit.value)
    elif limits := _DENSITY.get(unit):
        density = mass / amount
        if not limits[0] <= density <= limits[1]:
            yield DENSITY.at(MASS, unit=unit.value, density=_shown(density))


def _intensity(
    subject: Subject, unit: DeclaredUnit, amount: Decimal, mass: Decimal | None
) -> Iterator[Finding]:
    value = subject.decimal(EXCLUDING)
    if value is None:
        return
    if unit in _HIGHEST:
        divisor, name, highest = amount, unit.value, _HIGHEST[unit]
    elif mass and mass > 0:
        divisor, name, highest = mass, "kg", _HIGHEST_PER_KG
    else:
        return
    if abs(value) > highest * divisor:
        yield INTENSITY.at(EXCLUDING, intensity=_shown(value / divisor), unit=name)


def _carbon(subject: Subject, mass: Decimal | None) -> Iterator[Finding]:
    fossil = subject.decimal("pcf.fossilCarbonContent")
    biogenic = subject.decimal("pcf.biogenicCarbonContent") or Decimal(0)
    recycled = subject.decimal("pcf.recycledCarbonContent")
    carbon = (fossil or Decimal(0)) + biogenic
    if mass and carbon > mass > 0:
        more = "biogenicCarbonContent" if biogenic > (fossil or 0) else "fossilCarbonContent"
        yield CARBON.at(f"pcf.{more}", carbon=_shown(carbon), mass=_shown(mass))
    if fossil is not None and recycled is not None and recycled > carbon:
        yield RECYCLED.at("pcf.recycledCarbonContent", recycled=_shown(recycled), carbon=_shown(carbon))
    if biogenic > 0 and not subject.decimal("pcf.biogenicCO2Uptake"):
        yield UPTAKE.at("pcf.biogenicCO2Uptake")


def _shown(value: Decimal) -> str:
    return format_decimal(round_significant(value, 6))
