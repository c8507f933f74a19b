"""A rule of the linter: what it says, in both languages, when it is broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from carbonbridge.core.lint.finding import Finding, Layer, Severity
from carbonbridge.core.scheme import Wording

#: Nobody reads more of a value than this.
_LONGEST = 80
#: No path of the data model is as long; an unknown property's name may be.
_LONGEST_PATH = 200

#: Rules marked BIO-2027 and SHALL-2027 bind from this day (specification v3.0.3, "Reporting rules").
FROM_2027 = date(2027, 12, 31)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; its sentences have places for values (``{stated}``).

    Attributes:
        code: stable, for programs and for people who look it up.
        source: specification and section.
        message: what is so, English and Chinese.
        remedy: what to do about it, English and Chinese.
    """

    code: str
    severity: Severity
    layer: Layer
    source: str
    message: tuple[str, str]
    remedy: tuple[str, str]

    def at(
        self, field: str, severity: Severity | None = None, since: date | None = None, **values: object
    ) -> Finding:
        """The rule is broken there.

        Args:
            field: path in the document.
            severity: where it is not the rule's usual one.
            since: the day from which the duty binds.
            values: for the places in the sentences.
        """
        shown = {name: short(value) for name, value in values.items()}
        return self.saying(field, _filled(self.message, shown), severity, since, **shown)

    def saying(
        self,
        field: str,
        message: Wording,
        severity: Severity | None = None,
        since: date | None = None,
        **shown: str,
    ) -> Finding:
        """The rule is broken there, in words of the caller's."""
        return Finding(
            code=self.code,
            field=short(field, _LONGEST_PATH),
            severity=severity or self.severity,
            layer=self.layer,
            since=since,
            message=message,
            remedy=_filled(self.remedy, shown),
            source=self.source,
        )


def short(value: object, longest: int = _LONGEST) -> str:
    """A value as a sentence shows it."""
    text = str(value).encode(errors="replace").decode()  # half a character has no place in a report
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _filled(pair: tuple[str, str], values: dict[str, str]) -> Wording:
    english, chinese = pair
    return Wording(en=english.format(**values), zh=chinese.format(**values))
