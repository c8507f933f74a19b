"""Published case 20 of v2: the OData filter of ListFootprints. All other cases of v2 are v3's with other words."""

from __future__ import annotations

from urllib.parse import quote

from carbonbridge.client.conformance.case import Failed, case
from carbonbridge.client.conformance.causes import IGNORED_FILTER
from carbonbridge.client.conformance.trial import Trial, must_answer
from carbonbridge.client.conformance.version import V2
from carbonbridge.client.conformance.wording import Text


@case(
    "20",
    ("Get filtered list of footprints", "获取经筛选的足迹列表"),
    expects=(
        "status 200, at least one footprint, and each created then or later ($filter=created ge '…')",
        "状态码 200，至少一个足迹，且每个的 created 不早于该时刻（$filter=created ge '…'）",
    ),
    section="PACT v2: Action ListFootprints, $filter",
    optional=V2,
)
def created_since(trial: Trial) -> None:
    """Since the first footprint; the official suite compares the texts."""
    since = trial.sample.created
    condition = quote(f"created ge '{since}'", safe="!'()*")
    answer = trial.get(f"/footprints?$filter={condition}")
    must_answer(answer, 200)
    data = answer.data
    if not isinstance(data, list) or not data:
        raise Failed(answer.shown())
    early = [item for item in data if not isinstance(item, dict) or str(item.get("created")) < since]
    if early:
        raise Failed(
            Text(f"{len(early)} footprints are older than {since}", f"{len(early)} 个足迹早于 {since}"),
            IGNORED_FILTER,
        )
