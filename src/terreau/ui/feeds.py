"""Atom feeds that say the same as long as nothing has changed."""

import datetime as dt

from django.utils.feedgenerator import Atom1Feed

_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class SteadyFeed(Atom1Feed):
    def latest_post_date(self) -> dt.datetime:
        """Of its newest entry. Django says *now* when none has a date: the file would then never be the same."""
        dates = [item[name] for item in self.items for name in ("updateddate", "pubdate") if item[name]]
        return max(dates, default=_NEVER)
