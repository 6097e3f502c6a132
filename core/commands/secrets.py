"""`python -m core secrets`: the seed and keys that `protect` needs, drawn once and kept by the person."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from core.problem import Problem

HELP = "Draw a seed and keys into a file that you keep, or rotate or destroy a key in it."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="the secrets file")
    parser.add_argument(
        "--key", action="append", default=[], metavar="NAME", help="add a key of this name; may be repeated"
    )
    parser.add_argument("--rotate", metavar="NAME", help="draw a new version of a key; the old one stays as NAME.vN")
    parser.add_argument(
        "--destroy", metavar="NAME", help="destroy a key (or NAME.vN) for good: its tokens become one-way"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"id", "keys": [names], "destroyed": [names], "out"}; neither the seed nor a key is printed."""
    from core.protect.secrets import Secrets

    change = bool(args.key or args.rotate or args.destroy)
    if args.out.exists():
        if not change:
            raise Problem(
                "There is a file of that name already.",
                "Secrets are never overwritten: choose another name, or add --key, --rotate or --destroy.",
            )
        secrets = Secrets.load(args.out)
    elif args.rotate or args.destroy:
        raise Problem("The secrets file cannot be opened.", "Check the path.")
    else:
        secrets = Secrets.draw()
    for name in args.key:
        secrets = secrets.with_key(name)
    secrets = secrets.rotate(args.rotate) if args.rotate else secrets
    secrets = secrets.destroy(args.destroy) if args.destroy else secrets
    _write(args.out, secrets.to_yaml())
    names = sorted(secrets.versioned(n) for n in secrets.keys)
    return {"id": secrets.id, "keys": names, "destroyed": list(secrets.destroyed), "out": str(args.out)}


def say(result: dict[str, Any]) -> str:
    return (
        f"Secrets {result['id']} with the keys {', '.join(result['keys']) or 'none'} are in {result['out']}.\n"
        "Keep this file apart from the data: who has it can undo tokens, shifts and row order."
    )


def _write(path: Path, text: str) -> None:
    """Readable by the owner only, and never half written."""
    beside = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        return
    except OSError:
        beside.unlink(missing_ok=True)
    raise Problem("The secrets file cannot be written.", "Check that the folder exists and may be written to.")
