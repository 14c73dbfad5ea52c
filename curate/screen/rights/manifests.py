"""What C2PA manifests say about training and mining (C2PA 2.1, 18.21; CAWG Training and Data Mining Assertion 1.1).

A no counts whoever signed it, and whether or not the signature holds: somebody who tampers with a file must not be able to
free it. A yes counts from a trusted signer whose signature holds. The manifests of ingredients count like the picture's
own: what is reserved there is visible here.
"""

from __future__ import annotations

from collections.abc import Iterator

from curate.picture import ContentCredentials
from curate.rights_verdict import RightsChannel, Strength
from curate.screen.rights.statement import Statement, forbids
from curate.screen.wording import Reason
from curate.screen.xmp import SHORT, XmpValue

_C2PA = RightsChannel.C2PA
_NAMESPACES = {prefix: namespace for namespace, prefix in SHORT.items()}


def of_manifests(credentials: ContentCredentials) -> Iterator[Statement]:
    for said in credentials.statements:
        field = f"c2pa:{said.label}"
        place = "" if said.active else " (ingredient)"
        code = f"{said.use or 'no readable entry'} {said.key}".strip() + place
        use = said.use.replace("_", "").replace("-", "").lower()
        if use == "allowed":
            if credentials.state == "trusted" and said.active:
                yield Statement(_C2PA, field, code, Strength.ALLOWS)
            else:
                yield Statement(_C2PA, field, f"{code}: signer not trusted", Strength.SILENT)
        elif use == "constrained" and said.explained:
            why = Reason(
                f"{said.key}: constrained, with conditions of its own", f"「{said.key}」は独自の条件付きとされています"
            )
            yield Statement(_C2PA, field, code, Strength.LIMITS, "rights.data_mining_constrained", why)
        elif not use:
            why = Reason(
                "an assertion on training and mining without an entry that can be read",
                "学習とデータマイニングに関する項目がありますが、内容を読み取れません",
            )
            yield Statement(_C2PA, field, code, Strength.HOLDS, "rights.data_mining_constrained", why)
        else:  # notAllowed, constrained without more, or a word the standard does not know
            own = "" if said.active else "素材の画像について、"
            why = Reason(code, f"{own}記載された値は「{said.use} {said.key}」です")
            yield forbids(_C2PA, field, code, why)
    if credentials.state == "invalid":
        yield Statement(_C2PA, "c2pa", "signature or content does not match", Strength.SILENT)


def values_of(credentials: ContentCredentials | None) -> tuple[XmpValue, ...]:
    """Texts of metadata assertions as properties, so that they are judged like those of XMP."""
    if credentials is None:
        return ()
    named = ((key.partition(":"), text) for key, text in credentials.values)
    return tuple(XmpValue(_NAMESPACES.get(prefix, prefix), name or prefix, text) for (prefix, _, name), text in named)
