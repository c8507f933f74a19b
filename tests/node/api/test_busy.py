"""A store that is busy is no failure: the caller is told when to come again."""

import json

import pytest

from carbonbridge.core.errors import StoreBusy
from carbonbridge.node.api.problems import problem


@pytest.mark.parametrize("path", ["/o/glass/3/events", "/o/glass/api/v1/footprints"])
def test_busy_says_when_to_come_again(path: str) -> None:
    answer = problem(path, StoreBusy("others are writing"))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    body = json.loads(answer.body)
    assert "others are writing" in (body.get("message") or body["detail"])
