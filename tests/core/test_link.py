"""The Link header: the next page is found however a host writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.link import format_next_link, next_link


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("", None),
        (
            '<https://a.example/3/footprints?limit=1,2;x>; rel="next"',
            "https://a.example/3/footprints?limit=1,2;x",
        ),
        ('<https://a.example/1>; rel="first", <https://a.example/2>; rel="next"', "https://a.example/2"),
        ("<?page=2>;rel=next", "?page=2"),
        ('</2>; title="a, b; c"; REL="prev Next"', "/2"),
        ('</2>; rel="nextish", </3>; rel="last"', None),
        ("</2>", None),
        ("https://a.example/2; rel=next", None),
    ],
)
def test_next_link(header, target):
    assert next_link(header) == target


@given(st.text(st.characters(exclude_characters="<>", min_codepoint=33, max_codepoint=126)))
def test_what_we_write_we_read(url):
    assert next_link(format_next_link(url)) == url


@given(st.text('<>;,="\\ relnxt', max_size=60))
def test_any_header_is_read(header):
    target = next_link(header)
    assert target is None or f"<{target}>" in header
