"""The same brief, facts, day and seed give the same bytes: whatever the hash seed, the kernel of BLAS or the version of NumPy."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, pathlib, sys
from groundplan import brief, catalogue
from groundplan.decision import decide
from groundplan.report.decision_json import decision_json
decision = decide(brief.load(pathlib.Path(sys.argv[1])), catalogue.load(), "2026-11-22")
print(json.dumps(decision_json(decision)), repr(decision.robustness))
"""


def bytes_of(name: str, python: str = sys.executable, **environment: str) -> str:
    """Decide in a process of its own, with all draws, and give the hash of the JSON."""
    arguments = [python, "-c", SCRIPT, str(ROOT / "examples" / f"{name}.toml")]
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    output = subprocess.run(
        arguments, capture_output=True, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": path} | environment
    ).stdout
    assert b"Robustness(word=" in output
    return hashlib.sha256(output).hexdigest()


@pytest.mark.parametrize("name", ["pulse", "notifications"])
def test_no_hash_seed_and_no_kernel_changes_a_byte(name: str) -> None:
    settings = [{"PYTHONHASHSEED": "1", "OPENBLAS_CORETYPE": "Prescott"}, {"PYTHONHASHSEED": "2", "OPENBLAS_CORETYPE": "Haswell"}]
    settings += [{"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1"}]
    assert len({bytes_of(name, **setting) for setting in settings}) == 1


@pytest.mark.long
def test_no_version_of_numpy_changes_a_byte(tmp_path: Path) -> None:
    """Compare the NumPy that is here with the oldest that Groundplan may be installed with."""
    venv.create(tmp_path / "older", with_pip=True)
    python = str(tmp_path / "older" / "bin" / "python")
    wanted = ["numpy==2.0.2", *(f"{name}>=0" for name in ("click", "jinja2", "rich", "psutil"))]
    installed = subprocess.run([python, "-m", "pip", "install", "-q", *wanted], capture_output=True, text=True, check=False)
    if installed.returncode and not os.environ.get("CI"):
        pytest.skip(f"no package index is in reach: {installed.stderr.strip().splitlines()[-1]}")
    assert installed.returncode == 0, installed.stderr
    version = subprocess.run([python, "-c", "import numpy; print(numpy.__version__)"], capture_output=True, text=True, check=True)
    assert version.stdout.strip() == "2.0.2" != np.__version__
    assert bytes_of("pulse", python) == bytes_of("pulse")
