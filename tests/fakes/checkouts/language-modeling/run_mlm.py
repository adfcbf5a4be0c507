from common import train

train({"max_seq_length": int, "line_by_line": bool})
