"""The registers at any time, of what was known at any time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node.db.samples import HOUR, NAME, T0, organisation

from carbonbridge.core.errors import Conflict, NotFound
from carbonbridge.core.register import RegisterKind
from carbonbridge.node.ports.registry import RegisterVersion

SCHEME = RegisterKind.SCHEME


def version(number, entry_id="a", *, document=None, valid=0, recorded=None, kind=SCHEME):
    return RegisterVersion(
        kind=kind,
        entry_id=entry_id,
        version=number,
        document=document or {"n": number},
        valid_from=T0 + valid * HOUR,
        recorded_at=T0 + (number if recorded is None else recorded) * HOUR,
    )


def put(store, *versions):
    with store.transaction() as tx:
        for each in versions:
            tx.registry.put(each)


def test_the_view_of_an_instant(store):
    b1, b2 = version(1, "b"), version(2, "b", valid=5)
    a = version(1, document={"id": "a", "name": NAME})
    put(store, b1, b2, a, version(1, kind=RegisterKind.ISSUER))
    with store.snapshot() as tx:
        assert tx.registers.get(SCHEME, "a", T0) == {"id": "a", "name": NAME}
        assert tx.registers.find(SCHEME, T0) == [a.document, b1.document]
        assert tx.registers.find(SCHEME, T0 + 5 * HOUR) == [a.document, b2.document]
        assert tx.registers.find(SCHEME) == [a.document, b2.document]
        assert tx.registers.find(RegisterKind.AGREEMENT, T0) == []
        assert tx.registry.find(SCHEME, T0 + 9 * HOUR, known_at=T0 + HOUR) == [a, b1]
        assert tx.registry.history(SCHEME, "b") == [b1, b2]
        for missing in ("z", "b"):
            with pytest.raises(NotFound):
                tx.registers.get(SCHEME, missing, T0 - HOUR)


@given(begun=st.lists(st.integers(0, 4), max_size=6), valid=st.integers(-1, 5), known=st.integers(0, 7))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_holds_is_what_began_last_of_what_was_known(store, begun, valid, known):
    history = [version(number, valid=hour) for number, hour in enumerate(begun, 1)]

    class Undone(Exception):
        pass

    with suppress(Undone), store.transaction() as tx:
        for each in history:
            assert tx.registry.next_version(SCHEME, "a") == each.version
            tx.registry.put(each)
        at, known_at = T0 + valid * HOUR, T0 + known * HOUR
        known_then = [one for one in history if one.valid_from <= at and one.recorded_at <= known_at]
        expected = max(known_then, key=lambda one: (one.valid_from, one.version), default=None)
        assert tx.registry.at(SCHEME, "a", at, known_at) == expected
        assert tx.registry.find(SCHEME, at, known_at) == ([expected] if expected else [])
        raise Undone


def test_a_version_is_put_once_and_signed_once(store):
    first = version(1)
    put(store, first)
    with store.transaction() as tx:
        with pytest.raises(Conflict):
            tx.registry.put(first)
        tx.parties.add_organisation(organisation("acme"))
        assert tx.registry.unsigned() == [first]
        signed = replace(first, org="acme", statement="sha256:1")
        tx.registry.sign(signed)
        assert tx.registry.unsigned() == []
        with pytest.raises(NotFound):
            tx.registry.sign(replace(signed, statement="sha256:2"))
        assert tx.registry.history(SCHEME, "a") == [signed]


def test_documents_keep_their_numbers_order_and_characters(store):
    document = {
        "z": Decimal("0.1"),
        "a": [1, True, None, "\0 \ud800 🜨"],
        "m": {"nested": 12345678901234567890},
    }
    put(store, version(1, document=document))
    with store.snapshot() as tx:
        kept = tx.registers.get(SCHEME, "a", T0)
    assert kept == document
    assert list(kept) == list(document)
    assert isinstance(kept["z"], Decimal)
