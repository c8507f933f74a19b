"""Translation: a v2 document that is to be published, as the v3 footprint that it becomes."""

from __future__ import annotations

from typing import Any

from carbonbridge.core.errors import BadInput, Conflict
from carbonbridge.core.footprint import check_no_null
from carbonbridge.core.pact_v2.carbon_footprint import CarbonFootprintV2
from carbonbridge.core.pact_v2.loss import Happened
from carbonbridge.core.pact_v2.model import ProductFootprintV2
from carbonbridge.core.pact_v2.to_v3 import id_of_version, to_v3
from carbonbridge.core.pact_v2.vocabulary import DeclaredUnit
from carbonbridge.node.app.context import Node
from carbonbridge.node.ports.records import Original
from carbonbridge.node.ports.store import Transaction

_MASS = "pcf.productMassPerDeclaredUnit"

#: Units of goods that have a mass, which the unit does not tell.
_WEIGHED = (DeclaredUnit.LITER, DeclaredUnit.CUBIC_METER, DeclaredUnit.SQUARE_METER)


def translate(
    node: Node, org: str, document: bytes, content: dict[str, Any]
) -> tuple[dict[str, Any], Original]:
    """Convert a v2 document that the organisation publishes.

    A footprint of its own id is taken as it is. A later version of one that is published (same id, higher
    ``version``) gets a derived v3 id, and takes the place of the version before.

    Args:
        content: the document, parsed.

    Returns:
        The v3 footprint, parsed, and what to keep beside it.

    Raises:
        BadInput: not a v2 footprint, one with nulls, or one whose mass v3 cannot do without.
        Conflict: this or a later version is published already, and is not the same.
    """
    footprint = ProductFootprintV2.read(content)
    check_no_null(content, ProductFootprintV2, CarbonFootprintV2)
    with node.store.snapshot() as tx:
        preceding = _preceding(tx, org, footprint, document)
        content = _with_current(tx, org, content)
    converted, report = to_v3(content, preceding=preceding)
    if footprint.pcf.declaredUnit in _WEIGHED and Happened.DEFAULTED in report.of(_MASS):
        raise BadInput(
            "is needed: PACT v3 tells the mass of every product",
            field=_MASS,
            next_step="Give the mass in kg of one declared unit; the property is known since v2.3.",
        )
    return converted, Original(org, converted["id"], footprint.id, footprint.version, document, preceding)


def check_current(tx: Transaction, original: Original) -> None:
    """In the transaction that publishes: nobody published another version since it was translated.

    Raises:
        Conflict: somebody did.
    """
    before = tx.originals.latest(original.org, None, original.v2_id)
    held = None if before is None else before.footprint_id
    if held not in (original.preceding, original.footprint_id):
        raise Conflict(
            "another version was published at the same time", field="version", next_step="Try again."
        )


def _preceding(tx: Transaction, org: str, footprint: ProductFootprintV2, document: bytes) -> str | None:
    latest = tx.originals.latest(org, None, footprint.id)
    if latest is None or footprint.version > latest.version:
        return None if latest is None else latest.footprint_id
    # The same again has no effect, be it the latest version or not.
    for footprint_id in (footprint.id, id_of_version(footprint.id, footprint.version)):
        held = tx.originals.get(org, None, footprint_id)
        if held is not None and (held.version, held.document) == (footprint.version, document):
            return held.preceding
    raise Conflict(
        f"version {latest.version} of this footprint is published",
        field="version",
        next_step="Count the version up for a small change; a large one has a new id.",
    )


def _with_current(tx: Transaction, org: str, content: dict[str, Any]) -> dict[str, Any]:
    """The document with the footprints it replaces named by the v3 ids of their latest versions."""
    named = content.get("precedingPfIds")
    if not isinstance(named, list):
        return content
    latest = [(each, tx.originals.latest(org, None, str(each).lower())) for each in named]
    ids = [each if original is None else original.footprint_id for each, original in latest]
    return content | {"precedingPfIds": ids}
