"""Workers of the outbox in a world where all that can go wrong does, the same for every seed."""
