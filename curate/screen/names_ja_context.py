"""What stands around a Japanese name: forms of address, titles, roles; and what makes a name part of something else.

"山田氏", "作曲家の山田" speak of a person; "山田電機", "山田駅", "山田の戦い" do not. Points as in `names_ja_candidates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from curate.screen.japanese_words import Sense, Word
from curate.screen.wording import Reason

_ADDRESS = re.compile(r"(?:氏|さん|さま|様|殿|君|くん|ちゃん|嬢|先生)")
_TITLE = re.compile(
    r"師匠?|翁|卿|公|王|帝|皇帝|天皇|法皇|上皇|親王|内親王|皇太子|皇[子女后妃]|王[子女妃配]|女王|大王|国王|教皇|法王|妃|[公侯伯子男]爵"
    r"|夫人|夫妻|夫婦|兄弟|姉妹|兄妹|親子|父子|母子|一家|一族|家|議員|議長|[首宰外蔵内法]相|総理|(?:副)?大統領|大臣|知事|[市町村区]長"
    r"|長官|次官|大使|公使|領事|総督|総裁|総長|書記長?|主席|委員長|代表|党首|幹事長|官房長官|[大中少准]将|[大中少]佐|[大中少]尉|元帥|将軍"
    r"|提督|司令官?|軍曹|伍長|[船艦機隊団座院学校医社会部課係所局室店班駅]長|副社長|副会長|編集長|工場長|理事長?|主任|専務|常務|取締役|頭取|監督|コーチ"
    r"|選手|投手|捕手|[内外]野手|主将|騎手|横綱|大関|関脇|小結|関|力士|棋士|[初二三四五六七八九]段|名人|王将|竜王|(?:准|助)?教授|講師|助教|博士|医師|弁護士"
    r"|検事|検察官|判事|裁判官|警部補?|刑事|巡査|署長|支配人|容疑者|被告人?|受刑者|死刑囚|アナ|アナウンサー|キャスター|記者"
    r"|プロデューサー|ディレクター|デザイナー|マネージャー|神父|牧師|司教|枢機卿|司祭|和尚|上人|法師|大師|禅師|住職|老人|少年|青年|守|少輔|斎|方"
    r"|自身|本人|個人|ら|たち|達|役|作|画|著|訳|編|談|筆|演|名義|以下|以外|自ら"
)
_DEED = re.compile(
    r"(?:主演|出演|共演|作曲|作詞|編曲|原作|原案|脚本|監督|演出|著作|作品|撮影|執筆|監修|設計|考案|発明|発見|製作|制作|担当|命名|死去|没後|誕生"
    r"|死後|引退|在任|在籍|暗殺|逮捕|主宰|主催|創業|創設|時代|擁|批判|指導|指揮)"
)
ROLE = re.compile(
    r"(?:[者家員士師手官相将人]|監督|詩人|歌人|知人|友人|役者|俳優|女優|男優|子役|声優|[^成身生延]長|主任|専務|常務|取締役|頭取|理事|役員|幹部"
    r"|妻|夫|父|母|父親|母親|兄|弟|姉|妹|息子|娘|[長次三四五][男女]|[養義実]?[父母兄弟姉妹子女]|祖父|祖母|叔父|叔母|伯父|伯母|甥|姪|孫|従兄弟?|従[弟姉妹]"
    r"|[親盟旧僚]友|同僚|同級生|後輩|先輩|上司|部下|弟子|師匠|恩師|教え子|相手|相棒|相方|主君|家臣|家老|武将|[藩城領当君]主|将軍|国王|女王|皇帝|天皇"
    r"|王子|王女|皇太子|大統領|大臣|知事|大使|総督|摂政|元帥|提督|[大中少]佐|[大中少]尉|軍曹|教授|学生|選手|代表|主席|党首|総裁|書記"
    r"|プロデューサー|ディレクター|デザイナー|ギタリスト|ベーシスト|ドラマー|ボーカリスト|ボーカル|ピアニスト|ヴァイオリニスト|ミュージシャン|シンガー|シンガーソングライター"
    r"|アーティスト|タレント|アイドル|キャスター|アナウンサー|パーソナリティ|ライター|イラストレーター|アニメーター|カメラマン|エンジニア|プログラマー|レスラー|ボクサー"
    r"|ランナー|ドライバー|レーサー|コーチ|マネージャー|ダンサー|コメディアン|メンバー|リーダー|ヒロイン|ヒーロー|主人公|主役|悪役|パートナー|ライバル|オーナー"
    r"|CEO|社長|司教|教皇|神父|聖人|殿下|陛下|閣下|主演|出演|脚本|演出|作曲|作詞|編曲|原作|撮影|写真|音楽|指揮|独奏|ピアノ|ギター|ドラム|解説|司会"
    r"|ゲスト|氏名|名前|担当|設計|製図|検図|承認|照査|審査|作図|作成|記入|監修|声)"
)
_NO_ROLE = re.compile(
    r"(?:個人|法人|成人|本人|無人|有人|古人|商人宿|国家|一家|実家|民家|手|相手方|人|家|本家|分家|各社長|部員数|定員|動員|全員|満員|相|将)"
)
_PLACE = re.compile(
    r"[都道府県市町村区郡島山川河湖海湾岬峠谷沢滝原坂台橋駅港寺院城宮社堂館塔門通線州省丘洞岳浜崎洲寨砦陵墓塚流域荘邸]|神社|大社|寺院|古墳群?|空港|駅前"
    r"|地方|地区|地域|半島|諸島|群島|山脈|海峡|盆地|平野|高原|公園|市場|通り|広場|温泉|街道|本線|山砦|飛行場|インターチェンジ|遺跡"
)
_GROUP = re.compile(
    r"[社組派軍党隊団会部課室局庁署所院店屋堂舎座園校館閥藩号型形式製用系流版戦丸艦級砲砲賞杯線管弁板機鋼材法説論症病祭族教語産焼織塗風色材比群数率]"
    r"|内閣|政権|政府|帝国|王国|王朝|幕府|財団|基金|協会|連盟|組合|機構|教会|修道院|神宮|美術|博物|図書|記念|劇場|劇団|球団|球場|競技|競馬"
    r"|[一-龥]*会社|工業|産業|電機|電気|電器|電工|電子|電線|電装|電設|電材|電鉄|化成|化学|化工|製作所|製造|製薬|製鋼|製紙|製粉|製菓|製缶|製網|製袋|製靴|製材|製陶|鋳造|鋳物|鍛造|鍛工|鋼材|鋼機|板金|塗装|鍍金|木工|木材|石材|刃物|金物|工具|農機|農具|紡績|紡織|窯業|楽器|時計|眼鏡|光学|計測|測器|油脂|塗料|商会|商店|商事|精機|精工|精密|機械|機工|機器|鉄工所?|鉄道|金属|発動機"
    r"|自動車|技研|重工|重工業|建設|建築|工務店|不動産|運輸|運送|交通|航空|海運|汽船|銀行|証券|保険|生命|信託|短資|放送|テレビ|新聞|通信|出版|書店|書房|書林|印刷|映画|映画祭|芸能"
    r"|興業|興産|企画|食品|酒造|醸造|薬品|牧場|農園|大学|高校|高等|中学|小学|学園|学院|塾|研究|病院|医院|クリニック|スタジアム|ホテル|ビル|タワー|センター|ホール|ハウス|パーク"
    r"|ランド|クラブ|グループ|チーム|バンド|オーケストラ|ホールディングス|コーポレーション|カンパニー|インターナショナル|ジャパン|プロダクション|プロ|エンターテインメント|スタジオ"
    r"|レコード|ブランド|シティ|ユナイテッド|ゼミ|ゼミナール|教室|道場|部屋|効果|現象|方程式|曲線|係数|関数|定理|法則|軌道|カップ|シリーズ|モデル|フィルター|モーター|バルブ"
    r"|ポンプ|ボルト|ナット|ねじ|ネジ|螺子|ギア|ギヤ|ベアリング|チェーン|ゴム|樹脂|ガス|硝子|ガラス|鋼業|鋼管|効率|カーブ|サイクル|硬さ|継手|事件|事変|戦争|革命|運動|条約|宣言|主義|症候群"
)
_EVENT = re.compile(r"戦い|合戦|乱|変|役|陣|戦|定理|法則|会|夜明け|市|町")
_ABOUT = re.compile(
    r"[新旧現前同初翌両各第毎約]|[同翌当昨]年|[同翌当]日|後|時|当時|現在|以後|以来|際|間|中|内|上|大会|こと|ため|自身|それぞれ"
)
# Wares of a workshop that begin as a name does: 平座金, 石定盤, 半田ごて.
_WARE = "座金|歯車|ごて|[定旋]盤"
GROUP_END = re.compile(
    rf"(?:{_WARE}|[社組派軍党隊課局署店屋校館式製]|内閣|政権|財団|協会|組合|会社|工業|産業|電機|電器|電工|電鉄|化成|化学|製作所|商会|商店|商事|精機|機械|鉄工所?|金属|技研|重工|建設|運輸|交通|銀行"
    r"|証券|保険|放送|新聞|出版|印刷|酒造|薬品|大学|高校|学園|病院|艦隊|織機|硝子|計器|鋼業|螺子|発条|発條)$"
)
NO_GIVEN_NAME = re.compile(
    rf"(?:[一-龥]{{1,2}}(?:{_WARE}|[機具鋼板管弁棒箱網栓軸])|{_WARE}|{_ADDRESS.pattern}|{_TITLE.pattern}|{_PLACE.pattern}|{_GROUP.pattern}|{_DEED.pattern}|図面?|仕様|一覧|寸法|外観|変更|番号|部品|製品|各社|傘下|出身|出場|関係)"
)
# Words of firms, teams, places and works in katakana names: "…・タイムズ", "…・ユナイテッド".
NO_PART = re.compile(
    r"ザ|アンド|オブ|シティ|シティー|ユナイテッド|タイムズ|ポスト|スタジアム|パーク|ホテル|ホール|センター|グループ|クラブ|バンド|カンパニー|コーポレーション|インターナショナル|レコード|レコーズ"
    r"|スタジオ|ピクチャーズ|フィルム|エンターテインメント|テレビ|ラジオ|ニュース|プレス|カップ|リーグ|シリーズ|スポーツ|サッカー|フットボール|レーシング|モーターズ|モータース|エアライン|エアラインズ"
    r"|エアウェイズ|バンク|キャピタル|システム|システムズ|ソフト|ネットワーク|サービス|マネージャー|マネージング|ディレクター|プロデューサー|カウンティ|アイランド|ビーチ|リバー|レイク|マウンテン"
    r"|バレー|ストリート|アベニュー|ロード|スクエア|タワー|ブリッジ|キャッスル|チャーチ|スクール|カレッジ|ユニバーシティ|アカデミー|ミュージアム|ライブラリー|シアター|オペラ|フェスティバル|コンサート"
    r"|ツアー|ショー|アワード|オープン|チャンピオンシップ|ワールド|ユニバース|ミス|ナイト|パフォーマンス|ボルト|ナット|バルブ|ポンプ|モーター|ドリル|グラインダー?|サンダー|カッター|レンチ|ドライバー|ハンマー|ソケット|プライヤー|チャック|パッキン|ガスケット|ブラスト|コンプレッサー?|クランプ|ジャッキ|ホイスト|エンドミル|ツール|フランジ|ベアリング|スイッチ|センサー|ケーブル|カバー|プレート"
    r"|[ァ-ヴー]{3,}ズ"
)

# Brands that are called as their founders were; on goods they name nobody, and "…氏" makes a person of them again.
_BRANDS = (
    "マイケル・コース|ジョン・ディア|ハーレー・ダビッドソン|ベンジャミン・ムーア|カルバン・クライン|ラルフ・ローレン|ヒューゴ・ボス|ポール・スミス|トミー・ヒルフィガー|ルイ・ヴィトン|イヴ・サンローラン"
    "|クリスチャン・ディオール|ジョルジオ・アルマーニ|ジャック・ダニエル|ジョニー・ウォーカー|ジム・ビーム|ケイト・スペード|マーク・ジェイコブス|ジミー・チュウ|ロバート・ボッシュ"
    "|スミス・アンド・ウェッソン|ブラック・アンド・デッカー|ジョンソン・エンド・ジョンソン|ミルトン・ロイ|アレン・ブラッドリー|パーカー・ハネフィン|ジョンソン・コントロールズ|プラット・アンド・ホイットニー"
    "|ロールス・ロイス|アストン・マーティン|アルファ・ロメオ|マッセイ・ファーガソン|エディー・バウアー|ヘレン・カミンスキー|ローラ・アシュレイ|ハーマン・ミラー|オリバー・ピープルズ"
    "|バング・アンド・オルフセン|ベル・アンド・ハウエル|ハミルトン・ビーチ|ウィルキンソン・ソード|フィリップ・モリス|モルガン・スタンレー|メリル・リンチ"
    "|ドクター・マーチン|ジョン・ロブ|ポール・フランク|イザベル・マラン|ケネス・コール|ペリー・エリス|ヘリー・ハンセン|フレッド・ペリー|ビル・ブラス|ダニエル・ウェリントン|フランク・ミュラー|ジョン・ハーディー"
)
BRANDS = frozenset(_BRANDS.split("|"))


# Places on a workpiece that are also somebody's surname: an address beside them makes them a person again.
_WORKPIECE = re.compile(
    r"[角溝隅軸頭首底山谷穴凸凹先元胴根縁口管板柄刃歯面端縫継膨曲袖羽腹]部|[角穴溝端]面|中心|内面|外面|矢視|平面"
)


def around(words: Sequence[Word], first: int, last: int, *, full: bool) -> list[tuple[float, Reason]]:
    """Points for and against words `first` to `last` being a person, each with its reason.

    Args:
        words: of the whole text.
        first: first word of the name.
        last: last word of the name.
        full: the name has more than one part, so that a noun behind it says less.
    """
    beside = [*_behind(words, last, full), *_before(words, first, last)]
    if not full and _WORKPIECE.fullmatch(words[last].text):
        beside.append((-2.0, Reason("a place on a workpiece is called so", "工作物の部位の名称でもある")))
    return beside


def _behind(words: Sequence[Word], last: int, full: bool) -> list[tuple[float, Reason]]:
    if last + 1 >= len(words) or words[last].end != words[last + 1].start:
        return []
    following = words[last + 1]
    compound: list[Word] = []
    for word in words[last + 1 :]:
        if not word.nominal or (compound and compound[-1].end != word.start):
            break
        compound.append(word)
    if compound:
        return _compound(compound, full)
    after = words[last + 2] if last + 2 < len(words) else None
    text = following.text
    if following.number:
        counted = after is not None and re.fullmatch(r"世|代目?|歳|才|兄弟|姉妹|人|名", after.text)
        return (
            [(2.0, Reason("counted as people are", "人を数える語が後に続く"))]
            if counted
            else [(-1.5, Reason("a number behind", "後に数字が続く"))]
        )
    if text == "の" and after is not None and _EVENT.fullmatch(after.text):
        return [(-3.0, Reason("an event is called so", "行事の名称の一部"))]
    if text in ("は", "が", "も"):
        return [(0.6, Reason("subject", "文の主語"))]
    if text in ("を", "に", "と", "や", "から", "、", "率いる"):
        return [(0.2, Reason("particle", "後に助詞が続く"))]
    if text in ("で", "へ"):
        return [(-0.8, Reason("a place by its particle", "助詞から見て場所"))]
    if text in "・=-":
        return [(-0.8, Reason("joined to something", "他の語と記号で結ばれている"))]
    return []


def _compound(compound: Sequence[Word], full: bool) -> list[tuple[float, Reason]]:
    text, head = "".join(word.text for word in compound), compound[-1].text
    if _ADDRESS.fullmatch(compound[0].text):
        return [(3.0, Reason("a form of address behind", "後に敬称が付く"))]
    for size in (3, 2, 1):
        title = "".join(word.text for word in compound[:size])
        if size <= len(compound) and _TITLE.fullmatch(title):
            rest = text[len(title) :]
            if not rest or _TITLE.fullmatch(rest) or ROLE.search(rest):
                return [(2.2, Reason("a title behind", "後に肩書が付く"))]
            if len(title) > 1 and not _GROUP.match(rest) and not _PLACE.fullmatch(head):
                return [(1.2, Reason("a title behind", "後に肩書が付く"))]
    if _DEED.fullmatch(compound[0].text) and not _GROUP.match(text) and not _GROUP.fullmatch(head):
        return [(1.0 if full else 0.5, Reason("a deed behind", "後に人の行為を表す語が続く"))]
    group = _GROUP.match(text) or _GROUP.fullmatch(head)
    if full and _TITLE.fullmatch(head):
        return [(0.8, Reason("a title behind", "後に肩書が付く"))]
    if _PLACE.match(text) or _PLACE.fullmatch(head):
        return [(-2.5 if full else -3.5, Reason("part of the name of a place", "地名の一部"))]
    if group:
        return [
            (-2.0 if full else -3.5, Reason("part of the name of a firm, group or thing", "企業・団体・物の名称の一部"))
        ]
    return [(-1.2 if full else -2.5, Reason("part of a compound", "複合語の一部"))]


def _before(words: Sequence[Word], first: int, last: int) -> list[tuple[float, Reason]]:
    if first == 0:
        return [(0.2, Reason("starts the text", "文の先頭"))]
    before = words[first - 1]
    text = before.text
    if text in (" ", ":", "/", "-", "・", "、") and first >= 2:
        label = words[first - 2]
        if label.nominal and ROLE.search(label.text) and not _NO_ROLE.fullmatch(label.text) and text != "、":
            return [(1.3, Reason("a role in front", "前に役割や肩書がある"))]
    if text == " " or before.end != words[first].start:
        return []
    if text == "の" and first >= 2:
        role = words[first - 2]
        owned = first >= 3 and words[first - 3].chosen.personal  # "山田監督の…": his, not he
        known = role.nominal and _ends_role(role.text) and not owned
        return [(1.5, Reason("a role in front", "前に役割や肩書がある"))] if known else []
    if text in ("元", "故"):
        return [(0.5 if text == "元" else 1.5, Reason("a role in front", "前に役割や肩書がある"))]
    if before.nominal and _ends_role(text):
        return [(1.5, Reason("a role in front", "前に役割や肩書がある"))]
    if before.chosen is Sense.PLACE or re.fullmatch(r"[都道府県市町村区郡州]", text):
        return [(-2.0, Reason("behind a place", "地名の後"))]
    if re.fullmatch(r"(?:株式|有限|合同|合資)会社|財団法人|社団法人|[私国公県市町府都]立", text):
        return [(-3.0, Reason("a firm or school", "企業または学校"))]
    if before.number:
        return [(-0.8, Reason("behind a number", "数字の後"))]
    if before.nominal:
        return [] if _ABOUT.fullmatch(text) else [(-1.2, Reason("behind a noun", "名詞の後"))]
    if text in "・=-":
        return [(-0.8, Reason("joined to something", "他の語と記号で結ばれている"))]
    if text in '「『"“〈《【[':
        closed = last + 1 < len(words) and words[last + 1].text in '」』"”〉》】]'
        return [(-0.3 if closed else -1.5, Reason("in quotation marks", "引用符で囲まれている"))]
    if text == "、":
        return [(0.2, Reason("in a list", "列挙の中"))]
    return []


def _ends_role(text: str) -> bool:
    match = re.search(rf"{ROLE.pattern}$", text)
    return match is not None and not _NO_ROLE.fullmatch(text)
