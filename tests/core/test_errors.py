"""How an error reads as one text: what a partner's developer sees in a PACT answer."""

from __future__ import annotations

import pytest

from carbonbridge.core.errors import BadInput
from carbonbridge.core.quantity import Decimal, convert


@pytest.mark.parametrize(
    ("message", "step", "text"),
    [
        ("is missing", "Add it.", "f: is missing. Add it."),
        ("is wrong!", "Mend it.", "f: is wrong! Mend it."),
        ("不是 URN。", "请改正。", "f: 不是 URN。 请改正。"),
        ("is missing", None, "f: is missing"),
    ],
)
def test_message_and_next_step_are_two_sentences(message: str, step: str | None, text: str) -> None:
    assert str(BadInput(message, field="f", next_step=step)) == text


def test_an_unknown_unit_says_which_there_are() -> None:
    with pytest.raises(BadInput, match="unknown unit 'pound'") as caught:
        convert(Decimal(1), "pound", "kilogram")
    assert "kilogram, kg" in (caught.value.next_step or "")
