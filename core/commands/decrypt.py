"""`python -m core decrypt`: what is inside an encrypted workbook, ZIP or age file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.command_line import passphrase_in
from core.problem import Problem
from core.whole import write_whole

HELP = "Open an encrypted workbook, ZIP or age file."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the encrypted file")
    parser.add_argument("--passphrase-file", type=Path, required=True, metavar="P", help="a file with the passphrase")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the opened file")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"bytes", "sha256"} of what was inside; it goes to --out."""
    from hashlib import sha256

    try:
        whole = args.file.read_bytes()
    except OSError:
        raise Problem("The file cannot be opened.", "Check the path.") from None
    words = passphrase_in(args.passphrase_file)
    plain = _opener(whole)(whole, words)
    try:
        write_whole(args.out, plain)
    except OSError:
        raise Problem("The file cannot be written.", "Choose a folder that exists and that you may write to.") from None
    return {"bytes": len(plain), "sha256": sha256(plain).hexdigest()}


def _opener(whole: bytes) -> Callable[[bytes, str], bytes]:
    """What the first bytes of the file call for."""
    from core.release import age, agile, csv_zip

    for start, opener in ((b"\xd0\xcf\x11\xe0", agile.decrypt), (b"PK", csv_zip.unlocked), (b"age-", age.unlocked)):
        if whole.startswith(start):
            return opener
    raise Problem("This is no encrypted workbook, ZIP or age file.", "Choose the file you were given.")


def say(result: dict[str, Any]) -> str:
    return f"Opened: {result['bytes']:,} bytes, SHA-256 {result['sha256']}. Delete it when you have finished."
