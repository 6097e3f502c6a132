"""A name is planted in a table, everything is broken, and all that was printed, logged or named is searched for it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from core.__main__ import main

CANARY = "Zebulon Canarywala"
NUMBER = "98765432101234"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Tables that hold the canary where something else is wanted, in formats whose readers quote what they meet."""
    rows = [f"{i},{20 + i % 50},{'m' if i % 2 else 'f'},{1.5},Pune" for i in range(60)]
    rows[7] = f"7,{CANARY},f,{CANARY},{CANARY}"
    rows[9] = f"9,{NUMBER},m,{NUMBER},{CANARY}"
    table = "id,age,sex,weight,town\n" + "\n".join(rows) + "\n"
    ragged = table + f"1,2,3,4,5,6,7,{CANARY}\n"
    made = {
        "table.csv": table.encode(),
        "ragged.csv": ragged.encode(),
        "unclosed.csv": (table + f'1,"{CANARY}\n').encode(),
        "latin.csv": table.replace("Pune", "Pün\xe9").encode("latin-1"),
        "broken.json": f'[{{"name": "{CANARY}"}}, {{"name": "{CANARY}", oops]'.encode(),
        "deep.json": ("[" * 5000 + f'"{CANARY}"' + "]" * 5000).encode(),
        "lines.jsonl": f'{{"name": "{CANARY}"}}\n{{"name": {CANARY}}}\n'.encode(),
        "fake.xlsx": b"PK\x03\x04" + CANARY.encode() * 50,
        "fake.parquet": b"PAR1" + CANARY.encode() * 50 + b"PAR1",
        "fake.sav": b"$FL2" + CANARY.encode() * 50,
        "prose.txt": (f"Dear all, {CANARY} was seen.\n" * 30).encode(),
        "empty.csv": b"",
        "nul.csv": b"a,b\n1," + CANARY.encode() + b"\x00\n",
    }
    out = {}
    for name, content in made.items():
        out[name] = tmp_path / name
        out[name].write_bytes(content)
    return out


def recipe(folder: Path, name: str, **parts: object) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump({"version": 1, **parts}), "utf-8")
    return path


STEPS: tuple[dict[str, object], ...] = (
    {"method": "band_number", "columns": ["age"]},
    {"method": "microaggregate", "columns": ["age"]},
    {"method": "top_bottom", "columns": ["weight"]},
    {"method": "add_noise", "columns": ["weight"]},
    {"method": "local_suppression", "columns": ["town", "agee"]},
    {"method": "generalise", "columns": {"town": {"hierarchy": {"kind": "rows", "rows": [[CANARY, 1]]}}}},
    {"method": "pram", "columns": ["town"], "chances": {"kind": "matrix", "values": [CANARY], "chances": [[1]]}},
    {"method": "select_rows", "where": [{"test": "number", "column": "town", "compare": "more_than", "value": CANARY}]},
)


def test_no_command_says_the_name(files: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str],
                                  caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for number, path in enumerate(files.values()):
        main(["read", str(path), *(["--json"] if number % 2 else [])])
    main(["detect", str(files["table.csv"])])
    for words in (["age,sexx"], ["age", "--weight", "weight"], ["age", "--weight", "town"]):
        main(["risk", str(files["table.csv"]), "--keys", *words])
    kinds = {"age": "number", "weight": "number"}
    plans = [recipe(tmp_path, f"{i}.yaml", kinds=kinds, steps=[step]) for i, step in enumerate(STEPS)]
    plans += [recipe(tmp_path, "d.yaml", kinds={"town": "date"}), recipe(tmp_path, "s.yaml", steps=list(STEPS[:3]))]
    for plan in plans:
        main(["protect", str(files["table.csv"]), "--recipe", str(plan), "--out", str(tmp_path / "o.csv")])
    main(["compare", str(files["table.csv"]), str(files["ragged.csv"]), "--recipe", str(recipe(tmp_path, "e.yaml"))])
    out, err = capfd.readouterr()
    everything = out + err + caplog.text
    assert len(everything) > 5000
    for secret in (CANARY, CANARY.split()[0], CANARY.split()[1], NUMBER):
        at = everything.find(secret)
        assert at < 0, everything[max(0, at - 300) : at + 100]


def test_an_unexpected_error_says_where_and_not_what(tmp_path: Path) -> None:
    code = (
        "import core.commands.read as r, core.__main__ as m\n"
        "def run(args): float(open(args.file).read())\n"
        "r.run = run\n"
        f"raise SystemExit(m.main(['read', {str(tmp_path / 'x.csv')!r}, '--json']))"
    )
    (tmp_path / "x.csv").write_text(CANARY, "utf-8")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 1
    assert CANARY not in done.stdout + done.stderr
    assert "ValueError" in json.loads(done.stdout)["problem"]["what"]
