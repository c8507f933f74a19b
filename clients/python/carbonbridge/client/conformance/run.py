"""Runs the cases against a host: everything is sent first, then callbacks are waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter

from carbonbridge.client.conformance.callback import CallbackAddress, Receiver
from carbonbridge.client.conformance.case import Case, Failed, Inapplicable, Outcome, Pending, Result
from carbonbridge.client.conformance.probe import NoAnswer, Probe
from carbonbridge.client.conformance.redaction import Redaction
from carbonbridge.client.conformance.setup import set_up
from carbonbridge.client.conformance.target import Target
from carbonbridge.client.conformance.trial import Trial
from carbonbridge.client.conformance.wording import Text, verbatim
from carbonbridge.client.transport import Wire

#: Called with each result as it is known.
Watch = Callable[[Result], None]


@dataclass(frozen=True, slots=True)
class Report:
    """How a host did.

    Attributes:
        results: in the order of the cases; the set-up is case 0.
        reachable: the host gave an HTTP answer at all.
    """

    target: Target
    run_id: str
    callback_url: str
    started_at: datetime
    seconds: float
    results: tuple[Result, ...] = field(repr=False)
    reachable: bool = True

    @property
    def passed(self) -> bool:
        """Whether every mandatory case passed, and there was one."""
        counting = [result for result in self.results if result.mandatory]
        return bool(counting) and all(result.outcome is Outcome.PASSED for result in counting)

    def count(self, outcome: Outcome) -> int:
        """How many cases ended so."""
        return sum(result.outcome is outcome for result in self.results)


@contextmanager
def trial_of(
    target: Target, wire: Wire, address: CallbackAddress, *, wait_seconds: float, settle_seconds: float
) -> Iterator[Trial]:
    """Make a run ready: a receiver that listens, a probe that can send.

    Raises:
        BadInput: a certificate cannot be used.
        Misconfigured: the callback port is taken.
    """
    basic = target.token_headers()["Authorization"].removeprefix("Basic ")
    redaction = Redaction(target.client_secret, basic)
    with Receiver(address, redaction) as receiver:
        probe = Probe(wire, redaction)
        try:
            yield Trial(target, probe, receiver, redaction, wait_seconds, settle_seconds)
        finally:
            probe.close()


def run(
    trial: Trial, cases: list[Case], *, strict_counts: bool = False, watch: Watch = lambda _: None
) -> Report:
    """Run the cases.

    Args:
        strict_counts: the stricter set is mandatory too.
        watch: sees each result as it comes; those of callbacks come last.
    """
    started, begin = datetime.now(UTC), perf_counter()
    first = _Going(set_up, trial, mandatory=True)
    first.begin()
    results = [first.result()]
    watch(results[0])
    if results[0].outcome is Outcome.PASSED:
        results += _run_all(trial, cases, strict_counts, watch, results[0].sent)
    return Report(
        trial.target,
        trial.run_id,
        trial.receiver.url,
        started,
        perf_counter() - begin,
        tuple(results),
        first.answered,
    )


def _run_all(
    trial: Trial, cases: list[Case], strict_counts: bool, watch: Watch, listing: tuple[str, ...]
) -> list[Result]:
    going = [_Going(case, trial, mandatory=_counts(case, trial, strict_counts)) for case in cases]
    for one in going:
        if one.begin() is not None:
            watch(one.result())
    for one in going:
        if not one.ended:
            one.finish()
            watch(one.result())
    results = [one.result() for one in going]
    sent = {result.case.number: result.sent for result in results}
    # What judges a callback or the listing has sent nothing itself: then it is about what another case has sent.
    return [
        result if result.sent else replace(result, sent=sent.get(result.case.after or "") or listing[-1:])
        for result in results
    ]


def _counts(case: Case, trial: Trial, strict_counts: bool) -> bool:
    return trial.pact in case.mandatory if case.published else strict_counts


class _Going:
    """A case under way."""

    def __init__(self, case: Case, trial: Trial, *, mandatory: bool) -> None:
        self._case = case
        self._trial = trial
        self._mandatory = mandatory
        self._rest: Iterator[None] | None = None
        self._outcome: Outcome | None = None
        self._received: Text | None = None
        self._cause: Text | None = None
        self._sent: list[str] = []
        self._warnings: list[Text] = []
        self._seconds = 0.0
        self.answered = True

    @property
    def ended(self) -> bool:
        return self._outcome is not None

    def begin(self) -> Outcome | None:
        """Run the case up to where it waits for a callback; None if it does."""

        def start() -> bool:
            self._rest = self._case.run(self._trial)
            return self._rest is None or next(self._rest, _END) is _END

        return self._through(start)

    def finish(self) -> None:
        """Run the rest."""
        rest = self._rest

        def go_on() -> bool:
            return rest is None or next(rest, _END) is _END

        self._through(go_on)

    def result(self) -> Result:
        clean = self._trial.redaction.clean
        sent = tuple(clean(line) for line in self._sent)
        received, cause = (
            None if text is None else Text(clean(text.en), clean(text.zh))
            for text in (self._received, self._cause)
        )
        outcome = self._outcome or Outcome.PENDING
        return Result(
            self._case, self._mandatory, outcome, self._seconds, sent, received, cause, tuple(self._warnings)
        )

    def _through(self, step: Callable[[], bool]) -> Outcome | None:
        trial, begin = self._trial, perf_counter()
        trial.probe.sent, trial.warnings = self._sent, self._warnings
        try:
            if step():
                self._outcome = Outcome.PASSED
        except Failed as failure:
            self._end(Outcome.FAILED, failure.received, failure.cause)
        except Pending as pending:
            self._end(Outcome.PENDING, pending.awaited, pending.cause)
        except Inapplicable as skipped:
            self._end(Outcome.SKIPPED, skipped.why, None)
        except NoAnswer as silence:
            self.answered = False
            self._end(Outcome.FAILED, verbatim(str(silence)), None)
        self._seconds += perf_counter() - begin
        return self._outcome

    def _end(self, outcome: Outcome, received: Text, cause: Text | None) -> None:
        self._outcome, self._received, self._cause = outcome, received, cause


_END = object()
