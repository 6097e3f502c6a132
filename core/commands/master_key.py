"""`python -m core master-key`: where the key to everything stored is, a copy of it, and a new one in its place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from core.problem import Problem

HELP = "Say where the master key is, back it up, or replace it by a new one."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("show", "backup", "rotate"),
        help="show: where it is; backup: write a copy to --out; rotate: a new key for all projects",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where `backup` writes the copy")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"action", "id", "master_key_file", "data", "projects", ...}; the key itself is never printed.

    `rotate` adds "skipped": projects whose key is damaged, which no master key opens.
    """
    from core.store import StoreSettings, keys
    from core.store.vault import Vault

    settings = StoreSettings.from_environment()
    if not (settings.data / "projects").is_dir():
        raise Problem("There is no data in {folder} yet.", "Name the data folder in STUDIO_DATA.", folder=settings.data)
    vault = Vault(settings.data, settings.master_key_file)
    found: dict[str, Any] = {"action": args.action}
    if args.action == "backup":
        found["out"] = str(_copy(settings.master_key_file, args.out))
    elif args.action == "rotate":
        _, found["skipped"] = vault.rotate()
    return {
        **found,
        "id": keys.load(settings.master_key_file).current.id.hex(),
        "master_key_file": str(settings.master_key_file),
        "data": str(settings.data),
        "projects": sum(1 for folder in (settings.data / "projects").iterdir() if (folder / "key").exists()),
    }


def say(result: dict[str, Any]) -> str:
    lines = [
        f"Master key {result['id']} in {result['master_key_file']}",
        f"opens {result['projects']} projects in {result['data']}.",
    ]
    if result["action"] == "backup":
        lines.append(f"A copy is in {result['out']}. Keep it away from the data: whoever has both can read everything.")
    if result["action"] == "rotate":
        lines.append("It is new: make a copy of it now. Older copies no longer open this data folder.")
        if result["skipped"]:
            lines.append(f"{result['skipped']} projects have a damaged key and stay unreadable.")
    return "\n".join(lines)


def _copy(key_file: Path, out: Path | None) -> Path:
    if out is None:
        raise Problem("It is not said where the copy goes.", "Add --out FILE.")
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key_file.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise Problem("There is a file of that name already.", "Choose another name: nothing is overwritten.") from None
    except OSError:
        raise Problem("The copy cannot be written.", "Choose a folder that exists and that you may write to.") from None
    return out
