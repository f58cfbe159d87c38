"""A small published site, and its whole surface, for attackers."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.test import Client

from terreau.observe.actions.refreshing import refresh_published
from tests.factories import make_user
from tests.factories.lasting import lasting
from tests.factories.world import World, make_world


@pytest.fixture
def small_world(db) -> World:
    return make_world()


@pytest.fixture
def world(small_world: World) -> World:
    """The same with its map and its open data published."""
    refresh_published(by=None)
    return small_world


@pytest.fixture(scope="module")
def world_of_the_module(django_db_setup, django_db_blocker) -> Iterator[World]:
    with lasting(django_db_blocker, make_world) as made:
        refresh_published(by=None)
        yield made


@pytest.fixture
def shared_world(world_of_the_module: World, db) -> World:
    """As ``world``, made once for a module whose tests leave its files alone."""
    return deepcopy(world_of_the_module)


@pytest.fixture
def visitor() -> Client:
    """A browser without an account that checks like a real one: CSRF on, errors answered and not raised."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def staff(db) -> Client:
    """Somebody with every role."""
    client = Client(raise_request_exception=False)
    client.force_login(make_user("garde@exemple.invalid", "administrator", "steward", "moderator"))
    return client
