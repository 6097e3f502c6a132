"""A detour of step 5: how the values of a column are put into ever wider groups, what that does, and by hand."""

from __future__ import annotations

from studio import grouping, grouping_by_hand, hierarchies, history

project, name = grouping.top()
rule = grouping.ask(project, name)
if rule is not None:
    grouping.show(project, name, rule)
    if rule == hierarchies.saved(project, name):
        grouping_by_hand.show(project, name, rule)
        grouping.hand_out(project, name, rule)
history.show(project)
