"""The words that people read in tables and messages, in English and Chinese. The English text is the key."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

Lang = Literal["en", "zh"]

language: ContextVar[Lang] = ContextVar("language", default="en")

_ZH = {
    # who is to blame
    "your input": "你的输入",
    "the other host": "对方主机",
    "the settings": "设置",
    "the node": "节点",
    "the database": "数据库",
    # headings
    "accepted": "已承认",
    "address": "地址",
    "at": "时间",
    "attempts": "尝试次数",
    "by": "操作者",
    "certification body": "认证机构",
    "check": "检查",
    "client": "客户端",
    "companies": "企业",
    "company": "企业",
    "connection": "连接",
    "created": "创建时间",
    "criteria": "条件",
    "decided": "裁定时间",
    "digest": "摘要",
    "direction": "方向",
    "document": "文件",
    "expires": "到期",
    "field": "字段",
    "footprint": "足迹",
    "found": "实际",
    "from": "自",
    "gaps": "缺口",
    "grant": "授权",
    "id": "编号",
    "kgCO2e": "kgCO2e",
    "last error": "最近错误",
    "level": "级别",
    "message": "留言",
    "name": "名称",
    "next try": "下次尝试",
    "notify": "通知",
    "organisation": "组织",
    "outcome": "结果",
    "per": "每",
    "primary %": "初级数据%",
    "product": "产品",
    "products": "产品",
    "publication": "发布方式",
    "publisher": "发布方",
    "required": "要求",
    "role": "角色",
    "scheme": "制度",
    "scope": "范围",
    "stale": "已过期",
    "state": "状态",
    "status": "状态",
    "subject": "对象",
    "to": "至",
    "until": "至",
    "value": "数值",
    "verb": "操作",
    "verdict": "认可结论",
    "what it says": "说明",
    "who can supply it": "可由谁提供",
    "why": "原因",
    # values
    "abandoned": "已放弃",
    "active": "有效",
    "Active": "有效",
    "Deprecated": "已停用",
    "conditional": "有条件承认",
    "rejected": "已拒绝",
    "open": "待答复",
    "fulfilled": "已答复",
    "undeliverable": "无法送达",
    "incoming": "收到",
    "outgoing": "发出",
    "pending": "待处理",
    "done": "已完成",
    "suspended": "已暂停",
    "revoked": "已撤销",
    "draft": "草稿",
    "submitted": "已提交认证",
    "published": "已发布",
    "superseded": "已被取代",
    "declined": "未予认证",
    "pass": "成立",
    "fail": "不成立",
    "unknown": "无法判定",
    "yes": "是",
    "no": "否",
    # sentences
    "Nothing there.": "没有内容。",
    "Done.": "完成。",
    "PROVED: the publisher sealed exactly this footprint.": "已证明：发布方对本足迹加盖了签章。",
    "PROVED: a certification body that you trust certified it, and the certificate is in force.": (
        "已证明：你信任的认证机构认证了本足迹，且证书有效。"
    ),
    "NOT PROVED: who published it.": "未证明：由谁发布。",
    "NOT PROVED: that it is certified.": "未证明：已获认证。",
    "REFUTED: do not use this footprint.": "已证伪：请勿使用本足迹。",
    "This secret is shown once; keep it safe.": "此密钥只显示一次，请妥善保管。",
    "This proves nothing about later withdrawal: ask the certification body's register.": (
        "这不能证明证书此后未被撤销：请查询认证机构的登记。"
    ),
}


def say(text: str) -> str:
    """The text in the language of this run."""
    return _ZH.get(text, text) if language.get() == "zh" else text
