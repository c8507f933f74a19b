"""PACT v2 over the same store: publication, versions, requests, announcements and what partners send."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from tests.core.footprints_v2 import footprint_v2
from tests.node.app.conftest import Pair
from tests.support.documents import document_of, footprint_of, product_id
from tests.support.network import Tenant, outbox, partner

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.document import read_json, write_json
from carbonbridge.core.errors import AccessDenied, BadInput, Conflict, NotFound
from carbonbridge.core.footprint import with_status
from carbonbridge.core.pact_v2.events import compose_event_v2
from carbonbridge.core.pact_v2.filter import Filter, parse_filter
from carbonbridge.core.pact_v2.to_v3 import id_of_version
from carbonbridge.core.pact_v2.vocabulary import EventType, PactVersion
from carbonbridge.core.request import FootprintRequest, RequestState
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.app import read_v2
from carbonbridge.node.app.ask import ask
from carbonbridge.node.app.connect import set_pact_version
from carbonbridge.node.app.fetch import pull
from carbonbridge.node.app.ingest import draft
from carbonbridge.node.app.loss import loss_report, received_loss_report
from carbonbridge.node.app.publish import publish
from carbonbridge.node.app.read import get_footprint
from carbonbridge.node.app.read_v2 import get_footprint_v2, list_footprints_v2
from carbonbridge.node.app.receive import receive
from carbonbridge.node.ports.records import ReceivedFootprint


def v2_of(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    own = {
        "id": str(uuid4()),
        "companyIds": list(tenant.organisation.company_ids),
        "productIds": [product_id(tenant.org)],
    }
    return footprint_v2({}, **(own | changes))


def spaced(document: dict[str, Any]) -> bytes:
    """Bytes that nobody would write again the same way."""
    return write_json(document).replace(b'"id":', b'\n  "id" : ', 1)


def publish_v2(tenant: Tenant, document: bytes) -> str:
    return publish(tenant.node, tenant.operator, tenant.org, document)


def shown(tenant: Tenant, text: str = "") -> list[bytes]:
    page = list_footprints_v2(tenant.node, tenant.operator, tenant.org, parse_filter(text), limit=100)
    return [rendition.document for rendition in page.shown]


def speak_v2(tenant: Tenant, connection_id: str) -> None:
    with tenant.node.store.transaction() as tx:
        connection = tx.parties.connection(tenant.org, connection_id)
        tx.parties.replace_connection(replace(connection, pact=PactVersion.V2))


def received(tenant: Tenant) -> dict[str, ReceivedFootprint]:
    with tenant.node.store.snapshot() as tx:
        return {footprint.id: footprint for footprint in tx.footprints.received_all(tenant.org)}


def requests(tenant: Tenant) -> list[FootprintRequest]:
    with tenant.node.store.snapshot() as tx:
        return tx.requests.find(tenant.org)


def events(tenant: Tenant) -> list[dict[str, Any]]:
    return [read_json(item.body) for item in outbox(tenant) if item.body is not None]


def test_a_v2_document_is_served_in_both_versions(pair: Pair) -> None:
    supplier = pair.supplier
    document = spaced(v2_of(supplier))

    footprint_id = publish_v2(supplier, document)

    assert footprint_id == read_json(document)["id"]
    assert shown(supplier) == [document]
    assert get_footprint_v2(supplier.node, supplier.operator, supplier.org, footprint_id).document == document
    v3 = read_json(get_footprint(supplier.node, supplier.operator, supplier.org, footprint_id).document)
    assert v3["pcf"]["fossilGhgEmissions"] == "18"
    assert v3["extensions"]  # sealed


def test_the_same_again_has_no_effect(pair: Pair) -> None:
    document = spaced(v2_of(pair.supplier))

    assert publish_v2(pair.supplier, document) == publish_v2(pair.supplier, document)
    assert shown(pair.supplier) == [document]
    later = spaced(read_json(document) | {"version": 1})
    new = publish_v2(pair.supplier, later)
    assert publish_v2(pair.supplier, document) == read_json(document)["id"]
    assert publish_v2(pair.supplier, later) == new
    assert shown(pair.supplier) == [later]


def test_a_later_version_takes_the_place_of_the_one_before(pair: Pair) -> None:
    supplier = pair.supplier
    first = v2_of(supplier)
    second = first | {"version": 2, "updated": "2026-02-02T00:00:00Z"}
    old = publish_v2(supplier, spaced(first))

    new = publish_v2(supplier, spaced(second))

    assert (old, new) == (first["id"], id_of_version(first["id"], 2))
    assert shown(supplier) == [spaced(second)]
    by_id = get_footprint_v2(supplier.node, supplier.operator, supplier.org, old)
    assert (by_id.document, by_id.footprint.id) == (spaced(second), new)
    v3 = [get_footprint(supplier.node, supplier.operator, supplier.org, each) for each in (old, new)]
    assert [each.facts.status.value for each in v3] == ["Deprecated", "Active"]
    assert read_json(v3[1].document)["precedingPfIds"] == [old]
    with pytest.raises(NotFound):  # an id that v2 does not know
        get_footprint_v2(supplier.node, supplier.operator, supplier.org, new)


@pytest.mark.parametrize("version", [0, 1])
def test_an_earlier_or_different_version_is_a_conflict(pair: Pair, version: int) -> None:
    first = v2_of(pair.supplier, version=1)
    publish_v2(pair.supplier, spaced(first))

    with pytest.raises(Conflict):
        publish_v2(pair.supplier, spaced(first | {"version": version, "productNameCompany": "Other"}))


def test_a_large_change_replaces_the_latest_version(pair: Pair) -> None:
    supplier = pair.supplier
    first = v2_of(supplier)
    old = publish_v2(supplier, spaced(first))
    newer = publish_v2(supplier, spaced(first | {"version": 1}))
    successor = v2_of(supplier, precedingPfIds=[first["id"]])

    publish_v2(supplier, spaced(successor))

    deprecated = with_status(spaced(first | {"version": 1}), FootprintStatus.DEPRECATED)
    assert shown(supplier) == [deprecated, spaced(successor)]
    report = loss_report(supplier.node, supplier.operator, supplier.org, newer)
    assert "version" in {loss["field"] for loss in report["losses"]}
    for each in (old, newer):
        footprint = get_footprint(supplier.node, supplier.operator, supplier.org, each)
        assert footprint.facts.status is FootprintStatus.DEPRECATED


def test_a_v3_successor_names_what_it_replaces_as_v2_knows_it(pair: Pair) -> None:
    first = v2_of(pair.supplier)
    publish_v2(pair.supplier, spaced(first))
    newer = publish_v2(pair.supplier, spaced(first | {"version": 1}))

    publish_v2(pair.supplier, write_json(footprint_of(pair.supplier, preceding=[newer, first["id"]])))

    assert read_json(shown(pair.supplier)[1])["precedingPfIds"] == [first["id"]]


def test_a_partner_that_learns_v3(pair: Pair) -> None:
    speak_v2(pair.supplier, pair.to_buyer)
    set_pact_version(
        pair.supplier.node, pair.supplier.operator, pair.supplier.org, pair.to_buyer, PactVersion.V3
    )

    publish_v2(pair.supplier, spaced(v2_of(pair.supplier)))

    (event,) = events(pair.supplier)
    assert event["type"].endswith("PublishedEvent.3")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (
            lambda document: document["pcf"].pop("productMassPerDeclaredUnit"),
            "pcf.productMassPerDeclaredUnit",
        ),
        (lambda document: document.update(comment=None), "comment"),
        (lambda document: document["pcf"].update(dqi=None), "pcf.dqi"),
        (lambda document: document["pcf"].update(dLucGhgEmissions=None), "pcf.dLucGhgEmissions"),
        (lambda document: document.update(updated=None), "updated"),
        (lambda document: document.update(status="Deprecated"), "status"),
        (lambda document: document.update(companyIds=["urn:x:other"]), "companyIds"),
        (lambda document: document.update(precedingPfIds=[str(uuid4())]), "precedingPfIds.0"),
    ],
)
def test_v2_documents_that_cannot_be_published(pair: Pair, change: Any, field: str) -> None:
    document = v2_of(pair.supplier)
    change(document)

    with pytest.raises(BadInput) as caught:
        publish_v2(pair.supplier, write_json(document))

    assert caught.value.field == field
    assert shown(pair.supplier) == []


def test_what_v2_cannot_tell_is_not_shown_and_the_report_says_why(pair: Pair) -> None:
    supplier = pair.supplier
    plain = document_of(supplier)
    hours = footprint_of(supplier)
    hours["pcf"] |= {"declaredUnitOfMeasurement": "hour"}
    told, untold = publish_v2(supplier, plain), publish_v2(supplier, write_json(hours))

    assert [read_json(each)["id"] for each in shown(supplier)] == [told]
    with pytest.raises(NotFound):
        get_footprint_v2(supplier.node, supplier.operator, supplier.org, untold)
    report = loss_report(supplier.node, supplier.operator, supplier.org, untold)
    assert not report["expressible"]
    assert report["reason"]["field"] == "pcf.declaredUnitOfMeasurement"
    report = loss_report(supplier.node, supplier.operator, supplier.org, told)
    assert report["expressible"]
    assert {"extensions", "pcf.biogenicCarbonContent"} <= {loss["field"] for loss in report["losses"]}


def test_a_category_that_is_configured(pair: Pair) -> None:
    document = footprint_of(pair.supplier)
    del document["productClassifications"]
    publish_v2(pair.supplier, write_json(document))
    configured = replace(pair.supplier, node=replace(pair.supplier.node, v2_category="9999"))

    assert shown(pair.supplier) == []
    assert read_json(shown(configured, "productCategoryCpc eq '9999'")[0])["productCategoryCpc"] == "9999"


def test_many_at_once_are_taken_in_v3_only(pair: Pair) -> None:
    supplier = pair.supplier
    drafted = draft(supplier.node, supplier.org, 7, spaced(v2_of(supplier)), supplier.node.clock.now())

    assert (drafted.number, drafted.publication) == (7, None)
    assert "specVersion: is PACT v2" in (drafted.reason or "")


def test_pages_go_on_where_they_ended(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages may be short where few footprints pass; together they hold each once."""
    monkeypatch.setattr(read_v2, "MOST_EXAMINED", 4)
    monkeypatch.setattr(read_v2, "_AT_ONCE", 2)
    supplier = pair.supplier
    for number in range(9):
        created = f"2026-02-0{number + 1}T00:00:00Z"
        publish_v2(supplier, write_json(v2_of(supplier, created=created)))
    for text, limit, expected in (
        ("", 2, 9),
        ("", 100, 9),
        ("created ge '2026-02-04T00:00:00Z'", 1, 6),
        ("created ge '2026-02-09T00:00:00Z'", 1, 1),
        ("created ge '2027-01-01T00:00:00Z'", 3, 0),
    ):
        found, after, pages = [], None, 0
        while True:
            page = list_footprints_v2(
                supplier.node, supplier.operator, supplier.org, parse_filter(text), after=after, limit=limit
            )
            assert len(page.shown) <= limit
            found += [rendition.v2_id for rendition in page.shown]
            after, pages = page.after, pages + 1
            if after is None:
                break
        assert len(found) == len(set(found)) == expected
        assert pages < 12


def test_a_partner_sees_what_is_shared(pair: Pair) -> None:
    supplier = pair.supplier
    publish_v2(supplier, spaced(v2_of(supplier)))
    buyer = partner(supplier, pair.to_buyer)
    stranger = partner(supplier, pair.network.connect(supplier, pair.buyer)[0])

    assert len(list_footprints_v2(supplier.node, buyer, supplier.org, Filter(), limit=10).shown) == 1
    assert list_footprints_v2(supplier.node, stranger, supplier.org, Filter(), limit=10).shown == []
    with pytest.raises(NotFound):
        get_footprint_v2(supplier.node, stranger, supplier.org, read_json(shown(supplier)[0])["id"])
    with pytest.raises(AccessDenied):
        list_footprints_v2(supplier.node, replace(buyer, org="else"), supplier.org, Filter(), limit=10)


def test_announced_and_fetched_in_v2(pair: Pair) -> None:
    """The bytes that the buyer keeps are those that the supplier published."""
    speak_v2(pair.supplier, pair.to_buyer)
    first = v2_of(pair.supplier)

    publish_v2(pair.supplier, spaced(first))
    pair.network.run()
    publish_v2(pair.supplier, spaced(first | {"version": 1}))
    pair.network.run()

    published = [each for each in events(pair.supplier) if each["type"] == EventType.PUBLISHED]
    assert [each["data"]["pfIds"] for each in published] == [[first["id"]], [first["id"]]]
    kept, newer = received(pair.buyer), id_of_version(first["id"], 1)
    assert kept.keys() == {first["id"], newer}
    assert kept[first["id"]].facts.status is FootprintStatus.DEPRECATED
    assert kept[newer].facts.status is FootprintStatus.ACTIVE
    with pair.buyer.node.store.snapshot() as tx:
        original = tx.originals.get("buyer", pair.to_supplier, newer)
    assert original is not None
    assert original.document == spaced(first | {"version": 1})
    report = received_loss_report(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, newer)
    assert report["from"] == "2.3.0"
    with pytest.raises(NotFound):
        received_loss_report(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, str(uuid4()))


def test_what_v2_cannot_tell_is_not_announced_in_v2(pair: Pair) -> None:
    speak_v2(pair.supplier, pair.to_buyer)
    hours = footprint_of(pair.supplier)
    hours["pcf"] |= {"declaredUnitOfMeasurement": "hour"}

    publish_v2(pair.supplier, write_json(hours))

    assert events(pair.supplier) == []


def test_an_old_version_that_arrives_late_changes_nothing(pair: Pair) -> None:
    first = v2_of(pair.supplier)
    fulfilled = [first | {"version": 1}, first]
    speak_v2(pair.buyer, pair.to_supplier)
    asked = ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))

    _answer(pair, asked.event_id, fulfilled)

    assert list(received(pair.buyer)) == [first["id"]]
    with pair.buyer.node.store.snapshot() as tx:
        original = tx.originals.latest("buyer", pair.to_supplier, first["id"])
    assert original is not None
    assert original.version == 1


def test_asked_and_answered_in_v2(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    document = spaced(v2_of(pair.supplier))
    publish_v2(pair.supplier, document)
    pair.network.run()

    asked = ask(
        pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair), comment="please"
    )
    pair.network.run()

    (question,) = [each for each in events(pair.buyer) if each["id"] == asked.event_id]
    assert question["type"] == EventType.REQUEST_CREATED
    assert question["data"] == {"pf": {"productIds": [product_id("supplier")]}, "comment": "please"}
    (incoming,) = requests(pair.supplier)
    assert (incoming.pact, incoming.state) == (PactVersion.V2, RequestState.FULFILLED)
    (outgoing,) = requests(pair.buyer)
    assert (outgoing.pact, outgoing.state) == (PactVersion.V2, RequestState.FULFILLED)
    (item,) = [
        each for each in outbox(pair.supplier) if each.payload.get("requestId") == incoming.id and each.body
    ]
    assert item.body is not None
    assert document in item.body
    assert item.payload["eventType"] == EventType.REQUEST_FULFILLED
    assert read_json(document)["id"] in received(pair.buyer)


def test_nothing_that_v2_can_tell_is_a_rejection(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    hours = footprint_of(pair.supplier)
    hours["pcf"] |= {"declaredUnitOfMeasurement": "hour"}
    publish_v2(pair.supplier, write_json(hours))
    pair.network.run()

    ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))
    pair.network.run()

    (outgoing,) = requests(pair.buyer)
    assert outgoing.state is RequestState.REJECTED
    assert (outgoing.answer or {})["code"] == "NotFound"


def test_a_second_answer_and_one_to_nothing_are_refused(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    asked = ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))
    _answer(pair, asked.event_id, [v2_of(pair.supplier)])

    with pytest.raises(Conflict):
        _answer(pair, asked.event_id, [v2_of(pair.supplier)])
    with pytest.raises(BadInput) as caught:
        _answer(pair, str(uuid4()), [v2_of(pair.supplier)])
    assert caught.value.field == "data.requestEventId"
    assert len(received(pair.buyer)) == 1


def test_a_damaged_footprint_in_an_answer_is_named(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    asked = ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))

    with pytest.raises(BadInput) as caught:
        _answer(pair, asked.event_id, [v2_of(pair.supplier), v2_of(pair.supplier, version="1")])

    assert caught.value.field == "data.pfs.1.version"
    assert received(pair.buyer) == {}
    assert requests(pair.buyer)[0].state is RequestState.OPEN


def test_a_sealed_document_is_not_replaced_by_a_conversion(pair: Pair) -> None:
    footprint_id = publish_v2(pair.supplier, document_of(pair.supplier))
    pair.network.run()
    sealed = received(pair.buyer)[footprint_id].document
    speak_v2(pair.buyer, pair.to_supplier)

    pull(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))

    assert received(pair.buyer)[footprint_id].document == sealed
    successor = footprint_of(pair.supplier, preceding=[footprint_id])
    speak_v2(pair.supplier, pair.to_buyer)
    publish_v2(pair.supplier, write_json(successor))
    pair.network.run()
    kept = received(pair.buyer)
    assert kept[footprint_id].facts.status is FootprintStatus.DEPRECATED
    assert read_json(kept[footprint_id].document)["extensions"]
    assert kept[successor["id"]].facts.status is FootprintStatus.ACTIVE


def test_pulled_by_hand_in_v2(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    document = spaced(v2_of(pair.supplier))
    publish_v2(pair.supplier, document)
    publish_v2(pair.supplier, write_json(v2_of(pair.supplier, productIds=["urn:x:else"])))

    ids = pull(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, _wanted(pair))

    assert ids == [read_json(document)["id"]] == list(received(pair.buyer))


def test_what_no_example_shows_cannot_be_asked_in_v2(pair: Pair) -> None:
    speak_v2(pair.buyer, pair.to_supplier)
    criteria = FootprintCriteria(geography=("DE", "FR"))

    with pytest.raises(BadInput) as caught:
        ask(pair.buyer.node, pair.buyer.operator, "buyer", pair.to_supplier, criteria)

    assert caught.value.field == "criteria.geography"
    assert requests(pair.buyer) == []


def _wanted(pair: Pair) -> FootprintCriteria:
    return FootprintCriteria(product_id=(product_id(pair.supplier.org),))


def _answer(pair: Pair, request_event_id: str, documents: list[dict[str, Any]]) -> None:
    """The supplier's own words to the buyer."""
    data = {"requestEventId": request_event_id, "pfs": documents}
    event = compose_event_v2(
        EventType.REQUEST_FULFILLED,
        event_id=str(uuid4()),
        source="//supplier",
        time=pair.network.clock.now(),
        data=data,
    )
    receive(pair.buyer.node, partner(pair.buyer, pair.to_supplier), "buyer", event, PactVersion.V2)
