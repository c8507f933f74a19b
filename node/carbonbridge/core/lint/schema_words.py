r"""The sentences of :mod:`carbonbridge.core.validation` and :mod:`.pact_object` with a code and their Chinese.

A pattern is matched against the whole English sentence; the Chinese may use its groups (``\1``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Of a list without items.
TOO_FEW = "needs at least one item"

_NUMBER = r"a decimal number(?: (?P<sign>[<>]=? 0))?"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault; Chinese follows 该值 and takes groups of the pattern."""

    code: str
    pattern: re.Pattern[str]
    zh: str
    remedy: tuple[str, str]


def _fault(code: str, pattern: str, zh: str, en_remedy: str, zh_remedy: str) -> Fault:
    return Fault(code, re.compile(pattern, re.DOTALL), zh, (en_remedy, zh_remedy))


FAULTS = (
    _fault(
        "PCF-MISSING",
        r"is missing: operator Other needs a name",
        "缺失：operator 为 Other 时须给出名称",
        "Name the operator.",
        "请填写运营方名称。",
    ),
    _fault(
        "PCF-MISSING",
        "is missing",
        "缺失",
        "Give it: the schema requires it.",
        "请补充：数据结构要求必填。",
    ),
    _fault(
        "PCF-TYPE", "must be an object", "必须是对象", "Write a JSON object ({{…}}).", "请写成 JSON 对象。"
    ),
    _fault("PCF-TYPE", "must be a list", "必须是列表", "Write a JSON array ([…]).", "请写成 JSON 数组。"),
    _fault("PCF-TYPE", "must be text", "必须是文本", "Write a JSON string.", "请写成 JSON 字符串。"),
    _fault(
        "PCF-TYPE",
        "must be true or false",
        "必须是 true 或 false",
        "Write true or false without quotation marks.",
        "请写 true 或 false，不加引号。",
    ),
    _fault("PCF-EMPTY", "must not be empty", "不得为空", "Fill it in.", "请填写。"),
    _fault(
        "PCF-EMPTY",
        TOO_FEW,
        "至少要有一项",
        "Give an item, or leave an optional list out.",
        "请至少填写一项；可选的列表为空时请整体省略。",
    ),
    _fault(
        "PCF-TWICE",
        "must not hold the same item twice",
        "不得有重复项",
        "Remove the repetition.",
        "请删除重复项。",
    ),
    _fault(
        "PCF-STRING",
        rf"must be {_NUMBER} as a JSON string, not .*",
        "必须是以 JSON 字符串写出的十进制数，不能是数字或其他类型",
        'Put it in quotation marks: "1.5".',
        '请加引号："1.5"。',
    ),
    _fault(
        "PCF-SIZE",
        rf"must be {_NUMBER} of a plausible size",
        "大小不合理",
        "Check the exponent.",
        "请检查指数。",
    ),
    _fault(
        "PCF-DECIMAL",
        rf"must be {_NUMBER}, not (?P<text>['\"].*)",
        "必须是十进制数，而不是\\g<text>",
        "Write digits with a point, no unit, no thousands separator.",
        "请只写数字和小数点，不带单位和千位分隔符。",
    ),
    _fault(
        "PCF-SIGN",
        rf"must be {_NUMBER}, not (?P<value>.*)",
        "的正负号不对：要求 \\g<sign>，实为 \\g<value>",
        "Emissions and contents are >= 0, removals and uptake <= 0, the declared amount > 0.",
        "排放量和含碳量 >= 0，清除量和吸收量 <= 0，声明数量 > 0。",
    ),
    _fault(
        "PCF-INSTANT",
        r"must be an RFC 3339 date-time with offset.*|there is no such date or time as .*|must have an offset",
        "必须是带时区的 RFC 3339 日期时间，如 2026-01-31T08:00:00Z",
        "Write it like 2026-01-31T08:00:00Z.",
        "请写成 2026-01-31T08:00:00Z 的形式。",
    ),
    _fault(
        "PCF-UUID",
        "must be a UUID, such as (.*)",
        r"必须是 UUID，如 \1",
        "Write it with hyphens and without braces.",
        "请带连字符书写，不加花括号。",
    ),
    _fault(
        "PCF-SPELLING",
        "must be a version, such as (.*)",
        r"必须是版本号，如 \1",
        "Write three numbers with points.",
        "请写成以点分隔的三个数字。",
    ),
    _fault(
        "PCF-SPELLING",
        "must be an (ISO 3166-[12] .*?)(?:code)?, such as (.*)",
        r"必须是 \1代码，如 \2",
        "Write the code in capitals.",
        "请用大写字母书写代码。",
    ),
    _fault(
        "PCF-SPELLING",
        "must name an IPCC assessment report, such as (.*)",
        r"必须是 IPCC 评估报告，如 \1",
        "Write AR and its number.",
        "请写 AR 加编号。",
    ),
    _fault(
        "PCF-URN",
        "must be a URN, such as (.*)",
        r"必须是 URN，如 \1",
        "Begin with urn: and a namespace.",
        "请以 urn: 和命名空间开头。",
    ),
    _fault(
        "PCF-LONG",
        "must not be longer than (.*) bytes",
        r"不得超过 \1 字节",
        "Use a shorter identifier.",
        "请使用较短的标识符。",
    ),
    _fault(
        "PCF-GEOGRAPHY",
        "must not be given beside (.*): at most one geography",
        r"不得与 \1 同时给出：地理范围至多一项",
        "Keep the most precise of the three geography fields.",
        "请只保留三个地理字段中最精确的一个。",
    ),
    _fault(
        "PCF-VALUE",
        "must be ('.*)",
        r"必须是以下之一：\1",
        "Use one of the listed values, spelled exactly so.",
        "请使用所列的值，拼写须完全一致。",
    ),
)

#: What pydantic says in words that we have not met.
OTHER = _fault(
    "PCF-SCHEMA",
    ".*",
    "",
    "Compare it with the specification's schema.",
    "请对照规范的数据结构。",
)
