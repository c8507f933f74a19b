"""The stricter set, S-35: a second opinion on the data, from the models with which our own software reads them."""

from __future__ import annotations

from carbonbridge.client.conformance.case import strict
from carbonbridge.client.conformance.trial import Trial, must
from carbonbridge.client.conformance.wording import Text
from carbonbridge.core.errors import BadInput
from carbonbridge.core.footprint import ProductFootprint
from carbonbridge.core.pact_v2.model import ProductFootprintV2


@strict(
    "35",
    ("A strict reader takes every footprint", "严格的读取程序接受每个足迹"),
    expects=("each is read as a ProductFootprint of its version", "每个都能按其版本读作 ProductFootprint"),
    section="PACT: Data Model, ProductFootprint",
)
def readable(trial: Trial) -> None:
    """Conditional members, and whatever the tables might miss."""
    model = ProductFootprint if trial.pact.major == 3 else ProductFootprintV2
    for index, document in enumerate(trial.footprints):
        refusal = ""
        try:
            model.read(document)
        except BadInput as error:
            refusal = f"data[{index}].{error}"[:300]
        must(not refusal, Text(refusal, refusal))
