"""Files as torch.save writes them, read and written without torch."""
