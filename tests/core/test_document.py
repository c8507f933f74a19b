"""Strict JSON: what can be read can be written, signed and read again; everything else is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.document import MAX_DEPTH, canonical, digest, members, read_json, write_json
from carbonbridge.core.errors import BadInput, TooLarge

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


@given(values)
def test_what_is_written_reads_the_same(value):
    assert read_json(write_json(value)) == value
    assert read_json(json.dumps(value, indent=1).encode()) == value


@given(st.dictionaries(texts, values), st.randoms(use_true_random=False))
def test_the_canonical_form_does_not_depend_on_order_or_layout(value, random):
    names = list(value)
    random.shuffle(names)
    shuffled = json.dumps({name: value[name] for name in names}, indent=2).encode()
    assert canonical(read_json(shuffled)) == canonical(value)
    assert read_json(canonical(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        value = read_json(data)
    except BadInput:
        return
    assert read_json(write_json(value)) == value


@given(st.lists(st.sampled_from(list('{}[]:,"\\ud8e019.-+a ')), max_size=30).map("".join))
def test_any_near_json_is_read_or_refused(text):
    try:
        value = read_json(text.encode())
    except BadInput:
        return
    write_json(value)
    canonical(value)


def test_numbers_with_a_fraction_stay_exact():
    assert read_json(b"[0.1, 1e2, 3]") == [Decimal("0.1"), Decimal("1e2"), 3]


def test_canonical_numbers_are_those_of_rfc_8785():
    assert (
        canonical(read_json(b'{"b":[-0.0,1E2,0.10],"a":"\\u20ac"}')) == '{"a":"€","b":[0,100,0.1]}'.encode()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}{}",
        b"'a'",
        b"NaN",
        b"[-Infinity]",
        b'{"a":1,"a":1}',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"[1e999]",
        b"[1e99999999999999999999]",
        b"[" + b"9" * 5000 + b"]",
        b'"\\ud800"',
        b'{"\\udc00\\ud800":1}',
        b'"\xed\xa0\x80"',
    ],
)
def test_what_json_leaves_open_is_refused(data):
    with pytest.raises(BadInput):
        read_json(data)


def test_escaped_pairs_and_escaped_backslashes_are_no_half_characters():
    assert read_json(b'["\\ud83d\\ude00", "\\\\ud800"]') == ["😀", "\\ud800"]


def test_a_duplicate_name_is_named():
    with pytest.raises(BadInput) as refused:
        read_json(b'{"pcf":{"dqi":1,"dqi":2}}')
    assert refused.value.field == "dqi"


def test_depth_is_counted_outside_strings():
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert read_json(b'["' + b"[" * 100 + b'\\"[["]') == ["[" * 100 + '"[[']
    with pytest.raises(BadInput, match="deep"):
        read_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_size_is_limited():
    assert read_json(b'"ab"', limit=4) == "ab"
    with pytest.raises(TooLarge):
        read_json(b'"abc"', limit=4)


def test_an_integer_without_canonical_form_is_refused():
    with pytest.raises(BadInput, match="8785"):
        canonical({"n": 2**53 + 1})


def test_digest_is_sha256():
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.dictionaries(texts, values) | st.lists(values), st.sampled_from([None, 1]))
def test_members_give_back_the_whole(value, indent):
    data = json.dumps(value, indent=indent, ensure_ascii=indent is None).encode()
    parts = [(name, read_json(part)) for name, part in members(data)]
    assert parts == list(value.items() if isinstance(value, dict) else enumerate(value))
    assert all(part in data for _, part in members(data))


def test_members_keep_the_bytes():
    assert list(members(b' { "a" : [1, 2.50] ,"b":{ } } ')) == [("a", b"[1, 2.50]"), ("b", b"{ }")]
    assert list(members(b"3")) == []
