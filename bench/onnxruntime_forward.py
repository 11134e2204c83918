"""Inference by ONNX Runtime, for comparison: images per second of the `mnist` network, one thread.

Prints one JSON object. The same network as in pytorch_forward.py, as an ONNX graph in float32. Needs the Python packages
onnxruntime and onnx.
"""
import json
import sys
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def ternary(shape, sparsity, random):
    signs = random.choice([-1.0, 1.0], size=shape)
    return numpy.where(random.random(shape) < sparsity, 0.0, signs).astype(numpy.float32)


def model():
    random = numpy.random.default_rng(1)
    weights = {
        "first": ternary((16, 1, 5, 5), 0.5, random),
        "second": ternary((32, 16, 5, 5), 0.9, random),
        "dense": ternary((1568, 10), 0.9, random),
        "low": numpy.array(-1.0, numpy.float32),
        "high": numpy.array(1.0, numpy.float32),
    }
    nodes = []
    source = "images"
    for name in ("first", "second"):
        nodes += [
            helper.make_node("Conv", [source, name], [name + "_sums"], pads=[2, 2, 2, 2]),
            helper.make_node("MaxPool", [name + "_sums"], [name + "_pooled"], kernel_shape=[2, 2], strides=[2, 2]),
            helper.make_node("Clip", [name + "_pooled", "low", "high"], [name + "_output"]),
        ]
        source = name + "_output"
    nodes += [helper.make_node("Flatten", [source], ["flat"]), helper.make_node("MatMul", ["flat", "dense"], ["logits"])]
    graph = helper.make_graph(
        nodes, "mnist", [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    result.ir_version = 8
    return result.SerializeToString()


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model(), options, providers=["CPUExecutionProvider"])
    rates = {}
    for batch in (1, 16, 64, 256, 1024):
        images = numpy.random.default_rng(2).random((batch, 1, 28, 28), dtype=numpy.float32)
        session.run(None, {"images": images})
        count, start = 0, time.process_time()
        while time.process_time() - start < seconds / 5:
            session.run(None, {"images": images})
            count += batch
        rates[batch] = count / (time.process_time() - start)
    best = max(rates, key=rates.get)
    print(json.dumps({"name": "ONNX Runtime " + onnxruntime.__version__, "threads": 1, "batch": best,
                      "forward_images_per_second": rates[best], "single_images_per_second": rates[1]}))


main()
