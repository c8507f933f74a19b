"""What the demo checked: the steps of the story, each with its checks, as ``report.json`` tells them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the demo."""

    en: str
    zh: str

    def to(self, lang: str) -> str:
        """The sentence in ``en`` or ``zh``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, whether it did, and the figure seen."""

    what: Text
    held: bool
    seen: Text


@dataclass(slots=True)
class Step:
    """One step of the story."""

    key: str
    title: Text
    seconds: float = 0.0
    checks: list[Check] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """A step without checks has shown nothing, so it has not held."""
        return bool(self.checks) and all(check.held for check in self.checks)

    def check(self, en: str, zh: str, held: bool, seen: object = "") -> None:
        """Record one check; what was seen is the same in both languages, unless it is a :class:`Text`."""
        shown = seen if isinstance(seen, Text) else Text(str(seen), str(seen))
        self.checks.append(Check(Text(en, zh), held, shown))


@dataclass(slots=True)
class Report:
    """All steps of one run."""

    steps: list[Step] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether every check of every step held."""
        return bool(self.steps) and all(step.held for step in self.steps)

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "held": self.held,
            "seconds": round(sum(step.seconds for step in self.steps), 2),
            "steps": [
                {
                    "step": step.key,
                    "title": step.title._asdict(),
                    "held": step.held,
                    "seconds": round(step.seconds, 2),
                    "checks": [
                        {"what": check.what._asdict(), "held": check.held, "seen": check.seen.en}
                        for check in step.checks
                    ],
                    "facts": step.facts,
                }
                for step in self.steps
            ],
        }


def write(path: Path, document: Any) -> None:
    """Write one JSON document for people to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, default=float) + "\n", "utf-8")
