"""The page beside an exported record, in Japanese and English: what is here, and the three commands."""

from __future__ import annotations

_PAGE = """\
imprimatur: the record of which pictures a model may remember / モデルに記憶させてよい画像の記録
Log {origin}, {entries} entries, exported {moment}

1  pip install cryptography
2  python3 verify.py                            all images / すべての画像
3  python3 verify.py --key YOUR-COPY.pem --checkpoint THE-ONE-YOU-KEPT.txt part-of-a-file-name

EN  verify.py needs Python 3.10 and `cryptography`, no network and nothing of imprimatur. It is one file: read it first.
    It recomputes the log, checks every signature, and compares what each model learned with what people approved.
    Use the public key that you were given by another way than this folder. Keep checkpoint.txt: next time it shows
    whether history was rewritten. A log kept by one party proves tampering only against a checkpoint held elsewhere.
    {disclosure_en}
JA  verify.py に必要なのは Python 3.10 と cryptography だけで、通信も imprimatur 本体も不要です。一つのファイルなので、
    まず中身をお読みください。記録の木を計算し直し、すべての署名を確かめ、モデルが学習したものと承認された
    ものを照合します。公開鍵は、このフォルダー以外の経路で受け取ったものをお使いください。checkpoint.txt は保管して
    ください。次回、履歴が書き換えられていないかを確かめられます。一者だけが管理する記録では、外部に保管された
    チェックポイントとの照合によってのみ改ざんを証明できます。
    {disclosure_ja}

entries.jsonl        one line per entry, byte for byte as it was hashed / 1行が1件、ハッシュ計算時のまま
beside.jsonl         long parts of entries, by digest / 長い部分(ダイジェストで参照)
checkpoint.txt       size and root of the log, signed / 記録の件数と根の署名
openings.jsonl       names, titles, sources: salt and content / 氏名・題名・出所(ソルトと内容)
ledger-key.pub.pem   the public key of the log / 記録の公開鍵
contents.json        every file of this folder by SHA-256, signed / 全ファイルのダイジェスト(署名付き)
manifests/           what each model learned, signed / 各モデルが学習した内容(署名付き)
statements/          per model: how it was made (SLSA provenance), verdict (SLSA VSA, in-toto SVR); withdrawals. Signed /
                     モデルごとの作成経緯と判定、取り下げ(署名付き)
emission/            what training was fed, sample by sample / 学習に渡された内容の記録
models/              per model: model card, OpenSSF signature of its files, bill of materials (CycloneDX) /
                     モデルカード、モデル署名、部品表
dataset/             one row per identifier (CSV, Parquet), described in Croissant / 識別子ごとの表と、その説明
reports/             the report for people / 人が読む報告書
"""


def readme(origin: str, entries: int, moment: str, disclosed: bool) -> str:
    """The page; `disclosed`: whether names, titles and sources are opened."""
    english = (
        "Names of reviewers, titles and sources are disclosed here: treat the folder as personal data."
        if disclosed
        else "Names of persons and titles are not disclosed: persons appear by pseudonym, and there are no reports and no tables. Manifests name files and sources of what was trained."
    )
    japanese = (
        "承認者の氏名、題名、出所を開示しています。個人データとしてお取り扱いください。"
        if disclosed
        else "氏名と題名は開示していません。人は仮名で示され、報告書と表は含まれません。マニフェストには、学習した画像のファイル名と出所が載っています。"
    )
    return _PAGE.format(origin=origin, entries=entries, moment=moment, disclosure_en=english, disclosure_ja=japanese)
