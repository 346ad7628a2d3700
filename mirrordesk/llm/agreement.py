"""When a model that is only for trying things out may be believed.

Such a model finds a sentence by its words and is wrong too often to stand alone. Quoting, which
needs no model, is not; so its answer counts where quoting points to the same evidence. It is given
less to read than a real model, because it loses its way in more.
"""

from __future__ import annotations

from mirrordesk.records import Answer

LEGIBLE = 900  # tokens of evidence; see "Figures" in models/micro/reader/README.md


def agreed(read: Answer, found: Answer) -> Answer:
    """What the model read, if it cites evidence that is quoted too; else what was found.

    `read` is its answer to the question that `found` answers by quoting.
    """
    shared = {cited.id for cited in read.citations} & {cited.id for cited in found.citations}
    return read if shared else found
