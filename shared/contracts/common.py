"""The refusals and terms that several owners use with one meaning."""

from __future__ import annotations

from enum import StrEnum

from shared.contracts.base import Refusal


class PetitionCategory(StrEnum):
    """What kind of matter it is (L22-29 to L22-31): suggestion, accusation or claim."""

    SUGGESTION = "suggestion"  # 建议意见
    ACCUSATION = "accusation"  # 检举控告
    CLAIM = "claim"  # 申诉求决


class SlipPost(StrEnum):
    """The eight addressees of a slip set, by post and never by person (C-14)."""

    PARTY_SECRETARY = "party_secretary"  # 县委书记
    DEPUTY_PARTY_SECRETARY_IN_CHARGE = "deputy_party_secretary_in_charge"  # 主管副书记
    COUNTY_HEAD = "county_head"  # 县长
    DEPUTY_COUNTY_HEAD_IN_CHARGE = "deputy_county_head_in_charge"  # 主管副县长
    DISCIPLINE_SECRETARY = "discipline_secretary"  # 纪检委书记
    ORGANIZATION_HEAD = "organization_head"  # 组织部长
    RESPONSIBLE_UNIT = "responsible_unit"  # 责任单位
    PETITION_OFFICE_STUB = "petition_office_stub"  # 信访部门存根


class LeaderAssignment(StrEnum):
    """How the receiving leader is found at a reception node (procedure §1E)."""

    BY_SEVERITY_AND_PORTFOLIO = "by_severity_and_portfolio"  # 按难易程度和分管范围
    ROTA = "rota"  # 轮值


class PetitionNotFound(Refusal):
    """No petition has this number here; check the number, or wait until its event has arrived."""

    rule = "P-5"
    label = "未查到该信访事项，请核对编号"


class UnitUnknown(Refusal):
    """The directory has no such unit; take a code from `triage.get_directory`."""

    rule = "C-07"
    label = "机构名录中没有该单位，请从名录中选取"


class LeaderUnknown(Refusal):
    """The directory has no such leader; take a code from `triage.get_directory`."""

    rule = "C-07"
    label = "机构名录中没有该领导，请从名录中选取"


class TerritoryUnknown(Refusal):
    """The directory has no such territory; take a code from `triage.get_directory`."""

    rule = "D-30"
    label = "机构名录中没有该属地，请从名录中选取"


class NodeUnknown(Refusal):
    """No reception node of this code has opened; take one from `triage.list_nodes`."""

    rule = "D-30"
    label = "没有该接访点，请先列出接访点"


class FieldUnknown(Refusal):
    """The directory has no such field of matters; take a code from `triage.get_directory`."""

    rule = "C-06"
    label = "机构名录中没有该事项领域，请从名录中选取"


class DirectoryMissing(Refusal):
    """No office directory has been put yet; call `triage.put_directory` first."""

    rule = "C-07"
    label = "尚未导入机构名录，请先导入"


class DateInPast(Refusal):
    """A date that must lie ahead lies behind; give today or a later day."""

    rule = "C-15"
    label = "日期不得早于今天"


class DateInFuture(Refusal):
    """A date on which something has happened lies ahead; give today or an earlier day."""

    rule = "L22-22"
    label = "日期不得晚于今天"


class NotYourCase(Refusal):
    """The caller is not the unit or leader this case is with; only that one may do this."""

    rule = "C-09"
    label = "该事项不属于本单位（本人）承办，不能操作"


class CaseNotFound(Refusal):
    """No case is held here for this petition; check the number and its stage."""

    rule = "P-5"
    label = "未查到该案件，请核对编号与办理阶段"


class WrongStage(Refusal):
    """The step is out of the order of procedure; the message names the stage and the next step."""

    rule = "I-4"
    label = "当前办理阶段不能进行此操作，请按程序办理"


class DueDateBeyondStatutory(Refusal):
    """The due date lies beyond the statutory limit of handling; give an earlier one."""

    rule = "X-5"
    label = "办理期限不得超过法定期限"


class StubIsKept(Refusal):
    """The stub is kept by the petition office: never delivered, served or recalled."""

    rule = "D-18"
    label = "存根由信访部门保留，不送达也不撤回"
