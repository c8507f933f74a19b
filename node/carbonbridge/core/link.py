"""The ``Link`` header of a paginated listing (RFC 8288)."""

from __future__ import annotations

import re

_PARAMETER = r"\s*;\s*[^\s=;,<>\"]+\s*(?:=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s\";,<>]+))?"
_LINK = re.compile(rf"<([^>]*)>((?:{_PARAMETER})*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\";,]+))", re.IGNORECASE)


def next_link(header: str) -> str | None:
    """The target of the first link with relation ``next``, as given; None on the last page."""
    for target, parameters in _LINK.findall(header):
        relation = _REL.search(parameters)
        if relation and "next" in (relation[1] or relation[2] or "").casefold().split():
            return str(target)
    return None


def format_next_link(url: str) -> str:
    """The header that says where the listing goes on. Quoted as the official conformance suite wants it."""
    return f'<{url}>; rel="next"'
