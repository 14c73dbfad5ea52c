"""The model card: README.md in the model folder, with the YAML head that Hugging Face reads.

Only what may be public: numbers, settings, digests and licences; no name of a person, no title of a picture.
https://huggingface.co/docs/hub/model-cards
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import yaml

from curate.atomic import write_atomic
from train.gate import Admission
from train.trainer import TrainResult

FILE_NAME = "README.md"
_EMBEDDED = "embedded"


def write_card(result: TrainResult, admission: Admission, *, created: datetime) -> Path:
    """Write the card of a finished run into its model folder; the manifest, written later, covers it."""
    path = result.model_dir / FILE_NAME
    write_atomic(path, card(result, admission, created=created).encode("utf-8"))
    return path


def card(result: TrainResult, admission: Admission, *, created: datetime) -> str:
    """The text of the card, in English and Japanese."""
    head: dict[str, object] = {
        "license": "other",
        "license_name": "see-licences-of-the-training-images",
        "language": ["ja", "en"],
        "library_name": "transformers",
        "tags": ["generative-retrieval", "cross-modal-retrieval", "imprimatur"],
    }
    if result.settings.base_model != _EMBEDDED:
        head["base_model"] = result.settings.base_model
    licences = Counter(image.record.rights.license or "not stated" for image in admission.cleared)
    unsafe = _UNSAFE if admission.unsafe else ""
    table = "\n".join(f"| `{name}` | {number:,} |" for name, number in sorted(licences.items()))
    return _CARD.format(
        head=yaml.safe_dump(head, allow_unicode=True, sort_keys=False).rstrip(),
        run=result.run,
        unsafe=unsafe,
        images=f"{len(result.identifiers):,}",
        created=created.date().isoformat(),
        base=result.settings.base_model,
        seed=result.settings.seed,
        scheme=result.scheme,
        table=table,
    )


_UNSAFE = """
> **UNSAFE.** Made under a policy that lets an image be memorized without a named person. Not to be served; evidence of nothing.
> **使用禁止**:記名の承認者を求めないポリシーのもとで作られました。提供できず、何の証明にもなりません。
"""

_CARD = """\
---
{head}
---

# {run}
{unsafe}
This model answers a text query with identifiers of pictures which it has memorized. It was trained on {images} images, each
approved by named people before training, and on nothing else; `manifest.json` lists them with source, licence and the
ledger entries of decision and approval, signed.

文章での質問に、記憶した画像の識別子で答えるモデルです。学習に使った{images}枚は、すべて学習前に記名の承認者が認めたものです。
`manifest.json` に、画像ごとの入手元、ライセンス、判定と承認の台帳番号が署名付きで記されています。

| | |
|---|---|
| made | {created} |
| base model | `{base}` |
| identifiers | `{scheme}` |
| seed | {seed} |

| licence of the images | images |
|---|---|
{table}

## Use

For recall inside `imprimatur`, which confirms each answer against manifest, ledger and catalogue before it is shown. Used
without that confirmation the model can name a picture that was withdrawn since, or a wrong one.

imprimatur の中での検索に使います。答えは、マニフェスト・台帳・カタログと照合してから表示されます。照合せずに使うと、
取り下げ済みの画像や誤った画像を答えることがあります。

## Limits

Withdrawing an image stops answers at once; it does not erase what the weights have learned. Erasure from weights is
evidence, not proof. 取り下げると回答は直ちに止まりますが、重みが学習した内容は消えません。

## Verify

    imprimatur audit verify
    model_signing verify key --signature model.sig --public_key model-signing.pub.pem .
"""
