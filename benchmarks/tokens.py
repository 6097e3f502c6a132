"""Tokens at a million rows: `python benchmarks/tokens.py [--rows N]`, in CPU seconds (of all threads together).

Prints, for five identifier columns: HMAC tokens with every value different and with 50,000 different values,
FF1 likewise, beside one HMAC per row and one FF1 call per value, and checks that equal values got equal codes, that
codes are as many as values, and that FF1 comes back exactly.
"""

from __future__ import annotations

import argparse
import hmac
import time
from collections.abc import Callable

import numpy as np

from core.protect.free_text.leaks import find
from core.protect.identifiers.ff1 import FF1
from core.protect.identifiers.format_preserving import FormatPreserving
from core.protect.identifiers.pseudonymise import Pseudonymise
from core.protect.identifiers.surrogate import Surrogate
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table

COLUMNS = {"aadhaar": "id", "phone": "phone", "email": "email", "name": "name", "account": "id"}
SECRETS = Secrets.draw()


def table(rows: int, distinct: int, seed: int = 1) -> Table:
    """Five identifier columns of `rows` rows with about `distinct` different values each."""
    rng = np.random.default_rng(seed)
    person = rng.permutation(rows) if distinct >= rows else rng.integers(0, distinct, rows)
    number = (2 * 10**11 + person * 799_999).tolist()
    texts = {
        "aadhaar": [f"{n:012d}" for n in number],
        "phone": [f"+91 {9 * 10**9 + p}" for p in person.tolist()],
        "email": [f"person.{p}@example.org" for p in person.tolist()],
        "name": [f"Asha {p} Patel" for p in person.tolist()],
        "account": [f"{7 * 10**13 + p * 31}" for p in person.tolist()],
    }
    return Table.of({n: Column.of(t, "code") for n, t in texts.items()}, dict.fromkeys(texts, "direct_identifier"))


def cpu(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def tokenise(made: Table) -> Table:
    for name, read_as in COLUMNS.items():
        made = Pseudonymise(columns=(name,), read_as=read_as).apply(made, Run(SECRETS, 1))
    return made


def encrypt(made: Table, backward: bool = False) -> Table:
    for name in COLUMNS:
        scheme = "verhoeff" if name == "aadhaar" else "none"
        step = FormatPreserving(columns=(name,), read_as="exact", check_digit=scheme)
        made = step.reverse(made, Run(SECRETS, 1)) if backward else step.apply(made, Run(SECRETS, 1))
    return made


def same_partition(before: Column, after: Column) -> bool:
    pairs = np.unique(np.stack([before.codes, after.codes]), axis=1).shape[1]
    return bool(pairs == len(before.values) == len(after.values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    for distinct in (rows, 50_000):
        made = table(rows, distinct)
        print(f"{rows:,} rows x {len(COLUMNS)} columns, about {distinct:,} different values in each")
        seconds, tokens = cpu(lambda made=made: tokenise(made))
        assert all(same_partition(made[n], tokens[n]) for n in COLUMNS)
        print(f"  HMAC tokens        {seconds:6.1f} s")
        seconds, codes = cpu(lambda made=made: encrypt(made))
        assert all(same_partition(made[n], codes[n]) for n in COLUMNS)
        print(f"  FF1                {seconds:6.1f} s")
        seconds, back = cpu(lambda codes=codes: encrypt(codes, backward=True))
        assert all(made[n].same_cells(back[n]).all() for n in COLUMNS)
        print(f"  FF1 turned back    {seconds:6.1f} s (exact)")
        seconds, leaks = cpu(lambda made=made, tokens=tokens: find(made, tokens))
        assert not leaks
        print(f"  search for leaks   {seconds:6.1f} s (none)")
        seconds, names = cpu(lambda made=made: Surrogate(columns=("name",)).apply(made, Run(SECRETS, 1)))
        assert same_partition(made["name"], names["name"])
        print(f"  surrogates, names  {seconds:6.1f} s (one column)")
    plain = made["aadhaar"].texts()
    seconds, _ = cpu(lambda: [hmac.new(b"k" * 32, v.encode(), "sha256").hexdigest()[:16] for v in plain])
    print(f"For comparison, one column of {rows:,}: hmac.new for every row {seconds:.1f} s")
    cipher = FF1(b"k" * 32, 10, 12)
    some = made["aadhaar"].values.to_pylist()[:5000]
    seconds, _ = cpu(lambda: [cipher.encrypt(int(v)) for v in some])
    each = seconds / len(some)
    print(f"FF1 one value at a time: {each * 1e6:.0f} microseconds each, {each * rows:.0f} s a column")


if __name__ == "__main__":
    main()
