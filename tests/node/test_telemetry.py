"""Logs: one JSON object a line, with the correlation id, without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from carbonbridge.core.errors import PartnerRefused
from carbonbridge.node.telemetry import configure_logs, correlated, correlation_id, logger


@pytest.fixture
def log() -> Iterator[StringIO]:
    root = logging.getLogger()
    before, said = (root.handlers, root.level), structlog.get_config()
    stream = StringIO()
    configure_logs("info", stream)
    yield stream
    root.handlers, root.level = before
    structlog.configure(**said)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_nothing_is_logged_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """It would stand in the middle of what ``init`` and ``ingest`` print, which configure nothing."""
    logger("carbonbridge.test").warning("retried", item="i1")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "retried" in printed.err


def test_line_is_json_with_what_was_said(log: StringIO) -> None:
    logger("carbonbridge.test").info("published", org="wafer", footprint_id="f1")
    [line] = lines(log)
    assert line["event"] == "published"
    assert (line["org"], line["footprint_id"]) == ("wafer", "f1")
    assert (line["level"], line["logger"]) == ("info", "carbonbridge.test")
    assert line["timestamp"].endswith("Z")


def test_correlation_id_is_in_every_line_of_the_block(log: StringIO) -> None:
    with correlated("c-1"):
        logger("a").info("ours")
        logging.getLogger("uvicorn.error").warning("a library's")
        assert correlation_id() == "c-1"
    logger("a").info("after")
    assert [line.get("correlation_id") for line in lines(log)] == ["c-1", "c-1", None]
    assert correlation_id() is None


def test_level_is_kept_and_chatty_libraries_are_quiet(log: StringIO) -> None:
    logger("a").debug("too fine")
    logging.getLogger("authlib.oauth2").info("Issue token abc")
    logging.getLogger("httpcore.http11").debug("headers")
    assert lines(log) == []


@pytest.mark.parametrize(
    "name", ["client_secret", "Authorization", "access_token", "password", "private_jwk", "d"]
)
def test_secret_names_are_redacted(log: StringIO, name: str) -> None:
    logger("a").info("said", **{name: "hush"}, detail={"inner": [{name: "hush"}]})
    assert "hush" not in json.dumps(lines(log))


@pytest.mark.parametrize(
    "text",
    [
        "header was Bearer abc.def-hush",
        "header was basic aHVzaA==hush",
        "got eyJhbGciOiJFZERTQSJ9.hush.hush",
        "connecting to postgresql+psycopg://carbonbridge:hush@database/carbonbridge",
    ],
)
def test_secret_texts_are_redacted(log: StringIO, text: str) -> None:
    logger("a").info(text, also=[text])
    logging.getLogger("library").warning(text)
    assert "hush" not in json.dumps(lines(log))


def test_documents_are_cut(log: StringIO) -> None:
    logger("a").info("got", body=b"x" * 9000, text="y" * 9000)
    [line] = lines(log)
    assert line["body"] == "(9000 bytes)"
    assert len(line["text"]) < 600


class _Model(BaseModel):
    amount: int


def test_exception_is_named_without_quoting_the_input(log: StringIO) -> None:
    try:
        _Model.model_validate({"amount": "commercially sensitive"})
    except ValidationError:
        logger("a").exception("failed")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    ours, theirs = lines(log)
    for line in (ours, theirs):
        assert line["exception"].endswith("ValidationError")
        assert any("test_exception_is_named" in frame for frame in line["frames"])
        assert "sensitive" not in json.dumps(line)


def test_own_errors_keep_their_sentence(log: StringIO) -> None:
    logger("a").warning("failed", exc_info=PartnerRefused("the partner's host answered 404"))
    [line] = lines(log)
    assert line["reason"] == "the partner's host answered 404"
