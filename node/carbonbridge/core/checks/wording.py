"""The criteria of recognition: step, weight and plain words, in one table.

Every check always runs, so that the applicant gets all reasons at once and their order cannot matter.
"""

from __future__ import annotations

from typing import NamedTuple

from carbonbridge.core.scheme import Wording
from carbonbridge.core.verdict import Check, CheckClass, Condition, Outcome, Remedy

#: Evidence is quoted in a verdict, not copied into it.
_MAX_TEXT = 500

_HARD, _SOFT = CheckClass.HARD, CheckClass.SOFT


class _Criterion(NamedTuple):
    step: int
    check_class: CheckClass
    en: str
    zh: str
    remedy: Remedy = Remedy.REISSUE


#: code → what is asked, as one sentence that is true when the check passes.
CRITERIA: dict[str, _Criterion] = {
    "E-FIELD": _Criterion(0, _HARD, "The footprint carries a complete certificate.", "足迹附有完整的证书。"),
    "E-SIG": _Criterion(
        0, _HARD, "A registered certification body signed the certificate.", "证书由已登记的认证机构签名。"
    ),
    "E-SEAL": _Criterion(
        0, _HARD, "The publisher sealed exactly this footprint.", "发布方对本足迹加盖了有效签章。"
    ),
    "A-NONE": _Criterion(
        1,
        _HARD,
        "An agreement recognises the origin scheme in this direction.",
        "存在该方向上承认来源体系的互认协议。",
    ),
    "A-NOTINFORCE": _Criterion(1, _HARD, "The agreement is in force.", "互认协议处于生效状态。"),
    "A-LEVEL": _Criterion(
        1, _HARD, "The agreement grants the level asked for.", "协议授予所请求的互认级别。"
    ),
    "A-PURPOSE": _Criterion(
        1, _HARD, "The agreement covers the purpose asked for.", "协议覆盖所请求的用途。"
    ),
    "A-CHAIN": _Criterion(
        2,
        _HARD,
        "Recognition is direct, not passed on through a third scheme.",
        "互认为直接互认，不经第三方体系转承。",
    ),
    "P-OUT": _Criterion(
        3, _HARD, "The product is in an annex that is in force.", "产品在已生效的产品附录范围内。"
    ),
    "P-EXCLUDED": _Criterion(3, _HARD, "The product is not excluded.", "产品未被附录排除。"),
    "P-AMBIGUOUS": _Criterion(
        3,
        _SOFT,
        "The product codes say clearly whether the product is covered.",
        "产品代码能明确判定是否在范围内。",
    ),
    "T-TYPE": _Criterion(
        4,
        _HARD,
        "The type of attestation and the class of claim are accepted.",
        "证明类型与声明类别为协议所接受。",
    ),
    "T-CLASS": _Criterion(
        4,
        _HARD,
        "The certificate's class is that of the scheme it names.",
        "证书类别与其所属体系的登记类别一致。",
    ),
    "T-MARK": _Criterion(
        4, _HARD, "The mark is one that the scheme may grant.", "所用标识为该体系有权授予的标识。"
    ),
    "I-APPROVAL": _Criterion(
        5,
        _HARD,
        "The body was approved for the scheme at issue and is now.",
        "认证机构在发证时及当前均获该体系批准。",
    ),
    "I-DENY": _Criterion(
        5, _HARD, "The body is not on the agreement's deny list.", "认证机构不在协议黑名单上。"
    ),
    "I-ACCR-SCOPE": _Criterion(
        5,
        _HARD,
        "The body is accredited for exactly this sub-scope.",
        "认证机构具备所要求子范围的认可资格。",
    ),
    "C-STATUS": _Criterion(6, _HARD, "The certificate is valid by its own status.", "证书状态为有效。"),
    "C-EXPIRED": _Criterion(6, _HARD, "The certificate is within its time of validity.", "证书在有效期内。"),
    "E-HASH": _Criterion(
        7, _HARD, "The certificate names exactly this footprint.", "证书指向的正是本足迹文件。"
    ),
    "B-MODEL": _Criterion(
        7,
        _HARD,
        "Every product id of the footprint is in the unit of certification.",
        "足迹的产品标识均属于认证单元。",
    ),
    "B-VALUE": _Criterion(
        7,
        _HARD,
        "Value, unit and period of the footprint are the certified ones.",
        "足迹的数值、单位与核算期与证书一致。",
    ),
    "M-STD": _Criterion(
        8,
        _HARD,
        "The standard is equivalent to one of the target's in this edition.",
        "所用标准版本与目标体系标准等效。",
    ),
    "M-SUPERSEDED": _Criterion(
        8, _HARD, "No superior rule had replaced the product rule.", "产品规则在发证时未被上位规则取代。"
    ),
    "M-STAGE": _Criterion(
        9, _HARD, "All required life-cycle stages are included.", "包含全部要求的生命周期阶段。"
    ),
    "M-GWP": _Criterion(
        10,
        _SOFT,
        "The warming potentials are of an accepted report.",
        "所用全球变暖潜势版本为目标体系接受。",
        Remedy.RECALCULATE,
    ),
    "M-ELEC": _Criterion(
        10,
        _HARD,
        "The electricity factors are published ones of the accepted series.",
        "电力因子属于可接受系列的已发布因子。",
    ),
    "M-ELEC-AGE": _Criterion(
        10,
        _SOFT,
        "The electricity factors are recent enough.",
        "电力因子年份足够新。",
        Remedy.RECALCULATE,
    ),
    "M-CUT": _Criterion(
        10,
        _SOFT,
        "The cut-off is within the accepted share.",
        "截断比例在可接受范围内。",
        Remedy.SUPPLY_FIELD,
    ),
    "M-OFFSET": _Criterion(10, _HARD, "No offset is inside the value.", "数值中不含碳抵消。"),
    "Q-PRIMARY": _Criterion(
        11, _SOFT, "The primary data share is high enough.", "初级数据占比足够高。", Remedy.SUPPLY_FIELD
    ),
    "Q-DQR": _Criterion(
        11, _SOFT, "The data quality rating is good enough.", "数据质量评分满足要求。", Remedy.SUPPLY_FIELD
    ),
    "D-APPLIED": _Criterion(
        12,
        _SOFT,
        "The target counts electricity with the same factor.",
        "目标体系采用相同的电力因子。",
        Remedy.LABEL_TEXT,
    ),
    "D-MISSING": _Criterion(
        12,
        _SOFT,
        "The electricity use is disclosed, so that the difference can be computed.",
        "已披露用电量，可计算因子差异。",
        Remedy.SUPPLY_FIELD,
    ),
    "D-BOUND": _Criterion(
        12, _HARD, "The computed difference is within the agreed bound.", "计算差异在协议限值内。"
    ),
}


def finding(
    code: str,
    result: Outcome,
    *,
    required: str,
    found: str,
    message: Wording | None = None,
    what: Wording | None = None,
    check_class: CheckClass | None = None,
) -> Check:
    """A check result in the table's words.

    Args:
        code: a key of :data:`CRITERIA`.
        result: what was found.
        required: what is asked, in the terms of the case.
        found: what there is.
        message: a sentence of its own instead of the table's.
        what: what to do, where it is more particular than the criterion.
        check_class: another weight than the table's, where an agreement sets one.
    """
    criterion = CRITERIA[code]
    weight = check_class or criterion.check_class
    asked = Wording(en=criterion.en, zh=criterion.zh)
    condition = None
    if weight is CheckClass.SOFT and result is not Outcome.PASSED:
        condition = Condition(code=code, what=what or asked, remedy=criterion.remedy)
    return Check(
        step=criterion.step,
        code=code,
        check_class=weight,
        outcome=result,
        required=required[:_MAX_TEXT],
        found=found[:_MAX_TEXT],
        message=message or _sentence(asked, result),
        condition=condition,
    )


def outcome(met: bool) -> Outcome:
    """Passed or failed."""
    return Outcome.PASSED if met else Outcome.FAILED


def _sentence(asked: Wording, found: Outcome) -> Wording:
    if found is Outcome.PASSED:
        return asked
    if found is Outcome.FAILED:
        return Wording(en=f"Not met: {asked.en}", zh=f"不满足：{asked.zh}")
    return Wording(en=f"Cannot be shown: {asked.en}", zh=f"无法证明：{asked.zh}")
