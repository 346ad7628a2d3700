"""Frames that look like another one: a stored frame, a region of it, or a picture in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mirrordesk.errors import UsageError, WeightsMissing
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.perception.base import ImageEncoder, Pixels
from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import Box, Channel, Hit, Kind, Moment, Vector


class Likeness:
    """Looks by pictures instead of words. Not to be used by two threads at once.

    Every method raises WeightsError where the image model that serves search is not here,
    WeightsMissing also where no picture was looked at yet.
    """

    def __init__(self, store: Store, media: Media, encoders: Encoders, recall: Recall) -> None:
        self._store = store
        self._media = media
        self._encoders = encoders
        self._recall = recall

    def to_moment(self, moment_id: str, limit: int, region: Box | None = None) -> list[Hit]:
        """At most `limit` frames like that of a moment, or like a region of it; itself left out.

        Raises StoreError where there is no such moment, UsageError where it is no frame or the
        region lies outside of it.
        """
        moment = self._store.moment(moment_id)
        whole = None if region else moment.image_vector
        picture = whole or self._vector(self._pixels(moment, region))
        found = self._recall.like(picture, limit + 1)
        return [hit for hit in found if hit.moment.id != moment_id][:limit]

    def to_file(self, path: Path, limit: int) -> list[Hit]:
        """At most `limit` frames like the picture in a file. Raises UsageError where it is none."""
        from PIL import Image

        try:
            with Image.open(path) as opened:
                pixels = np.asarray(opened.convert("RGB"))
        except (OSError, SyntaxError) as error:  # what Pillow raises
            raise UsageError(f"{path} is not a picture that can be read.") from error
        return self._recall.like(self._vector(pixels), limit)

    def _pixels(self, moment: Moment, region: Box | None) -> Pixels:
        if moment.kind is not Kind.FRAME or moment.media is None:
            raise UsageError(f"The moment {moment.id} has no picture.")
        pixels = self._media.frame(moment.media)
        part = Box(0, 0, pixels.shape[1], pixels.shape[0])
        if region:
            inside = part.intersection(region)
            if inside is None:
                raise UsageError("The region lies outside of the frame.")
            part = inside
        return pixels[part.y : part.bottom, part.x : part.right]

    def _vector(self, pixels: Pixels) -> Vector:
        model = self._store.spaces.serving(Channel.IMAGE)
        self._encoders.look()
        if model is None:
            self._encoders.require(Channel.IMAGE)
            raise WeightsMissing("No picture was looked at yet; there is nothing to compare with.")
        encoder = self._encoders.made(Channel.IMAGE, model)
        assert isinstance(encoder, ImageEncoder)
        (numbers,) = encoder.encode_images([pixels])
        return Vector(model, tuple(numbers.tolist()))
