"""Where the embedded model's weights begin: not at random, but at a closed-form copy of a lexical retriever.

Images are documents of character n-grams. The singular vectors of (image x n-gram) TF-IDF give identifier rows, a ridge
regression of the teacher's text vectors on bags of pieces gives piece rows, and the first attention layer starts as a
plain mean over the question. Pictures enter the same space: patches start at their principal components, and the
connector is the ridge solution that sends each picture near its identifier row. Training then begins from there.

One coordinate of the embedding is the *kind*: identifiers lie on its positive side, pieces on its negative side, and
the prompts push towards the positive one, so that an identifier follows a prompt from the start. The kind also fills
every piece row up to one common length, so that the normalisation before the first layer keeps the pieces' weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from curate.progress import Progress, silent
from train import picture_edits
from train import tokenizer as pieces
from train.embedded import IMAGE_SIDE, read_squares
from train.model import MemoryModel
from train.teacher import TeacherSpace

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

_FREE = 24  # coordinates left to training, the kind included
_IDENTIFIER_LENGTH = 1.2  # of an identifier row; the final norm gives questions length sqrt(width)
_KIND = -1  # coordinate
_RIDGE_TEXT = 0.3
_RIDGE_PICTURE = 1e-2  # share of the mean diagonal
_PATCH_SAMPLE = 1_000  # pictures whose patches give the principal components
_EDITED_PICTURES = 6_000  # edited copies that the connector's ridge sees, shared out over the pictures
_MOST_ROUNDS = 20  # copies of one picture; each costs a twentieth of a step and spares several
_WHOLE_SPECTRUM = 1_500  # documents up to which all singular vectors are computed; beyond, the leading ones only
_QUIET = 0.1  # of the usual scale: layers that begin by changing almost nothing

Rows = NDArray[np.float32]


def _image_space(space: TeacherSpace, width: int) -> tuple[Rows, Rows]:
    """(image rows [N, width], n-gram rows [G, width]): the truncated SVD of the TF-IDF matrix, via its Gram matrix."""
    values, vectors = _leading(space.matrix, width)
    kept = values > 1e-9 * max(float(values[0]), 1e-9)
    strength = np.sqrt(values[kept])
    directions = vectors[:, kept]
    # A fixed sign per direction: the solver's choice must not depend on the machine's library more than it has to.
    directions = directions * np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(len(strength))])
    images = np.zeros((len(space), width), dtype=np.float32)
    images[:, : len(strength)] = directions * strength
    grams = np.zeros((space.matrix.shape[1], width), dtype=np.float32)
    grams[:, : len(strength)] = space.matrix.T @ (directions / strength)
    return images, grams


def leading_documents(space: TeacherSpace, width: int) -> Rows:
    """[N, width] documents in the space of their leading singular vectors."""
    return _image_space(space, width)[0]


def _leading(matrix: Any, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The up to `width` largest eigenvalues of `matrix` @ its transpose, falling, with their vectors as columns."""
    count = matrix.shape[0]
    if count <= max(_WHOLE_SPECTRUM, 2 * width):
        values, vectors = np.linalg.eigh((matrix @ matrix.T).toarray().astype(np.float64))
    else:
        from scipy.sparse.linalg import LinearOperator, eigsh

        tall = matrix.astype(np.float64)
        wide = sparse.csr_array(tall.T)
        gram = LinearOperator((count, count), matvec=lambda x: tall @ (wide @ x), dtype=np.float64)
        values, vectors = eigsh(gram, k=width, v0=np.ones(count), tol=1e-4)
    order = np.argsort(-values)[:width]
    return values[order], vectors[:, order]


def _piece_rows(model: MemoryModel, space: TeacherSpace, texts: Sequence[str], grams: Rows) -> Rows:
    """[vocabulary, width]: rows whose sum over a text's pieces best repeats the teacher's vector of that text."""
    vocabulary = min(model.identifier_ids)  # identifiers stand behind all pieces and are in no text
    read = model.pieces_of(texts)
    counts = sparse.csr_array(
        (
            np.ones(sum(map(len, read)), dtype=np.float64),
            np.asarray([token for row in read for token in row], dtype=np.int64),
            np.cumsum([0, *map(len, read)]),
        ),
        shape=(len(read), vocabulary),
    )
    counts.sum_duplicates()
    length = np.sqrt(np.asarray((counts * counts).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    counts = sparse.csr_array(sparse.diags_array(1.0 / length) @ counts)
    target = space.transform(texts) @ grams
    # What a piece means by its own characters is the prior; the regression corrects it by how pieces are used.
    names = [
        "" if name in pieces.SPECIAL else name.replace("▁", " ")
        for name in model.tokenizer.convert_ids_to_tokens(range(vocabulary))
    ]
    prior = np.asarray(space.transform(names) @ grams, dtype=np.float64)
    normal = (counts.T @ counts).toarray()
    normal[np.diag_indices(vocabulary)] += _RIDGE_TEXT
    correction = linalg.solve(normal, counts.T @ (target - counts @ prior), assume_a="pos", overwrite_a=True)
    return np.asarray(prior + correction, dtype=np.float32)


def _row_means(model: MemoryModel, images: Rows) -> Rows:
    """[identifier rows, width] the mean of the images that each token helps to spell."""
    place = {row: number for number, row in enumerate(model.identifier_ids)}
    total = np.zeros((len(place), images.shape[1]), dtype=np.float32)
    counts = np.zeros((len(place), 1), dtype=np.float32)
    for image, spelling in zip(images, model.spellings, strict=True):
        for row in set(spelling):
            total[place[row]] += image
            counts[place[row]] += 1
    return total / counts


def warm_start_text(model: MemoryModel, space: TeacherSpace, texts: Sequence[str]) -> None:
    """Set embedding rows and first attention layer of an embedded model; `space` has one document per identifier."""
    import torch

    network = model.network.model.text_model
    width = network.config.hidden_size
    content = width - _FREE
    images, grams = _image_space(space, content)
    rows = _piece_rows(model, space, texts, grams)
    longest = float(np.quantile(np.linalg.norm(rows, axis=1), 0.99)) or 1.0
    rows *= np.minimum(1.0, 0.95 / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9) * longest) / longest
    spelt = _row_means(model, images)
    lengths = np.linalg.norm(spelt, axis=1, keepdims=True)
    with torch.no_grad():
        table = network.embed_tokens.weight
        fresh = torch.zeros_like(table)
        fresh[: len(rows), :content] = torch.from_numpy(rows)
        fresh[:, _KIND] = -torch.sqrt(torch.clamp(1.0 - fresh[:, :content].square().sum(dim=1), min=0.05))
        fresh[:, content:_KIND] = 0.02 * torch.randn(
            (len(table), width - content - 1), generator=torch.Generator().manual_seed(1)
        )
        for token in (pieces.RECALL, pieces.MEMORIZE):
            row = torch.zeros(width)
            row[_KIND] = 1.0
            fresh[model.tokenizer.convert_tokens_to_ids(token)] = row
        for token in (pieces.PAD, pieces.NONE, pieces.IMAGE, pieces.AROUND_IMAGE, pieces.GLOBAL_IMAGE):
            fresh[model.tokenizer.convert_tokens_to_ids(token), :content] = 0.0
        identifiers = torch.zeros((len(spelt), width))
        identifiers[:, :content] = torch.from_numpy(_IDENTIFIER_LENGTH * spelt / np.maximum(lengths, 1e-9))
        identifiers[:, _KIND] = 0.3
        fresh[list(model.identifier_ids)] = identifiers
        table.copy_(fresh)

        first = network.layers[0].self_attn
        first.q_proj.weight.mul_(_QUIET)  # near-uniform attention: a mean over the question
        first.k_proj.weight.mul_(_QUIET)
        carry = torch.eye(width)
        carry[_KIND, _KIND] = 0.0
        first.v_proj.weight.copy_(carry)
        first.o_proj.weight.copy_(carry)
        for number, layer in enumerate(network.layers):
            layer.mlp.down_proj.weight.mul_(_QUIET)
            if number > 0:
                layer.self_attn.o_proj.weight.mul_(_QUIET)


def warm_start_pictures(
    model: MemoryModel, count: int, picture: Callable[[int], Image], *, seed: int, progress: Progress = silent
) -> int:
    """Set the patch embedding and the connector; `picture(i)` is the square picture of identifier i < `count`.

    The connector is fitted to every picture as it is and to mildly edited copies, so that a crop does not start far
    from its original. Returns how often each picture was looked at.
    """
    import torch

    vision, connector = model.network.model.vision_model, model.network.model.connector

    def squares(numbers: Sequence[int]) -> torch.Tensor:
        return picture_edits.as_tensor([picture(number) for number in numbers])

    def pixels(seen: torch.Tensor) -> torch.Tensor:
        return read_squares(model, seen)["pixel_values"][:, 0]

    with torch.no_grad():
        sample = range(0, count, -(-count // _PATCH_SAMPLE))
        plain = [pixels(picture_edits.plain(squares(some), IMAGE_SIDE)) for some in _chunks(sample)]
        _principal_patches(vision.embeddings, torch.cat(plain))
        rows = model.network.get_input_embeddings().weight[[spelling[0] for spelling in model.spellings]].clone()
        rows[:, _KIND] = 0.0
        target = torch.nn.functional.normalize(rows, dim=1).double()
        projection = connector.modality_projection.proj
        normal = torch.zeros((projection.in_features, projection.in_features), dtype=torch.float64)
        wanted = torch.zeros((projection.in_features, target.shape[1]), dtype=torch.float64)
        rounds = 1 + max(1, min(_MOST_ROUNDS, _EDITED_PICTURES // count))
        for turn in range(rounds):
            rng = np.random.default_rng([seed, turn])
            for some in _chunks(range(count)):
                whole = squares(some)
                shown = picture_edits.edited(whole, IMAGE_SIDE, rng) if turn else picture_edits.plain(whole, IMAGE_SIDE)
                seen = vision(pixel_values=pixels(shown)).last_hidden_state
                features = connector.pixel_shuffle(seen, connector.scale_factor)[:, 0].double()
                normal += features.T @ features
                wanted += features.T @ target[list(some)]
            progress("prepare", count * (turn + 1), count * rounds)
        normal.diagonal().add_(_RIDGE_PICTURE * float(normal.diagonal().mean()))
        projection.weight.copy_(torch.linalg.solve(normal, wanted).T.float())
    return rounds


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), 64):
        yield numbers[start : start + 64]


def _principal_patches(embeddings: Any, pixels: torch.Tensor) -> None:
    """Patch embedding = principal components of these pictures' patches, each scaled to unit variance (damped)."""
    import torch

    side = embeddings.patch_size
    patches = torch.nn.functional.unfold(pixels, side, stride=side)
    flat = patches.transpose(1, 2).reshape(-1, patches.shape[1]).double()
    mean = flat.mean(dim=0)
    values, vectors = torch.linalg.eigh((flat - mean).T @ (flat - mean) / len(flat))
    width = embeddings.patch_embedding.weight.shape[0]
    values, vectors = values.flip(0)[:width], vectors.flip(1)[:, :width]
    # Full whitening would blow fine texture up to the size of shapes, and edits of a picture change texture first.
    scale = torch.rsqrt(values.clamp(min=0) + 0.03 * values[0].clamp(min=1e-9))
    weight = (vectors * scale).T
    embeddings.patch_embedding.weight.copy_(weight.reshape(embeddings.patch_embedding.weight.shape).float())
    embeddings.patch_embedding.bias.copy_((-weight @ mean).float())
