"""What a script writes and prints, read as rows of numbers."""
