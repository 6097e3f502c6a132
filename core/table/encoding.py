"""Which encoding a text file is in: its byte order mark, UTF-8 if it is valid, else the most plausible legacy one."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter

from core.table.findings import Choice, Question, refuse, wait_for
from core.table.raw import Job

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LEGACY = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "mac_roman",
    "cp850",
    "koi8_r",
    "cp866",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
    "euc_jp",
    "cp874",
)
PREFERENCE = {
    "cp1252": 0.04,
    "cp1250": 0.01,
    "gb18030": -0.02,
    "mac_roman": -0.02,
    "cp850": -0.02,
    "cp866": -0.01,
    "cp1254": -0.01,
    "big5": -0.02,
}
KEEP_DAMAGED = "utf-8-replace"
COMMON = set("áàâäãåæçéèêëíìîïñóòôöõøœßúùûüýÿÁÀÂÄÃÅÆÇÉÈÊËÍÎÏÑÓÔÖÕØŒÚÛÜÝ")
PUNCTUATION = set("€£‘’“”–—…•™©®°«»¿¡ªº§´·½¼¾²³¹×±µ\u00a0₹、。「」，：；！？（）")


def decode(data: bytes, job: Job) -> str:
    """The whole file as text without byte order mark or NULs; notes what was guessed or removed."""
    text = _decoded(data, job)
    if "\0" in text:
        lines = sorted(
            {text.count("\n", 0, m.start()) + 1 for m, _ in zip(re.finditer("\0", text), range(1000), strict=False)}
        )
        job.found.add(
            "NUL_BYTES",
            "The file contains {count} NUL characters (line {line} first). They were removed.",
            {"line": lines[0]},
            count=text.count("\0"),
            line=lines[0],
        )
        text = text.replace("\0", "")
    text = text.removesuffix("\x1a")  # the end-of-file sign of DOS
    if "\n\ufeff" in text or "\r\ufeff" in text:
        text = _without_marks(text, job)
    if "\ufffd" in text and not job.answers.get("encoding", "").endswith("-replace"):
        line = text.count("\n", 0, text.index("\ufffd")) + 1
        job.found.add(
            "ENCODING_INVALID",
            "{count} letters were already lost when the file was made (line {line} first).",
            {"line": line},
            count=text.count("\ufffd"),
            line=line,
        )
    elif (garbled := _garbled(text)) is not None:
        job.found.add(
            "ENCODING_INVALID",
            "Some text was converted twice and is garbled (line {line} first). Export the file again as UTF-8.",
            {"line": garbled},
            line=garbled,
        )
    return text


def _without_marks(text: str, job: Job) -> str:
    """Byte order marks at the start of a later line: files were joined end to end."""
    found = re.search("[\r\n]\ufeff", text)
    line = text.count("\n", 0, found.end()) + 1 if found else 0
    text, count = re.subn("(?<=[\r\n])\ufeff", "", text)
    job.found.add(
        "ENCODING_INVALID",
        "{count} byte order marks stand inside the file (line {line} first), as when files are joined. "
        "They were removed.",
        {"line": line},
        count=count,
        line=line,
    )
    return text


def _decoded(data: bytes, job: Job) -> str:
    answer = job.answer("encoding")
    if answer:
        return _as_told(data, answer, job)
    for bom, name in BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], name)
    if wide := _wide_without_mark(data):
        job.found.add("ENCODING_GUESSED", "The file does not name its encoding; {name} was taken.", name=wide.upper())
        return _strict(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if damaged := _mostly_utf8(data):
        raise _damaged(data, damaged)
    return _guessed(data, job)


def _as_told(data: bytes, answer: str, job: Job) -> str:
    if answer == KEEP_DAMAGED:
        lines = _mostly_utf8(data)
        if lines:
            job.found.add(
                "ENCODING_INVALID",
                "{count} lines held bytes that are no letters in UTF-8 (line {line} first). They became �.",
                {"line": lines[0]},
                count=len(lines),
                line=lines[0],
            )
        return data.decode("utf-8-sig", "replace")
    try:
        name = codecs.lookup(answer).name
    except LookupError:
        name = ""
    if not name or not getattr(codecs.lookup(name), "_is_text_encoding", False):
        raise refuse(
            "ENCODING_INVALID",
            "There is no encoding “{name}”. Common ones are utf-8, windows-1252 and utf-16.",
            name=answer[:40],
        )
    if name == "utf-8":
        name = "utf-8-sig"
    return _strict(data, name)


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, UnicodeError) as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
    raise refuse(
        "ENCODING_INVALID",
        "The file is not valid {name}: line {line} cannot be read. Save it again as “CSV UTF-8”.",
        {"line": line},
        name=name.upper(),
        line=line,
    )


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: nearly every second byte of plain text is zero."""
    sample = data[:4000]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> list[int]:
    """Lines with invalid bytes, if the file is otherwise UTF-8 with letters beyond ASCII."""
    bad, good = [], 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            good += bool(line.decode("utf-8"))
        except UnicodeDecodeError:
            bad.append(number)
    return bad if good >= len(bad) and good else []


def _damaged(data: bytes, lines: list[int]) -> Exception:
    question = Question(
        "encoding",
        "Some lines are not valid UTF-8 although the rest is. How should the file be read?",
        (
            Choice(
                KEEP_DAMAGED,
                "As UTF-8; unreadable letters become �",
                _preview(data.decode("utf-8", "replace"), lines[0]),
            ),
            Choice("windows-1252", "As Windows-1252 throughout", _preview(data.decode("cp1252", "replace"), lines[0])),
        ),
    )
    return wait_for(
        "ENCODING_INVALID",
        question,
        "{count} lines hold bytes that are no letters in UTF-8 (line {line} first).",
        {"line": lines[0]},
        count=len(lines),
        line=lines[0],
    )


def _preview(text: str, line: int) -> tuple[tuple[str, ...], ...]:
    return tuple((shown[:200],) for shown in text.split("\n")[max(0, line - 2) : line + 1])


def _guessed(data: bytes, job: Job) -> str:
    sample = b"\n".join([line for line in data.split(b"\n") if not line.isascii()][:2000])[:200_000]
    scores = {name: score for name in LEGACY if (score := plausibility(sample, name)) is not None}
    best = sorted(scores, key=lambda n: scores[n], reverse=True)
    for name in best:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        choices = tuple(Choice(n, n, _preview(sample.decode(n, "replace"), 2)) for n in best[:4])
        job.found.add(
            "ENCODING_GUESSED",
            "The file does not name its encoding; {name} was taken. Check names with accents.",
            name=_familiar(name),
        )
        job.found.ask(Question("encoding", "In which of these are the names written correctly?", choices, default=name))
        return text
    raise refuse("NOT_A_TABLE", "The file is neither text nor a kind of table that is known here.")


def _familiar(name: str) -> str:
    return "Windows-" + name[2:] if name.startswith("cp125") else name


def plausibility(sample: bytes, name: str) -> float | None:
    """How much the sample looks like words when decoded: about 1 for real text, None if it cannot be decoded.

    A letter counts when its neighbours are letters of the same script and its capitals stand where capitals do.
    """
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return None
    total, good = 0, 0.0
    padded = " " + text + " "
    for (before, letter, after), times in Counter(zip(padded, padded[1:], padded[2:], strict=False)).items():
        if letter.isascii():
            continue
        total += times
        good += times * _letter_score(before, letter, after) * _commonness(letter, name)
    return good / total + PREFERENCE.get(name, 0.0) if total else None


def _commonness(letter: str, name: str) -> float:
    """Chinese encodings hold their common characters in front: text that uses mostly the back is read wrongly."""
    if name not in ("gb18030", "big5", "euc_kr", "euc_jp", "shift_jis") or ord(letter) < 0x3400:
        return 1.0
    code = letter.encode({"gb18030": "gb18030"}.get(name, name), "ignore")
    common = {
        "gb18030": (0xB0, 0xD7),
        "big5": (0xA4, 0xC6),
        "euc_kr": (0xB0, 0xC8),
        "euc_jp": (0xB0, 0xCF),
        "shift_jis": (0x88, 0x97),
    }[name]
    return 1.0 if len(code) == 2 and common[0] <= code[0] <= common[1] else 0.55


def _letter_score(before: str, letter: str, after: str) -> float:
    if letter in PUNCTUATION:
        return 1.0 if _punctuates(before, letter, after) else 0.35
    if not letter.isalpha():
        return 0.3 if unicodedata.category(letter) in ("Mn", "Mc") else -0.5
    script = _script(letter)
    neighbours = [c for c in (before, after) if c.isalpha()]
    if any(_script(c) != script for c in neighbours):
        return -0.3
    if letter.isupper() and before.islower():
        return -0.3
    if not neighbours and script == "LATIN":
        return 0.3
    if neighbours and script == "LATIN" and not any(c.isascii() for c in neighbours):
        return 0.1  # words of nothing but accented letters are another script read wrongly
    if script == "LATIN":
        return 1.0 if letter in COMMON else 0.8
    return 0.95 if neighbours or script == "HAN" else 0.2


def _punctuates(before: str, letter: str, after: str) -> bool:
    """Whether a sign stands where such signs do: opening before a word, closing after one, a currency by a number."""
    if letter in "“‘«¿¡":
        return not before.isalnum() and after.isalnum()
    if letter in "”»":
        return not after.isalnum()
    if letter == "’":
        return before.isalnum()
    if letter in "€£₹°²³":
        return before.isdigit() or after.isdigit() or (before == " " and not after.isalpha()) or after == " "
    return letter in "–—…" and not (before.isalpha() and after.isalpha())


def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "?").split(" ")[0]
    return "HAN" if name in ("CJK", "HIRAGANA", "KATAKANA") else name


def _garbled(text: str) -> int | None:
    """The first line with UTF-8 read as Windows-1252 and saved again, such as “JosÃ©”."""
    if text.isascii():
        return None
    found = re.search("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|à[¤¥][\u0080-\u00bf€-™]", text)
    return text.count("\n", 0, found.start()) + 1 if found else None
