"""The extension in which seal and certificate travel with a footprint (decision record 0003)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from carbonbridge.core.document import write_json
from carbonbridge.core.footprint import CERTIFIED_EXTENSION

_VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Who vouches for a footprint: compact forms, not yet believed; None where there is none."""

    seal: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)


def vouchers_of(document: dict[str, Any]) -> Vouchers | None:
    """The seal and certificate that a footprint carries; None if it has no extension of ours."""
    for extension in document.get("extensions") or []:
        if isinstance(extension, dict) and extension.get("dataSchema") == CERTIFIED_EXTENSION:
            data = extension.get("data")
            found = data if isinstance(data, dict) else {}
            return Vouchers(_text(found.get("seal")), _text(found.get("certificate")))
    return None


def with_vouchers(document: dict[str, Any], seal: str, certificate: str | None) -> bytes:
    """The footprint with our extension as its last one, as it will be signed and served."""
    data = {"seal": seal} if certificate is None else {"seal": seal, "certificate": certificate}
    ours = {"specVersion": _VERSION, "dataSchema": CERTIFIED_EXTENSION, "data": data}
    return write_json({**document, "extensions": [*(document.get("extensions") or []), ours]})


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
