"""What holds of the linter as a whole: it takes anything, finds every fault, and speaks both languages."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core import bills
from tests.core.lint.documents import TODAY, found_in, reported
from tests.core.lint.test_rules import FAILING

from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import read_footprint
from carbonbridge.core.lint.finding import Layer, Severity
from carbonbridge.core.lint.linter import CATALOGUE, lint, lint_all, score
from carbonbridge.core.lint.reading import documents

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
#: Values that look like what a field wants, or nearly so.
TEMPTING = st.sampled_from(
    ["0", "-0", "1e3", "1e400", "-5", "10", "1abc", "", " ", "nan", "2026-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z",
     "0001-01-01T00:00:00Z", "2024-02-29T00:00:00Z", "urn:", "urn:gtin:²", "urn:pact:::", "AR5", "AR" + "9" * 50, "2.0",
     "urn:a:" + "%" * 300, "urn:aa:b" + "?+a" * 300 + " ",
     "urn:a:\ud800", "http://[", "kilogram", "CN", [], {}, [None], [[]], [{}], 0, 1.5, True, None]
)  # fmt: skip


def paths(document: Any, *before: Any) -> list[tuple[Any, ...]]:
    """Every member and item of a document."""
    items: Any = ()
    if isinstance(document, dict):
        items = document.items()
    elif isinstance(document, list):
        items = enumerate(document)
    return [path for name, item in items for path in ((*before, name), *paths(item, *before, name))]


def changed(document: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    result = copy.deepcopy(document)
    inner: Any = result
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return result


FULL = reported(
    {
        "verification": {"providerName": "v", "completedAt": "2026-02-01T00:00:00Z"},
        "primaryDataShare": "50",
        "secondaryEmissionFactorSources": [{"name": "CLCD", "version": "1"}],
        "productOrSectorSpecificRules": [{"operator": "PEF", "ruleNames": ["r"]}],
    },
    precedingPfIds=["7a1c0d5e-0000-4000-8000-000000000000"],
    validityPeriodStart="2026-01-01T00:00:00Z",
    validityPeriodEnd="2029-01-01T00:00:00Z",
    extensions=[{"specVersion": "1.0.0", "dataSchema": "https://a.example/s.json", "data": {"x": 1}}],
)
PATHS = paths(FULL)


@given(document=JSON)
def test_any_json_can_be_linted(document: object) -> None:
    for made in lint_all([("a", document), ("b", document)], today=TODAY):
        assert 0 <= made.score <= 100
        json.dumps(made.document())


@given(path=st.sampled_from(PATHS), value=TEMPTING | JSON)
def test_a_footprint_with_anything_in_one_place_can_be_linted(path: tuple[Any, ...], value: object) -> None:
    document = changed(FULL, path, value)
    found = found_in(document)
    faulty = {item.field for item in found if item.layer is Layer.SCHEMA and item.severity is Severity.ERROR}
    if (field := refused(document)) is not None:
        assert field in faulty or "PCF-V2" in {item.code for item in found}


def refused(document: object) -> str | None:
    """The field for which the reader refuses the document."""
    try:
        read_footprint(document)
    except BadInput as error:
        return error.field or ""
    return None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_type_in_one_place_is_found_there(path: tuple[Any, ...]) -> None:
    before = {(found.code, found.field) for found in found_in(FULL)}
    field = ".".join(map(str, path))
    whole: Any = FULL
    for name in path:
        whole = whole[name]
    wrong = 5 if isinstance(whole, dict) else {"never": "right"}
    if field.startswith("extensions.0.data."):
        return  # not ours to judge
    after = {(found.code, found.field) for found in found_in(changed(FULL, path, wrong))}
    assert field in {place for _, place in after - before}


@given(chosen=st.sets(st.sampled_from([path for path in PATHS if len(path) <= 2]), min_size=2, max_size=6))
def test_all_faults_are_found_not_only_the_first(chosen: set[tuple[Any, ...]]) -> None:
    document: Any = FULL
    tops = {path for path in chosen if path[:-1] not in chosen and path[0] != "extensions"}
    for path in tops:
        document = changed(document, path, 5)
    fields = {found.field for found in found_in(document) if found.severity is Severity.ERROR}
    assert {".".join(map(str, path)) for path in tops} <= fields


def test_the_words_are_those_of_the_reader() -> None:
    document = reported({"fossilGhgEmissions": "-1"})
    with pytest.raises(BadInput) as refused:
        read_footprint(document)
    [found] = [found for found in found_in(document) if found.severity is Severity.ERROR]
    assert found.field == refused.value.field
    assert found.message.en == f"It {refused.value.message}."


def test_every_finding_speaks_both_languages() -> None:
    seen = set()
    for code, figures, changes, _ in FAILING:
        document = reported(figures, **changes)
        for found in found_in(document):
            seen.add(found.code)
            for wording in (found.message, found.remedy):
                assert re.search(r"[一-鿿]", wording.zh), code
                assert not re.search(r"[一-鿿]", wording.en.replace("玻璃", "")), code
                assert "{" not in wording.en.replace("{…}", "").replace("'{", ""), code
            assert found.source
    assert len(seen) > 70


def test_what_we_calculate_ourselves_has_no_error() -> None:
    for spec in (
        bills.spec(bills.activity()),
        bills.spec(bills.activity(amount="40"), declaredUnitAmount="1"),
    ):
        for kind in ("primary", "secondary"):
            made = bills.run(spec, factor_set=bills.factors(kind=kind)).footprint
            found = lint(made, today=bills.ISSUE.created.date()).findings
            assert Severity.ERROR not in {item.severity for item in found}
            assert not {item.code for item in found} & {"PCF-SHALL", "PCF-SUM-EXCLUDING", "PCF-SHALL-2027"}


def test_codes_are_stable_in_form() -> None:
    assert all(re.fullmatch(r"PCF(-[A-Z0-9]+)+", code) for code in CATALOGUE)


def test_a_report_counts_scores_and_sorts() -> None:
    document = reported({"packagingGhgEmissions": "1"}, specVersion="3.1.0", colour="x")
    made = lint(document, today=TODAY, name="file")
    assert (made.name, made.errors, made.warnings, made.notes) == ("file", 1, 1, 1)
    assert made.score == 75
    assert [found.severity for found in made.findings] == ["error", "warning", "info"]
    assert score([made, lint(reported(), today=TODAY)]) == 75
    assert score([]) == 100
    assert lint({}, today=TODAY).score == 0


def test_a_document_of_junk_gets_no_larger_one_back() -> None:
    """Within the time limit of a test, too: nothing in the linter grows faster than the document."""
    junk = reported({f"fossilGhgEmission{number}": "1" for number in range(20_000)}, **{"x" * 100_000: 1})
    junk["productIds"] = [f"urn:glassworks:{number}" + "?+a" * 200 for number in range(2_000)]
    made = lint(junk, today=TODAY)
    assert made.notes + made.warnings > 20_000
    assert len(made.findings) == 1000
    assert max(len(found.field) for found in lint({"x" * 100_000: 1}, today=TODAY).findings) == 200


ONE = b'{"id": 1}'


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (ONE, ["f"]),
        (b'{\n "id": 1\n}\n', ["f"]),
        (b'{"data": {"id": 1}}', ["f"]),
        (b'{"data": [{"id": 1}, {"id": 2}]}', ["f#1", "f#2"]),
        (b"[{}, 5]", ["f#1", "f#2"]),
        (ONE + b"\n\n" + ONE + b"\r\n", ["f:1", "f:3"]),
        (ONE + b'\n{"data": [{}]}', ["f:1", "f:2#1"]),
        (b"5", ["f"]),
    ],
)
def test_documents_of_a_file(data: bytes, names: list[str]) -> None:
    assert [name for name, _ in documents(data, "f")] == names


@pytest.mark.parametrize("data", [b"", b"[]", b'{"data": []}', b"{", b"{}\n{", b'{"a": 1, "a": 2}'])
def test_what_is_no_document(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        documents(data, "f")
    if data == b"{}\n{":
        assert "line 2" in refused.value.message
