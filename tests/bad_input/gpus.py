"""What `nvidia-smi -L` prints on machines with GPUs."""

TWO_GPUS = [
    "GPU 0: NVIDIA H200 (UUID: GPU-11111111-aaaa-bbbb-cccc-000000000000)",
    "GPU 1: NVIDIA H200 (UUID: GPU-22222222-aaaa-bbbb-cccc-000000000000)",
]
SLICED_GPU = [
    "GPU 0: NVIDIA A100 (UUID: GPU-33333333-aaaa-bbbb-cccc-000000000000)",
    "  MIG 1g.5gb     Device  0: (UUID: MIG-44444444-aaaa-bbbb-cccc-000000000000)",
]
