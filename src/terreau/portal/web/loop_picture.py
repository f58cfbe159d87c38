"""Where each room stands on the drawing of the loop: a circle, clockwise from the top."""

from dataclasses import dataclass
from math import cos, pi, sin

from terreau.loop import ROOMS, Room

WIDTH, HEIGHT = 420, 330
CENTRE = (WIDTH / 2, HEIGHT / 2)
RADIUS_X, RADIUS_Y = 145.0, 115.0
GAP = 0.42  # radians left free on each side of a room, so that arrows do not touch it


@dataclass(frozen=True)
class Step:
    room: Room
    x: str
    y: str
    arrow: str  # path towards the next room


def loop_steps() -> list[Step]:
    angle = 2 * pi / len(ROOMS)
    return [
        Step(room, *_point(number * angle), _arc(number * angle + GAP, (number + 1) * angle - GAP))
        for number, room in enumerate(ROOMS)
    ]


def _point(angle: float) -> tuple[str, str]:
    x = CENTRE[0] + RADIUS_X * sin(angle)
    y = CENTRE[1] - RADIUS_Y * cos(angle)
    return f"{x:.1f}", f"{y:.1f}"


def _arc(start: float, end: float) -> str:
    return "M{} {} A{} {} 0 0 1 {} {}".format(*_point(start), RADIUS_X, RADIUS_Y, *_point(end))
