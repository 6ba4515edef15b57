"""`make bench`: every benchmark that needs no data of its own."""

from bench import one_turn

one_turn.main()
