"""The room for notifications to phones and browsers; it holds nothing yet."""
