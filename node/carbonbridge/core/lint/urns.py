"""Identifiers: the syntax of URNs (RFC 8141), and which PACT prefers (v3.0.3, "Product identifiers")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.lint.rule import Rule
from carbonbridge.core.lint.subject import Subject

_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_NAME = re.compile(
    rf"[uU][rR][nN]:(?P<namespace>[A-Za-z0-9][A-Za-z0-9-]{{0,30}}[A-Za-z0-9]):(?P<specific>{_PCHAR}(?:{_PCHAR}|/)*)"
    rf"(?P<rest>(?:\?[+=](?:{_PCHAR}|[/?])+)?(?:#(?:{_PCHAR}|[/?])*)?)",
    re.ASCII,
)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE)
_SOURCE = "PACT v3.0.3, Product identifiers"
_FIELDS = ("companyIds", "productIds", "productClassifications")

#: Namespaces that the specification or its examples name, or that are met in the wild.
KNOWN = frozenset(
    {
        *("cas", "company", "cpc", "duns", "eclass", "epc", "epcglobal", "gs1", "gtin"),
        *("isbn", "iso", "issn", "lei", "oid", "pact", "unspsc", "uuid"),
    }
)
#: Types that the specification recommends for product ids, with those of its examples for substances.
PRODUCT_TYPES = frozenset(
    {
        *("product-id", "buyer-id", "supplier-id", "category-id"),
        *("substance-number", "substance-name", "substance-id", "substance-key"),
    }
)

SYNTAX = Rule(
    "PCF-URN-SYNTAX",
    Severity.ERROR,
    Layer.SCHEMA,
    "RFC 8141, section 2; PACT v3.0.3, Data types: URN",
    ("{stated} is no URN.", "{stated} 不是有效的 URN。"),
    (
        "Write urn:namespace:identifier, and percent-encode what is not allowed (blanks, Chinese).",
        "请写成 urn:命名空间:标识，并对不允许的字符（空格、中文）做百分号编码。",
    ),
)
COMPONENT = Rule(
    "PCF-URN-COMPONENT",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "RFC 8141, section 2.3",
    (
        "{part} is no part of the name: readers of URNs compare without it.",
        "{part} 不属于名称本身：比较 URN 时会被忽略。",
    ),
    ("Percent-encode # as %23 and ? as %3F.", "请将 # 编码为 %23，? 编码为 %3F。"),
)
NAMESPACE = Rule(
    "PCF-URN-NAMESPACE",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE,
    ("The namespace {namespace} is not widely known.", "命名空间 {namespace} 并不通用。"),
    (
        "Prefer a registered one (epc, uuid), a common one (gtin, cpc), or urn:pact:your-domain:product-id:….",
        "请优先使用已登记的（epc、uuid）、通用的（gtin、cpc）或 urn:pact:贵方域名:product-id:…。",
    ),
)
OLD = Rule(
    "PCF-URN-OLD",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _SOURCE,
    ("This is the form of PACT 2 and earlier.", "这是 PACT 2 及更早版本的写法。"),
    ("Use urn:pact:domain:type:identifier.", "请使用 urn:pact:域名:类型:标识。"),
)
OURS = Rule(
    "PCF-URN-PACT",
    Severity.WARNING,
    Layer.METHODOLOGY,
    _SOURCE,
    (
        "{stated} is not urn:pact:domain:type:identifier.",
        "{stated} 不符合 urn:pact:域名:类型:标识 的形式。",
    ),
    (
        "Name the issuer's domain, then the type, then the identifier.",
        "请依次写发布方域名、类型和标识。",
    ),
)
TYPE = Rule(
    "PCF-URN-TYPE",
    Severity.INFO,
    Layer.METHODOLOGY,
    _SOURCE,
    ("{type} is not a recommended type of product id.", "{type} 不是推荐的产品标识类型。"),
    ("Use product-id, buyer-id or supplier-id.", "请使用 product-id、buyer-id 或 supplier-id。"),
)
GTIN = Rule(
    "PCF-GTIN",
    Severity.WARNING,
    Layer.PLAUSIBILITY,
    "GS1 General Specifications: check digit",
    ("{stated} is no GTIN: length or check digit is wrong.", "{stated} 不是有效的 GTIN：长度或校验码有误。"),
    ("Check the digits.", "请核对数字。"),
)
RULES = (SYNTAX, COMPONENT, NAMESPACE, OLD, OURS, TYPE, GTIN)


def check(subject: Subject) -> Iterator[Finding]:
    """Every identifier that begins like a URN; what does not is the schema's finding."""
    for field in _FIELDS:
        for path, text in subject.texts(field):
            if text[:4].lower() == "urn:":
                yield from _urn(field, path, text)


def _urn(field: str, path: str, text: str) -> Iterator[Finding]:
    # A pattern with many alternatives must not be given a document's worth of text.
    parts = _NAME.fullmatch(text) if len(text) <= 1000 else None
    if parts is None:
        yield SYNTAX.at(path, stated=text)
        return
    namespace, specific = parts["namespace"].lower(), parts["specific"]
    if parts["rest"]:
        yield COMPONENT.at(path, part=parts["rest"])
    if namespace == "pact":
        yield from _pact(field, path, text, specific)
    elif namespace == "pathfinder":
        yield OLD.at(path)
    elif namespace == "gtin":
        if not _is_gtin(specific):
            yield GTIN.at(path, stated=specific)
    elif namespace not in KNOWN:
        yield NAMESPACE.at(path, namespace=namespace)


def _pact(field: str, path: str, text: str, specific: str) -> Iterator[Finding]:
    domain, _, rest = specific.partition(":")
    kind, _, value = rest.partition(":")
    if domain == "company" and kind == "customcode":
        yield OLD.at(path)
    elif not _DOMAIN.fullmatch(domain) or not kind or not value:
        yield OURS.at(path, stated=text)
    elif field == "productIds" and kind.lower() not in PRODUCT_TYPES:
        yield TYPE.at(path, type=kind)


def _is_gtin(digits: str) -> bool:
    if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14)):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0
