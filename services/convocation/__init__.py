"""Who is called, what is sent, what they answer, the Word templates."""
