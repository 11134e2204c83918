"""Logits computed from `aann weights` with numpy alone equal those of `aann predict`, to the integer.

Nothing here comes from aann but the two files: the forward pass is written down once more, from docs/networks.md.
"""
import gzip

import numpy

from program import SAMPLES, TEST, TRAIN, good, main


def load_images(path):
    with gzip.open(path) as file:
        data = file.read()
    count, height, width = numpy.frombuffer(data, ">i4", 3, 4)
    return numpy.frombuffer(data, numpy.uint8, offset=16).reshape(count, 1, height, width)


def encode_bytes(images):
    """v -> round(127 v / 255); there are no halves."""
    return numpy.floor(images.astype(numpy.float64) * 127 / 255 + 0.5).astype(numpy.int64)


def convolve(inputs, weights, stride=1, valid=False):
    """Sums [count][out][rows][columns]; "same" padding has the extra zero of an even kernel at the bottom and right."""
    out, _, kernel_height, kernel_width = weights.shape
    if not valid:
        top, left = (kernel_height - 1) // 2, (kernel_width - 1) // 2
        inputs = numpy.pad(inputs, ((0, 0), (0, 0), (top, kernel_height - 1 - top), (left, kernel_width - 1 - left)))
    rows = (inputs.shape[2] - kernel_height) // stride + 1
    columns = (inputs.shape[3] - kernel_width) // stride + 1
    sums = numpy.zeros((len(inputs), out, rows, columns), numpy.int64)
    for i in range(kernel_height):
        for j in range(kernel_width):
            seen = inputs[:, :, i:i + stride * rows:stride, j:j + stride * columns:stride]
            sums += numpy.einsum("nchw,oc->nohw", seen, weights[:, :, i, j].astype(numpy.int64))
    return sums


def pool(maps, height, width):
    rows, columns = maps.shape[2] // height, maps.shape[3] // width
    cut = maps[:, :, :rows * height, :columns * width]
    return cut.reshape(*maps.shape[:2], rows, height, columns, width).max(axis=(3, 5))


def hard_tanh(sums, shift=0):
    return numpy.clip(sums >> shift, -127, 127)


def dense(inputs, weights):
    return inputs.reshape(len(inputs), -1) @ weights.astype(numpy.int64).T


def compare(net, forward, *options):
    """Searches a little, so that the weights are not only random, and compares on all test images."""
    good("search", "--data", TRAIN, "--net", net, "--steps", 300, "--study", "n.aann", *options)
    good("weights", "n.aann", 1, "--npz", "weights.npz")
    good("predict", "n.aann", 1, "--data", TEST, "--logits", "logits.npy")
    with numpy.load("weights.npz") as arrays:
        layers = [arrays[f"layer{i}"] for i in range(len(arrays.files))]
    assert all(layer.dtype == numpy.int8 and set(numpy.unique(layer)) <= {-1, 0, 1} for layer in layers)
    logits = numpy.load("logits.npy")
    images = encode_bytes(load_images(TEST))
    assert logits.dtype == numpy.int32 and logits.shape == (len(images), 10)
    expected = forward(images, layers)
    assert numpy.abs(expected).max() > 0
    assert numpy.array_equal(expected, logits), f"{net}: {(expected != logits).sum()} logits differ"


def test_the_mnist_network():
    def forward(images, layers):
        maps = hard_tanh(pool(convolve(images, layers[0]), 2, 2))
        maps = hard_tanh(pool(convolve(maps, layers[1]), 2, 2))
        assert maps.shape[1:] == (32, 7, 7)
        return dense(maps, layers[2])
    compare("16C5-MP2-32C5-MP2-10", forward, "--sparsity-per-layer", "50,90,90")


def test_strides_valid_and_shifts():
    def forward(images, layers):
        maps = hard_tanh(convolve(images, layers[0], stride=2, valid=True), 1)
        maps = hard_tanh(pool(convolve(maps, layers[1]), 1, 2), 2)
        hidden = hard_tanh(dense(maps, layers[2]))
        return dense(hidden, layers[3]) >> 1
    compare("5C4vs2>>1-6C2x3>>2-MP1x2-20-10>>1", forward, "--sparsity", "40")


def test_signals():
    """784 values in a row: kernels and pools of one row."""
    def forward(images, layers):
        signal = images.reshape(len(images), 1, 1, 784)
        maps = hard_tanh(pool(convolve(signal, layers[0], stride=4), 1, 4))
        return dense(maps, layers[1])
    compare("6C1x9s4-MP1x4-10", forward, "--sparsity", "30", "--input", "1x1x784")


if __name__ == "__main__":
    assert SAMPLES.is_dir()
    main(globals())
