"""What a petitioner reads about their matter, in plain Chinese and in nobody's official phrases.

A line says what has happened; the next step says what happens now, until when, and with whom the
matter waits.
Of a matter that was transferred under seal only neutral words remain: whoever looks over the
petitioner's shoulder learns neither what it is nor where it went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.intake.rules import MilestoneKind, Standing
from shared.calendar import date_zh
from shared.decisions import Citation

STAGE_TEXT: Final[Mapping[Standing, str]] = {
    Standing.REGISTERED: "已登记，等待疏理",
    Standing.REDIRECTED: "已告知应当受理的机关和途径",
    Standing.NOT_ACCEPTED: "不予受理，已书面告知理由",
    Standing.REPLIED: "已答复",
    Standing.TRANSFERRED_SEALED: "已按规定转送有权处理的机关",
    Standing.FORWARDED: "已转送责任单位",
    Standing.ASSIGNED: "已交办责任单位",
    Standing.ROUTED: "已确定接访领导",
    Standing.CARDS_ISSUED: "已安排领导接待日",
    Standing.PREPARED: "已形成初步处理意见",
    Standing.APPOINTED: "已约定接待时间",
    Standing.ANSWERED_ON_SPOT: "接访领导已当场答复",
    Standing.DECIDED: "接访领导已作出决定",
    Standing.IN_HANDLING: "责任单位正在办理",
    Standing.OVERDUE: "已逾期，正在督办",
    Standing.RESULT_REPORTED: "责任单位已报告处理结果",
    Standing.OPINION_DELIVERED: "处理意见书已送达",
    Standing.CLOSED: "已结案",
    Standing.ARCHIVED: "已归档",
}

_EVENT_TEXT: Final[Mapping[MilestoneKind, str]] = {
    MilestoneKind.REGISTERED: "您反映的事项已经登记，应在{day}前完成疏理。",
    MilestoneKind.VISIT_RECORDED: "您再次反映本事项，已经记录在案。",
    MilestoneKind.SORTING_OVERDUE: "疏理期限{day}已过，尚未完成，已列入督办。",
    MilestoneKind.REDIRECTED: "已书面告知您应当向哪个机关、通过什么途径提出。",
    MilestoneKind.NOT_ACCEPTED: "本事项不予受理，已书面告知理由和救济途径。",
    MilestoneKind.REPLIED: "信访部门已经答复。",
    MilestoneKind.TRANSFERRED_SEALED: "已按规定转送有权处理的机关。",
    MilestoneKind.FORWARDED: "已转送责任单位，单位应在{day}前书面告知您受理情况。",
    MilestoneKind.ASSIGNED: "已交办责任单位，办理期限为{day}。",
    MilestoneKind.OBJECTED: "责任单位认为本事项不属于其职责范围，提出了异议，信访部门正在核实。",
    MilestoneKind.OBJECTION_UPHELD: "经核实，本事项将改由其他单位办理，信访部门正在重新确定。",
    MilestoneKind.OBJECTION_REJECTED: "经核实，异议不成立，仍由原单位办理。",
    MilestoneKind.ROUTED: "已确定由领导接访，已转到{place}安排接待日。",
    MilestoneKind.SESSION_AWAITED: (
        "{place}已接收本事项，目前没有空余时段的接待日，正在等候排期。"
    ),
    MilestoneKind.HANDED_OVER: (
        "{place}已经撤销，原定的接待安排取消，本事项移交其他接访点继续办理。"
    ),
    MilestoneKind.RETURNED: "接访点撤销后需要重新确定由谁办理，应在{day}前完成疏理。",
    MilestoneKind.CARDS_ISSUED: "领导接待日定为{day}，接待日通知卡已经开出。",
    MilestoneKind.PREPARED: "信访部门已同分管领导和责任单位沟通，形成初步处理意见。",
    MilestoneKind.APPOINTED: "已发出约访通知，接待时间为{day}{hour}。",
    MilestoneKind.RESCHEDULED: "接待改期到{day}，具体时间另行通知。",
    MilestoneKind.ACCEPTED: "责任单位已收到接待日通知卡，本事项已经受理，法定办理期限为{day}。",
    MilestoneKind.ACCEPTED_BY_UNIT: "责任单位已经受理，办理期限为{day}。",
    MilestoneKind.ANSWERED_ON_SPOT: "接访领导已当场答复。",
    MilestoneKind.DECIDED: "接访领导已作出决定，办结时限为{day}。",
    MilestoneKind.SLIPS_ISSUED: "已下达八联单督办，责任单位应在{day}前办结。",
    MilestoneKind.EXTENDED: "经批准，办理期限延长到{day}，理由已经告知您。",
    MilestoneKind.OVERDUE: "办理期限{day}已过，尚未办结，已列入督办。",
    MilestoneKind.PROMISED: "已向您说明逾期原因，承诺在{day}前办结。",
    MilestoneKind.PROMISE_BROKEN: (
        "承诺的{day}已过，仍未办结，已列为追究责任的事由，由有关机关决定。"
    ),
    MilestoneKind.RESULT_REPORTED: "责任单位已报告处理结果。",
    MilestoneKind.OPINION_DELIVERED: "处理意见书已经送达；如不服，可以在{day}前申请复查。",
    MilestoneKind.CLOSED: "信访部门已核实处理结果，本事项结案。",
    MilestoneKind.ARCHIVED: "案卷已经归档。",
}

_UNDATED: Final = "规定的期限"
"""What stands in a sentence where the date that belongs there is not known here."""

NEUTRAL: Final = frozenset(
    {
        MilestoneKind.REGISTERED,
        MilestoneKind.VISIT_RECORDED,
        MilestoneKind.SORTING_OVERDUE,
        MilestoneKind.TRANSFERRED_SEALED,
    }
)
"""What is told of a matter that was transferred under seal."""


@dataclass(frozen=True, kw_only=True)
class Dated:
    """The next day that counts, and the hour where one is fixed; and when and where it was told.

    `node` is the code of a reception node, and `place` the name of the territory or department it
    receives for, None where no routing has told it.
    """

    day: date | None
    hour: str | None = None
    node: str | None = None
    place: str | None = None
    on: date | None = None


def event_text(kind: MilestoneKind, dated: Dated) -> str:
    """Say in one sentence what has happened."""
    return _fill(_EVENT_TEXT[kind], dated)


def next_step(standing: Standing, newest: Mapping[MilestoneKind, Dated]) -> str:
    """Say what happens next, until when, and with whom the matter waits.

    Args:
        standing: where the petition stands.
        newest: of each kind of milestone that still counts, the newest.
    """
    plain = _PLAIN_STEPS.get(standing)
    return _fill(plain, _due(newest)) if plain else _STEPS[standing](newest)


_PLAIN_STEPS: Final[Mapping[Standing, str]] = {
    Standing.REDIRECTED: "请按告知书写明的机关、地址和途径提出；有新的事实和理由，可以再来登记。",
    Standing.NOT_ACCEPTED: "不予受理的理由和救济途径见告知书；有新的事实和理由，可以再来登记。",
    Standing.REPLIED: "本事项已经答复；您可以凭查询码作出评价，有新的事实和理由可以再来登记。",
    Standing.TRANSFERRED_SEALED: "有权处理的机关将依法办理，内容依法保密；需要时由该机关与您联系。",
    Standing.PREPARED: "现在信访部门：即将向您发出约访通知，写明接待的时间和地点。",
    Standing.ANSWERED_ON_SPOT: "现在责任单位：将在{day}前把书面处理意见送达您。",
    Standing.DECIDED: "现在信访部门：正在向责任单位下达八联单，督促其在{day}前办结。",
    Standing.IN_HANDLING: "现在责任单位：应在{day}前办结，并将书面处理意见送达您。",
}


def waiting_text(*, node: str, place: str | None, since: date, taken_in: bool) -> str:
    """Say where a petition waits that was routed to a leader, and for what."""
    where = place_zh(node, place)
    if taken_in:
        return f"{where}已接收，自{date_zh(since)}起等候接访领导有空余时段的接待日"
    return f"{date_zh(since)}已转到{where}，该接访点尚未接收"


def place_zh(node: str, place: str | None) -> str:
    """Name a reception node to whoever reads it: by its place, by its code where that is unknown.

    The county's own node has no need of a code.
    """
    if place is not None:
        return f"{place}接访点"
    return "县接访点" if node == "county" else f"接访点（{node}）"


def _routed(newest: Mapping[MilestoneKind, Dated]) -> str:
    routed = newest[MilestoneKind.ROUTED]
    if routed.node is None or routed.on is None:
        return "现在信访部门：正在安排最近的领导接待日，定下后会送给您接待日通知卡。"
    awaited = newest.get(MilestoneKind.SESSION_AWAITED)
    taken_in = awaited is not None and awaited.node == routed.node
    since = awaited.on if awaited and awaited.on and taken_in else routed.on
    where = waiting_text(node=routed.node, place=routed.place, since=since, taken_in=taken_in)
    then = "排定后会送给您接待日通知卡" if taken_in else "接收后会安排接待日，并送给您接待日通知卡"
    return f"现在信访部门：{where}；{then}。"


def _until_sorted(newest: Mapping[MilestoneKind, Dated]) -> str:
    if MilestoneKind.RETURNED in newest:
        return _fill(
            "现在信访部门：原接访点已撤销，正在重新疏理，应在{day}前确定由谁办理并告知您。",
            newest[MilestoneKind.RETURNED],
        )
    if MilestoneKind.HANDED_OVER in newest:
        return "现在信访部门：原接访点已撤销，正在为您确定新的接访点，确定后告知您。"
    if MilestoneKind.OBJECTION_UPHELD in newest:
        return "现在信访部门：原承办单位的异议成立，正在重新确定承办单位，确定后告知您。"
    registered = newest[MilestoneKind.REGISTERED]
    if MilestoneKind.SORTING_OVERDUE in newest:
        return _fill("现在信访部门：疏理期限{day}已过，正在督促尽快确定由谁办理。", registered)
    article = Citation("L22-22").zh
    return _fill(
        f"现在信访部门：应在{{day}}前疏理完毕，确定由谁办理并告知您（{article}）。", registered
    )


def _forwarded(newest: Mapping[MilestoneKind, Dated]) -> str:
    if _objection_pending(newest):
        return _OBJECTED
    return _fill(
        "现在责任单位：应在{day}前书面告知您受理情况、办理途径和程序"
        f"（{Citation('L22-23').zh}）。",
        newest[MilestoneKind.FORWARDED],
    )


def _assigned(newest: Mapping[MilestoneKind, Dated]) -> str:
    if _objection_pending(newest):
        return _OBJECTED
    return _fill(
        "现在责任单位：受理后办理，应在{day}前办结并向信访部门报告。",
        newest[MilestoneKind.ASSIGNED],
    )


def _objection_pending(newest: Mapping[MilestoneKind, Dated]) -> bool:
    return MilestoneKind.OBJECTED in newest and MilestoneKind.OBJECTION_REJECTED not in newest


def _cards_issued(newest: Mapping[MilestoneKind, Dated]) -> str:
    return _fill(
        "现在信访部门：正在就您的事项征求分管领导和责任单位的初步处理意见，"
        "之后会另行通知您具体时间；接待日为{day}。",
        _newest_of(newest, MilestoneKind.RESCHEDULED, MilestoneKind.CARDS_ISSUED),
    )


def _appointment(newest: Mapping[MilestoneKind, Dated]) -> str:
    appointed = newest[MilestoneKind.APPOINTED]
    moved = newest.get(MilestoneKind.RESCHEDULED)
    if moved is not None and moved.day is not None and moved.day > (appointed.day or date.min):
        return _fill("接待改期到{day}；现在信访部门：将另行通知您具体时间和地点。", moved)
    return _fill(
        "请您在{day}{hour}按约访通知写明的地点参加接待；不能到场的，请提前告诉信访部门。",
        appointed,
    )


def _overdue(newest: Mapping[MilestoneKind, Dated]) -> str:
    promised = newest.get(MilestoneKind.PROMISED)
    broken = newest.get(MilestoneKind.PROMISE_BROKEN)
    if promised is None or promised.day is None:
        return "现在责任单位：应向您说明逾期原因，并承诺办结时间；信访部门正在督办。"
    if broken is not None and broken.day is not None and broken.day >= promised.day:
        return "现在责任单位：承诺的时间已过，信访部门正在督办，将要求重新说明和承诺办结时间。"
    return _fill("现在责任单位：承诺在{day}前办结；信访部门正在督办。", promised)


def _result_reported(newest: Mapping[MilestoneKind, Dated]) -> str:
    return _fill(
        "现在责任单位：应在{day}前把书面处理意见送达您，信访部门随后核实。",
        _newest_of(
            newest,
            MilestoneKind.EXTENDED,
            MilestoneKind.ACCEPTED,
            MilestoneKind.ACCEPTED_BY_UNIT,
        ),
    )


def _opinion_delivered(newest: Mapping[MilestoneKind, Dated]) -> str:
    return f"{_review(newest)}；您可以凭查询码对信访部门和责任单位作出评价。"


def _closed(newest: Mapping[MilestoneKind, Dated]) -> str:
    return f"{_review(newest)}；您仍可以凭查询码查询和评价，有新的事实和理由可以再来登记。"


def _review(newest: Mapping[MilestoneKind, Dated]) -> str:
    opinion = newest.get(MilestoneKind.OPINION_DELIVERED, Dated(day=None))
    return _fill(f"如不服处理意见，可以在{{day}}前申请复查（{Citation('L22-35').zh}）", opinion)


def _due(newest: Mapping[MilestoneKind, Dated]) -> Dated:
    """Give the day by which the unit has to be done, the strictest that was told last."""
    return _newest_of(
        newest,
        MilestoneKind.EXTENDED,
        MilestoneKind.SLIPS_ISSUED,
        MilestoneKind.DECIDED,
        MilestoneKind.ACCEPTED_BY_UNIT,
        MilestoneKind.ASSIGNED,
        MilestoneKind.ACCEPTED,
    )


def _newest_of(newest: Mapping[MilestoneKind, Dated], *kinds: MilestoneKind) -> Dated:
    """Give the first of these kinds that has been heard of with a day."""
    heard = (newest[kind] for kind in kinds if kind in newest)
    return next((dated for dated in heard if dated.day is not None), Dated(day=None))


def _fill(sentence: str, dated: Dated) -> str:
    day = date_zh(dated.day) if dated.day else _UNDATED
    place = place_zh(dated.node, dated.place) if dated.node else "接访点"
    return sentence.format(day=day, hour=dated.hour or "", place=place)


_OBJECTED: Final = "现在信访部门：责任单位提出异议，正在核实由谁办理，核实后告知您。"

_STEPS: Final[Mapping[Standing, Callable[[Mapping[MilestoneKind, Dated]], str]]] = {
    Standing.REGISTERED: _until_sorted,
    Standing.ROUTED: _routed,
    Standing.FORWARDED: _forwarded,
    Standing.ASSIGNED: _assigned,
    Standing.CARDS_ISSUED: _cards_issued,
    Standing.APPOINTED: _appointment,
    Standing.OVERDUE: _overdue,
    Standing.RESULT_REPORTED: _result_reported,
    Standing.OPINION_DELIVERED: _opinion_delivered,
    Standing.CLOSED: _closed,
    Standing.ARCHIVED: _closed,
}
