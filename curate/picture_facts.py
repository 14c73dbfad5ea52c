"""From the bytes of a picture file to PictureFacts: pixel measures and perceptual hashes. Runs in the decode worker.

The only module that imports imagehash. Opening is `picture_opening`, what the file says about itself `picture_metadata`.
"""

from __future__ import annotations

import warnings

import numpy as np
from PIL import Image, UnidentifiedImageError

from curate.embedded import thumbnail
from curate.embedded.container import container_of
from curate.picture import PictureFacts, Undecoded
from curate.picture_metadata import Metadata, orientation_of, read_metadata
from curate.picture_opening import FORMATS, PixelLimits, TooMuch, open_picture, upright_frames
from curate.picture_quality import burnt_share, edge_steepness, grey_tail_share, jpeg_quality, laplacian_variance
from curate.picture_reduced import reduced, thumbnail_of
from curate.pixel_parts import NOBODY, PixelReaders, plain, read_parts
from curate.screen.windows import pack_thumbnail

MEASURES_VERSION = "13"  # raise it when a pixel measure of PictureFacts changes its meaning


def look_at(
    data: bytes, image_id: str, limits: PixelLimits, readers: PixelReaders = NOBODY, trust_anchors: str = ""
) -> PictureFacts | Undecoded:
    """Decode the first frame whole and measure it; show every frame to the `readers` that are there.

    Never raises for a bad file: every way in which a decoder fails on it is an Undecoded with its reason. A reader may
    raise; then the picture is there and its part is not (`…_unscreened`). `trust_anchors`: PEM certificates of trusted
    signers of C2PA manifests.

    Raises:
        MemoryError: the memory of this process did not suffice; the caller says how much it had.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels  # also counts pictures inside containers, which no header shows
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _look(data, image_id, limits, readers, trust_anchors)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Undecoded(image_id, f"expected at most {limits.pixels} pixels, the file holds more", True)
    except TooMuch as error:
        return Undecoded(image_id, str(error), True)
    except UnidentifiedImageError:
        return Undecoded(image_id, _no_picture(data), True)
    except MemoryError:
        raise
    except Exception as error:  # decoders meet hostile bytes with a dozen exception types; all mean "not readable"
        return Undecoded(image_id, f"the file cannot be read whole: {plain(error)}", True)


def _no_picture(data: bytes) -> str:
    """Why no reader takes these bytes for a picture."""
    if not data:
        return "the file is empty"
    if (name := container_of(data)) is not None:
        return f"the file begins as {name} and its header cannot be read"
    return f"the bytes are none of the picture formats read here ({', '.join(FORMATS)})"


def _look(
    data: bytes, image_id: str, limits: PixelLimits, readers: PixelReaders, trust_anchors: str
) -> PictureFacts | Undecoded:
    picture = open_picture(data, limits)
    file_format = str(picture.format)
    stored_width, stored_height = picture.size
    frames = int(getattr(picture, "n_frames", 1))
    if frames > limits.frames:
        raise TooMuch(f"expected at most {limits.frames} pictures in one file, found {frames}")
    if frames > 1:
        picture = open_picture(data, limits)  # counting frames moved the reader
    small = reduced(picture, data, limits)
    metadata = read_metadata(data, trust_anchors)
    unlike = _thumbnail_difference(metadata, small.colours)
    orientation = orientation_of(picture)
    light, small = small.light, small.upright(orientation)
    sideways = orientation >= 5
    parts = read_parts(lambda: upright_frames(data, limits, frames), frames, readers)
    cells = thumbnail_of(small.grey)
    phash, dhash = _hashes(small.grey)
    levels = np.asarray(small.grey, dtype=np.uint8)
    return PictureFacts(
        image_id=image_id,
        file_format=file_format,
        width=stored_height if sideways else stored_width,
        height=stored_width if sideways else stored_height,
        byte_size=len(data),
        frames=frames,
        luminance_mean=light.luminance_mean,
        luminance_std=light.luminance_std,
        sharpness=round(laplacian_variance(levels), 4),
        dark_share=light.dark_share,
        white_share=light.white_share,
        entropy_bits=light.entropy_bits,
        phash=phash,
        dhash=dhash,
        colour_grid=_colour_grid(small.colours),
        thumbnail=pack_thumbnail(np.asarray(cells, dtype=np.uint8)),
        edge_steepness=round(edge_steepness(levels), 4),
        darkest=light.darkest,
        brightest=light.brightest,
        clipped_share=light.clipped_share,
        burnt_share=round(burnt_share(small.colours, small.levels), 6),
        grey_tail_share=round(grey_tail_share(small.colours), 4),
        jpeg_quality=jpeg_quality(picture),
        exif=metadata.pairs("exif"),
        gps=metadata.gps,
        iptc=metadata.pairs("iptc"),
        xmp=tuple(metadata.xmp),
        comments=metadata.pairs("comments"),
        residue=metadata.pairs("residue"),
        credentials=metadata.credentials,
        prohibited_terms=metadata.prohibited_terms,
        maker_note=metadata.maker_note,
        appended=metadata.appended,
        thumbnail_difference=unlike,
        metadata_unread=tuple(metadata.unread),
        **parts,
    )


def _thumbnail_difference(metadata: Metadata, stored: Image.Image) -> float | None:
    """The worst of the embedded thumbnails against the picture as it is stored; None if there is none."""
    worst: float | None = None
    for number, data in enumerate(metadata.thumbnails):
        try:
            unlike = thumbnail.difference(thumbnail.open_thumbnail(data), stored)
        except MemoryError:
            raise
        except Exception as error:  # a decoder's ways to fail on damaged bytes
            metadata.fail("thumbnail", f"number {number + 1} cannot be opened: {type(error).__name__}")
            continue
        worst = unlike if worst is None else max(worst, unlike)
    return worst


def _hashes(grey: Image.Image) -> tuple[str, str]:
    """Of the whole grey picture, for ever: prints of barred pictures in every ledger were made of it, and are met by it."""
    import imagehash

    phash, dhash = (np.packbits(made(grey).hash).tobytes().hex() for made in (imagehash.phash, imagehash.dhash))
    return phash, dhash


def _colour_grid(colours: Image.Image) -> tuple[float, ...]:
    means = colours.resize((8, 8), Image.Resampling.BOX, reducing_gap=4.0)  # which is cheaper and as good here
    cells = np.asarray(means, dtype=np.float64) / 255.0
    return tuple(cells.ravel().round(4).tolist())
