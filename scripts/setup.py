"""Make .venv and install Groundplan into it: ``python3 scripts/setup.py tool|dev|browser|bench``.

Standard library only, because nothing is installed yet. A mark file per need tells make that it is done.
"""

import compileall
import json
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
NEEDS = {"tool": ".", "dev": ".[dev]", "browser": ".[dev,browser]", "bench": ".[dev,bench]"}
OLDEST = (3, 11)
EXIT_ENVIRONMENT = 4


def refuse(sentence: str) -> None:
    """Say what is missing and stop with the exit code for the environment."""
    print(f"setup: {sentence}", file=sys.stderr)
    raise SystemExit(EXIT_ENVIRONMENT)


def install(need: str) -> None:
    """Install one need with pip; on failure show pip's own words and one sentence."""
    command = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", NEEDS[need]]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        refuse("pip could not install what pyproject.toml names; is the package index reachable (see the lines above)?")


def main(need: str) -> None:
    """Make the environment for one need and leave its mark, with the seconds it took."""
    if sys.version_info < OLDEST:
        refuse(f"this is Python {sys.version.split()[0]}, Groundplan needs 3.11 or newer; run make PYTHON=python3.11 ...")
    started = time.time()
    print(f"setup: making .venv for '{need}' (about a minute the first time)", file=sys.stderr)
    if not (HOME / "bin" / "python").exists():
        venv.create(HOME, with_pip=True)
    install(need)
    compileall.compile_dir(ROOT / "src", quiet=1)  # pip compiles what it copies, and an editable installation copies nothing
    (HOME / f".{need}").write_text(json.dumps({"started": started, "seconds": round(time.time() - started, 1)}))


if __name__ == "__main__":
    if len(sys.argv) != len(("script", "need")) or sys.argv[1] not in NEEDS:
        refuse(f"say what to set up: {', '.join(NEEDS)}")
    main(sys.argv[1])
