"""Who is called, what is sent, what they answer; the Word documents of a meeting."""
