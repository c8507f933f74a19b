"""What the documents show is so: commands, options, settings, make targets, links, Python."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
import typer
import yaml

from carbonbridge.client.cli.main import build
from carbonbridge.demo.run import STORY
from carbonbridge.node.config import Config

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("clients/**/*.md")]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"CARBONBRIDGE_[A-Z0-9_]+")

#: Settings of the command line, beside those of the node.
CLIENT_SETTINGS = {"NODE", "CLIENT_ID", "CLIENT_SECRET", "LANG"}


def blocks(language: str) -> list[tuple[str, str]]:
    """(page, text) of every fenced block in a language."""
    return [
        (page.name, text)
        for page in PAGES
        for found, text in FENCE.findall(page.read_text("utf-8"))
        if found == language
    ]


def lines(program: str) -> list[tuple[str, list[str]]]:
    """(page, words) of every command line of a program."""
    return [
        (page, shlex.split(line, comments=True))
        for page, text in blocks("sh")
        for line in text.splitlines()
        if line.startswith(program + " ")
    ]


@pytest.mark.parametrize(("page", "words"), lines("carbonbridge"))
def test_a_command_exists_with_its_options(page: str, words: list[str]) -> None:
    command = typer.main.get_command(build())
    rest = words[1:]
    while rest and (commands := getattr(command, "commands", None)):
        if rest[0] == "--help":
            return
        assert rest[0] in commands, f"{page}: carbonbridge has no {rest[0]}"
        command = commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for word in rest:
        assert not word.startswith("--") or word.split("=")[0] in known, f"{page}: no option {word}"


@pytest.mark.parametrize(("page", "words"), lines("make"))
def test_a_make_target_exists(page: str, words: list[str]) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert words[1] in targets, f"{page}: make has no {words[1]}"


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_python_imports_what_there_is(page: str, text: str) -> None:
    compile(text, page, "exec")
    for line in text.splitlines():
        if line.startswith(("import ", "from ")):
            exec(line, {})


def test_operations_names_every_setting_and_no_other() -> None:
    table = (ROOT / "docs" / "operations.md").read_text("utf-8")
    shown = {name.removeprefix("CARBONBRIDGE_") for name in SETTING.findall(table)}
    real = {item.name.upper() for item in fields(Config)} | {"DATABASE_URL_FILE"}
    assert shown - CLIENT_SETTINGS == real


def test_deployment_sets_only_what_the_node_reads() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text() + (ROOT / "deploy" / "compose.yaml").read_text()
    real = {item.name.upper() for item in fields(Config)} | {"DATABASE_URL_FILE"}
    assert {name.removeprefix("CARBONBRIDGE_") for name in SETTING.findall(text)} <= real


def test_compose_is_well_formed_and_its_secrets_are_defined() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert named <= set(compose["volumes"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_readme_shows_every_step_of_the_demo(page: str, lang: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("✓ ")] == [
        f"✓ {chapter.title.to(lang)}" for chapter in STORY
    ]


def sample(page: str) -> list[str]:
    """What a README shows of the demo."""
    [text] = [text for name, text in blocks("text") if name == page]
    return text.splitlines()


def test_the_readmes_show_the_same_lines_of_the_demo() -> None:
    english, chinese = sample("README.md"), sample("README.zh.md")
    assert len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=True):
        assert re.match(r"[^\w…]*", one)[0] == re.match(r"[^\w…]*", other)[0], other
        assert sorted(re.findall(r"\d[\d.]*", one)) == sorted(re.findall(r"\d[\d.]*", other)), other
