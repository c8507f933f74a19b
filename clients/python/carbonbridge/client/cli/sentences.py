"""The sentences of errors that people meet most, in Chinese; any other stays as it came.

Errors are worded in English where they are raised, in the core or at the node; here they are known by their text.
"""

from __future__ import annotations

import re

from carbonbridge.client.cli.words import language

#: English, with groups for what varies → Chinese. The first that fits the whole sentence.
_ZH: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        # settings and files
        (r"the node's address is missing", "缺少节点地址"),
        (r"the client id is missing", "缺少客户端编号"),
        (r"the client secret is missing", "缺少客户端密钥"),
        (r"the secret is missing", "缺少密钥"),
        (r"Give (\S+) or set (\S+)\.", r"请给出 \1，或设置 \2。"),
        (r"(.+) cannot be read: no such file or directory", r"无法读取 \1：没有此文件或文件夹"),
        (r"(.+) cannot be read: (.+)", r"无法读取 \1：\2"),
        (r"(.+) cannot be written: (.+)", r"无法写入 \1：\2"),
        (r"Check the file's name and its permissions\.", "请检查文件名与权限。"),
        (r"(.+) is there already", r"\1 已存在"),
        (r"Name a new file\.", "请另取文件名。"),
        (r"(.+) must hold one JSON object", r"\1 须为一个 JSON 对象"),
        (r"the document is not valid JSON \((.+)\) \(in (.+)\)", r"\2 不是有效的 JSON（\1）"),
        (r"Correct that place\.", "请改正该处。"),
        # the way to the host
        (r"(.+) is not an https address", r"\1 不是 https 地址"),
        (r"(.+) cannot be reached: (.+)", r"无法连接 \1：\2"),
        (r"(.+) did not answer in time", r"\1 未及时应答"),
        (r"Check the address and the network, then try again\.", "请检查地址与网络后重试。"),
        (r"(.+) is not trusted: (.+)", r"不信任 \1：\2"),
        (r"(\S+) does not take this client id and secret", r"\1 不接受此客户端编号与密钥"),
        (
            r"(\S+) does not take this client id and secret \(it answered (.+)\)",
            r"\1 不接受此客户端编号与密钥（答复 \2）",
        ),
        (
            r"Check them \(on the command line (\S+) and (\S+)\), .+",
            r"请检查它们（命令行中为 \1 与 \2），并确认它们属于此地址。",
        ),
        # what the node says
        (r"there is no such (.+)", r"没有此项：\1"),
        (r"there is such an? (.+) already", r"已有此项：\1"),
        (r"See (carbonbridge .+)\.", r"请看 \1。"),
        (r"is missing", "缺少此项"),
        (r"Add it\.", "请补上。"),
        (r"is not a known name here", "此处没有这个名称"),
        (r"Correct its spelling, or leave it out\.", "请改正拼写，或删去。"),
        (r"unknown unit (.+)", r"未知单位 \1"),
        (r"Write one of (.+)\.", r"请用其中之一：\1。"),
        (r"(.+) is not a URN \(RFC 8141\)", r"\1 不是 URN（RFC 8141）"),
        (r"Write it like (.+)\.", r"写法如 \1。"),
        (r"Try again later\.", "请稍后重试。"),
    )
)


def sentence(text: str) -> str:
    """A sentence of an error in the language of this run."""
    if language.get() == "zh":
        for english, chinese in _ZH:
            if found := english.fullmatch(text):
                return found.expand(chinese)
    return text
