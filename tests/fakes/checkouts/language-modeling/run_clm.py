from common import train

train({"block_size": int})
