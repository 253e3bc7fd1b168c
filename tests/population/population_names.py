"""Names as real lists have them. Every function takes the random generator, so the same seed gives the same names."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
# Weighted towards the front: the first surnames cover far more people than the last ones.
SURNAME_WEIGHTS = tuple(len(SURNAMES) * 2 // (i + 3) + 1 for i in range(len(SURNAMES)))
COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "令狐")
READ_AS_SURNAME = "单仇解查区朴盖"  # several readings: nobody may sort them by pinyin without a table

MALE = "伟强军平刚勇杰涛明超辉志峰国华建文斌林东海民永胜健世广义兴良山仁波宁贵福生龙元全亮成康星光天达安岩中茂进"
FEMALE = "芳娜敏静丽艳娟霞秀玲桂英兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉青婷姣婉娴瑾颖露瑶怡婵雁蓓"
OLD_MALE = ("建国", "国庆", "援朝", "卫东", "跃进", "德福", "长根", "家富", "大林", "金宝", "和平", "学文")
OLD_FEMALE = ("秀英", "桂兰", "玉珍", "凤英", "素珍", "兰英", "翠华", "大妹", "小兰", "桂芳", "秀兰", "淑珍")

# In GB18030 but not in GBK: any program that decodes as GBK fails on them.
RARE = "䶮㛃𬭊𬘬𫖯𪟝"
# In GBK, with the second byte 0x7C, which is also "|".
PIPE_BYTE = "珅瑋東"
UNCOMMON = "喆堃玥旸昇槑龑镕珺"

MINORITY = (
    "阿不都·热西提", "买买提·艾力", "古丽娜尔·吐尔逊", "努尔兰·哈力克", "阿依古丽·阿卜杜热合曼", "扎西·次仁", "卓玛·央金",
    "艾尔肯·吐尼亚孜", "帕提古丽·买买提依明", "沙吾列提别克·努尔达吾列提",
)
# Dealt out first, so that every hard case is in a file of any size.
HARD = (
    "李䶮", "王㛃", "赵𬭊", "孙𬘬文", "周𫖯", "陈𪟝", "阿不都·热西提", "古丽娜尔·吐尔逊", "沙吾列提别克·努尔达吾列提", "刘珅", "黄瑋",
    "吴東升", "王〇", "李〇一", "欧阳明", "诸葛秀英", "单德福", "仇桂兰", "张喆", "徐龑",
)
HARD_FEMALE = {"王㛃", "古丽娜尔·吐尔逊", "诸葛秀英", "仇桂兰"}
NAMESAKES = ("王建国", "王建国")  # two people of one name in one street


def surname(rng):
    draw = rng.random()
    if draw < 0.012:
        return rng.choice(COMPOUND_SURNAMES)
    if draw < 0.02:
        return rng.choice(READ_AS_SURNAME)
    return rng.choices(SURNAMES, SURNAME_WEIGHTS)[0]


def given(rng, male, birth_year):
    """One or two characters, now and then one of the hard ones."""
    pool = MALE if male else FEMALE
    draw = rng.random()
    if draw < 0.004:
        return rng.choice(RARE)
    if draw < 0.010:
        return rng.choice(PIPE_BYTE) + rng.choice(("", rng.choice(pool)))
    if draw < 0.012:
        return "〇" + rng.choice(("", rng.choice(pool)))
    if draw < 0.025:
        return rng.choice(UNCOMMON)
    if birth_year < 1965 and draw < 0.25:
        return rng.choice(OLD_MALE if male else OLD_FEMALE)
    if draw < 0.45:
        return rng.choice(pool)
    return rng.choice(pool) + rng.choice(pool)


def full(rng, male, birth_year, family=None):
    """A full name; `family` is the surname to carry, if any."""
    if family is None and rng.random() < 0.003:
        return rng.choice(MINORITY)
    return (family or surname(rng)) + given(rng, male, birth_year)


def family_of(name):
    """The surname to hand on to a child, or None where a name has none that is handed on."""
    if "·" in name:
        return None
    return name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
