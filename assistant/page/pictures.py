"""Pictures of pages for all readers: drawn a few at once, the latest kept, the others to wait."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from assistant.page.pdf_page import Order, drawing
from ingestion.sandbox import POOL, Pool

PATIENCE = 30.0  # seconds for which a reader may wait before their picture is begun
KEPT = 32 << 20  # bytes of pictures


class Pictures:
    """Draws pages of PDFs, and keeps what it drew last."""

    def __init__(
        self,
        pool: Pool = POOL,
        draw: Callable[[bytes, Order], bytes] = drawing,
        *,
        kept: int = KEPT,
        patience: float = PATIENCE,
    ) -> None:
        """`kept` is in bytes, `patience` in seconds."""
        self._pool = pool
        self._draw = draw
        self._most = kept
        self._patience = patience
        self._kept: OrderedDict[tuple[str, Order], bytes] = OrderedDict()
        self._lock = Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a picture asked for now would be refused."""
        return self._pool.is_full

    def drawn(
        self, document_id: str, original: Callable[[], bytes | None], order: Order
    ) -> bytes | None:
        """The picture as PNG, None when the document's file was not kept.

        `document_id` is the sha256 of the file, which is read when its turn has come, so that those
        who wait hold no file. Whoever asks must have been let in to the document.

        Raises:
            BusySandbox: too many pictures are asked for.
            UndrawablePage: the page cannot be drawn.
        """
        key = document_id, order
        if (known := self._known(key)) is not None:
            return known
        with self._pool.place(is_long=False, patience=self._patience):
            # Whoever waited for the same picture finds it.
            if (known := self._known(key)) is not None:
                return known
            pdf = original()
            return None if pdf is None else self._keep(key, self._draw(pdf, order))

    def _known(self, key: tuple[str, Order]) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, Order], picture: bytes) -> bytes:
        with self._lock:
            self._kept[key] = picture
            while sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return picture


PICTURES = Pictures()
"""Those of the service."""
