"""``carbonbridge catalogue``: offline, in both languages."""

from __future__ import annotations

import json

import pytest


def rows(run, *words: str) -> list[int]:
    ended = run("catalogue", *words, "--json")
    assert ended.status == 0, ended.err
    document = json.loads(ended.out)
    assert document["edition"] == "js-2024"
    return [row["row"] for row in document["rows"]]


def test_the_rows_most_specific_first(run) -> None:
    assert rows(run, "46422.017") == [125, 105, 116, 118]
    assert rows(run, "urn:cn:gbt7635.1-2002:46422.017", "--stat", "39130303") == [125, 116]
    assert rows(run, "--stat", "261304") == [42, 40]
    assert rows(run, "99") == []


@pytest.mark.parametrize(
    ("lang", "heading", "note"),
    [("en", "industry", "lost in the published"), ("zh", "行业类别", "由代码推断")],
)
def test_inferred_cells_are_shown_as_such(run, lang: str, heading: str, note: str) -> None:
    ended = run("catalogue", "34231.012", "--stat", "33", "--lang", lang)
    assert ended.status == 0
    assert all(part in ended.out for part in (heading, "[硅]", note))
    assert note not in run("catalogue", "46422.017", "--stat", "39130303", "--lang", lang).out


@pytest.mark.parametrize("words", [(), ("x",), ("46", "--stat", "1"), ("urn:cpc:464",)])
def test_wrong_codes(run, words) -> None:
    assert run("catalogue", *words).status == 2
