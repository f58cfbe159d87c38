"""The read API of deliberation: processes, and the files that each holds."""

from ninja import Router

from . import files, processes

router = Router()
router.add_router("", processes.router)
router.add_router("", files.router)

__all__ = ["router"]
