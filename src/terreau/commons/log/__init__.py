"""The public log as files and mathematics: RFC 6962 tree, C2SP notes and tiles. No Django, no database.

Whoever has the files has enough: ``terreau log verify`` reads only this package.
"""
