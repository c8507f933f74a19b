"""A fake host over real HTTPS, which can speak plain HTTP at the same port, and runs against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.clients.conformance.fake import LOGIN, FakeHost
from tests.support.hosts import host as serving

from carbonbridge.client import Wire
from carbonbridge.client.conformance import (
    CallbackAddress,
    PactVersion,
    Report,
    Target,
    cases,
    chosen,
    run,
    trial_of,
)
from carbonbridge.client.conformance.case import Outcome
from carbonbridge.demo.authority import Authority


@dataclass
class Bench:
    """The fake host and what it takes to test it."""

    fake: FakeHost
    wire: Wire
    address: CallbackAddress

    def report(
        self, pact: PactVersion, *quirks: str, only: list[str] | None = None, **waits: float
    ) -> Report:
        self.fake.be(pact, *quirks)
        every = cases(pact)
        target = Target(self.fake.url, *LOGIN, pact)
        seconds = {"wait_seconds": 30.0, "settle_seconds": 0.1, **waits}
        with trial_of(target, self.wire, self.address, **seconds) as trial:
            return run(trial, chosen(every, only) if only else every, strict_counts=True)

    def caught(self, pact: PactVersion, *quirks: str, **waits: float) -> dict[str, Outcome]:
        """The cases that did not pass."""
        report = self.report(pact, *quirks, **waits)
        return {one.case.number: one.outcome for one in report.results if one.outcome is not Outcome.PASSED}


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("conformance-bench")
    authority = Authority.create(folder / "authority")
    certificate, key = authority.issue("callbacks", folder)
    fake = FakeHost(str(authority.ca_file))
    with serving(authority, folder / "host", fake.answer, plain=lambda: fake.has("plain http")) as running:
        fake.url = running.url
        address = CallbackAddress(certificate=certificate, key=key)
        yield Bench(fake, Wire(authority.ca_file, 20), address)
        fake.callbacks.close()
