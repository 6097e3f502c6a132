"""`python -m core.risk.warm`: compile the counting loops once, at installation, so that no person waits for it."""

from __future__ import annotations

import sys
import time

from core.risk.kernel import compiled


def main() -> int:
    """0; and a line on what was done. Without numba the slower NumPy fallback serves."""
    start = time.perf_counter()
    ready = compiled() is not None
    took = time.perf_counter() - start
    say = f"Counting is ready ({took:.1f} s)." if ready else "numba is not installed: counting uses NumPy's sort."
    sys.stdout.write(say + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
