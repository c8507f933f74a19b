"""What offline verification proves, and what it does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.certified import ISSUERS, KEYS, NOW, PUBLISHER, as_bytes, published
from tests.core.footprints import footprint_document

from carbonbridge.client.verification import read_issuers, read_keys, verify_footprint
from carbonbridge.core.errors import BadInput
from carbonbridge.core.keys import SigningKey, jwks

TRUST = {"publisher_keys": read_keys(as_bytes(KEYS)), "issuers": read_issuers(as_bytes(ISSUERS)), "at": NOW}
#: A footprint takes a moment to sign; the tests only read it.
WHOLE = published()


def verify(document, **changes):
    return verify_footprint(as_bytes(document), **{**TRUST, **changes})


def outcomes(found):
    return {check.code: check.outcome.value for check in found.checks}


def test_sealed_and_certified():
    found = verify(WHOLE)
    assert (found.holds, found.sealed, found.certified, found.publisher) == (True, True, True, PUBLISHER)
    assert set(outcomes(found).values()) == {"pass"}


def test_the_answer_of_get_footprint_will_do():
    assert verify({"data": WHOLE}).holds


def test_a_host_may_write_it_anew_and_deprecate_it():
    other = {"id": "x", "dataSchema": "https://other.example", "specVersion": "1.0.0", "data": {}}
    anew = dict(reversed(WHOLE.items())) | {"status": "Deprecated"}
    assert verify(anew).certified
    assert verify(anew | {"extensions": [other, *WHOLE["extensions"]]}).refuted


@pytest.mark.parametrize(
    "change",
    [
        {"productNameCompany": "Other glass"},
        {"pcf": WHOLE["pcf"] | {"pcfExcludingBiogenicUptake": "8.9"}},
        {"unknownToUs": 1},
    ],
)
def test_any_other_change_refutes_seal_and_certificate(change):
    found = verify(WHOLE | change)
    assert found.refuted
    assert not found.holds
    assert (outcomes(found)["E-SEAL"], outcomes(found)["E-HASH"]) == ("fail", "fail")


def test_without_keys_the_seal_proves_nothing():
    found = verify(WHOLE, publisher_keys=None)
    assert (found.sealed, found.certified, found.holds) == (False, True, True)
    assert outcomes(found)["E-SEAL"] == "unknown"


def test_without_issuers_the_certificate_proves_nothing():
    found = verify(WHOLE, issuers=None)
    assert (found.sealed, found.certified, found.refuted) == (True, False, False)
    assert outcomes(found)["E-SIG"] == "unknown"


def test_without_anything_nothing_holds():
    found = verify(WHOLE, publisher_keys=None, issuers=None)
    assert (found.refuted, found.holds) == (False, False)


def test_a_strangers_key_refutes():
    stranger = read_keys(as_bytes(jwks([SigningKey.generate().public_jwk()])))
    assert outcomes(verify(WHOLE, publisher_keys=stranger))["E-SEAL"] == "fail"


def test_another_publisher_refutes():
    assert outcomes(verify(WHOLE, publisher="https://other.example"))["E-SEAL"] == "fail"


def test_a_body_that_is_not_given_refutes():
    others = read_issuers(as_bytes([ISSUERS[0] | {"id": "https://other.example"}]))
    assert outcomes(verify(WHOLE, issuers=others))["E-SIG"] == "fail"


def test_out_of_date():
    assert outcomes(verify(WHOLE, at=datetime(2029, 1, 1, tzinfo=UTC)))["C-EXPIRED"] == "fail"


def test_a_certificate_of_another_footprint():
    digest = "sha256:" + "0" * 64
    assert outcomes(verify(published(footprintDigest=digest)))["E-HASH"] == "fail"


def test_uncertified_but_sealed():
    found = verify(published(certified=False))
    assert (found.holds, found.sealed, found.certified) == (True, True, False)
    assert outcomes(found)["E-FIELD"] == "unknown"


def test_a_plain_footprint_proves_nothing():
    found = verify(footprint_document())
    assert (found.holds, found.refuted, found.publisher) == (False, False, None)


@given(
    st.dictionaries(
        st.sampled_from(["seal", "certificate"]), st.none() | st.integers() | st.text(max_size=40)
    )
)
def test_whatever_stands_in_the_extension_it_is_never_believed(data):
    extension = WHOLE["extensions"][0] | {"data": data}
    found = verify(footprint_document() | {"extensions": [extension]})
    assert not found.sealed
    assert not found.certified


@given(st.binary(max_size=60))
def test_what_is_no_footprint_is_said_to_be_none(data):
    with pytest.raises(BadInput):
        verify_footprint(data, **TRUST)


@pytest.mark.parametrize("document", [[], {}, {"keys": []}, {"keys": [{"kty": "RSA"}]}, {"keys": [1]}])
def test_key_sets_that_are_none(document):
    with pytest.raises(BadInput):
        read_keys(as_bytes(document))


def test_one_issuer_or_a_list():
    assert read_issuers(as_bytes(ISSUERS[0])) == read_issuers(as_bytes(ISSUERS))
    with pytest.raises(BadInput) as caught:
        read_issuers(as_bytes([ISSUERS[0], {}]))
    assert caught.value.field.startswith("1.")
