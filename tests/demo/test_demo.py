"""The whole network, as ``make demo ONCE=1`` runs it: the product's front door."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.test_docs import sample

from carbonbridge.core.footprint import read_footprint
from carbonbridge.demo.run import STORY

pytestmark = pytest.mark.xdist_group("demo")

SECONDS = 200


def start(
    folder: Path, *options: str, before: tuple[str, ...] = (), columns: int = 200
) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")}
    command = [
        *before,
        sys.executable,
        "-m",
        "carbonbridge.client",
        "demo",
        "--output",
        str(folder),
        *options,
    ]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env={**inherited, "COLUMNS": str(columns)}
    )


def running(folder: Path) -> list[int]:
    """Processes of nodes that keep their data below a folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and str(folder).encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_the_story_holds_and_leaves_its_documents(tmp_path: Path) -> None:
    output = tmp_path / "demo-output"
    demo = start(output, "--once", "--lang", "zh")
    shown, errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, shown + errors
    report = json.loads((output / "report.json").read_text("utf-8"))
    assert report["held"] is True
    assert [step["step"] for step in report["steps"]] == [chapter.key for chapter in STORY]
    assert all(step["checks"] for step in report["steps"])
    assert "欧盟进口商" in shown
    english = [
        "accepted",
        "conditional",
        "rejected",
        "fulfilled",
        "primary data",
        "gaps named",
        "the operator",
    ]
    assert [word for word in english if word in shown] == []
    assert "Traceback" not in shown + errors
    told = {re.sub(r"  \d+\.\d s$", "", line.rstrip()) for line in shown.splitlines()}
    assert [line for line in sample("README.zh.md") if line not in told | {"…"}] == []
    module = json.loads((output / "module-footprint.json").read_text("utf-8"))
    assert read_footprint(module).precedingPfIds
    passport = json.loads((output / "battery-carbon-footprint.json").read_text("utf-8"))
    assert {"batteryCarbonFootprint", "carbonFootprintPerLifecycleStage"} <= passport.keys()
    for name in (
        "summary.txt",
        "cbam-frame-profiles.json",
        "cbam-unwrought-aluminium.json",
        "module-lineage.json",
    ):
        assert (output / name).stat().st_size > 100
    assert running(tmp_path) == []


def test_it_stays_up_alone_in_its_folder_until_ctrl_c(tmp_path: Path) -> None:
    # As a background job of a shell without job control: SIGINT is ignored from the start.
    in_background = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
    demo = start(tmp_path / "demo-output", before=in_background, columns=80)
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if line.startswith("# importer"):
            break
    assert any("curl" in line for line in seen), seen[-20:]
    assert len(running(tmp_path)) == 4

    # What is there to be copied stands on one line each.
    urls = [line.split()[1] for line in seen if line.startswith("  URL  ")]
    assert len(urls) == 12
    assert all(re.fullmatch(r"https://localhost:\d+/o/[a-z-]+", url) for url in urls), urls
    assert sum(line.startswith("  client secret  ") for line in seen) == 12

    # A second run in the same folder leaves the first alone, and says so.
    second = start(tmp_path / "demo-output")
    _, errors = second.communicate(timeout=SECONDS)
    assert second.returncode == 2
    assert "another demo" in errors
    assert "--output" in errors
    assert len(running(tmp_path)) == 4
    assert (tmp_path / "demo-output" / "network" / "authority" / "ca.pem").is_file()

    demo.send_signal(signal.SIGINT)
    rest, errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, rest + errors
    assert "Traceback" not in rest + errors
    assert running(tmp_path) == []


def test_a_killed_demo_leaves_no_node_behind(tmp_path: Path) -> None:
    demo = start(tmp_path / "demo-output")
    assert demo.stdout is not None
    assert demo.stdout.readline().startswith("✓")
    nodes = {process: os.pidfd_open(process) for process in running(tmp_path)}
    assert len(nodes) == 4
    demo.kill()
    demo.communicate(timeout=SECONDS)
    for process, handle in nodes.items():
        ended, _, _ = select.select([handle], [], [], SECONDS)
        os.close(handle)
        assert ended, f"node {process} lives on"


@pytest.mark.parametrize("where", ["/proc/x", "file", "file/below"])
def test_a_folder_that_cannot_be_one(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    demo = start(tmp_path / where, "--once")
    shown, errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 2, shown + errors
    assert errors.count("\n") == 1
    assert "--output" in errors
    assert "→" in errors
