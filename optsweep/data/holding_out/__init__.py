"""What is held out of training: who is related to whom by which rule, the split, and what a full corpus leaves out."""
