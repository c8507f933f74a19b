"""Keys over time: was this key good at that instant?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import BadInput, SignatureInvalid
from carbonbridge.core.keyring import KeyEntry, KeyRing, OrganisationKeys, read_timed, timed_jwk
from carbonbridge.core.keys import SigningKey, jwks
from carbonbridge.core.statement import STATEMENT_TYP, compose, sign, verify

T0 = datetime(2026, 1, 1, tzinfo=UTC)
KEY, OTHER = SigningKey.generate(), SigningKey.generate("ES256")
HOURS = st.integers(0, 6)


def entry(start=None, until=None, revoked=None, key=KEY) -> KeyEntry:
    times = (None if hour is None else T0 + timedelta(hours=hour) for hour in (start, until, revoked))
    valid_from, valid_until, revoked_from = times
    return KeyEntry(
        kid=key.kid,
        jwk=key.public_jwk(),
        valid_from=valid_from,
        valid_until=valid_until,
        revoked_from=revoked_from,
    )


ENTRIES = st.builds(entry, st.none() | HOURS, st.none() | HOURS, st.none() | HOURS)
INSTANTS = st.builds(lambda hour: T0 + timedelta(hours=hour), st.integers(-1, 7))


@given(st.none() | HOURS, st.none() | HOURS, st.none() | HOURS, st.integers(-1, 7))
def test_good_from_its_beginning_to_before_its_first_end(start, until, revoked, hour):
    ring = KeyRing.of([entry(start, until, revoked)])
    expected = (
        (start is None or start <= hour)
        and (until is None or hour < until)
        and (revoked is None or hour < revoked)
    )
    at = T0 + timedelta(hours=hour)
    assert ring.was_good(KEY.kid, at) is expected
    assert (KEY.kid in ring.good_at(at)) is expected
    assert not ring.was_good(OTHER.kid, at)


@given(st.lists(ENTRIES, min_size=1, max_size=4), INSTANTS)
def test_an_end_that_was_told_once_is_not_taken_back(entries, at):
    ring = KeyRing.of(entries)
    assert ring.was_good(KEY.kid, at) is all(one.was_good(at) for one in entries)
    assert KeyRing.of(reversed(entries)).was_good(KEY.kid, at) is ring.was_good(KEY.kid, at)


@given(ENTRIES)
def test_a_jwk_tells_its_time(one):
    assert read_timed(KEY.kid, timed_jwk(one)) == one
    assert KeyRing.of_jwks(jwks([timed_jwk(one)])) == KeyRing.of([one])


def test_seconds_are_rounded_so_that_nothing_good_is_lost():
    odd = entry().model_copy(
        update=dict.fromkeys(("valid_from", "valid_until"), T0 + timedelta(milliseconds=1))
    )
    read = read_timed(KEY.kid, timed_jwk(odd))
    assert (read.valid_from, read.valid_until) == (T0, T0 + timedelta(seconds=1))


@pytest.mark.parametrize(
    "time", [{"exp": "soon"}, {"nbf": -1}, {"exp": True}, {"revoked": {"revoked_at": 2**40}}]
)
def test_a_time_that_is_none_is_refused(time):
    with pytest.raises(BadInput) as caught:
        read_timed(KEY.kid, KEY.public_jwk() | time)
    assert caught.value.field in ("exp", "nbf", "revoked")


def test_one_kid_names_one_key():
    stranger = entry(key=OTHER).model_copy(update={"kid": KEY.kid})
    with pytest.raises(BadInput):
        KeyRing.of([entry(), stranger])
    document = {"id": "glass", "iss": "https://n.example/o/glass", "keys": [entry().document()] * 2}
    with pytest.raises(BadInput):
        OrganisationKeys.read(document)
    with pytest.raises(BadInput):
        OrganisationKeys.read({**document, "keys": [{"kid": KEY.kid, "jwk": KEY.private_jwk()}]})


@pytest.mark.parametrize(
    ("ends", "hour", "good"),
    [
        ({}, 9, True),
        ({"until": 4}, 3, True),
        ({"until": 4}, 4, False),
        ({"until": 4, "revoked": 2}, 1, True),
        ({"until": 4, "revoked": 2}, 3, False),
    ],
)
def test_a_statement_counts_if_its_key_was_good_when_it_was_made(ends, hour, good):
    at = T0 + timedelta(hours=hour)
    payload = compose(statement_type="note", statement_id="1", iss="a", sub="b", iat=at, body=b"{}")
    compact = sign(payload, KEY, STATEMENT_TYP)
    keys = {KEY.kid: timed_jwk(entry(0, **ends)), OTHER.kid: OTHER.public_jwk()}
    if good:
        assert verify(compact, keys).iat == at
    else:
        with pytest.raises(SignatureInvalid) as caught:
            verify(compact, keys)
        assert caught.value.field == "iat"
