"""Whatever holds text can look for secrets in it: that costs nothing before it is done."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"numpy", "PIL", "requests", "detect_secrets", "mnemonic", "torch", "onnxruntime"}


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import sys, mirrordesk.redaction.screen as _; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(found.stdout.split())
