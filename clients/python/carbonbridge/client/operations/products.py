"""Products, calculations, certification of calculations, exports, and the node's own books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from carbonbridge.client.call import Call, Object, an_object, objects, operation, without_none


class Products:
    """Calculating, exporting, looking after the node."""

    @operation
    def put_product(
        self,
        product_id: str,
        spec: Object,
        recalculate: bool = True,
        publication: Literal["manual", "automatic", "certified"] = "manual",
        certification_body: str | None = None,
    ) -> Call[Object]:
        """Add or replace a product.

        Args:
            product_id: your id of it.
            spec: its bill of materials.
            recalculate: calculate anew by itself when an input changes.
            publication: what happens to a new calculation.
            certification_body: slug of the body on the same node that certifies it.
        """
        body = without_none(
            spec=spec,
            recalculate=recalculate,
            publication=publication,
            certificationBody=certification_body,
        )
        return Call("PUT", f"products/{quote(product_id, safe='')}", an_object, body)

    @operation
    def products(self) -> Call[list[Object]]:
        """The products of the organisation."""
        return Call("GET", "products", objects)

    @operation
    def product(self, product_id: str) -> Call[Object]:
        """One product with its bill of materials."""
        return Call("GET", f"products/{quote(product_id, safe='')}", an_object)

    @operation
    def calculate(self, product_id: str) -> Call[Object]:
        """Calculate a product from the inputs of today."""
        return Call("POST", f"products/{quote(product_id, safe='')}/calculate", an_object)

    @operation
    def lineage(self, product_id: str) -> Call[Object]:
        """What the newest figure is made of: ``calculationId``, ``lineage`` (the tree), ``figures``."""
        return Call("GET", f"products/{quote(product_id, safe='')}/lineage", an_object)

    @operation
    def calculations(self, product_id: str | None = None) -> Call[list[Object]]:
        """Calculations, of one product or of all."""
        query = () if product_id is None else (("product", product_id),)
        return Call("GET", "calculations", objects, query=query)

    @operation
    def calculation(self, calculation_id: str) -> Call[Object]:
        """One calculation with its draft footprint."""
        return Call("GET", f"calculations/{quote(calculation_id, safe='')}", an_object)

    @operation
    def publish_calculation(self, calculation_id: str) -> Call[Object]:
        """Publish a calculation as it is, uncertified."""
        return Call("POST", f"calculations/{quote(calculation_id, safe='')}/publish", an_object)

    @operation
    def apply(self, calculation_id: str) -> Call[Object]:
        """Submit a calculation to the product's certification body."""
        return Call("POST", f"calculations/{quote(calculation_id, safe='')}/apply", an_object)

    @operation
    def applications(self) -> Call[list[Object]]:
        """The calculations that lie with this certification body."""
        return Call("GET", "applications", objects)

    @operation
    def decide(
        self, calculation_id: str, certify: bool, reason: str | None = None, fields: Object | None = None
    ) -> Call[Object]:
        """Certify an application, which publishes it, or decline it (certification body).

        Args:
            calculation_id: the application.
            certify: yes or no.
            reason: why not.
            fields: what the certificate states: number, rule, validity …
        """
        body = {**(fields or {}), **without_none(certify=certify, reason=reason)}
        return Call("POST", f"applications/{quote(calculation_id, safe='')}/decision", an_object, body)

    @operation
    def export_battery(self, product_id: str, parameters: Object) -> Call[Object]:
        """The carbon-footprint part of a battery passport: ``carbonFootprint``, ``declaration``, ``gaps``.

        Args:
            product_id: the battery, per piece.
            parameters: ``battery``: what its manufacturer states (:class:`carbonbridge.core.battery.Battery`).
        """
        return Call("POST", "exports/battery", an_object, {**parameters, "productId": product_id})

    @operation
    def export_cbam(self, parameters: Object) -> Call[Object]:
        """The operator's summary of one good for CBAM: ``answer`` and ``gaps``.

        Args:
            parameters: ``dataset`` (:class:`carbonbridge.core.cbam.Dataset`: activities, not footprints), ``goodId``,
                ``importYear``.
        """
        return Call("POST", "exports/cbam", an_object, parameters)

    @operation
    def outbox(self, state: Literal["pending", "done", "abandoned"] | None = None) -> Call[list[Object]]:
        """The work that waits, was done, or was given up."""
        return Call("GET", "outbox", objects, query=(("state", state),) if state else ())

    @operation
    def redeliver(self, item_id: str) -> Call[Object]:
        """Try abandoned work again."""
        return Call("POST", f"outbox/{quote(item_id, safe='')}/redeliver", an_object)

    @operation
    def redeliver_all(
        self, item_ids: Sequence[str] | None = None, connection_id: str | None = None
    ) -> Call[Object]:
        """Try several pieces of abandoned work again: ``itemIds``.

        Args:
            item_ids: these, all or none; or else
            connection_id: all that concern this partner.
        """
        ids = None if item_ids is None else list(item_ids)
        body = without_none(itemIds=ids, connectionId=connection_id)
        return Call("POST", "outbox/redeliveries", an_object, body)

    @operation
    def audit(self, after: int = 0) -> Call[list[Object]]:
        """Who did what to what, from a sequence number on."""
        return Call("GET", "audit", objects, query=(("after", str(after)),))
