"""The command line as a process: what a base installation can do, interrupted, or with nobody reading."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Event

import pytest
from tests.clients.certified import ISSUERS, KEYS, as_bytes, published
from tests.clients.host import Said, said
from tests.core.footprints import footprint_document

#: Runs the command line where only the base wheel is installed.
BASE_ONLY = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ABSENT or name.startswith(("carbonbridge.node", "carbonbridge.federation")):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ABSENT = {
    "alembic", "authlib", "fastapi", "grpc", "google", "prometheus_client", "psycopg", "multipart", "python_multipart",
    "sqlalchemy", "sqlmodel", "starlette", "structlog", "uvicorn",
}
sys.meta_path.insert(0, Absent())
from carbonbridge.client.cli.main import main
status = main(sys.argv[1:])
assert not ABSENT & set(sys.modules), ABSENT & set(sys.modules)
sys.exit(status)
"""


def base_only(*words, **options):
    return subprocess.run(
        check=False, args=[sys.executable, "-c", BASE_ONLY, *words], capture_output=True, text=True, **options
    )


def command(*words):
    return [sys.executable, "-m", "carbonbridge.client", *words]


@pytest.fixture
def settings(host):
    # Without a buffer, Python takes a write that was cut short for a whole one.
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return usual | {
        "CARBONBRIDGE_NODE": host.url,
        "CARBONBRIDGE_CLIENT_ID": "id",
        "CARBONBRIDGE_CLIENT_SECRET": "s",
        "CARBONBRIDGE_CA_FILE": str(host.ca_file),
    }


def test_offline_verification_needs_the_base_installation_only(tmp_path):
    for name, document in (("f", published()), ("keys", KEYS), ("issuers", ISSUERS)):
        (tmp_path / name).write_bytes(as_bytes(document))
    words = ["verify", "f", "--keys", "keys", "--issuers", "issuers", "--at", "2026-06-01T00:00:00Z"]
    ended = base_only(*words, cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("\nPROVED: ") == 2


@pytest.mark.parametrize("words", [["serve"], ["init", "--json"]])
def test_a_verb_of_the_node_says_what_it_lacks(words):
    ended = base_only(*words)
    assert ended.returncode == 2
    assert ended.stderr.startswith(
        "carbonbridge: the settings: this verb needs more than the base installation"
    )
    assert "carbonbridge[node]" in ended.stderr


def test_the_index_names_every_verb_without_the_node_too():
    ended = base_only("--help")
    assert ended.returncode == 0
    assert "verify" in ended.stdout


def test_nobody_reads_the_answer(host, settings):
    host.answers["GET", "/api/v1/footprints"] = said(
        [footprint_document()] * 2000
    )  # far more than a pipe takes in
    for words in (["footprints"], ["footprints", "--json"]):
        process = subprocess.Popen(
            command(*words), env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        assert process.wait(30) == 1
        assert errors == ""


def test_a_short_answer_that_nobody_reads():
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        check=False, args=command("--version"), stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_interrupted(host, settings):
    asked, done = Event(), Event()

    def wait(_):
        asked.set()
        done.wait(30)
        return Said()

    host.answers["GET", "/api/v1/footprints"] = wait
    process = subprocess.Popen(
        command("footprints"), env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    finally:
        done.set()
    assert (process.returncode, out, errors) == (130, "", "")
