"""The product catalogue: 132 rows as printed, and the most specific match over the pair of codes."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.catalogue import (
    catalogue,
    gbt_urn,
    matches,
    read_gbt,
    read_stat,
    row,
    stat_urn,
)
from carbonbridge.core.errors import BadInput, NotFound

ROWS = st.sampled_from(catalogue())
DIGITS = st.text("0123456789", max_size=3)
GBT = st.from_regex(r"\A(?:[0-9]{2,5}|[0-9]{5}·[0-9]{3})\Z")
STAT = st.from_regex(r"\A(?:[0-9]{2}){1,5}\Z")


def numbers(gbt: str | None, stat: str | None = None) -> list[int]:
    return [found.row.no for found in matches(gbt, stat)]


def test_what_is_known_of_the_table():
    rows = catalogue()
    assert [one.no for one in rows] == list(range(1, 133))
    assert len({one.industry_class for one in rows}) == 26
    assert len({(one.gbt, one.stat) for one in rows}) == 132
    gbt = Counter(one.gbt for one in rows)
    assert sum(count > 1 for count in gbt.values()) == 20
    assert [one.no for one in rows if one.gbt == "415"] == [74, 75, 76, 78, 84, 85]
    assert {code: n for code, n in Counter(one.stat for one in rows).items() if n > 1} == {"25": 3, "33": 2}
    assert sum(len(one.stat) == 2 for one in rows) == 10
    # Every statistical code begins with the two digits of its class.
    classes: dict[str, set[str]] = {}
    for one in rows:
        classes.setdefault(one.industry_class, set()).add(one.stat[:2])
    assert all(len(divisions) == 1 for divisions in classes.values()), classes


def test_inferred_cells_are_marked():
    inferred = {one.no: one.inferred for one in catalogue() if one.inferred}
    assert inferred == {
        46: {"name"},
        **{no: {"product"} for no in (76, 77, 78, 79, 82, 83, 95)},
        80: {"product", "name"},
    }
    assert (row(80).product, row(80).name) == ("硅", "硅")
    assert not any("[" in one.product + one.name for one in catalogue())


def test_a_lithium_cell_falls_in_four_rows():
    assert numbers("46422·017") == [125, 105, 116, 118]
    assert sorted(numbers("46422.017")) == [105, 116, 118, 125]
    assert numbers("46422·017", "39130303") == [125, 116]


def test_a_range_takes_in_both_its_ends_and_nothing_beyond():
    assert [numbers(f"24132·{tail}") for tail in ("009", "010", "099", "100", "199", "200", "201")] == [
        [],
        [10],
        [10],
        [11],
        [11],
        [],
        [12],
    ]
    assert numbers("24132") == []
    assert row(10).urns == ("urn:cn:stat:151101",)


def test_a_double_code_is_two_codes():
    assert row(42).stat_codes == ("261303", "261304")
    assert 42 in numbers(None, "26130301")
    assert 42 in numbers(None, "261304")
    assert 42 not in numbers(None, "261302")
    assert numbers("355", "261304") == [42]
    assert row(42).urns == ("urn:cn:gbt7635.1-2002:355", "urn:cn:stat:261303", "urn:cn:stat:261304")


def test_a_bare_division_takes_in_all_below_it_and_comes_last():
    assert numbers(None, "3907040203") == [118, 116]
    assert numbers("172", "2504") == [25]


@given(ROWS, DIGITS.filter(lambda more: len(more) % 2 == 0))
def test_every_row_is_found_by_its_own_pair(one, more):
    gbt = one.gbt.split("—")[0]
    for stat in one.stat_codes:
        assert one.no in numbers(gbt, stat + more if len(stat + more) <= 12 else stat)
        assert one.no in numbers(gbt_urn(gbt), stat_urn(stat))


@given(GBT, st.none() | STAT)
def test_the_most_specific_comes_first_and_every_row_takes_every_code_in(gbt, stat):
    found = matches(gbt, stat)
    digits = [each.digits for each in found]
    assert digits == sorted(digits, reverse=True)
    taken = set(numbers(gbt))
    if stat is not None:
        taken &= set(numbers(None, stat))
    assert {each.row.no for each in found} == taken
    for each in found:
        if "—" not in each.row.gbt:
            bare = each.row.gbt.replace("·", "")
            assert gbt.replace("·", "").startswith(bare)


@given(STAT, st.from_regex(r"\A[0-9]{2}\Z"))
def test_a_finer_code_falls_in_no_fewer_rows(stat, more):
    assert set(numbers(None, stat)) <= set(numbers(None, stat + more))


@given(GBT, STAT)
def test_urns_are_ascii_never_of_cpc_and_read_back(gbt, stat):
    for urn, code, read in ((gbt_urn(gbt), gbt, read_gbt), (stat_urn(stat), stat, read_stat)):
        assert urn.isascii()
        assert urn.startswith("urn:cn:")
        assert "cpc" not in urn
        assert read(urn) == code


def test_no_row_is_named_by_cpc():
    for one in catalogue():
        assert all(re.fullmatch(r"urn:cn:(gbt7635\.1-2002|stat):[\d.]+", urn) for urn in one.urns)


@pytest.mark.parametrize("dot", ["·", "•", "・", ".", ""])
def test_the_dot_may_be_any(dot):
    assert read_gbt(f"46422{dot}017") == "46422·017"


@pytest.mark.parametrize("code", ["", "4", "46422·01", "464220", "46422·0170", "4642a", "٤٦", "urn:cpc:464"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(BadInput) as caught:
        matches(code)
    assert caught.value.field == "code"


@pytest.mark.parametrize("code", ["", "1", "391", "39130303030303", "261303(04)"])
def test_what_is_no_statistical_code_is_refused(code):
    with pytest.raises(BadInput) as caught:
        matches(None, code)
    assert caught.value.field == "stat"


def test_something_must_be_asked_for():
    with pytest.raises(BadInput):
        matches(None)
    for no in (0, 133):
        with pytest.raises(NotFound):
            row(no)
