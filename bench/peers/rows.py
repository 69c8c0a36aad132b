"""The benchmark's models: about ten thousand components, and as few examples as gradients are checked on."""

import torch

import models

torch.set_default_dtype(torch.float64)

rows = {
    "conv": lambda: models.conv_net(images=8, channels=3, size=8, widths=(16, 32), hidden=64, classes=10),
    "lstm": lambda: models.lstm(sequences=4, time=8, features=32, hidden=40, classes=10),
    "transformer": lambda: models.transformer(sequences=2, time=8, features=32, heads=4, inner=128),
}
