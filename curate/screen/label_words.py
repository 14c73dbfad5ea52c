"""The words that announce an identifier, in Japanese, English, romaji and as they are misread or mistyped. Data.

A space in a word stands for "a space or nothing". Latin words are written in small letters. `labels` searches them in a
spelling in which look-alikes are one character (ロ and 口, ー and 一, small and large kana), so that each word stands here
once.
"""

from __future__ import annotations

PART = "part"  # whatever is numbered here, it is a thing
NUMBER = "number"  # a bare 番号: part of 記号…番号 behind a personal label, else a thing's number

_MY_NUMBER = (
    "個人番号|個人番号カード|個人no|個入番号|マイナンバー|マイナンバーカード|マイナ番号|マイナンバ|通知カード|12桁の番号|特定個人情報|"
    "my number|my no|mynumber card|individual number|kojin bango|kojin bangou|kojin bangō|mai nanba|mai nambaa|mai nanbaa"
)
_LICENCE = (
    "運転免許|運転免許証|運転免許証番号|運転免許番号|運転者免許証番号|免許証|免許証番号|免許証の番号|免許番号|自動車免許|免許|"
    "driver's license|driver's licence|drivers license|drivers licence|driver license|driver licence|driver license no|driver's license no|driving licence no|driver license number|driver's license number|driving license|driving licence|"
    "driver's lic|dl no|dl number|dl#|menkyo|menkyo bango|menkyosho|menkyosho bango|menkyoshou bangou|unten menkyo"
)
_PASSPORT = "旅券|旅券番号|パスポート|パスポート番号|passport|passport no|passport number|passport#|ryoken|ryoken bango|ryoken bangou|pasupoto"
_RESIDENCE = (
    "在留カード|在留カード番号|在留番号|在留カード等番号|特別永住者証明書|特別永住者証明書番号|外国人登録|外国人登録証|在留資格|在留資格認定|在留期間|在留許可|"
    "residence card|residence card no|residence card number|residence permit|residence permit no|zairyu card|zairyu kado|zairyuu card|zairyu"
)
_ACCOUNT = (
    "口座|口座番号|口座no|普通預金|当座預金|貯蓄預金|普通口座|当座口座|普通預金口座|振込先|振込口座|引落口座|引き落とし口座|入金先|入金口座|預金口座|銀行口座|"
    "給与振込|給与口座|給与振込口座|賞与口座|支払先口座|支払い口座|支払口座|返金先|返金口座|送金先|名義|"
    "bank account|bank account no|account no|account number|acct no|acct|a/c no|a/c|acc no|account#|account|koza bango|kouza bangou|koza|kouza|furikomi saki|furikomisaki"
)
_BRANCH = "支店|支所|出張所|本店営業部|営業部|本店|店番|店番号|支店番号|支店コード|branch"
_YUCHO = "ゆうちょ|ゆうちょ銀行|郵便局|郵便貯金|郵貯|通帳|貯金|通常貯金|総合口座|振替口座|yucho|japan post bank"
_INSURANCE = (
    "健康保険|健康保険証|国民健康保険|国保|社保|社会保険|保険証|保険者番号|保険者no|被保険者|被保険者証|被保険者番号|被保険者記号|被保険者記号番号|被保険者証記号番号|"
    "被保険者整理番号|協会けんぽ|共済組合|共済|記号番号|記号・番号|介護保険|後期高齢者医療|資格確認書|"
    "雇用保険|雇用保険番号|雇用保険被保険者番号|雇用保険被保険者証|雇保|雇保番号|資格取得|健保|"
    "health insurance|health insurance no|insurance no|insurance number|insured no|insured number|kenko hoken|kenkou hoken|hokensho|hokensha bango|hihokensha bango|koyo hoken|koyou hoken"
)
_PENSION = (
    "基礎年金番号|年金番号|年金手帳|年金手帳番号|年金手帳記号番号|基礎年金|国民年金|厚生年金|年金証書|年金証書番号|年金|"
    "basic pension number|basic pension no|pension number|pension no|kiso nenkin bango|kiso nenkin bangou|nenkin bango|nenkin"
)
_PEOPLE = "社員|従業員|職員|作業者|作業員|担当者|検査員|検査者|操作者|オペレータ|オペレーター|工員|スタッフ|行員|隊員|会員|組合員|患者|学生|利用者|受診者|技術者|溶接者|派遣社員|契約社員|運転者|乗務員|受講者"
_NUMBERED = ("番号", "id", "no", "コード", "cd", "#", "証番号", "証no")
_EMPLOYEE = (
    "|".join(person + number for person in _PEOPLE.split("|") for number in _NUMBERED)
    + "|社員証|社番|職番|個人コード|学籍番号|診察券番号|"
    "employee id|employee no|employee number|employee#|employee code|emp id|emp no|emp#|staff id|staff no|staff number|staff#|operator id|operator no|worker id|worker no|badge no|badge id|"
    "personnel no|personnel number|payroll no|shain bango|shain bangou|shain no|shain id|jugyoin bango|juugyouin bangou"
)
_BIRTH = (
    "生年月日|生年月曰|誕生日|お誕生日|生誕|出生日|出生年月日|生まれ|生年|"
    "date of birth|dateofbirth|d.o.b.|d.o.b|dob|birth date|birthdate|birthday|born|born on|geburtsdatum|seinengappi|tanjobi|tanjoubi"
)
_PHONE = (
    "電話|電話番号|でんわ|携帯|携帯電話|携帯番号|携帯電話番号|携帯no|ケータイ|スマホ|連絡先|連絡先電話番号|緊急連絡先|緊急時|日中連絡先|連絡番号|連絡のつく番号|連絡がつく番号|連絡のとれる番号|連絡の取れる番号|連絡可能な番号|ファックス|ファクス|ファクシミリ|お問い合わせ|お問合せ|お問合わせ|"
    "問い合わせ|問合せ|問合せ先|お問い合わせ先|お問合せ先|問い合わせ先|直通|直通電話|代表|代表電話|代表番号|内線|夜間連絡先|電話先|フリーダイヤル|フリーダイアル|フリーコール|ナビダイヤル|お客様相談室|お客様センター|コールセンター|☎|☏|✆|📞|📱|℡|🕿|自宅電話|電話/fax|"
    "tel|telephone|desk|tel no|tel/fax|telefax|phone|phone no|phone number|mobile|mobile no|mobile phone|mobile number|cell|cellphone|cell phone|fax|fax no|facsimile|call|contact|"
    "whatsapp|wechat|line id|direct|hotline|denwa|denwa bango|denwa bangou|keitai|keitai denwa|keitai bango|renrakusaki|ph"
)
_CARD = (
    "クレジットカード|クレジットカード番号|クレジット|クレジット番号|クレカ|クレカ番号|カード番号|カードno|支払カード|支払カード番号|法人カード|法人カード番号|デビットカード|"
    "決済カード|コーポレートカード|"
    "card|cc|credit card|credit card no|credit card number|debit card|debit card number|card no|card number|card#|cc no|cc#|visa|visa card|master card|mastercard|amex|american express|jcb|"
    "diners|diners club|discover|kurejitto kado|kado bango"
)
_SSN = "社会保障番号|ssn|s.s.n|social security|social security no|social security number|soc sec no|itin|tax id"
_UK = "nhs no|nhs number|nhs|national insurance no|national insurance number|ni number|nino|ni no"
_ADDRESS = (
    "住所|現住所|ご住所|自宅住所|自宅|本籍|本籍地|居所|届け先|届先|お届け先|お届先|送付先|送り先|郵送先|配送先|納品先|返送先|発送先|所在地|宛先|宛て先|転居先|住まい|実家|address|"
    "home address|mailing address|ship to|addr|jusho|juusho|jyusho"
)

_PART = (
    "注文:|受注:|発注:|見積:|伝票:|納品:|請求:|受付:|追跡:|管理:|品目:|型番|品番|形番|図番|製番|部番|工番|作番|機番|号機|棚番|注番|客先品番|旧品番|新品番|型式|形式|型格|型名|品名|名称|部品番号|部品コード|部品no|部品表|図面|図面番号|図面no|製造番号|製造no|"
    "製品番号|製品コード|製品no|商品番号|商品コード|商品no|品目番号|品目コード|品目no|品目|品コード|注文番号|注文no|注文書番号|発注番号|発注no|発注書番号|受注番号|受注no|伝票番号|"
    "伝票no|見積番号|見積no|見積書番号|見積書no|納品書番号|納品書no|請求書番号|請求書no|管理番号|管理コード|管理no|整理番号|ロット|ロット番号|ロットno|シリアル|シリアル番号|シリアルno|"
    "バーコード|法人番号|登録番号|インボイス|インボイス番号|インボイス登録番号|適格請求書|適格請求書発行事業者登録番号|事業者登録番号|カタログ番号|カタログno|資産番号|固定資産番号|設備番号|"
    "機械番号|金型番号|治具番号|検査番号|証明書番号|校正証明書番号|保証書番号|成績書番号|仕様書番号|特許|特開|特願|実用新案|意匠|意匠登録|商標登録|在庫番号|在庫コード|"
    "追跡番号|お問い合わせ番号|お問合せ番号|お問合わせ番号|問い合わせ番号|問合せ番号|問合わせ番号|送り状番号|送り状no|荷物番号|規格|適用規格|労働保険番号|許可番号|認可番号|届出番号|認証番号|承認番号|"
    "車台番号|エンジン番号|溶解番号|チャージ番号|チャージno|ヒート番号|指図番号|工事番号|案件番号|案件no|プロジェクト番号|契約番号|契約書番号|報告書番号|試験番号|試料番号|サンプル番号|"
    "通し番号|連番|識別番号|受付番号|申請番号|写真番号|撮影番号|画像番号|ファイル番号|文書番号|版番号|改訂番号|改訂|版数|コード番号|janコード|商品id|"
    "材質|材料|数量|入数|単価|定価|価格|金額|重量|質量|寸法|外形|外径|内径|全長|板厚|ピッチ|公差|定格|出力|電圧|周波数|容量|"
    "ご注文番号|お客様番号|顧客番号|顧客コード|取引先コード|得意先コード|仕入先コード|業者コード|会社コード|部門コード|工場コード|郵便番号|"
    "製造日|製造年月日|製造年月|製造年|検図日|作成日|作図日|発行日|発行|納期|出荷日|入荷日|検査日|校正日|改訂日|承認日|製図日|設計日|図面日付|日付|撮影日|更新日|登録日|使用期限|"
    "有効期限|賞味期限|消費期限|有効期間|出図日|訂正日|確認日|購入日|取得日|設置日|据付日|点検日|次回点検日|注文日|受注日|発注日|納入日|納品日|製作日|製作年月|見積日|請求日|竣工|創業|設立|"
    "part no|part number|parts no|part#|p/n|pn|s/n|sn|serial|serial no|serial number|lot|lot no|lot number|batch|batch no|model|models|model no|item|items|item no|item#|item code|dwg|dwg no|dwg.no|"
    "drawing no|drawing number|drawing#|drwg no|order|order no|order number|order#|order id|catalog no|catalogue no|cat no|cat.no|ref|ref no|barcode|bar code|patent|sku|jan|jan code|ean|ean code|upc|"
    "gtin|itf|isbn|mpn|asin|jis|iso|din|en|astm|type|tracking|tracking no|tracking number|po|p.o|po#|po no|p/o|wo|code|product id|product no|product code|dim|dimensions|size|spec|invoice|invoice no|"
    "quotation no|quote no|job no|asset no|asset id|asset tag|mfg date|mfg|date|exp|exp date|rev|ver|version|material|qty|quantity|zuban|hinban|kataban|rotto|seizo bango|seizou bangou|zumen bango|vin|imei|mac|"
    "ip|coil no|heat no|charge no|mill|no de serie|stock no|nsn"
)

WORDS: dict[str, tuple[str, ...]] = {
    name: tuple(words.split("|"))
    for name, words in {
        PART: _PART,
        "my_number": _MY_NUMBER,
        "licence": _LICENCE,
        "passport": _PASSPORT,
        "residence": _RESIDENCE,
        "account": _ACCOUNT,
        "branch": _BRANCH,
        "iban": "iban",
        "yucho": _YUCHO,
        "insurance": _INSURANCE,
        "pension": _PENSION,
        "employee": _EMPLOYEE,
        "birth": _BIRTH,
        "phone": _PHONE,
        "card": _CARD,
        "ssn": _SSN,
        "uk": _UK,
        "address": _ADDRESS,
        NUMBER: "番号",
    }.items()
}
"""Kind of identifier -> what announces it."""

# Words that contain a label and are none.
_NO_LABELS = (
    "マイナンバーカード対応|マイナンバー対応|マイナンバー制度|個人番号カード対応|免許不要|免許皆伝|電話機|電話線|電話ケーブル|電話帳|電話回線|電話モジュラー|電話端子|携帯充電器|社員食堂|社員寮|カード型|"
    "代表図|代表値|代表例|代表的|代表寸法|住所録|直通弁|直通管|内線規程|内線規定|郵便局舎|口座数|支店長|本店移転|年金事務所|普通預金通帳ケース|電話番号表示"
)  # fmt: skip
NO_LABELS = tuple(_NO_LABELS.split("|"))
# A label with one of these right behind it names a product: a case for a passport, a stamp for dates of birth.
PRODUCT_BEHIND = (
    "サイズ|ケース|カバー|ホルダ|入れ|用|型|形(?!式)|式(?!年)|シール|スタンプ|ラベル|リーダ|読取|読み取|フランジ|ビス|ケーキ|プレゼント|ギフト|記念|制度|台紙|割引|募集|旅行|保護|保管|収納|立て|スタンド|ストラップ|"
    "ネックストラップ|プリンタ|印刷機|カメラ|ポスト|端子|コネクタ|配線|ケーブル|付き(?![:0-9])|レス|ボックス|ロッカー|バッグ|ポーチ|欄(?=[^:0-9 ])|表示器|開設"
)
PRODUCT_BEHIND_IN_ENGLISH = (
    "jack|plug|case|cover|stand|cable|cord|wire|connector|socket|mount|crane|reader|scanner|printer|frame|bracket|lock|charger|sleeve|wallet|pouch|adapter|adaptor|"
    "terminal|book|rack|shelf|cart|trolley|booth|pole|antenna|workshop"
)
