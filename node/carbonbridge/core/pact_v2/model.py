"""``ProductFootprint`` of PACT v2.0 to v2.3 (specification v2.3.3, data model).

One model reads all four minor versions: later ones added optional properties only. As for v3, what the schema
demands is enforced, unknown properties are kept, and null is the same as absent.
"""

from __future__ import annotations

from typing import Annotated

from carbonbridge.core.document import read_json
from carbonbridge.core.footprint import DataModelExtension
from carbonbridge.core.pact_object import Instant, PactObject, SomeUnique, Text, Urn, Uuid, spelled
from carbonbridge.core.pact_v2.carbon_footprint import CarbonFootprintV2
from carbonbridge.core.pact_v2.number import WholeNumber
from carbonbridge.core.vocabulary import FootprintStatus

VersionV2 = Annotated[str, spelled(r"2\.\d+\.\d+(-\d{8})?", "must be a version 2, such as 2.3.3")]


class ProductFootprintV2(PactObject):
    """A product's footprint in v2.

    A small change keeps the id and counts ``version`` up, a large one has an id of its own and names the old
    one in ``precedingPfIds``.
    """

    id: Uuid
    specVersion: VersionV2
    precedingPfIds: SomeUnique[Uuid] | None = None
    version: WholeNumber
    created: Instant
    updated: Instant | None = None
    status: FootprintStatus
    statusComment: str | None = None
    validityPeriodStart: Instant | None = None
    validityPeriodEnd: Instant | None = None
    companyName: Text
    companyIds: SomeUnique[Urn]
    productDescription: str
    productIds: SomeUnique[Urn]
    productClassifications: SomeUnique[Urn] | None = None  #: since 2.3
    productCategoryCpc: Text
    productNameCompany: Text
    comment: str
    pcf: CarbonFootprintV2
    extensions: tuple[DataModelExtension, ...] | None = None


def parse_footprint_v2(data: bytes) -> ProductFootprintV2:
    """Read a v2 footprint from JSON.

    Raises:
        BadInput: not JSON, or names the first field at fault (``pcf.fossilGhgEmissions``).
    """
    return ProductFootprintV2.read(read_json(data))


def is_v2(document: object) -> bool:
    """Whether parsed JSON says that it is a v2 footprint, by its ``specVersion``."""
    if not isinstance(document, dict):
        return False
    version = document.get("specVersion")
    return isinstance(version, str) and version.startswith("2.")
