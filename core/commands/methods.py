"""`python -m core methods`: what a step of a recipe can be, with every setting."""

from __future__ import annotations

import argparse
from typing import Any

HELP = "List the protection methods and synthesizers, with their settings."


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> dict[str, Any]:  # noqa: ARG001  # every command has the same interface
    """{"methods": [{"method", "title", "schema"}]} in gallery order."""
    from core.recipe.steps import STEPS

    return {"methods": STEPS.schema()}


def say(result: dict[str, Any]) -> str:
    width = max(len(m["method"]) for m in result["methods"])
    return "\n".join(f"{m['method']:<{width}}  {m['title']}" for m in result["methods"])
