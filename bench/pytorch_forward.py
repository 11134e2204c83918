"""What a candidate costs by a forward pass in PyTorch: images per second of the `mnist` network, one thread.

Prints one JSON object. The network is 16C5-MP2-32C5-MP2-10 with weights -1, 0, +1 (50, 90, 90 percent zeros) and HardTanh,
as float32 tensors: the usual way to evaluate a changed network outside of aann. Several batch sizes are
tried and the fastest is reported; one image at a time is reported by itself.
"""
import json
import sys
import time

import torch


def ternary(shape, sparsity, generator):
    values = torch.rand(shape, generator=generator)
    signs = torch.where(torch.rand(shape, generator=generator) < 0.5, -1.0, 1.0)
    return torch.where(values < sparsity, torch.zeros(()), signs)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    first = ternary((16, 1, 5, 5), 0.5, generator)
    second = ternary((32, 16, 5, 5), 0.9, generator)
    dense = ternary((10, 1568), 0.9, generator)
    rates = {}
    with torch.no_grad():
        for batch in (1, 16, 64, 256, 1024):
            images = torch.rand((batch, 1, 28, 28), generator=generator)

            def forward():
                x = torch.nn.functional.conv2d(images, first, padding=2)
                x = torch.nn.functional.hardtanh(torch.nn.functional.max_pool2d(x, 2))
                x = torch.nn.functional.conv2d(x, second, padding=2)
                x = torch.nn.functional.hardtanh(torch.nn.functional.max_pool2d(x, 2))
                return x.flatten(1) @ dense.t()

            forward()
            count, start = 0, time.process_time()
            while time.process_time() - start < seconds / 5:
                forward()
                count += batch
            rates[batch] = count / (time.process_time() - start)
    best = max(rates, key=rates.get)
    print(json.dumps({"name": "PyTorch " + torch.__version__, "threads": 1, "batch": best,
                      "forward_images_per_second": rates[best], "single_images_per_second": rates[1]}))


main()
