"""Sentences in the two languages of the reports."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence, in English and Chinese."""

    en: str
    zh: str

    def to(self, lang: str) -> str:
        """The sentence in ``en`` or ``zh``."""
        return self.zh if lang == "zh" else self.en


def verbatim(text: str) -> Text:
    """What is the same in every language: a value, a path, what a host said."""
    return Text(text, text)
