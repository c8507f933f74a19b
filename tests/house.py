"""The house rules that no off-the-shelf linter knows; part of ``make check``.

Run as a script: prints every breach as ``path: what`` and exits 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 500
MEDIAN_LINES = 150
EMPTY_NAMES = re.compile(r"(Manager|Service|Helper|Utils?)$")
# Spelled in two halves, so that this file does not break its own rule.
HALVES = [("/wo", "rk/"), ("/ro", "ot/"), ("pypi", r"\.org"), ("python", "hosted"), ("npm", r"js\.")]
FOREIGN = re.compile("|".join(first + second for first, second in HALVES))


def tracked() -> list[Path]:
    """Every file that git tracks or would add."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [path for line in listing.stdout.splitlines() if (path := ROOT / line).is_file()]


def generated(path: Path) -> bool:
    """Whether a compiler wrote the file."""
    return "_pb2" in path.name


def sizes(sources: list[Path]) -> Iterator[str]:
    """No file over the limit, and a median well below it."""
    lines = {path: path.read_text("utf-8").count("\n") for path in sources}
    for path, count in lines.items():
        if count > MOST_LINES:
            yield f"{path.relative_to(ROOT)}: {count} lines, the limit is {MOST_LINES}"
    product = [count for path, count in lines.items() if "tests" not in path.parts]
    if statistics.median(product) >= MEDIAN_LINES:
        yield f"the median file has {statistics.median(product)} lines, the limit is {MEDIAN_LINES}"


def names(sources: list[Path]) -> Iterator[str]:
    """Classes are called after what they are."""
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: the name {node.name} says nothing"


def foreign(paths: list[Path]) -> Iterator[str]:
    """No path of anybody's machine and no registry host."""
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if FOREIGN.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: names a machine path or a registry host"


def namespace(paths: list[Path]) -> Iterator[str]:
    """PEP 420: an ``__init__.py`` in a root would hide the other roots."""
    for path in paths:
        if path.name == "__init__.py" and path.parent.name == "carbonbridge":
            yield f"{path.relative_to(ROOT)}: must not exist, carbonbridge is a namespace of several roots"


def protos(paths: list[Path]) -> Iterator[str]:
    """The committed gRPC code is what the compiler makes of the .proto files today."""
    sources = [path for path in paths if path.suffix == ".proto"]
    if not sources:
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={ROOT / 'protos'}"),
                *(f"--python_out={folder}", f"--pyi_out={folder}", f"--grpc_python_out={folder}"),
                *map(str, sources),
            ],
            check=True,
        )
        for made in Path(folder).rglob("*_pb2*"):
            kept = ROOT / "protos" / made.relative_to(folder)
            if not kept.is_file() or kept.read_bytes() != made.read_bytes():
                yield f"{kept.relative_to(ROOT)}: is not what `make protos` makes"


def main() -> int:
    """Print the breaches; 1 if there are any."""
    paths = tracked()
    sources = [path for path in paths if path.suffix == ".py" and not generated(path)]
    rules = [sizes(sources), names(sources), foreign(paths), namespace(paths), protos(paths)]
    breaches = [breach for rule in rules for breach in rule]
    print("\n".join(breaches) or f"house rules hold over {len(sources)} Python files")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
