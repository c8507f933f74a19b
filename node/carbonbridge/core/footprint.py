"""``ProductFootprint`` of PACT v3.0: reading, validity, index keys, and the digest that binds it.

Only what the specification's schema demands is enforced; the methodology's reporting rules are findings for
people, not grounds to refuse a partner's document (specification v3.0.3, "Validation").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, datetime
from typing import Annotated, Any

from carbonbridge.core.carbon_footprint import CarbonFootprint
from carbonbridge.core.disclosure import FootprintFacts
from carbonbridge.core.document import canonical, digest, members, read_json, write_json
from carbonbridge.core.errors import BadInput
from carbonbridge.core.pact_object import Instant, PactObject, SomeUnique, Text, Urn, Uuid, spelled
from carbonbridge.core.vocabulary import FootprintStatus, KeyKind

#: ``dataSchema`` of the extension item that carries our seal and certificate.
CERTIFIED_EXTENSION = "https://carbonbridge.example/schemas/certified-footprint/1.0.0.json"

Version = Annotated[str, spelled(r"\d+\.\d+\.\d+(-\d{8})?", "must be a version, such as 3.0.3")]


class DataModelExtension(PactObject):
    """Data beyond PACT's own model; unknown ones must be accepted and kept."""

    specVersion: Text  #: of the extension's own specification
    dataSchema: Text  #: public URL
    data: dict[str, Any]
    documentation: str | None = None


class ProductFootprint(PactObject):
    """A product's footprint. After publication nothing but ``status`` changes, and only to deprecated."""

    id: Uuid
    specVersion: Version
    precedingPfIds: SomeUnique[Uuid] | None = None
    created: Instant
    status: FootprintStatus
    validityPeriodStart: Instant | None = None
    validityPeriodEnd: Instant | None = None
    companyName: Text
    companyIds: SomeUnique[Urn]
    productDescription: str
    productIds: SomeUnique[Urn]
    productClassifications: SomeUnique[Urn] | None = None
    productNameCompany: Text
    comment: str | None = None
    pcf: CarbonFootprint
    extensions: tuple[DataModelExtension, ...] | None = None


def parse_footprint(data: bytes) -> ProductFootprint:
    """Read a footprint from JSON.

    Raises:
        BadInput: not JSON, or names the first field at fault (``pcf.fossilGhgEmissions``).
    """
    return read_footprint(read_json(data))


def read_footprint(document: object) -> ProductFootprint:
    """Read a footprint from parsed JSON.

    Raises:
        BadInput: names the first field at fault.
    """
    return ProductFootprint.read(document)


def check_no_null(
    document: dict[str, Any],
    whole: type[PactObject] = ProductFootprint,
    inner: type[PactObject] = CarbonFootprint,
) -> None:
    """PACT's own properties are there or left out: many recipients' schemas know no null. Others may be as they like.

    Args:
        document: a sound footprint, parsed.
        whole: the model it is sound by; ``inner`` is that of its ``pcf``.

    Raises:
        BadInput: names the first that is null.
    """
    own = {name: document[name] for name in whole.model_fields if name in document}
    own["pcf"] = {name: own["pcf"][name] for name in inner.model_fields if name in own["pcf"]}
    own.pop("extensions", None)
    if _holds_null(own) and (path := _first_null(own)) is not None:
        raise BadInput("is null", field=path, next_step="Leave it out.")


def _holds_null(value: dict[str, Any] | list[Any]) -> bool:
    """Whether there is a null anywhere; the quick answer before the question where."""
    items = value.values() if isinstance(value, dict) else value
    return None in items or any(_holds_null(item) for item in items if type(item) in (dict, list))


def _first_null(value: object) -> str | None:
    """The path to the first null in a document."""
    items: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for name, item in items:
        if item is None:
            return str(name)
        if isinstance(item, dict | list) and (rest := _first_null(item)) is not None:
            return f"{name}.{rest}"
    return None


def validity(footprint: ProductFootprint) -> tuple[datetime, datetime]:
    """First instant of validity and first instant after it.

    A bound that is not given is that of the default period: three years from the end of the reference period
    (specification v3.0.3, "Validity Period").
    """
    end_of_data = footprint.pcf.referencePeriodEnd
    return (
        footprint.validityPeriodStart or end_of_data,
        footprint.validityPeriodEnd or three_years_after(end_of_data),
    )


def index_keys(footprint: ProductFootprint) -> list[tuple[KeyKind, str]]:
    """What the list filters of ListFootprints find the footprint by; values are case-folded."""
    pcf = footprint.pcf
    geographies = (pcf.geographyRegionOrSubregion, pcf.geographyCountry, pcf.geographyCountrySubdivision)
    values: dict[KeyKind, tuple[str, ...]] = {
        KeyKind.PRODUCT: footprint.productIds,
        KeyKind.COMPANY: footprint.companyIds,
        KeyKind.CLASSIFICATION: footprint.productClassifications or (),
        KeyKind.GEOGRAPHY: tuple(name for name in geographies if name is not None),
    }
    return [(kind, value.casefold()) for kind, items in values.items() for value in items]


def facts_of(footprint: ProductFootprint) -> FootprintFacts:
    """What filters and disclosure need to know of the footprint."""
    valid_from, valid_until = validity(footprint)
    return FootprintFacts(
        id=footprint.id,
        status=footprint.status,
        valid_from=valid_from,
        valid_until=valid_until,
        keys=frozenset(index_keys(footprint)),
    )


def footprint_digest(document: dict[str, Any]) -> str:
    """``sha256:<hex>`` of what seal and certificate vouch for, whoever wrote the JSON anew in between.

    That is the RFC 8785 form without ``status``, which may change, and without our own extension, which
    carries the seal and certificate themselves.

    Args:
        document: the footprint in PACT JSON form, with all its unknown properties.

    Raises:
        BadInput: it has no canonical form.
    """
    bound = {name: value for name, value in document.items() if name not in ("status", "extensions")}
    extensions = document.get("extensions")
    if isinstance(extensions, list):
        extensions = [item for item in extensions if not _is_ours(item)]
    if extensions:
        bound["extensions"] = extensions
    return digest(canonical(bound))


def with_status(document: bytes, status: FootprintStatus) -> bytes:
    """The document with another status, all else byte for byte; what is served of a deprecated footprint.

    Args:
        document: a sound footprint, UTF-8 JSON.
    """
    parts = dict(members(document)) | {"status": write_json(status.value)}
    return b"{" + b",".join(write_json(name) + b":" + value for name, value in parts.items()) + b"}"


def _is_ours(extension: object) -> bool:
    return isinstance(extension, dict) and extension.get("dataSchema") == CERTIFIED_EXTENSION


def three_years_after(value: datetime) -> datetime:
    """The same day three years on; the first of March where there is none."""
    year = min(value.year + 3, MAXYEAR)
    if (value.month, value.day) == (2, 29):  # three years on, there is none
        return value.replace(year=year, month=3, day=1)
    return value.replace(year=year)
