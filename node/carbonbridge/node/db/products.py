"""Products and calculations on SQL."""

from __future__ import annotations

from sqlalchemy import RowMapping, Select, select

from carbonbridge.node.db.rows import Rows, table_of, values_of
from carbonbridge.node.db.tables.products import CalculationRow, ProductRow
from carbonbridge.node.ports.records import CalculationRecord, CalculationState, ProductRecord, Publication

_PRODUCT = table_of(ProductRow)
_CALCULATION = table_of(CalculationRow)


class SqlProducts:
    """See :class:`~carbonbridge.node.ports.store.Products`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, product: ProductRecord) -> None:
        values = values_of(product)
        if not self._rows.insert(_PRODUCT, values):
            self._rows.replace(_PRODUCT, "product", values, "id")

    def get(self, org: str, product_id: str) -> ProductRecord:
        return _product(self._rows.get(_PRODUCT, "product", org, id=product_id))

    def find(self, org: str) -> list[ProductRecord]:
        query = self._rows.where(_PRODUCT, org).order_by(_PRODUCT.c.created_at, _PRODUCT.c.id)
        return [_product(row) for row in self._rows.all(query)]

    def add_calculation(self, calculation: CalculationRecord) -> None:
        self._rows.add(_CALCULATION, "calculation", values_of(calculation))

    def replace_calculation(self, calculation: CalculationRecord) -> None:
        self._rows.replace(_CALCULATION, "calculation", values_of(calculation), "id")

    def calculation(self, org: str, calculation_id: str) -> CalculationRecord:
        return _calculation(self._rows.get(_CALCULATION, "calculation", org, id=calculation_id))

    def calculations(self, org: str, product_id: str | None = None) -> list[CalculationRecord]:
        key = {} if product_id is None else {"product_id": product_id}
        return self._calculations(self._rows.where(_CALCULATION, org, **key))

    def submitted_to(self, body_org: str, state: CalculationState | None = None) -> list[CalculationRecord]:
        submitted = _CALCULATION.c.body_org == body_org
        if state is not None:
            submitted &= _CALCULATION.c.state == state
        applicants = select(_CALCULATION.c.org).where(submitted).distinct().order_by(_CALCULATION.c.org)
        for row in self._rows.all(applicants):
            self._rows.hold(row["org"])
        return self._calculations(select(_CALCULATION).where(submitted))

    def _calculations(self, query: Select[tuple[object]]) -> list[CalculationRecord]:
        oldest_first = (_CALCULATION.c.created_at, _CALCULATION.c.org, _CALCULATION.c.id)
        return [_calculation(row) for row in self._rows.all(query.order_by(*oldest_first))]


def _product(row: RowMapping) -> ProductRecord:
    return ProductRecord(**{**row, "publication": Publication(row["publication"])})


def _calculation(row: RowMapping) -> CalculationRecord:
    return CalculationRecord(**{**row, "state": CalculationState(row["state"])})
