"""Lineage: the tree of what a calculated figure is made of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from enum import StrEnum

from carbonbridge.core.factor import Factor, Names
from carbonbridge.core.product import Stage
from carbonbridge.core.quantity import CONTEXT
from carbonbridge.core.record import AnyDecimal, NotNegative, StrictRecord, Text

_STEP = Decimal("0.0001")


class Kind(StrEnum):
    """What a node of the tree is."""

    PRODUCT = "product"  #: calculated here, from its children
    SUPPLIER = "supplier"  #: a supplier's footprint; children where its own lineage is known
    ACTIVITY = "activity"  #: an activity times a factor, or a direct emission


class Lineage(StrictRecord):
    """One node of the tree; all amounts and values are per declared unit of the root.

    Attributes:
        value: kgCO2e, contribution to ``pcfExcludingBiogenicUptake`` of the root.
        share: percent of the root's value; None where the root is zero.
        outside: kg of biogenic CO2 that is told, and counted in no total.
        factor: the emission factor used, with its source.
        footprint_id: PACT id of the supplier's footprint; ``digest`` names its statement.
        verdict: outcome of recognising the footprint's certificate.
        primary_data_share: percent, of this node.
    """

    id: Text
    name: Names
    kind: Kind
    amount: NotNegative
    unit: Text
    value: AnyDecimal
    share: AnyDecimal | None = None
    stage: Stage | None = None
    outside: NotNegative | None = None
    factor: Factor | None = None
    company: str | None = None
    footprint_id: str | None = None
    digest: str | None = None
    verdict: str | None = None
    primary_data_share: NotNegative | None = None
    children: tuple[Lineage, ...] = ()

    def times(self, factor: Decimal) -> Lineage:
        """The tree of so many times as much; shares are of another whole and fall away."""
        changed = {
            "amount": CONTEXT.multiply(self.amount, factor),
            "value": CONTEXT.multiply(self.value, factor),
            "outside": None if self.outside is None else CONTEXT.multiply(self.outside, factor),
            "share": None,
            "children": tuple(child.times(factor) for child in self.children),
        }
        return self.model_copy(update=changed)

    def with_shares(self) -> Lineage:
        """The tree with every node's share of this root, in percent to four decimal places."""
        return self._share_of(self.value)

    def _share_of(self, whole: Decimal) -> Lineage:
        with localcontext(CONTEXT):
            share = (self.value * 100 / whole).quantize(_STEP) if whole else None
        children = tuple(child._share_of(whole) for child in self.children)
        return self.model_copy(update={"share": share, "children": children})

    def leaves(self) -> Iterator[Lineage]:
        """The nodes without children, from left to right."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()
