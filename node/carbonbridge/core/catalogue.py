"""The product catalogue of the Jiangsu mark: which of its 132 rows a product falls in.

Rows are named by a *pair* of codes: GB/T 7635.1-2002 and the statistical product classification (统计用产品分类目录).
Neither is a key: 20 GB/T codes serve several rows, and some statistical codes are bare divisions. A product may
fall in several rows at once; the most specific one comes first.

GB/T 7635.1 follows CPC 1.0, of which later editions moved many numbers: its codes are never given as CPC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from carbonbridge.core.catalogue_rows import ROWS
from carbonbridge.core.errors import BadInput, NotFound
from carbonbridge.core.product_code import Match, specificity

#: What a certificate pins beside the number of the row.
EDITION = "js-2024"
#: 江苏省产品碳标识认证重点产品指导目录, annex of this instrument.
SOURCE = "苏市监〔2024〕227号"

GBT_SYSTEM = "gbt7635.1-2002"
STAT_SYSTEM = "stat"
_GBT_URN = f"urn:cn:{GBT_SYSTEM}:"
_STAT_URN = f"urn:cn:{STAT_SYSTEM}:"

_DOTS = re.compile(r"[·•・．‧.]")
_GBT = re.compile(r"\d{2,5}|\d{5}·\d{3}", re.ASCII)
_STAT = re.compile(r"(?:\d\d){1,6}", re.ASCII)
_DOUBLE = re.compile(r"(\d+)(\d\d)\((\d\d)\)", re.ASCII)
_RANGE = "—"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row, as printed.

    Attributes:
        gbt: ``27121``, ``34231·012`` or a range such as ``24132·010—·099``.
        stat: 2 to 10 digits, or two codes in one such as ``261303(04)``.
        inferred: names of the cells that are lost in the published text: ``product``, ``name``.
    """

    no: int
    industry_class: str
    product: str
    name: str
    gbt: str
    stat: str
    inferred: frozenset[str] = frozenset()

    @property
    def stat_codes(self) -> tuple[str, ...]:
        """The statistical codes, one or two."""
        double = _DOUBLE.fullmatch(self.stat)
        if double is None:
            return (self.stat,)
        head, first, second = double.groups()
        return head + first, head + second

    @property
    def urns(self) -> tuple[str, ...]:
        """What PACT's ``productClassifications`` can name it by; a range is no code and has no URN."""
        gbt = () if _RANGE in self.gbt else (gbt_urn(self.gbt),)
        return (*gbt, *map(stat_urn, self.stat_codes))


@dataclass(frozen=True, slots=True)
class Found:
    """A row that a product falls in.

    Attributes:
        digits: how many digits of the product's codes the row names; the more, the more specific.
    """

    row: CatalogueRow
    digits: int


@cache
def catalogue() -> tuple[CatalogueRow, ...]:
    """All rows, by number."""
    return tuple(_row(line) for line in ROWS.splitlines())


def row(no: int) -> CatalogueRow:
    """A row by its number.

    Raises:
        NotFound: there is none.
    """
    if not 1 <= no <= len(catalogue()):
        raise NotFound(f"the catalogue has rows 1 to {len(catalogue())}", field="row")
    return catalogue()[no - 1]


def matches(gbt: str | None, stat: str | None = None) -> list[Found]:
    """The rows that a product falls in, the most specific first.

    A row counts if it takes in every code that is given. A code that is less specific than the row's is not taken in:
    nobody knows on which side the product falls.

    Args:
        gbt: the product's code in GB/T 7635.1-2002, with whatever dot, or its URN.
        stat: its statistical code, or its URN.

    Raises:
        BadInput: neither is given, or one is no such code.
    """
    if gbt is None and stat is None:
        raise BadInput("a GB/T 7635.1 code or a statistical code is needed", field="code")
    gbt = None if gbt is None else read_gbt(gbt)
    stat = None if stat is None else read_stat(stat)
    found = [
        (sum(digits for digits, _ in ranks), ranks, one)
        for one in catalogue()
        if (ranks := _ranks(one, gbt, stat)) is not None
    ]
    found.sort(key=lambda each: (-each[0], [(-digits, -kind) for digits, kind in each[1]], each[2].no))
    return [Found(one, digits) for digits, _, one in found]


def read_gbt(code: str) -> str:
    """A GB/T 7635.1-2002 code as it is printed: ``46422·017``.

    Raises:
        BadInput: it is none; 2 to 5 digits, or 5 and 3.
    """
    bare = _DOTS.sub("·", code.strip().removeprefix(_GBT_URN))
    if re.fullmatch(r"\d{8}", bare, re.ASCII):
        bare = f"{bare[:5]}·{bare[5:]}"
    if not _GBT.fullmatch(bare):
        raise BadInput(
            f"{code[:40]!r} is no GB/T 7635.1 code",
            field="code",
            next_step="Write 2 to 5 digits, or 5 and 3 such as 46422·017 or 46422.017.",
        )
    return bare


def read_stat(code: str) -> str:
    """A statistical product code.

    Raises:
        BadInput: it is none; pairs of digits.
    """
    bare = code.strip().removeprefix(_STAT_URN)
    if not _STAT.fullmatch(bare):
        raise BadInput(
            f"{code[:40]!r} is no statistical product code",
            field="stat",
            next_step="Write 2, 4, 6, 8 or 10 digits, such as 39130303.",
        )
    return bare


def gbt_urn(code: str) -> str:
    """``urn:cn:gbt7635.1-2002:46422.017``: a URN is ASCII (RFC 8141 section 2), so the dot is a full stop.

    Raises:
        BadInput: see :func:`read_gbt`.
    """
    return _GBT_URN + read_gbt(code).replace("·", ".")


def stat_urn(code: str) -> str:
    """``urn:cn:stat:39130303``.

    Raises:
        BadInput: see :func:`read_stat`.
    """
    return _STAT_URN + read_stat(code)


def _ranks(one: CatalogueRow, gbt: str | None, stat: str | None) -> list[tuple[int, int]] | None:
    """How specifically the row takes each code in; None if it does not take one of them in."""
    ranks = []
    if gbt is not None:
        kind = Match.RANGE if _RANGE in one.gbt else Match.SUBTREE
        if (rank := specificity(gbt, one.gbt, kind)) is None:
            return None
        ranks.append(rank)
    if stat is not None:
        taken = [specificity(stat, code, Match.SUBTREE) for code in one.stat_codes]
        best = max((rank for rank in taken if rank is not None), default=None)
        if best is None:
            return None
        ranks.append(best)
    return ranks


def _row(line: str) -> CatalogueRow:
    no, industry_class, product, name, gbt, stat = line.split("|")
    inferred = {cell for cell, text in (("product", product), ("name", name)) if text.startswith("[")}
    product, name = product.strip("[]"), name.strip("[]")
    return CatalogueRow(int(no), industry_class, product, name, gbt, stat, frozenset(inferred))
