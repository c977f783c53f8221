"""Which role may call which method: declared once, refused when undeclared.

The roles are closed.
A service does not start with an entrypoint that has no line in ``POLICY``, and a call without a
fitting role is refused and recorded before anything is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Who someone is to this system; the Chinese terms are those of the regulation."""

    PETITIONER = "petitioner"  # 信访人
    CLERK = "clerk"  # 窗口登记人员
    OFFICER = "officer"  # 信访干部
    OFFICE_HEAD = "office_head"  # 信访部门负责人
    LEADER = "leader"  # 接访领导
    UNIT = "unit"  # 责任单位
    ORGAN_HEAD = "organ_head"  # 办理机关负责人
    COMMITTEE = "committee"  # 县委 (党委)
    DISCIPLINE = "discipline"  # 纪检监察机关
    ACCOUNTABILITY = "accountability"  # 责任追究工作人员
    AUDITOR = "auditor"  # 监督检查人员
    OPERATOR = "operator"  # 系统运维
    SERVICE = "service"  # 本系统的服务


_OFFICE: Final = frozenset({Role.OFFICER, Role.OFFICE_HEAD})
_WINDOW: Final = frozenset({Role.CLERK, Role.OFFICER, Role.OFFICE_HEAD})
_STAFF_READERS: Final = _WINDOW | {Role.AUDITOR, Role.SERVICE}
_OVERSEERS: Final = _OFFICE | {Role.COMMITTEE, Role.AUDITOR, Role.ACCOUNTABILITY}
_EVERYONE: Final = frozenset(Role)

POLICY: Final[Mapping[str, frozenset[Role]]] = {
    # 访前接办: intake keeps the register.
    "intake.register_petition": _WINDOW | {Role.PETITIONER},
    "intake.record_visit": _WINDOW,
    "intake.name_representatives": _WINDOW,
    "intake.evaluate_handling": frozenset({Role.PETITIONER}),
    "intake.split_petition": _OFFICE,
    "intake.reveal_identity": _OFFICE | {Role.DISCIPLINE},
    "intake.get_petition": _STAFF_READERS | {Role.DISCIPLINE},
    "intake.find_petitions": _STAFF_READERS,
    "intake.find_similar": _STAFF_READERS,
    "intake.track": _EVERYONE,
    # 一疏理: triage sorts.
    "triage.put_directory": frozenset({Role.OPERATOR, Role.OFFICE_HEAD}),
    "triage.sort_petition": _OFFICE,
    "triage.decide_objection": _OFFICE,
    "triage.retire_node": frozenset({Role.OPERATOR, Role.OFFICE_HEAD}),
    "triage.submit_suggestion": _OFFICE,
    "triage.answer_suggestion": frozenset({Role.LEADER}),
    "triage.propose_sorting": _OFFICE,
    "triage.get_sorting": _OFFICE | {Role.AUDITOR, Role.SERVICE},
    "triage.list_unsorted": _STAFF_READERS,
    "triage.get_directory": _EVERYONE,
    "triage.list_nodes": _EVERYONE,
    "triage.list_due": _OVERSEERS | {Role.CLERK},
    "triage.explain_deadline": _EVERYONE,
    # 访中联办、四碰头: every reception node.
    "reception.plan_sessions": _OFFICE,
    "reception.publish_sessions": _OFFICE,
    "reception.swap_duty": _OFFICE | {Role.LEADER},
    "reception.issue_cards": _OFFICE,
    "reception.deliver_card": _WINDOW,
    "reception.record_preliminary_opinion": _OFFICE,
    "reception.plan_docket": _OFFICE,
    "reception.notify_appointment": _WINDOW,
    "reception.record_attendance": _OFFICE,
    "reception.hold_reception": frozenset({Role.LEADER}),
    "reception.sign_record": _OFFICE,
    "reception.notice_board": _EVERYONE,
    "reception.list_sessions": _EVERYONE,
    "reception.get_card_set": _STAFF_READERS | {Role.LEADER, Role.UNIT},
    "reception.get_docket": _STAFF_READERS | {Role.LEADER},
    "reception.get_reception": _STAFF_READERS | {Role.LEADER},
    "reception.get_hand_over": _STAFF_READERS,
    "reception.get_open_work": _STAFF_READERS | {Role.OPERATOR},
    # 访后督办、八联单: supervision follows up.
    "supervision.accept_transfer": frozenset({Role.UNIT}),
    "supervision.object_to_transfer": frozenset({Role.UNIT}),
    "supervision.acknowledge_slip": _OFFICE | {Role.LEADER, Role.UNIT},
    "supervision.return_slip": _OFFICE,
    "supervision.report_result": frozenset({Role.UNIT}),
    "supervision.grant_extension": frozenset({Role.ORGAN_HEAD}),
    "supervision.record_promise": _OFFICE | {Role.UNIT},
    "supervision.deliver_opinion": _OFFICE | {Role.UNIT},
    "supervision.close_case": _OFFICE,
    "supervision.archive_case": _OFFICE,
    "supervision.get_case": _OVERSEERS | {Role.CLERK, Role.LEADER, Role.UNIT, Role.SERVICE},
    "supervision.get_slip_set": _OVERSEERS | {Role.LEADER, Role.UNIT, Role.SERVICE},
    "supervision.list_due": _OVERSEERS | {Role.CLERK, Role.LEADER, Role.UNIT},
    "supervision.list_overdue": _OVERSEERS | {Role.CLERK, Role.LEADER, Role.UNIT},
    "supervision.explain_deadline": _EVERYONE,
    # 责任追究: accountability proposes, the committee decides.
    "accountability.record_ground": frozenset({Role.ACCOUNTABILITY, Role.DISCIPLINE}),
    "accountability.decide_circular": frozenset({Role.COMMITTEE}),
    "accountability.answer_circular": frozenset({Role.UNIT, Role.LEADER}),
    "accountability.issue_circular": frozenset({Role.COMMITTEE}),
    "accountability.list_grounds": _OVERSEERS | {Role.UNIT, Role.DISCIPLINE},
    "accountability.get_circular": _OVERSEERS | {Role.UNIT, Role.DISCIPLINE},
    "accountability.list_circulars": _OVERSEERS | {Role.UNIT, Role.DISCIPLINE},
    # What every service answers.
    "every_service.sweep": frozenset({Role.OPERATOR}),
    "every_service.next_due": frozenset({Role.OPERATOR}),
    "every_service.pending": frozenset({Role.OPERATOR}),
    "every_service.service_status": _EVERYONE,
    "every_service.list_published": frozenset({Role.OPERATOR, Role.AUDITOR}),
    "every_service.trace_petition": frozenset({Role.OPERATOR, Role.AUDITOR}),
    "every_service.list_parked": frozenset({Role.OPERATOR}),
    "every_service.show_parked": frozenset({Role.OPERATOR}),
    "every_service.replay_parked": frozenset({Role.OPERATOR}),
}


class UndeclaredMethod(LookupError):
    """Raised when a method has no line in the policy: declare it before the service can start."""


def roles_allowed(wire_name: str) -> frozenset[Role]:
    """Tell which roles may call ``owner.method``.

    Raises:
        UndeclaredMethod: the policy does not name the method; nobody may call it.
    """
    try:
        return POLICY[wire_name]
    except KeyError:
        raise UndeclaredMethod(wire_name) from None
