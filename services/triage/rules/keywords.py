"""The words that hint at a category, a field, a channel or a severity: data, read by `proposal`.

Only hints: a person decides (D-02).  Longer words stand where a short one would also be found in
harmless phrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACCUSATION_WORDS: Final = (
    "贪污",
    "受贿",
    "行贿",
    "索贿",
    "吃拿卡要",
    "以权谋私",
    "滥用职权",
    "玩忽职守",
    "挪用公款",
    "违纪",
    "举报",
    "检举",
    "控告",
    "优亲厚友",
)

SUGGESTION_WORDS: Final = ("建议", "希望能增设", "意见和建议", "献策", "提议")

LITIGATION_WORDS: Final = (
    "判决",
    "裁定",
    "不服一审",
    "不服二审",
    "法院执行",
    "强制执行",
    "立案侦查",
    "不予立案",
    "再审",
    "抗诉",
)

ARBITRATION_WORDS: Final = ("劳动仲裁", "土地承包仲裁", "申请仲裁")

REVIEW_WORDS: Final = ("行政复议", "行政裁决", "工伤认定决定", "行政处罚决定")

PROTECTIVE_DUTY_WORDS: Final = ("申请查处", "要求查处", "履行法定职责", "履行保护职责")

FIELD_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "labour": ("拖欠工资", "欠薪", "农民工", "工钱", "劳动合同", "工伤", "工资"),
    "pensions": ("养老金", "退休金", "养老保险", "社保", "退休待遇"),
    "land": ("征地", "承包地", "土地承包", "宅基地", "土地补偿", "林地", "耕地"),
    "demolition": ("拆迁", "安置房", "征收补偿", "拆除", "过渡费", "回迁"),
    "property_management": ("物业", "业主委员会", "维修基金", "小区电梯", "停车费"),
    "health": ("医院", "医疗", "医保", "看病", "重病", "大病"),
    "poverty": ("低保", "贫困", "救助", "特困", "困难补助"),
    "education": ("学校", "教师", "民办教师", "入学", "学区", "幼儿园"),
    "transport": ("公路", "道路", "公交", "客运", "修路", "路灯"),
    "environment": ("污染", "噪音", "噪声", "废气", "污水", "扬尘", "垃圾"),
    "party_discipline": ("党员", "党纪", "干部作风", "村支书", "选举"),
    "housing": ("房产证", "危房", "公租房", "烂尾", "逾期交房"),
}

COMPLEX_WORDS: Final = ("多个部门", "几个部门", "相互推诿", "互相推诿", "踢皮球", "部门之间")

DIFFICULT_WORDS: Final = (
    "多次",
    "多年",
    "历史遗留",
    "一直没有解决",
    "至今未解决",
    "长期",
    "反复",
)

MAJOR_WORDS: Final = ("集体", "全村", "全体", "联名", "群众聚集", "伤亡", "中毒", "自焚", "跳楼")

MAJOR_HEADCOUNT: Final = 30
"""From so many people on a matter is proposed as major."""
