"""Identity providers: who an id token of theirs speaks for."""
