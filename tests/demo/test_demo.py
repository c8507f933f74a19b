"""The whole network, as ``make demo ONCE=1`` runs it: the product's front door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from carbonbridge.core.footprint import read_footprint
from carbonbridge.demo.run import STORY

pytestmark = pytest.mark.xdist_group("demo")

SECONDS = 200


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CARBONBRIDGE_")}
    command = [sys.executable, "-m", "carbonbridge.client", "demo", "--output", str(folder), *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**inherited, "COLUMNS": "200"})


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
    assert "Traceback" not in shown + errors
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


def test_ctrl_c_stops_every_node(tmp_path: Path) -> None:
    demo = start(tmp_path / "demo-output")
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if line.startswith("# importer"):
            break
    assert any("curl" in line for line in seen), seen[-20:]
    assert len(running(tmp_path)) == 4
    demo.send_signal(signal.SIGINT)
    rest, errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, rest + errors
    assert "Traceback" not in rest + errors
    assert running(tmp_path) == []
