"""Pact counts its uses over the network unless it is told not to, before it is first loaded."""

import os

os.environ["PACT_DO_NOT_TRACK"] = "true"
