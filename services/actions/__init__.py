"""Who does what for when, and the reminders."""
