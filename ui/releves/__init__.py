"""The entry, the meeting being held, the relevé."""
