"""What a report may show: no secret, no token, no credentials in a header."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

HIDDEN = "***"
#: A shorter text is no secret, and would be found everywhere.
_SHORTEST = 6


class Redaction:
    """Knows what must not be shown.

    Args:
        secrets: texts that are blotted out wherever they occur; tokens are added as they are given.
    """

    def __init__(self, *secrets: str) -> None:
        self._secrets: list[str] = []
        for secret in secrets:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """Blot this out from now on."""
        if len(secret) >= _SHORTEST and secret not in self._secrets:
            self._secrets.append(secret)

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def command_line(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """A request as a command line that shows what was sent, and needs a token to be repeated."""
        words = ["curl", "-X", method, url]
        for name, value in headers.items():
            shown = f"{value.split(' ')[0]} {HIDDEN}" if name == "Authorization" else value
            words += ["-H", f"{name}: {shown}"]
        if body:
            words += ["-d", body.decode("utf-8", "replace")]
        return self.clean(shlex.join(words))
