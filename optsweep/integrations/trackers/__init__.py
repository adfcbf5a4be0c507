"""A mirror of every run in TensorBoard, Weights & Biases or MLflow."""
