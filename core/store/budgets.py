"""Privacy budgets: a ledger for each table that two processes asking at once, a crash or a restart cannot overspend.

A charge is one durable transaction, committed before any noise is drawn. A crash after it loses the budget, never the
privacy. Amounts are whole numbers, so that adding up is exact: epsilon and rho in units of 1e-12, delta of 1e-18.
The store adds; what a question costs, and what a budget is worth, is worked out in `core.query`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from core.problem import Problem
from core.store.ground import Ground
from core.store.models import AllowanceRow, BudgetRow, ChargeRow
from core.store.records import Actor, Allowance, Budget, Charge

UNIT, DELTA_UNIT = 10**12, 10**18
"""So many units make an epsilon (or rho) of 1, and a delta of 1."""

Renews = Literal["never", "month", "quarter", "year"]
_LARGEST = 2**62


class Budgets(Ground):
    """Budgets, who may spend them, and every charge with the answer it paid for."""

    def create_budget(
        self, actor: Actor, name: str, digest: str, *, ground: Mapping[str, Any], measure: Literal["pure", "zcdp"],
        epsilon: float, delta: float, total: float, delta_total: float, renews: Renews = "never",
    ) -> Budget:
        """A budget for the table with this digest; a Problem if it has one already, kept by whomever.

        epsilon, delta      what was chosen, for people
        total, delta_total  what may be spent in a period: epsilon (pure) or rho (zcdp), and delta; rounded down
        """
        if not name.strip() or len(name) > 200:
            raise Problem("The budget needs a name of at most 200 letters.", "Name it after the table.")
        with self.database.writing() as session:
            self.database.one_at_a_time(session, f"budget {digest}")
            self.database.one_at_a_time(session, f"budget of {actor.department} {actor.user} {name}")
            self._free(session, actor, name, digest)
            row = BudgetRow(
                digest=digest, name=name, owner=actor.user, department=actor.department, ground=dict(ground),
                measure=measure, epsilon=epsilon, delta=delta, total=_floor(total, UNIT), spent=0, lifetime=0,
                delta_total=_floor(delta_total, DELTA_UNIT), delta_spent=0, delta_lifetime=0, renews=renews,
                period=_period(renews, self.clock()), created=self.clock(),
            )
            session.add(row)
            self.note(session, actor, None, "budget_created",
                      {"budget": name, "measure": measure, "epsilon": epsilon, "delta": delta, "renews": renews})
            session.flush()
            return self._budget(session, row)

    def budgets(self, actor: Actor) -> tuple[Budget, ...]:
        """The budgets this actor owns or has an allowance in, by name."""
        with self.database.reading() as session:
            rows = session.scalars(select(BudgetRow).where(_open_to(actor)).order_by(BudgetRow.name, BudgetRow.id))
            return tuple(self._budget(session, row) for row in rows)

    def budget(self, actor: Actor, name: str | int) -> Budget:
        """The budget of this name (or id). A budget of one's own comes before one of somebody else's."""
        with self.database.reading() as session:
            return self._budget(session, self._named(session, actor, name))

    def budget_of_table(self, actor: Actor, digest: str) -> Budget | None:
        """The ledger that the table with this digest meets; None if it has none, or none open to this actor."""
        with self.database.reading() as session:
            row = session.scalars(
                select(BudgetRow).where(BudgetRow.digest == digest, _open_to(actor))
            ).one_or_none()
            return self._budget(session, row) if row else None

    def allow(
        self, actor: Actor, budget: str | int, whose: Literal["user", "department"], who: str, department: str,
        total: float,
    ) -> Budget:
        """The owner lets a person (of a department) or a whole department spend at most `total` in a period.

        who  the person's name; "" for a department
        """
        with self.database.writing() as session:
            row = self._named(session, actor, budget, lock=True)
            if (row.owner, row.department) != (actor.user, actor.department):
                raise Problem("Only its owner gives allowances from a budget.", "Ask the owner.")
            found = session.scalars(select(AllowanceRow).where(
                AllowanceRow.budget_id == row.id, AllowanceRow.whose == whose, AllowanceRow.who == who,
                AllowanceRow.department == department)).one_or_none()
            if found is None:
                found = AllowanceRow(budget_id=row.id, whose=whose, who=who, department=department, spent=0, lifetime=0)
                session.add(found)
            found.total = _floor(total, UNIT)
            self.note(session, actor, None, "allowance_given",
                      {"budget": row.name, "whose": whose, "who": who, "department": department, "total": total})
            session.flush()
            return self._budget(session, row)

    def extend_ground(self, actor: Actor, budget: str | int, known: Mapping[str, Any], source: str) -> Budget:
        """The owner adds what is known of columns nothing was settled about yet; what stands is never changed.

        known   {column: plain data, as in the ground's "known"}
        source  where it is from: "public", or the answer that was paid for
        """
        with self.database.writing() as session:
            row = self._named(session, actor, budget, lock=True)
            if (row.owner, row.department) != (actor.user, actor.department):
                raise Problem("Only its owner says what else is known about a table.", "Ask the owner.")
            stands = row.ground.get("known", {})
            if again := sorted(set(stands) & set(known)):
                raise Problem("What is known about “{column_name}” is settled already.",
                              "It cannot be changed: answers that were paid for rest on it.",
                              column=again[0], column_name=again[0])
            row.ground = {**row.ground, "known": {**stands, **known}}
            self.note(session, actor, None, "ground_extended",
                      {"budget": row.name, "columns": sorted(known), "source": source})
            session.flush()
            return self._budget(session, row)

    def charge(
        self, actor: Actor, budget: str | int, query: Mapping[str, Any], *, epsilon: float, price: float,
        delta_price: float = 0.0,
    ) -> Charge:
        """Pay for a question: committed to the disk when this returns. Refused: nothing is charged.

        price, delta_price  in the budget's measure; rounded up
        """
        units, delta_units = _ceil(price, UNIT), _ceil(delta_price, DELTA_UNIT)
        try:
            with self.database.writing() as session:
                row = self._named(session, actor, budget, lock=True)
                self._renew(session, row)
                self._take(session, actor, row, units, delta_units)
                charge = ChargeRow(
                    budget_id=row.id, at=self.clock(), user=actor.user, department=actor.department,
                    query=dict(query), query_key=query_key(query), epsilon=epsilon, price=units,
                    delta_price=delta_units, answer=None,
                )
                session.add(charge)
                self.note(session, actor, None, "budget_charged", {
                    "budget": row.name, "question": str(query.get("query", "")), "epsilon": epsilon,
                    "price": units / UNIT})
            return _charge(charge)
        except _Refused as refused:
            problem = refused.problem
        self.note_event(actor, None, "charge_refused", budget=str(budget), price=units / UNIT)
        raise problem

    def keep_answer(self, actor: Actor, charge_id: int, answer: Mapping[str, Any]) -> None:
        """The answer a charge paid for: it may be looked at again for nothing. Kept once, never changed."""
        with self.database.writing() as session:
            session.execute(update(ChargeRow).where(
                ChargeRow.id == charge_id, ChargeRow.user == actor.user, ChargeRow.department == actor.department,
                ChargeRow.answer.is_(None)).values(answer=dict(answer)))

    def charges(self, actor: Actor, budget: str | int) -> tuple[Charge, ...]:
        """Every charge of a budget, by whomever, oldest first."""
        with self.database.reading() as session:
            row = self._named(session, actor, budget)
            found = session.scalars(select(ChargeRow).where(ChargeRow.budget_id == row.id).order_by(ChargeRow.id))
            return tuple(_charge(c) for c in found)

    def paid(self, actor: Actor, budget: str | int, query: Mapping[str, Any], epsilon: float) -> Charge | None:
        """The answered charge for the same question, paid at least as much; the dearest of them, or None."""
        with self.database.reading() as session:
            row = self._named(session, actor, budget)
            found = session.scalars(
                select(ChargeRow)
                .where(ChargeRow.budget_id == row.id, ChargeRow.query_key == query_key(query),
                       ChargeRow.epsilon >= epsilon)
                .order_by(ChargeRow.epsilon.desc(), ChargeRow.id)
            )
            return next((_charge(c) for c in found if c.answer is not None), None)

    def _free(self, session: Session, actor: Actor, name: str, digest: str) -> None:
        taken = session.scalars(select(BudgetRow).where(BudgetRow.digest == digest)).one_or_none()
        if taken is not None:
            own = (taken.owner, taken.department) == (actor.user, actor.department)
            raise Problem(
                "This table already has a budget: “{name}”." if own else "This table already has a budget.",
                "Use that one: what is known about the people in the table adds up, whoever asks." if own
                else "It is kept by somebody else. Ask them for an allowance.", name=taken.name,
            )
        if session.scalars(select(BudgetRow.id).where(
                BudgetRow.owner == actor.user, BudgetRow.department == actor.department,
                BudgetRow.name == name)).first() is not None:
            raise Problem("There is a budget “{name}” already, for another table.", "Choose another name.", name=name)

    def _named(self, session: Session, actor: Actor, name: str | int, lock: bool = False) -> BudgetRow:
        wanted = BudgetRow.id == name if isinstance(name, int) else BudgetRow.name == name
        query = select(BudgetRow).where(wanted, _open_to(actor)).order_by(BudgetRow.id)
        rows = list(session.scalars(query.with_for_update() if lock else query))
        own = [r for r in rows if (r.owner, r.department) == (actor.user, actor.department)]
        if own or len(rows) == 1:
            return (own or rows)[0]
        if rows:
            raise Problem("Several budgets of that name are open to you.", "Open it from the table it belongs to.")
        raise Problem("There is no budget of that name that you may use.",
                      "Check the name, make a budget for this table, or ask its owner for an allowance.")

    def _renew(self, session: Session, row: BudgetRow) -> None:
        """A new period begins with nothing spent; what was spent over the lifetime stays."""
        now = _period(row.renews, self.clock())
        if now > row.period:  # a clock that goes back renews nothing
            row.period, row.spent, row.delta_spent = now, 0, 0
            session.execute(update(AllowanceRow).where(AllowanceRow.budget_id == row.id).values(spent=0))
            session.flush()

    def _take(self, session: Session, actor: Actor, row: BudgetRow, units: int, delta_units: int) -> None:
        """Add to every sum, each only where it stays within its total; otherwise nothing of it happens."""
        done = session.execute(
            update(BudgetRow)
            .where(BudgetRow.id == row.id, BudgetRow.spent + units <= BudgetRow.total,
                   BudgetRow.delta_spent + delta_units <= BudgetRow.delta_total)
            .values(spent=BudgetRow.spent + units, lifetime=BudgetRow.lifetime + units,
                    delta_spent=BudgetRow.delta_spent + delta_units,
                    delta_lifetime=BudgetRow.delta_lifetime + delta_units)
            .execution_options(synchronize_session=False)
        )
        if cast(Any, done).rowcount != 1:
            raise _Refused(_too_dear("the budget", row.total - row.spent, units, row.delta_total - row.delta_spent,
                                     delta_units))
        for allowance in session.scalars(select(AllowanceRow).where(
                AllowanceRow.budget_id == row.id, _of(actor)).with_for_update()):
            if allowance.spent + units > allowance.total:
                whose = "your allowance" if allowance.whose == "user" else "your department's allowance"
                raise _Refused(_too_dear(whose, allowance.total - allowance.spent, units, 0, 0))
            allowance.spent, allowance.lifetime = allowance.spent + units, allowance.lifetime + units

    def _budget(self, session: Session, row: BudgetRow) -> Budget:
        renewed = _period(row.renews, self.clock()) > row.period
        allowances = session.scalars(
            select(AllowanceRow).where(AllowanceRow.budget_id == row.id).order_by(AllowanceRow.id))
        return Budget(
            row.id, row.name, row.owner, row.department, row.digest, row.ground, row.measure, row.epsilon, row.delta,
            row.total / UNIT, 0.0 if renewed else row.spent / UNIT, row.lifetime / UNIT,
            row.delta_total / DELTA_UNIT, 0.0 if renewed else row.delta_spent / DELTA_UNIT,
            row.delta_lifetime / DELTA_UNIT, row.renews, row.created,
            tuple(Allowance(a.whose, a.who, a.department, a.total / UNIT, 0.0 if renewed else a.spent / UNIT,
                            a.lifetime / UNIT) for a in allowances),
        )


class _Refused(Exception):
    """Undoes the transaction; the Problem in it is what a person is told."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__("refused")


def query_key(query: Mapping[str, Any]) -> str:
    """The same for the same question at whatever price."""
    plain = json.dumps({k: v for k, v in query.items() if k != "epsilon"}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _open_to(actor: Actor) -> Any:
    """The owner, and whoever has an allowance."""
    allowed = select(AllowanceRow.budget_id).where(_of(actor))
    return or_(and_(BudgetRow.owner == actor.user, BudgetRow.department == actor.department),
               BudgetRow.id.in_(allowed))


def _of(actor: Actor) -> Any:
    person = and_(AllowanceRow.whose == "user", AllowanceRow.who == actor.user)
    return and_(AllowanceRow.department == actor.department, or_(person, AllowanceRow.whose == "department"))


def _too_dear(purse: str, left: int, units: int, delta_left: int, delta_units: int) -> Problem:
    if delta_units > delta_left and units <= left:
        return Problem("This question needs a delta of {price:.3g}; {left:.3g} is left. Nothing was charged.",
                       "Ask one that names no unknown values.", price=delta_units / DELTA_UNIT,
                       left=max(delta_left, 0) / DELTA_UNIT)
    return Problem("This question costs {price:.6g}; {left:.6g} is left of {purse}. Nothing was charged.",
                   "Ask with a smaller epsilon, or look at the answers that are already paid for.",
                   purse=purse, price=units / UNIT, left=max(left, 0) / UNIT)


def _period(renews: str, now: datetime) -> str:
    if renews == "never":
        return ""
    if renews == "year":
        return f"{now:%Y}"
    return f"{now:%Y-%m}" if renews == "month" else f"{now:%Y}-Q{(now.month + 2) // 3}"


def _floor(amount: float, unit: int) -> int:
    if not 0 <= amount * unit < _LARGEST:
        raise Problem("The budget is too large to be kept.", "Choose a smaller epsilon.")
    return _near(amount * unit, math.floor)


def _ceil(amount: float, unit: int) -> int:
    if not 0 <= amount * unit < _LARGEST:  # NaN too
        raise Problem("The price is no number.", "Choose another epsilon.")
    return _near(amount * unit, math.ceil)


_LAST_BITS = 2.0**-40
"""What multiplying may miss a whole number by, as a share of it: noise is drawn for less than is paid by far more."""


def _near(units: float, rounded: Callable[[float], int]) -> int:
    """A whole number that multiplying missed by a last bit is that number: 0.1 is not a unit more than a tenth."""
    whole = round(units)
    return whole if abs(units - whole) <= min(_LAST_BITS * units, 1e-3) else rounded(units)


def _charge(row: ChargeRow) -> Charge:
    return Charge(row.id, row.budget_id, row.at, row.user, row.department, row.query, row.epsilon, row.price / UNIT,
                  row.delta_price / DELTA_UNIT, row.answer)
