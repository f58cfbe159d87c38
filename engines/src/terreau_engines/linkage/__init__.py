"""The same organisation in several sources: by identifier, else by name within a place."""

from terreau_engines.linkage.links import LINK_AT, REVIEW_AT, find_links

__all__ = ["LINK_AT", "REVIEW_AT", "find_links"]
