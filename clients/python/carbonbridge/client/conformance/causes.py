"""What is likely to be wrong with a host that fails a case: the traps that implementers have fallen into."""

from __future__ import annotations

from carbonbridge.client.conformance.wording import Text

NULLS = Text(
    "An optional property that has no value was written as null: leave it out.",
    "没有值的可选属性被写成 null：应省略该属性。",
)
NUMBERS = Text(
    "A decimal was written as a JSON number: PACT wants decimals as strings.",
    "十进制数被写成 JSON 数字：PACT 要求以字符串表示。",
)
SOURCES = Text(
    "v2.0 and v2.1 need ipccCharacterizationFactorsSources too, although their text does not say so: write both.",
    "v2.0 与 v2.1 虽未明言，也需要 ipccCharacterizationFactorsSources：两个字段都写。",
)
NO_LINK = Text(
    "There are fewer than two footprints, or the host ignores limit, or it leaves out the Link header.",
    "足迹少于两个，或主机忽略 limit，或未给出 Link 标头。",
)
UNQUOTED_REL = Text(
    'The relation must be in quotes: <…>; rel="next". The official suite reads nothing else.',
    'rel 必须加引号：<…>; rel="next"。官方测试只识别这种写法。',
)
OTHER_BASE = Text(
    "The link does not begin with the base URL that is tested: behind a proxy, build it from the public address.",
    "链接不以被测的基础 URL 开头：在代理之后应使用公开地址生成。",
)
RELATIVE_LINK = Text("The link must be an absolute https URL.", "链接必须是绝对的 https URL。")
PLUS_BLANK = Text(
    "A plus sign of a date's offset arrives as a blank unless it is encoded: write dates with Z, and repair the blank.",
    "日期偏移量中的加号若未编码会变成空格：请以 Z 表示时间，并修复该空格。",
)
HASH = Text(
    "The first value holds #, & or +, which the official suite does not encode: put another value first.",
    "第一个值含有官方测试不会编码的 #、& 或 +：请把其他值放在首位。",
)
EMPTY_FILTER = Text(
    "A filter without a value was taken to match nothing: it is no filter.",
    "空值的筛选被当作不匹配：它等于没有筛选。",
)
HIERARCHY = Text(
    "The filter took a country's subdivisions along: compare exactly, offer the hierarchy under a name of your own.",
    "筛选把国家之下的地区一并返回：应精确比较，层级筛选请用自定义参数。",
)
ONE_BOUND = Text(
    "Only one bound of the validity period is given: give both or none.",
    "有效期只给出一个端点：应两端都给或都不给。",
)
IGNORED_FILTER = Text("The filter is ignored, or has another name here.", "筛选被忽略，或参数名不同。")
STRICT_FILTER = Text(
    "A value that cannot match was refused: answer 200 with an empty list.",
    "不可能匹配的值被拒绝：应以 200 和空列表应答。",
)
EVENT_STATUS = Text(
    "An event that is taken is answered 200 with an empty body, not 202 or 204.",
    "接受事件时应答 200 且正文为空，而非 202 或 204。",
)
REFUSED_AT_ONCE = Text(
    "The unknown product was refused at once, or its URN (two parts) was checked too strictly: take the request, then"
    " send a Rejected event.",
    "未知产品被当场拒绝，或对其 URN（两段）校验过严：应先接受请求，再发送 Rejected 事件。",
)
UNKNOWN_PF = Text(
    "The footprint that was announced is not known yet: take the event, fetch later.",
    "所通知的足迹尚不为主机所知：应先接受事件，随后再获取。",
)
MALFORMED_TAKEN = Text("pfIds are UUIDs; the event was not checked.", "pfIds 必须是 UUID；事件未经校验。")
PROBLEM_JSON = Text(
    "Errors are application/json with code and message; the official suite cannot read application/problem+json.",
    "错误应为含 code 与 message 的 application/json；官方测试无法读取 application/problem+json。",
)
BEARER_CODE = Text(
    "v2 wants the code BadRequest for a bearer that is no good.", "v2 要求对无效令牌返回代码 BadRequest。"
)
NO_AUTH_TOKEN = Text(
    "The token endpoint is below the base URL, so /auth/token is asked as well: serve both.",
    "令牌端点位于基础 URL 之下，因此也会请求 /auth/token：两者都应提供。",
)
PLAIN_HTTP = Text(
    "The host serves plain HTTP: close the port, or redirect to https.",
    "主机提供明文 HTTP：请关闭该端口或重定向到 https。",
)
CALLBACK = Text(
    "The host needs a connection to our callback address with the client id and secret that the official suite uses"
    " (test_client_id), must reach and trust that address, and must answer requests without a person.",
    "主机需有指向本回调地址的连接（用官方测试的 test_client_id 及其密钥），能访问并信任该地址，且无需人工即可答复。",
)
CALLBACK_PATH = Text(
    "The callback goes to {source}/3/events (v2: /2/events), without query or trailing slash.",
    "回调应发往 {source}/3/events（v2 为 /2/events），不带查询参数或末尾斜杠。",
)
REQUEST_ID = Text(
    "requestEventId must be echoed as it is; it is no UUID, so no column of that type may hold it.",
    "requestEventId 须原样返回；它不是 UUID，不能存入该类型的列。",
)
TWICE = Text(
    "The event came twice with the same source and id and was done twice: remember what was taken.",
    "同一 source 与 id 的事件重复到达并被重复处理：应记录已接受的事件。",
)
NO_RETRY = Text(
    "Our receiver said 503 once: deliver again with growing pauses, for up to 72 hours.",
    "接收方曾返回 503：应以递增间隔重试，最长 72 小时。",
)
NO_TOKEN = Text(
    "Get a token at {source}/auth/token with the credentials of the connection, and a new one when it is refused.",
    "应以连接的凭证在 {source}/auth/token 取得令牌，被拒后重新获取。",
)
NEW_ID = Text("A repeated delivery must repeat the event's id.", "重新投递必须使用相同的事件 id。")
LINK_FILTERS = Text("The link to the next page forgets the filters.", "下一页的链接丢失了筛选条件。")
LINK_LIMIT = Text("The link to the next page forgets the limit.", "下一页的链接丢失了 limit。")
UNSTABLE = Text(
    "Pages follow an order that changes, or a link works once: page by a stable key.",
    "分页顺序不稳定，或链接只能使用一次：应按稳定的键分页。",
)
ASYMMETRY = Text(
    "List, Get and events show different things: decide in one place what a partner may see.",
    "List、Get 与事件的内容不一致：伙伴可见的内容应由同一处决定。",
)
LETTER_CASE = Text("Names or values are compared with their letter case.", "名称或取值区分了大小写。")
REGEX = Text(
    "The specification's printed expressions let this pass: parse the number, then check the sign.",
    "规范中的正则表达式会放过这种值：应先解析数字，再检查符号。",
)
ERROR_BODY = Text(
    "Errors want a JSON body of code and message, as application/json.",
    "错误应以 application/json 返回 code 与 message。",
)
