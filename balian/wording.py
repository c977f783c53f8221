"""What people read while a casebook is played: each call, form and figure in plain Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shared.calendar import local_date

CALLS: Final[Mapping[str, str]] = {
    "intake.register_petition": "登记信访事项",
    "intake.record_visit": "登记重复来访",
    "intake.name_representatives": "登记推选代表",
    "intake.evaluate_handling": "信访人评价",
    "intake.split_petition": "拆分信访事项",
    "intake.reveal_identity": "查看信访人身份",
    "intake.get_petition": "查看信访事项",
    "intake.find_petitions": "查询信访事项",
    "intake.find_similar": "查找同一事项",
    "intake.track": "信访人查询进度",
    "triage.put_directory": "导入机构名录",
    "triage.sort_petition": "疏理分流",
    "triage.decide_objection": "核实单位异议",
    "triage.retire_node": "撤销接访点",
    "triage.submit_suggestion": "呈送合理化建议",
    "triage.answer_suggestion": "领导答复建议",
    "triage.propose_sorting": "提出疏理建议",
    "triage.get_sorting": "查看疏理结果",
    "triage.list_unsorted": "列出待疏理事项",
    "triage.get_directory": "查看机构名录",
    "triage.list_nodes": "列出接访点",
    "triage.list_due": "列出疏理期限",
    "triage.explain_deadline": "说明期限依据",
    "reception.plan_sessions": "排定接待日",
    "reception.publish_sessions": "公示接待日",
    "reception.swap_duty": "轮值调班",
    "reception.issue_cards": "下发四卡",
    "reception.deliver_card": "送达卡片",
    "reception.record_preliminary_opinion": "形成初步处理意见",
    "reception.plan_docket": "排定接访次序",
    "reception.notify_appointment": "发出约访通知",
    "reception.record_attendance": "记录四方到会",
    "reception.hold_reception": "四方碰头、当场拍板",
    "reception.sign_record": "签署接访记录",
    "reception.notice_board": "查看公示栏",
    "reception.list_sessions": "列出接待日",
    "reception.get_card_set": "查看四卡",
    "reception.get_docket": "查看接访次序",
    "reception.get_reception": "查看接访记录",
    "reception.get_hand_over": "查看移交情况",
    "reception.get_open_work": "查看在办事项数",
    "supervision.accept_transfer": "单位受理",
    "supervision.object_to_transfer": "单位提出异议",
    "supervision.acknowledge_slip": "签收联单",
    "supervision.return_slip": "撤回联单",
    "supervision.report_result": "报告处理结果",
    "supervision.grant_extension": "批准延期",
    "supervision.record_promise": "说明情况并承诺时限",
    "supervision.deliver_opinion": "送达处理意见书",
    "supervision.close_case": "结案",
    "supervision.archive_case": "存档销案",
    "supervision.get_case": "查看案件",
    "supervision.get_slip_set": "查看八单",
    "supervision.list_due": "列出办理期限",
    "supervision.list_overdue": "列出逾期案件",
    "supervision.explain_deadline": "说明期限依据",
    "accountability.record_ground": "认定责任追究事由",
    "accountability.decide_circular": "决定是否通报",
    "accountability.answer_circular": "答复通报",
    "accountability.issue_circular": "发布通报",
    "accountability.list_grounds": "列出追究事由",
    "accountability.get_circular": "查看通报",
    "accountability.list_circulars": "列出通报",
    "every_service.sweep": "处理到期事项",
    "every_service.next_due": "查看下一到期时间",
    "every_service.pending": "查看待处理消息",
    "every_service.service_status": "查看服务状态",
    "every_service.list_published": "读取已发布事件",
    "every_service.trace_petition": "查看办理经过的消息记录",
    "every_service.list_parked": "列出搁置消息",
    "every_service.show_parked": "查看搁置消息",
    "every_service.replay_parked": "重新处理搁置消息",
}
"""Every call the contracts declare, as a petition officer would name it."""

FORMS: Final[Mapping[str, str]] = {
    "visit": "来访",
    "letter": "来信",
    "phone": "来电",
    "online": "网上",
}

OUTCOMES: Final[Mapping[str, str]] = {
    "redirect": "告知向有权机关提出",
    "decline": "不予受理",
    "discipline_transfer": "密封转送纪检监察机关",
    "reply": "信访部门答复",
    "forward": "转送",
    "assign": "交办",
    "principal_leader": "主要领导接访",
    "leader_in_charge": "分管领导接访",
}

_WEEKDAYS: Final = "一二三四五六日"


def day_of(at: datetime) -> str:
    """Name the local day of an instant: `2026-06-05 周五`."""
    on = local_date(at)
    return f"{on.isoformat()} 周{_WEEKDAYS[on.weekday()]}"


def listed(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Tell counts in words, the words' own order first: `来访31、来信6`."""
    ordered = [key for key in words if key in counts] + [key for key in counts if key not in words]
    return "、".join(f"{words.get(key, key)}{counts[key]}" for key in ordered)
