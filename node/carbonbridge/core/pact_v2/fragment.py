"""``ProductFootprintFragment``: how a v2 request says what it wants, by example (specification v2.3.3).

The example's ids, classifications, geography and status become criteria; values of a list are alternatives.
Its other members narrow nothing: an example of them alone is refused rather than answered with everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_v2.words import category_of, classification_of

#: Members of ``pcf`` that say where.
_GEOGRAPHIES = ("geographyCountry", "geographyRegionOrSubregion", "geographyCountrySubdivision")


def criteria_of(fragment: Mapping[str, Any], *, field: str) -> FootprintCriteria:
    """What a fragment asks for.

    Args:
        fragment: parsed JSON.
        field: its path in the event, for messages.

    Raises:
        BadInput: a member that is of the wrong kind, or none that footprints can be found by.
    """
    pcf = fragment.get("pcf")
    if pcf is not None and not isinstance(pcf, dict):
        raise BadInput("must be an object", field=f"{field}.pcf")
    where = [_text(pcf or {}, name, f"{field}.pcf.{name}") for name in _GEOGRAPHIES]
    category = _text(fragment, "productCategoryCpc", f"{field}.productCategoryCpc")
    classes = _texts(fragment, "productClassifications", field)
    if category is not None:
        classes = (classification_of(category), *classes)
    status = _text(fragment, "status", f"{field}.status")
    criteria = FootprintCriteria(
        product_id=_texts(fragment, "productIds", field),
        company_id=_texts(fragment, "companyIds", field),
        geography=tuple(name for name in where if name is not None),
        classification=classes,
        status=() if status is None else (status,),
    )
    if criteria == FootprintCriteria() and any(value is not None for value in fragment.values()):
        raise BadInput(
            "names nothing that footprints are found by here",
            field=field,
            next_step="Give productIds, companyIds, productCategoryCpc, productClassifications, a geography "
            "or a status.",
        )
    return criteria


def fragment_of(criteria: FootprintCriteria) -> dict[str, Any]:
    """The example that asks for the criteria.

    Raises:
        BadInput: a criterion that no example can show (dates of validity, several categories or places).
    """
    if criteria.valid_on or criteria.valid_after or criteria.valid_before:
        raise BadInput(
            "cannot be asked for in PACT v2", field="criteria", next_step="Leave the dates of validity out."
        )
    fragment: dict[str, Any] = {}
    if criteria.product_id:
        fragment["productIds"] = list(criteria.product_id)
    if criteria.company_id:
        fragment["companyIds"] = list(criteria.company_id)
    if criteria.classification:
        fragment |= _classification(criteria.classification)
    if criteria.geography:
        place = _single(criteria.geography, "geography")
        fragment["pcf"] = {_geography_name(place): place}
    if criteria.status:
        fragment["status"] = _single(criteria.status, "status")
    return fragment


def _classification(values: tuple[str, ...]) -> dict[str, Any]:
    """The category where one is meant: 2.0 to 2.2 know nothing else."""
    if len(values) == 1 and (category := category_of(values[0])) is not None:
        return {"productCategoryCpc": category}
    return {"productClassifications": list(values)}


def _geography_name(place: str) -> str:
    if len(place) == 2:
        return "geographyCountry"
    return "geographyCountrySubdivision" if place[2:3] == "-" else "geographyRegionOrSubregion"


def _single(values: tuple[str, ...], name: str) -> str:
    if len(values) != 1:
        raise BadInput("PACT v2 can ask for one only", field=f"criteria.{name}")
    return values[0]


def _text(members: Mapping[str, Any], name: str, field: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise BadInput("must be text", field=field)
    return value if value is not None and value.strip() else None


def _texts(members: Mapping[str, Any], name: str, field: str) -> tuple[str, ...]:
    values = members.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadInput("must be a list of texts", field=f"{field}.{name}")
    return tuple(value for value in values if value.strip())
