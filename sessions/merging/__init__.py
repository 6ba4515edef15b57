"""What a visitor left becomes that of whoever they turn out to be: one operation, with a record."""
