"""`python -m core report`: the report of a release, as HTML, PDF and Word, for the owner and for the recipient."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.commands.compare import Measured, measure, what_is_compared
from core.problem import Problem
from core.whole import write_whole

if TYPE_CHECKING:
    from core.compare import SideBySide
    from core.release.blocks import Document
    from core.release.report import About
    from core.table import Table

HELP = "Write the report of a release: HTML, PDF and Word, in English or Hindi."
FORMATS = ("html", "pdf", "docx")
KINDS = ("internal", "external", "summary")


def arguments(parser: argparse.ArgumentParser) -> None:
    what_is_compared(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the reports go")
    parser.add_argument("--kinds", default="internal,external,summary", metavar="a,b",
                        help="internal (everything), external (for the recipient), summary (one page)")
    parser.add_argument("--formats", default="html,pdf,docx", metavar="a,b", help="html, pdf, docx")
    parser.add_argument("--language", choices=("en", "hi"), default="en", help="the language of the reports")
    parser.add_argument("--reason", default="", help="why it is given out though a rule of the policy is broken")
    parser.add_argument("--log", type=Path, metavar="LOG.json", help="what each step did, as `protect --log` wrote it")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """{"reports": [file names], "policy": passed or None}; the reports go to --out.

    A release that breaks a rule of its policy needs a reason in writing; without one there is no report.
    """
    from core.language import language

    kinds, formats = _listed(args.kinds, KINDS), _listed(args.formats, FORMATS)
    token = language.set(args.language)
    try:
        return _written(args, kinds, formats)
    finally:
        language.reset(token)


def _written(args: argparse.Namespace, kinds: tuple[str, ...], formats: tuple[str, ...]) -> dict[str, Any]:
    from core.compare import side_by_side

    recipe, original, found = measure(args)
    broken = [m.path.name for m in found if m.verdict is not None and m.verdict.passed is False]
    if broken and not args.reason.strip():
        raise Problem(
            "A rule of the policy is broken ({files}).",
            "Mend it (`python -m core compare --policy` says how), or give the reason why it goes out with --reason.",
            files=", ".join(broken),
        )
    made, written = datetime.now(UTC), []
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        candidates = side_by_side({m.path.stem: m.comparison for m in found}, {m.path.stem: m.attacks for m in found})
        for one in found:
            about = _about(args, recipe, original, one, made)
            for kind in kinds:
                document = _document(kind, about, recipe, original, one, candidates, args.reason)
                for name, data in _printed(document, f"{one.path.stem}-{kind}", formats, made):
                    write_whole(args.out / name, data)
                    written.append(name)
    except OSError:
        for name in written:  # part of a report would be taken for the whole
            (args.out / name).unlink(missing_ok=True)
        written = []
    if not written:
        raise Problem("The reports cannot be written.", "Check that the folder can be made and has room.")
    return {"reports": written, "policy": None if found[0].verdict is None else not broken}


def say(result: dict[str, Any]) -> str:
    return "\n".join(f"Written: {name}" for name in result["reports"])


def _listed(given: str, known: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(w.strip() for w in given.split(",") if w.strip())
    for word in words:
        if word not in known:
            raise Problem("There is no “{word}”.", "Choose among {known}.", word=word[:40], known=", ".join(known))
    return words


def _about(args: argparse.Namespace, recipe: Any, original: Table, one: Measured, made: datetime) -> About:
    import json

    from core.release.report import About

    log = []
    if args.log:
        try:
            log = json.loads(args.log.read_text("utf-8"))
        except (OSError, ValueError):
            raise Problem("The log cannot be read.", "Give the file that `protect --log` wrote.") from None
    return About(
        title=args.original.name, reference=one.path.stem, made=made, purpose=recipe.purpose,
        recipient=recipe.recipient, format=one.path.suffix.lstrip("."), rows_in=original.rows,
        rows_out=one.released.rows, digest_in=original.digest(), digest_out=one.released.digest(), log=log,
    )


def _document(
    kind: str, about: About, recipe: Any, original: Table, one: Measured, candidates: SideBySide, reason: str,
) -> Document:
    from core.release.codebook import codebook
    from core.release.report import one_page, release_report

    if kind == "summary":
        return one_page(about, one.comparison, one.verdict, reason)
    book = codebook(one.released, original, recipe.steps)
    return release_report(about, recipe, one.comparison, book, "internal" if kind == "internal" else "external",
                          verdict=one.verdict, reason=reason, attacks=one.attacks, candidates=candidates,
                          chosen=one.path.stem)


def _printed(
    document: Document, name: str, formats: tuple[str, ...], made: datetime,
) -> Iterator[tuple[str, bytes]]:
    from core.release.page import html
    from core.release.pdf import pdf
    from core.release.word import word

    if "html" in formats:
        yield f"{name}.html", html(document).encode()
    if "pdf" in formats:
        yield f"{name}.pdf", pdf(document, made)
    if "docx" in formats:
        yield f"{name}.docx", word(document, made)
