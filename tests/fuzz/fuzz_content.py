"""Coverage-guided fuzzing of what reads strangers' bytes: the loader, prose, `fmt`, the encoders.

Not part of the tests; on request, for ten minutes:

    .venv/bin/python -m pip install atheris
    .venv/bin/python tests/fuzz/fuzz_content.py -max_total_time=600 -timeout=5 -rss_limit_mb=1024 \\
        .build/cache/fuzz tests/mini/content/topics tests/mini/content/summits

atheris has wheels for Linux on x86-64 and Python 3.11 to 3.13. An input that raises, hangs or needs
too much memory is written to the current folder; it becomes a case of tests/test_fuzz.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["generator"]):
    from tests.fuzz.target import one_input

if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
