"""PACT's criteria as options, for every verb that asks for footprints."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from carbonbridge.core.criteria import FootprintCriteria, from_query

_PANEL = "Which footprints"

#: Parameter → PACT's name.
_NAMES = {
    "product_id": "productId",
    "company_id": "companyId",
    "classification": "classification",
    "geography": "geography",
    "status": "status",
    "valid_on": "validOn",
    "valid_after": "validAfter",
    "valid_before": "validBefore",
}


def _several(option: str, text: str) -> Any:
    help_text = f"{text}; may be repeated."
    return Annotated[list[str] | None, typer.Option(option, help=help_text, rich_help_panel=_PANEL)]


def _instant(option: str, text: str) -> Any:
    return Annotated[str | None, typer.Option(option, help=f"{text}.", rich_help_panel=_PANEL)]


OPTIONS = {
    "product_id": _several("--product-id", "URN of the product"),
    "company_id": _several("--company-id", "URN of the company"),
    "classification": _several("--classification", "URN of a classification"),
    "geography": _several("--geography", "Region, country or subdivision"),
    "status": _several("--status", "Active or Deprecated"),
    "valid_on": _instant("--valid-on", "Valid at this instant, such as 2026-01-31T08:00:00Z"),
    "valid_after": _instant("--valid-after", "Validity begins after this instant"),
    "valid_before": _instant("--valid-before", "Validity ends before this instant"),
}


def stated(given: dict[str, list[str] | str | None]) -> FootprintCriteria:
    """The criteria that the options state.

    Raises:
        BadInput: a date is none.
    """
    pairs = []
    for parameter, value in given.items():
        values = [value] if isinstance(value, str) else value or []
        pairs += [(_NAMES[parameter], item) for item in values]
    return from_query(pairs)
