"""The line of messages, and the relay that takes them."""
