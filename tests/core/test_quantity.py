"""Exact numbers: what is read, what is refused, and that nothing is lost on the way through."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonbridge.core.errors import BadInput
from carbonbridge.core.quantity import (
    CONTEXT,
    Sign,
    convert,
    format_decimal,
    parse_decimal,
    round_significant,
)

numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=9)


@given(numbers)
def test_a_written_decimal_reads_as_the_same_number(value):
    text = format_decimal(value)
    assert parse_decimal(text, field="x") == value
    assert "E" not in text
    assert text != "-0"


@given(numbers, st.integers(min_value=-9, max_value=9))
def test_exponent_notation_is_read_exactly_and_written_plainly(value, exponent):
    read = parse_decimal(f"{value:f}e{exponent}", field="x")
    assert Fraction(read) == Fraction(value) * Fraction(10) ** exponent
    assert "E" not in format_decimal(read)


@pytest.mark.parametrize(
    ("text", "plain"), [("1E+3", "1000"), ("-0.0", "0"), ("1.500", "1.5"), ("100", "100"), ("0e99", "0")]
)
def test_the_plain_form(text, plain):
    assert format_decimal(parse_decimal(text, field="x")) == plain


@given(numbers, st.sampled_from(Sign))
def test_the_sign_rule_decides_alone(value, sign):
    allowed = {
        Sign.ANY: True,
        Sign.POSITIVE: value > 0,
        Sign.NOT_NEGATIVE: value >= 0,
        Sign.NOT_POSITIVE: value <= 0,
    }[sign]
    if allowed:
        assert parse_decimal(format_decimal(value), field="x", sign=sign) == value
    else:
        with pytest.raises(BadInput) as refused:
            parse_decimal(format_decimal(value), field="pcf.x", sign=sign)
        assert refused.value.field == "pcf.x"
        assert sign.value in refused.value.message


@pytest.mark.parametrize(
    ("text", "sign"),
    [("-0.5", Sign.POSITIVE), ("10", Sign.NOT_POSITIVE), ("5.0", Sign.NOT_POSITIVE), ("1abc", Sign.POSITIVE)],
)
def test_what_the_specifications_own_expressions_let_through_is_refused(text, sign):
    with pytest.raises(BadInput):
        parse_decimal(text, field="x", sign=sign)


@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], {}])
def test_only_text_is_a_decimal(value):
    with pytest.raises(BadInput, match="JSON string"):
        parse_decimal(value, field="x")


@pytest.mark.parametrize(
    "text", ["", " 1", "1\n", "NaN", "Infinity", "1,5", "1_000", "١٢", "0x1", "1e", "--1", "9" * 65, "1e31"]
)
def test_nonsense_is_refused(text):
    with pytest.raises(BadInput):
        parse_decimal(text, field="x")


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("-Infinity"), Decimal("1e31")])
def test_a_decimal_that_is_no_quantity_is_refused(value):
    with pytest.raises(BadInput):
        parse_decimal(value, field="x")


def test_rounding_is_half_even_whatever_the_callers_context():
    with localcontext() as context:
        context.prec = 1
        assert round_significant(Decimal("1.25"), 2) == Decimal("1.2")
        assert round_significant(Decimal("1.35"), 2) == Decimal("1.4")


@pytest.mark.parametrize(
    ("amount", "unit", "into", "result"),
    [
        ("1", "t", "kilogram", "1000"),
        ("2.5", "吨", "kg", "2500"),
        ("1", "kilowatt hour", "megajoule", "3.6"),
        ("3", "度", "MJ", "10.8"),
        ("1", "cubic meter", "liter", "1000"),
        ("7", "个", "piece", "7"),
    ],
)
def test_conversion(amount, unit, into, result):
    assert convert(Decimal(amount), unit, into) == Decimal(result)


@given(numbers, st.sampled_from(["kg", "g", "t", "吨"]), st.sampled_from(["kg", "g", "t", "公斤"]))
def test_there_and_back_is_the_same_amount(amount, unit, into):
    assert convert(convert(amount, unit, into), into, unit) == CONTEXT.plus(amount)


@pytest.mark.parametrize(("unit", "into"), [("kg", "kWh"), ("piece", "kg"), ("stone", "kg"), ("kg", "")])
def test_units_that_do_not_go_together(unit, into):
    with pytest.raises(BadInput) as refused:
        convert(Decimal(1), unit, into, field="lines.0.unit")
    assert refused.value.field == "lines.0.unit"
