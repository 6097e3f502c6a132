"""Rule about how a release leaves: encrypted, for a purpose written down, entered in a register, names replaced."""

from __future__ import annotations

from typing import ClassVar, Literal

from core.language import translate as _
from core.policy.people import NoDirectIdentifiers
from core.policy.rule import Judgement, Release, Rule


class Safeguards(Rule):
    """Encryption, masking or tokens, and a log of who gave out what: the least security a law asks for."""

    rule: Literal["safeguards"] = "safeguards"
    title: ClassVar[str] = "Security safeguards"

    def asks(self) -> str:
        return _("The file is encrypted, names are masked or replaced by tokens, and the release is logged.")

    def judge(self, release: Release) -> Judgement:
        names = NoDirectIdentifiers().judge(release)
        lacking = [
            what for what, there in (
                (_("it is not encrypted"), release.encrypted is not False),
                (_("it is not entered in a register"), release.registered is not False),
                (_("its purpose is not written down"), bool(release.purpose)),
                (_("its recipient is not written down"), bool(release.recipient)),
                (names.found, names.passed is not False),
            ) if not there
        ]
        if lacking:
            return self.breaks(
                "It lacks: {lacking}.",
                "Make the file in the studio, encrypted and registered, with its purpose and recipient. {mend}",
                lacking="; ".join(w.rstrip(".") for w in lacking), mend=names.mend,
            )
        if release.encrypted is None or release.registered is None:
            return self.open("Whether it leaves encrypted and is entered in a register is known once the file is made.")
        return self.keeps("It is encrypted, registered, and names nobody.")
