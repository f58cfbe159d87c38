"""What the propositions of a region ask for, played through the pages with the numbers of its text.

P1: ``tests/deliberate/web/test_replies.py`` and ``test_locking.py``. P2: ``tests/deliberate/web/test_p2.py``. P11:
``tests/deliberate/web/test_resonances.py``. The way from an observation to a promise: ``tests/loop/test_one_turn.py``.
"""
