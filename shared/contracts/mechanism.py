"""What the messaging mechanism itself refuses, whatever the service: the same names everywhere.

A refusal is an answer: it is stored and repeated to whoever sends the same `request_id` again.
A fault is none: nothing was decided, and the same `request_id` may be sent again.
"""

from __future__ import annotations

from shared.contracts.base import Refusal


class NotAllowed(Refusal):
    """The caller holds no role that may call this method; ask someone who does."""

    rule = "P-1"
    label = "您没有办理此项操作的权限，请由有权限的人员办理"


class ActorMissing(Refusal):
    """The call names no actor; send one such as `clerk:window_1`."""

    rule = "P-1"
    label = "请求未注明操作人，请登录后重试"


class ActorUnreadable(Refusal):
    """The call's actor has not the form `role:code`; send one such as `clerk:window_1`."""

    rule = "P-1"
    label = "操作人编号格式有误，请重新登录"


class RoleUnknown(Refusal):
    """The call names a role this system does not know, or none; send roles of the closed list."""

    rule = "P-1"
    label = "操作人的角色无法识别，请联系系统运维人员"


class RequestIdReused(Refusal):
    """This `request_id` was used for another request; make a new one for a new request."""

    rule = "P-6"
    label = "该请求编号已用于另一项请求，请重新提交"


class NowNotAllowed(Refusal):
    """The call tells an instant though the system clock is in force; send no `now`."""

    rule = "P-6"
    label = "系统使用实时时钟，不得自行指定时间"


class NowMissing(Refusal):
    """The call tells no instant though the clock is simulated; send `now`."""

    rule = "P-6"
    label = "系统使用模拟时钟，请求必须注明时间"


class NowUnreadable(Refusal):
    """The instant told is no ISO 8601 instant with a time zone; correct it."""

    rule = "P-6"
    label = "请求注明的时间格式有误，请更正"


class Fault(Exception):
    """A call could not be answered, and nothing was decided; carries one sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class ServiceUnavailable(Fault):
    """The service cannot reach its store or is too busy; send the same `request_id` again."""


class UnexpectedFault(Fault):
    """The service met a condition nobody foresaw; the sentence holds a code and an incident id.

    The operator finds the incident in the service's log.
    Sending the same `request_id` again is safe.
    """
