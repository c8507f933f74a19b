"""Products and factor sets are read strictly, and errors name the field."""

from __future__ import annotations

from typing import Any

import pytest
from tests.core.bills import activity, factors, spec, supplier_line

from carbonbridge.core.errors import BadInput
from carbonbridge.core.factor import FactorSet
from carbonbridge.core.product import Product


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (spec(activity(amount=3)), "lines.0.amount"),
        (spec(activity(amount="-1")), "lines.0.amount"),
        (spec(activity(amount="NaN")), "lines.0.amount"),
        (spec(activity(lossFactor="0.9")), "lines.0.lossFactor"),
        (spec(activity(direct="1")), "lines.0"),
        (spec(activity(colour="blue")), "lines.0.colour"),
        (spec(activity(kind="magic")), "lines.0"),
        (spec(supplier_line(productId="part 1")), "lines.0.productId"),
        (spec(), "lines"),
        (spec(activity(), productIds=[]), "productIds"),
        (spec(activity(), declaredUnitAmount="0"), "declaredUnitAmount"),
        (spec(activity(), referencePeriodStart="2025-01-01"), "referencePeriodStart"),
        (spec(activity(), referencePeriodStart="2027-01-01T00:00:00Z"), None),
        (spec(activity(), activity()), None),
        (spec(activity(), geographyCountrySubdivision="CN-GD"), None),
        ([], None),
    ],
)
def test_a_wrong_product_is_refused_by_field(document: Any, field: str | None) -> None:
    with pytest.raises(BadInput) as caught:
        Product.read(document)
    assert caught.value.field == field


def test_a_product_survives_writing_and_reading() -> None:
    product = Product.read(spec(supplier_line(), activity(stage="distribution"), comment="as made"))
    assert Product.read(product.document()) == product


def test_a_set_holds_each_factor_once() -> None:
    grid = factors().factors[0].document()
    with pytest.raises(BadInput, match="'grid' stands twice"):
        FactorSet.read({"factors": [grid, grid]})


def test_a_factor_is_found_by_id() -> None:
    assert factors().find("grid") is not None
    assert factors().find("steam") is None
