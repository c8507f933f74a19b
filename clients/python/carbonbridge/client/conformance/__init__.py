"""Conformance runs: the published cases of PACT's official suite, our own implementation, and a stricter set.

Against any host, over the same wire as a partner would use::

    with trial_of(target, Wire(), CallbackAddress(), wait_seconds=30, settle_seconds=1) as trial:
        report = run(trial, cases(target.pact))
"""

from carbonbridge.client.conformance.callback import CallbackAddress
from carbonbridge.client.conformance.catalogue import cases, chosen
from carbonbridge.client.conformance.run import Report, run, trial_of
from carbonbridge.client.conformance.target import Target
from carbonbridge.client.conformance.version import PactVersion

__all__ = ["CallbackAddress", "PactVersion", "Report", "Target", "cases", "chosen", "run", "trial_of"]
