"""Names of people, places and goods for the demo."""

from __future__ import annotations

ASSOCIATIONS = (
    ("issyk-kul", "Issyk-Kul", "Иссык-Куль", "Ысык-Көл"),
    ("naryn", "Naryn", "Нарын", "Нарын"),
    ("chuy", "Chuy", "Чуй", "Чүй"),
    ("talas", "Talas", "Талас", "Талас"),
    ("jalal-abad", "Jalal-Abad", "Джалал-Абад", "Жалал-Абад"),
    ("osh", "Osh", "Ош", "Ош"),
    ("batken", "Batken", "Баткен", "Баткен"),
)
VILLAGES = (
    "Akburun Ак-Бурун|Barskoon Барскоон|Tamga Тамга|Bokonbay Бөкөнбаев|Kajysay Кажы-Сай|Tosor Тосор"
    "|Jetioguz Жети-Өгүз|Karakol Каракол|Tyup Түп",
    "Atbashy Ат-Башы|Kochkor Кочкор|Jumgal Жумгал|Chaek Чаек|Akmuz Ак-Муз|Minkush Миң-Куш"
    "|Ecki Эчки-Башы|Dostuk Достук|Ottuk Оттук",
    "Kemin Кемин|Tokmok Токмок|Kant Кант|Sokuluk Сокулук|Belovod Беловодское|Panfilov Панфилов"
    "|Ysykata Ысык-Ата|Burana Бурана|Shamshy Шамшы",
    "Bakayata Бакай-Ата|Karabuura Кара-Буура|Manas Манас|Pokrovka Покровка|Sheker Шекер"
    "|Kyzyladyr Кызыл-Адыр|Aksy Ак-Сай|Kopuro Көпүрө-Базар",
    "Arslanbob Арстанбап|Toktogul Токтогул|Aksy-JA Аксы|Alabuka Ала-Бука|Bazarkorg Базар-Коргон"
    "|Suzak Сузак|Nooken Ноокен|Kazarman Казарман|Tashkomur Таш-Көмүр",
    "Uzgen Өзгөн|Karasuu Кара-Суу|Nookat Ноокат|Gulcha Гүлчө|Sarytash Сары-Таш|Daroot Дароот-Коргон"
    "|Aravan Араван|Karakulja Кара-Кулжа",
    "Leylek Лейлек|Kadamjay Кадамжай|Isfana Исфана|Aydarken Айдаркен|Samarkandek Самаркандек"
    "|Aksay-B Ак-Сай|Uchkorgon Үч-Коргон|Suluktu Сүлүктү",
)
WOMEN = (
    "Айгүл Айжан Айнура Айсулуу Айчүрөк Алтынай Анара Асель Бактыгүл Бегимай Бермет Бурул Венера"
    " Гүлзат Гүлмира Гүлнара Гүлсүн Динара Жаңыл Жибек Жылдыз Зуура Калыча Каныкей Керез Күлүйпа"
    " Мээрим Мираида Назгүл Назира Нургүл Нуриза Рахат Роза Сайкал Салтанат Сүйүн Тазагүл Толгонай"
    " Турсун Уулкан Чолпон Шайыр Ырыс Элнура Өзгөрүш"
).split()
MEN = (
    "Азамат Айбек Акжол Алмаз Бакыт Бек Данияр Жаныбек Жээнбек Замир Кайрат Кубаныч Марат Нурлан"
    " Өмүрбек Руслан Сүйүнбек Талант Түгөлбай Улан Чынгыз Эрлан"
).split()
FATHERS = (
    "Абдылда Асан Байыш Болот Дүйшөн Жумабек Исабек Калык Мамбет Мырза Осмон Өмүр Рыскул Садык"
    " Токтосун Турдубек Үсөн Чоко Шаршен Эсен"
).split()
RUSSIAN_WOMEN = (
    "Анна Петрова|Елена Иванова|Ольга Смирнова|Наталья Ким|Татьяна Кузнецова|Ирина Ли"
    "|Людмила Попова|Светлана Волкова|Галина Соколова|Марина Тен"
).split("|")
GOODS = (
    (
        "felt",
        "Felt",
        "piece",
        120,
        420,
        "slippers тапочки таман|rug коврик шырдак|bag сумка баштык"
        "|hat шляпа калпак|toy игрушка оюнчук|scarf шарф моюнорогуч|cushion подушка жаздык"
        "|vest жилет чыптама",
    ),
    (
        "honey",
        "Honey",
        "jar",
        150,
        380,
        "mountain горный тоо|sainfoin эспарцетовый эспарцет"
        "|cream взбитый кремделген|comb сотовый уячалуу|propolis прополис прополис",
    ),
    (
        "dried",
        "Dried",
        "kg",
        90,
        300,
        "apricot урюк өрүк|apple яблоко алма|plum слива кара-өрүк"
        "|cherry вишня алча|raisin изюм мейиз|pear груша алмурут",
    ),
    (
        "oil",
        "Oil",
        "bottle",
        110,
        330,
        "apricot абрикосовое өрүк|walnut ореховое жаңгак"
        "|flax льняное зыгыр|buckthorn облепиховое чычырканак",
    ),
    (
        "jam",
        "Jam",
        "jar",
        70,
        190,
        "raspberry малиновое дан-куурай|apricot абрикосовое өрүк"
        "|barberry барбарисовое бөрү-карагат|currant смородиновое карагат",
    ),
    (
        "soap",
        "Soap",
        "piece",
        45,
        120,
        "honey медовое бал|wool шерстяное жүн|herb травяное чөп|clay глиняное чопо",
    ),
    (
        "herb",
        "Herb",
        "pack",
        40,
        130,
        "thyme чабрец кийик-оту|mint мята жалбыз|rosehip шиповник итмурун|ivan иван-чай иван-чай",
    ),
    (
        "wool",
        "Wool",
        "piece",
        140,
        480,
        "socks носки байпак|gloves перчатки колкап|shawl шаль жоолук|blanket плед жууркан",
    ),
)
CATEGORIES = {
    "felt": ("Войлок", "Кийиз"),
    "honey": ("Мёд", "Бал"),
    "dried": ("Сухофрукты", "Кургатылган жемиш"),
    "oil": ("Масло", "Май"),
    "jam": ("Варенье", "Кыям"),
    "soap": ("Мыло", "Самын"),
    "herb": ("Травы", "Чөптөр"),
    "wool": ("Шерсть", "Жүн"),
}
COMMITTEES = tuple(f"Brand Committee {number}" for number, _ in enumerate(ASSOCIATIONS, 1))
"""One for each province. What all may read (certificates, stores) names no association."""
STORES = (
    "Bishkek-Tsum Bishkek-Asia Bishkek-Vefa Bishkek-Dordoi Bishkek-Airport Bishkek-Museum"
    " Bishkek-Erkindik Karakol-Center Karakol-Bazar Cholpon-Ata Bokonbaevo Tamchy Balykchy"
    " Salkyn-Tor Kochkor-Yurt Tash-Rabat Besh-Tash Manas-Ordo Tokmok-Burana Kant-Center"
    " Kurmanbek Arslanbob-Guest Toktogul-Lake Sulayman-Too Jayma-Bazar Uzgen-Minaret"
    " Aygul-Tash Isfana-Center Online Fair"
).split()
REJECTS = (
    "шов открыт",
    "тигиши ачык",
    "цвет не тот",
    "нет этикетки",
    "повреждена упаковка",
    "влажный",
)
PURPOSES = ("wool", "jars", "seeds", "medicine", "fuel", "thread")
CLIENTS = (
    ("Nagoya Folk Craft", "JPY", "0.59"),
    ("Felt & Friends", "EUR", "101.35"),
    ("Silk Road Shop", "USD", "87.45"),
)
