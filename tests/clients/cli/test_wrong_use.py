"""Every verb, used wrongly in every common way: one line that helps, the right exit status, no traceback."""

from __future__ import annotations

import json
import os
import re

import pytest
from tests.clients.cli.command_lines import files, needed, verbs
from tests.clients.host import said, serving

VERBS = verbs()
CALLING = [name for name in VERBS if name not in ("verify", "lint", "make-key", "catalogue")]
CALLING_A_NODE = [name for name in CALLING if name not in ("pull", "conformance")]
READING = [(name, option) for name, verb in VERBS.items() for option in files(verb)]
CONTENT = [None, b"\xff", "a folder", b"{", b"[]", b'{"a": NaN}', b"[" * 999]
#: Any text will do as a secret.
BAD = [
    (name, option, content)
    for name, option in READING
    for content in (CONTENT[:3] if option.endswith("-secret-file") else CONTENT)
]

NODE = {"CARBONBRIDGE_NODE": "https://localhost:1/o/x"}
LOGIN = {
    "CARBONBRIDGE_CLIENT_ID": "id",
    "CARBONBRIDGE_CLIENT_SECRET": "geheim",
    "CARBONBRIDGE_PARTNER_SECRET": "s",
}


@pytest.fixture
def sound(tmp_path):
    file = tmp_path / "sound.json"
    file.write_text("{}")
    return file


def environment(monkeypatch, **settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def one_line(text: str) -> str:
    assert text.count("\n") == 1, text
    assert text.startswith("carbonbridge: ")
    return text


@pytest.mark.parametrize("name", CALLING_A_NODE)
def test_without_settings(run, sound, name):
    ended = run(*name.split(), *needed(VERBS[name], sound))
    assert ended.status == 2
    assert "→" in one_line(ended.err)


@pytest.mark.parametrize("missing", [*LOGIN][:2])
@pytest.mark.parametrize("name", CALLING)
def test_without_credentials(run, sound, monkeypatch, name, missing):
    environment(monkeypatch, **{**NODE, **LOGIN, missing: ""})
    ended = run(*name.split(), *needed(VERBS[name], sound))
    assert ended.status == 2
    assert missing in one_line(ended.err)


@pytest.mark.parametrize("name", CALLING)
def test_at_a_node_that_is_not_there(run, sound, monkeypatch, name):
    environment(monkeypatch, **NODE, **LOGIN)
    ended = run(*name.split(), *needed(VERBS[name], sound))
    assert ended.status == 3
    assert "cannot be reached" in one_line(ended.err)
    assert "geheim" not in ended.err


@pytest.mark.parametrize("name", CALLING)
def test_at_an_address_that_is_none(run, sound, monkeypatch, name):
    environment(monkeypatch, **LOGIN, CARBONBRIDGE_NODE="http://plain.example")
    words = [
        word.replace("https://localhost:1", "http://plain.example") for word in needed(VERBS[name], sound)
    ]
    ended = run(*name.split(), *words)
    assert ended.status == 2
    assert "https" in one_line(ended.err)


@pytest.mark.parametrize(("name", "option", "content"), BAD)
def test_with_a_bad_file(run, sound, tmp_path, monkeypatch, name, option, content):
    environment(monkeypatch, **NODE, **LOGIN)
    bad = tmp_path / "bad.json"
    if content == "a folder":
        bad.mkdir()
    elif content is not None:
        bad.write_bytes(content)
    if option == "":
        words = [str(bad) if word == str(sound) else word for word in needed(VERBS[name], sound)]
        words = words if str(bad) in words else [str(bad)]
    elif option in needed(VERBS[name], sound):
        words = needed(VERBS[name], sound)
        words[words.index(option) + 1] = str(bad)
    else:
        words = [*_with_file(name, VERBS[name], sound), option, str(bad)]
    ended = run(*name.split(), *words)
    assert ended.status == 2
    assert "bad.json" in one_line(ended.err)


def _with_file(name, verb, sound):
    """A certificate goes with a footprint's file, not with a calculation."""
    return [str(sound)] if name == "publish" else needed(verb, sound)


@pytest.mark.parametrize("name", VERBS)
def test_help_says_what_it_does_and_shows_an_example(run, name):
    ended = run(*name.split(), "--help")
    assert ended.status == 0
    summary = VERBS[name].run.__doc__
    assert summary.strip().endswith(".")
    assert "\n" not in summary.strip()
    assert summary.split()[0] in ended.out
    assert f"$ carbonbridge {name.split()[0]}" in ended.out


@pytest.mark.parametrize(
    "words", [["publsh"], ["publish", "--no-such"], ["answer"], ["ask"], ["audit", "--after", "x"], []]
)
def test_a_command_that_is_none(run, words):
    assert run(*words).status == 2


def test_an_untrusted_host(run, tmp_path, monkeypatch):
    with serving(tmp_path / "h", trusted=False) as host:
        environment(monkeypatch, **LOGIN, CARBONBRIDGE_NODE=host.url, CARBONBRIDGE_CA_FILE=str(host.ca_file))
        ended = run("footprints")
    assert ended.status == 3
    assert "not trusted" in one_line(ended.err)


def test_a_refusal_names_whom_to_blame_and_what_to_do(at_host, host):
    problem = {
        "detail": "no such connection",
        "code": "NotFound",
        "nextStep": "List them.",
    }
    host.answers["POST", "/o/x/api/v1/fetches"] = said(problem, 404)
    ended = at_host("fetch", "c")
    assert ended.status == 1
    assert ended.err == "carbonbridge: your input: no such connection → List them.\n"
    assert at_host("fetch", "c", "--lang", "zh").err.startswith("carbonbridge: 你的输入: ")


@pytest.mark.parametrize(
    ("field", "listing"),
    [
        ("connection", "carbonbridge connections"),
        ("organisation", "carbonbridge register show organisations"),
        ("product", "carbonbridge products"),
    ],
)
def test_what_is_not_there_says_how_to_list_what_is(at_host, host, field, listing):
    problem = {"detail": f"there is no such {field}", "code": "NotFound", "field": field}
    host.answers["GET", "/o/x/api/v1/footprints"] = said(problem, 404)
    assert at_host("footprints").err.endswith(f"there is no such {field} → See {listing}.\n")
    assert at_host("footprints", "--lang", "zh").err.endswith(
        f"没有此项：{field} → 下一步：请看 {listing}。\n"
    )


def test_a_wrong_secret_of_ones_own_names_the_settings(at_host, host):
    host.answers["POST", "/o/x/auth/token"] = said({"error": "invalid_client"}, 401)
    ended = at_host("footprints")
    assert ended.status == 1
    assert f"{host.url}/o/x does not take this client id and secret → " in one_line(ended.err)
    assert "CARBONBRIDGE_CLIENT_SECRET" in ended.err
    assert "partner" not in ended.err
    assert "partner" not in one_line(at_host("pull", f"{host.url}/o/x").err)
    assert "不接受此客户端编号与密钥 → 下一步：请检查" in at_host("footprints", "--lang", "zh").err


@pytest.mark.parametrize(
    ("content", "step"),
    [
        (b"{", "Correct that place."),
        (b'{"a": NaN}', "Write a number, or leave the member out."),
        (b'{"a": ' + b"9" * 6000 + b"}", "Write decimals as text."),
    ],
)
def test_a_file_that_is_not_json_says_what_to_do(run, tmp_path, content, step):
    (tmp_path / "f.json").write_bytes(content)
    ended = run("verify", str(tmp_path / "f.json"))
    assert ended.status == 2
    assert one_line(ended.err).endswith(f"→ {step}\n")
    assert "set_int_max_str_digits" not in ended.err


def test_a_list_of_footprints_is_not_one(run, tmp_path):
    (tmp_path / "list.json").write_text("[]")
    ended = run("verify", str(tmp_path / "list.json"))
    assert ended.status == 2
    assert "a footprint must be one JSON object (in " in one_line(ended.err)
    assert "list.json" in ended.err


def test_a_secret_is_not_made_for_a_file_that_cannot_be(at_host, host, tmp_path):
    asked = len(host.asked)
    ended = at_host("enrol", "--connection", "c", "--out", str(tmp_path / "nope" / "secret"))
    assert ended.status == 2
    assert "its folder" in one_line(ended.err)
    assert not (tmp_path / "nope").exists()
    assert len(host.asked) == asked


@pytest.mark.parametrize(
    ("words", "said_in_chinese"),
    [
        (["footprints"], "缺少节点地址 → 下一步：请给出 --node，或设置 CARBONBRIDGE_NODE。"),
        (["footprints", "--node", "https://localhost:1"], "缺少客户端编号 → 下一步："),
        (["verify", "nope.json"], "无法读取 nope.json：没有此文件或文件夹 → 下一步：请检查文件名与权限。"),
    ],
)
def test_frequent_errors_are_chinese(run, monkeypatch, words, said_in_chinese):
    environment(monkeypatch, CARBONBRIDGE_LANG="zh")
    assert said_in_chinese in one_line(run(*words).err)


@pytest.mark.parametrize("name", ["answer", "export", "register", "demo", "init", "serve", "ingest"])
def test_help_of_groups_and_added_verbs_shows_an_example(run, name):
    ended = run(name, "--help")
    assert ended.status == 0
    assert re.search(rf"\$ .*carbonbridge {name}|carbonbridge\s+{name}", ended.out.split("Example")[1])


def test_a_host_cannot_write_to_the_terminal(at_host, host):
    evil = "\x1b]0;owned\x07\x1b[2J\r\nline two [bold red]x[/]"
    host.answers["GET", "/o/x/api/v1/connections"] = said([{"id": evil, "name": evil}])
    shown = at_host("connections").out
    assert "\x1b" not in shown
    assert "[bold red]x[/]" in shown
    host.answers["GET", "/o/x/api/v1/connections"] = said({"detail": evil}, 400)
    assert "\x1b" not in one_line(at_host("connections").err)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(run, sound, monkeypatch):
    environment(monkeypatch, **NODE, **LOGIN)
    sound.chmod(0)
    assert "permission denied" in one_line(run("publish", str(sound)).err)


def test_an_answer_of_another_kind(at_host, host):
    for answer in ({"a": 1}, [1], "x", None):
        host.answers["GET", "/o/x/api/v1/footprints"] = said(answer)
        ended = at_host("footprints")
        assert ended.status == 1, answer
        one_line(ended.err)


@pytest.mark.parametrize("name", CALLING_A_NODE)
def test_any_sound_answer_can_be_shown_both_ways(at_host, host, sound, name, monkeypatch):
    """A node of another version may leave members out, or give them another shape."""
    environment(monkeypatch, CARBONBRIDGE_PARTNER_SECRET="s")
    row = {"id": None, "pcf": None, "spec": [], "draft": 1, "gaps": None, "name": {"zh": "中"}, "new": {}}
    statuses = set()
    for shape in (row, [row]):
        host.answers = _AnyPath(said(shape))
        for words in ([], ["--json"]):
            ended = at_host(*name.split(), *needed(VERBS[name], sound), *words)
            statuses.add(ended.status)
            if ended.status == 0 and words:
                assert json.loads(ended.out) is not None or name in ("unshare", "clients")
            elif ended.status:
                one_line(ended.err)
    assert statuses <= {0, 1}


class _AnyPath(dict):
    """One answer for every path but that of tokens."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def get(self, key, default=None):
        return default if key[1].endswith(("/auth/token", "/openid-configuration")) else self.answer
