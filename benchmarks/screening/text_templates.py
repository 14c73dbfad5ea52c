"""How manufacturers write captions: frames for the values of `text_items`, one set to develop on, one held out.

The held-out set was written before the patterns were tuned; it uses other labels, other orders and other layouts.
`{kind}` is a value; a frame of PERSONAL holds exactly one kind of item, `{person}` may stand beside it.
"""

from __future__ import annotations

DEVELOPMENT_PERSONAL: dict[str, tuple[str, ...]] = {
    "my_number": (
        "個人番号{my_number}", "個人番号：{my_number}", "マイナンバー {my_number}", "【個人番号】{my_number}", "{my_number}（マイナンバー）", "個人番号は{my_number}です",
        "My Number: {my_number}", "マイナンバー（個人番号）{my_number}", "担当者個人番号:{my_number}", "個 人 番 号 | {my_number}", "ﾏｲﾅﾝﾊﾞｰ{my_number}",
        "個人番号カード No.{my_number}", "マイナンバ一：{my_number}",
    ),
    "licence": ("運転免許証番号{licence}", "免許証番号：{licence}", "運転免許 {licence}", "免許証 第{licence}号", "免許番号 {licence}", "Driver's licence no. {licence}", "{licence}（運転免許証）"),
    "passport": ("旅券番号{passport}", "パスポート番号：{passport}", "Passport No. {passport}", "パスポート {passport}", "旅券 {passport}", "【旅券番号】{passport}"),
    "residence": ("在留カード番号{residence}", "在留カード：{residence}", "在留カード No. {residence}", "在留番号 {residence}", "Residence card {residence}"),
    "account": ("振込先 {account}", "{account}", "お振込先：{account}", "支払口座 {account}", "給与振込先{account}"),
    "account_digits": ("口座番号{account_digits}", "口座番号：{account_digits}", "口座 {account_digits}", "普通預金口座 {account_digits}", "口座No.{account_digits}"),
    "yucho": ("ゆうちょ銀行 {yucho}", "ゆうちょ{yucho}", "郵便貯金 {yucho}", "ゆうちょ口座：{yucho}"),
    "insurance": ("健康保険 {insurance}", "健康保険証{insurance}", "保険証 {insurance}", "被保険者証 {insurance}"),
    "insurer": ("保険者番号{insurer}", "保険者番号：{insurer}", "保険者番号 {insurer}"),
    "pension": ("基礎年金番号{pension}", "基礎年金番号：{pension}", "年金番号 {pension}", "年金手帳番号 {pension}"),
    "employment": ("雇用保険被保険者番号{employment}", "雇用保険 被保険者番号：{employment}", "雇用保険番号 {employment}"),
    "mobile": ("携帯{mobile}", "携帯電話：{mobile}", "TEL {mobile}", "電話{mobile}", "連絡先 {mobile}", "{mobile}まで", "緊急連絡先:{mobile}", "℡{mobile}", "Mobile {mobile}"),
    "landline": ("電話{landline}", "TEL:{landline}", "TEL{landline}", "FAX {landline}", "電話番号：{landline}", "ＦＡＸ{landline}", "お問い合わせ {landline}", "自宅 電話 {landline}", "☎{landline}"),
    "international": ("TEL {international}", "{international}", "Phone: {international}", "連絡先{international}"),
    "email": ("E-mail:{email}", "メール{email}", "{email}", "連絡は{email}まで", "mail：{email}", "<{email}>"),
    "address": ("住所{address}", "住所：{address}", "{address}", "届け先 {address}", "ご住所 {address}", "{address} {person}様"),
    "posted_address": ("{posted_address}", "送付先{posted_address}", "住所 {posted_address}"),
    "plate": ("車両番号 {plate}", "{plate}", "自動車登録番号：{plate}", "社用車 {plate}", "ナンバー{plate}", "納品車両{plate}"),
    "birthday": ("生年月日{birthday}", "生年月日：{birthday}", "生年月日 {birthday}", "{birthday}生まれ", "誕生日 {birthday}", "DOB {birthday}", "【生年月日】{birthday}"),
    "employee": ("社員番号{employee}", "社員番号：{employee}", "従業員番号 {employee}", "社員No.{employee}", "社員ID:{employee}", "従業員コード {employee}", "Employee ID: {employee}", "職員番号{employee}"),
    "card": ("カード番号{card}", "クレジットカード：{card}", "クレジットカード番号 {card}", "VISA {card}", "Card No. {card}"),
    "iban": ("IBAN {iban}", "IBAN: {iban}", "口座 IBAN {iban}"),
    "ssn": ("SSN {ssn}", "Social Security Number: {ssn}"),
    "person": ("担当：{person}", "設計 {person}", "担当 {person}さん", "検図 {person}"),
}  # fmt: skip

DEVELOPMENT_THINGS: tuple[str, ...] = (
    "品番{part_number}", "型番：{part_number}", "図番 {part_number}", "部品番号{part_number}", "製造番号 {part_number}", "ロット{part_number}", "S/N {part_number}", "P/N:{part_number}",
    "Part No. {part_number}", "商品コード{part_number}", "JAN {jan}", "JANコード：{jan}", "EAN{jan}", "UPC {upc}", "JAN{upc}", "法人番号{corporate}", "登録番号T{corporate}",
    "インボイス登録番号：T{corporate}", "注文番号 {order_number}", "見積番号：{order_number}", "伝票番号{order_number}", "発注No.{order_number}", "{dimension}", "寸法{dimension}", "公差{dimension}",
    "{price}", "{standard}", "{standard}準拠", "製造日{day}", "製造年月日：{day}", "検図日 {day}", "作成日{day}", "出荷日 {day}", "改訂 {day}", "{bare_code}", "{bare_code}", "数量 {digits6}",
    "品目コード{luhn_code}", "管理番号 {luhn_code}", "図面番号：{part_number}", "フリーダイヤル0120-444-444", "資産番号 {part_number}", "シリアル番号：{part_number}", "マイナンバーカード対応リーダー 型番 {part_number}",
    "保証書番号{part_number}", "カタログNo.{part_number}", "電話機用 {bare_code}", "口座ビス {dimension}", "普通鋼板 品番{digits7}", "検査番号 {digits8}", "番号 {digits7}",
)  # fmt: skip

DEVELOPMENT_WORDS: tuple[str, ...] = (
    "六角ボルト", "ステンレス製フランジ", "深溝玉軸受", "サーボモータ", "空圧シリンダ", "ポンプ外観", "M8全ねじ", "SUS304 丸棒", "アルミ鋳物", "組立図", "外観写真", "納入仕様書", "検査成績書",
    "ゴムパッキン", "配線図", "樹脂カバー(黒)", "Hexagon bolt", "Bearing unit", "歯車 m2 Z40", "正面から撮影", "倉庫棚3段目", "在庫品", "亜鉛メッキ",
)  # fmt: skip

HELD_OUT_PERSONAL: dict[str, tuple[str, ...]] = {
    "my_number": (
        "本人の個人番号（12桁） {my_number}", "マイナンバー＝{my_number}", "個人番号／{my_number}", "扶養親族 個人番号 {my_number}", "{person} 個人番号:{my_number}", "※マイナンバー「{my_number}」控え",
        "mynumber={my_number}", "{my_number} ←個人番号", "個人番号\n{my_number}", "kojin bango {my_number}", "通知カード記載の番号 {my_number}", "MY NUMBER {my_number}",
    ),
    "licence": ("運転免許証No.{licence}", "免許証の番号は{licence}", "運転免許証 {person} {licence}", "普通自動車免許 番号 {licence}", "運転者免許証番号\t{licence}", "DL No. {licence}", "運転免許証（番号：{licence}）"),
    "passport": ("旅券No.{passport}", "パスポートNo:{passport}", "PASSPORT {passport}", "出張者旅券番号〔{passport}〕", "passport number={passport}", "パスポートの番号 {passport}"),
    "residence": ("在留カードNo.{residence}", "在留カード等番号 {residence}", "在留カード（{residence}）", "技能実習生 在留カード番号\t{residence}", "Zairyu card no. {residence}"),
    "account": ("振込口座＝{account}", "入金先/{account}", "{person}名義 {account}", "口座名義 {person} {account}", "精算はこちら→{account}"),
    "account_digits": ("口座番号（{account_digits}）", "普通 口座番号:{account_digits}", "預金口座番号\t{account_digits}", "当座預金 {account_digits}", "銀行口座 No. {account_digits}", "A/C No. {account_digits}"),
    "yucho": ("ゆうちょ銀行（{yucho}）", "通帳 {yucho}", "郵便局 {yucho}", "ゆうちょ総合口座\t{yucho}"),
    "insurance": ("健康保険被保険者証 {insurance}", "保険証の{insurance}", "社保 {insurance}", "国民健康保険／{insurance}", "協会けんぽ {insurance}"),
    "insurer": ("健康保険 保険者番号＝{insurer}", "保険者番号\t{insurer}", "保険者No.{insurer}"),
    "pension": ("基礎年金番号（{pension}）", "年金手帳の基礎年金番号\t{pension}", "国民年金 番号 {pension}", "厚生年金 基礎年金番号={pension}"),
    "employment": ("雇用保険の被保険者番号（{employment}）", "被保険者番号（雇用保険）{employment}", "雇保番号 {employment}"),
    "mobile": ("担当携帯→{mobile}", "ケータイ {mobile}", "夜間{mobile}", "（携帯）{mobile}", "cell: {mobile}", "直通 {mobile}", "{person} {mobile}", "携帯No.{mobile}", "tel.{mobile}", "keitai {mobile}"),
    "landline": ("電話／{landline}", "Tel.{landline}", "TEL＆FAX {landline}", "ファクス{landline}", "代表 {landline}", "電話(自宅){landline}", "T:{landline}", "お電話は{landline}へ", "denwa {landline}", "F {landline} T {landline}"),
    "international": ("Tel. {international}", "whatsapp {international}", "海外窓口{international}", "WeChat/Phone {international}"),
    "email": ("Ｅメール／{email}", "メアド {email}", "宛先={email}", "mailto:{email}", "({email})", "問合せ先{email}へ"),
    "address": ("現住所\t{address}", "送り先／{address}", "自宅：{address}", "{person}宅 {address}", "住所:{address} TEL {landline}", "所在地{address}"),
    "posted_address": ("お届け先：{posted_address}", "{person} {posted_address}", "郵送先／{posted_address}"),
    "plate": ("車番{plate}", "登録番号（車両） {plate}", "{plate}のトラック", "駐車中の{plate}", "構内車両\t{plate}", "フォークリフト運搬車 {plate}"),
    "birthday": ("生年月日／{birthday}", "{birthday}生", "生年月日（{birthday}）", "誕生日：{birthday}", "Date of birth: {birthday}", "生年月日\t{birthday}", "{person}（{birthday}生）", "born {birthday}"),
    "employee": ("社員番号（{employee}）", "社員コード/{employee}", "従業員No {employee}", "社番{employee}", "職番：{employee}", "社員証番号\t{employee}", "employee no.{employee}", "作業者ID {employee}"),
    "card": ("クレカ {card}", "カードNo.{card}", "Credit card number: {card}", "支払カード番号（{card}）", "MasterCard/{card}", "法人カード {card}"),
    "iban": ("送金先 IBAN:{iban}", "Bank account {iban}", "（IBAN）{iban}"),
    "ssn": ("US SSN: {ssn}", "社会保障番号 {ssn}"),
    "person": ("作成者：{person}", "承認 {person}", "{person}様 控え", "製図者 {person}"),
}  # fmt: skip

HELD_OUT_THINGS: tuple[str, ...] = (
    "品目番号／{part_number}", "型式{part_number}", "DWG.No.{part_number}", "製番{part_number}", "工番 {part_number}", "Lot No.{part_number}", "SKU:{part_number}", "メーカー品番＝{part_number}",
    "Item# {part_number}", "品コード {part_number}", "ＪＡＮ：{jan}", "バーコード {jan}", "GTIN-13 {jan}", "ITF {upc}", "barcode {upc}", "法人番号（{corporate}）", "適格請求書発行事業者登録番号 T{corporate}",
    "T{corporate}", "受注番号{order_number}", "納品書No.{order_number}", "見積No {order_number}", "PO#{order_number}", "ご注文番号：{order_number}", "外形{dimension}", "内径 {dimension}", "ピッチ{dimension}",
    "定価{price}", "適用規格 {standard}", "製造 {day}", "MFG DATE {day}", "承認日 {day}", "発行{day}", "図面日付：{day}", "使用期限{day}", "校正日 {day}", "({bare_code})", "{bare_code}相当", "入数{digits6}",
    "棚番{part_number}", "金型番号 {part_number}", "追跡番号 {upc}", "送り状番号 {order_number}", "機械番号{part_number}", "設備番号 {digits7}", "ねじ込み {dimension}", "電話線 {bare_code}", "旧品番 {part_number}",
    "免許不要 {bare_code}", "旅客機用 型番{part_number}", "カード型 {dimension}", "保険付 送料{price}", "No.{digits6}", "普通ねじ {dimension}", "校正証明書番号 {digits8}", "お客様注番 {digits7}",
)  # fmt: skip

HELD_OUT_WORDS: tuple[str, ...] = (
    "角形鋼管", "精密減速機", "油圧バルブ", "Oリング P20", "ベルトコンベヤ", "端子台 10P", "銘板", "据付写真", "分解図", "真鍮継手", "S45C 調質材", "リミットスイッチ", "Gear pump", "制御盤内部",
    "ナット付き", "右側面", "黒染め処理", "防水パッキン", "カップリング", "試作3号", "塗装前", "梱包状態", "検収済",
)  # fmt: skip
