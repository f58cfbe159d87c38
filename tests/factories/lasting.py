"""What the tests of a module share: made once, in a transaction around those of the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

Made = TypeVar("Made")


@contextmanager
def lasting(blocker: DjangoDbBlocker, make: Callable[[], Made]) -> Iterator[Made]:
    """For a fixture of a module. What a test writes is undone at its end as usual; what ``make`` wrote, at the last.

    No test of the module may need tables without these rows, nor transactions of its own (``transaction=True``).
    """
    with blocker.unblock(), transaction.atomic():
        yield make()
        transaction.set_rollback(True)
