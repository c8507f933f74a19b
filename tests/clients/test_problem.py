"""Error answers come back as the errors they were."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.client.problem import refusal
from carbonbridge.core import errors
from carbonbridge.core.errors import (
    AccessDenied,
    BadInput,
    CarbonBridgeError,
    Conflict,
    NotAuthenticated,
    NotFound,
    PartnerRefused,
    PartnerUnreachable,
    SignatureInvalid,
    TokenExpired,
    TooLarge,
    TooManyRequests,
)


def test_a_problem_keeps_field_and_next_step():
    problem = {
        "title": "Conflict",
        "detail": "the request is fulfilled already",
        "code": "Conflict",
        "field": "request",
        "nextStep": "Look at it.",
    }
    error = refusal(409, json.dumps(problem).encode())
    assert type(error) is Conflict
    assert (error.message, error.field, error.next_step) == (problem["detail"], "request", "Look at it.")


def test_a_failure_of_the_node_names_the_number_its_operator_needs_once():
    error = refusal(500, b'{"code": "InternalError", "detail": "it failed", "correlationId": "c-1"}')
    assert type(error) is CarbonBridgeError
    assert error.__notes__ == ["correlation id c-1"]
    told = refusal(500, b'{"code": "InternalError", "nextStep": "Say c-1.", "correlationId": "c-1"}')
    assert not hasattr(told, "__notes__")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "BadRequest", BadInput),
        (400, "SignatureInvalid", SignatureInvalid),
        (401, "BadRequest", NotAuthenticated),
        (401, "TokenExpired", TokenExpired),
        (403, "AccessDenied", AccessDenied),
        (404, "NotFound", NotFound),
        (413, "TooLarge", TooLarge),
        (502, "PartnerUnreachable", PartnerUnreachable),
        (502, "PartnerRefused", PartnerRefused),
        (418, "Teapot", PartnerRefused),
        (302, None, PartnerRefused),
        (429, None, TooManyRequests),
        (503, None, PartnerUnreachable),
        (404, None, NotFound),
    ],
)
def test_code_and_status_say_what_it_was(status, code, kind):
    assert type(refusal(status, json.dumps({"code": code, "message": "m"}).encode())) is kind


def test_every_error_a_node_can_raise_survives_the_wire():
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, BadInput | Conflict)
    ]
    assert len(kinds) > 3
    for kind in kinds:
        assert type(refusal(400, json.dumps({"code": kind.code}).encode())) is kind


@given(
    st.integers(300, 599),
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(["code", "detail", "message", "title", "field", "nextStep", "correlationId"]),
            inner,
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_any_answer_gives_an_error_with_a_message(status, body):
    error = refusal(status, body)
    assert isinstance(error, CarbonBridgeError)
    assert 0 < len(error.message) <= 500
