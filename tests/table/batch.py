"""Reads many files one after the other in one process with the child's memory limit, through the child's own code.

Starting a child for each of two hundred small files would take minutes; the files that may harm their process
(`Case.own`) get a child of their own in the tests.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

MEMORY = 4 * 2**30


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    from core.table.child import respond

    sys.stdout = sys.stderr  # progress is for a parent that listens
    for folder in sorted(p for p in Path(sys.argv[1]).iterdir() if (p / "request.json").exists()):
        start = time.perf_counter()
        result = respond(folder, json.loads((folder / "request.json").read_text("utf-8")))
        result["seconds"] = time.perf_counter() - start
        (folder / "result.json").write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
