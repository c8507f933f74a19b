"""Bills of materials as the organisation keeps them: its products, and the factors of the node's register."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from carbonbridge.core.errors import BadInput
from carbonbridge.core.factor import Factor, FactorSet
from carbonbridge.core.product import Product, ProductLine, needs
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.ports.records import ProductRecord
from carbonbridge.node.ports.store import Transaction


def parts_of(records: Iterable[ProductRecord]) -> dict[str, Product]:
    """All products of an organisation by id, as calculations may draw on them."""
    return {record.id: Product.read(record.spec) for record in records}


def factors_of(tx: Transaction, at: datetime) -> FactorSet:
    """The factors of all registered sets, as they are at an instant."""
    found: dict[str, Factor] = {}
    for document in tx.registers.find(RegisterKind.FACTOR_SET, at):
        for factor in FactorSet.read(document).factors:
            if found.setdefault(factor.id, factor) != factor:
                raise BadInput(
                    f"two registered sets differ in the factor {factor.id[:80]!r}", field="factors"
                )
    return FactorSet(factors=tuple(found.values()))


def asked_for(product: Product, parts: dict[str, Product]) -> list[str]:
    """The suppliers' product ids that a calculation needs, each once, in the order of the bill.

    Raises:
        BadInput: a line names a product that is not there, or the products contain each other.
    """
    return list(dict.fromkeys(urn.casefold() for urn in needs(product, parts).product_ids.values()))


def contained_in(product: Product, parts: dict[str, Product]) -> set[str]:
    """The ids of the organisation's products that a product is made of, directly or through others."""
    found: set[str] = set()
    waiting = [product]
    while waiting:
        for line in waiting.pop().lines:
            if isinstance(line, ProductLine) and line.product not in found:
                found.add(line.product)
                if line.product in parts:
                    waiting.append(parts[line.product])
    return found
