"""Batch-1 analog training of 784-300-10 with aihwkit, for `npm run bench -- --peers`.

    python3 -m venv .cache/aihwkit && .cache/aihwkit/bin/pip install aihwkit==1.1.0 torch==2.11.0

Of the published wheel of 1.1.0: with torch 2.11.0 it runs, with 2.9.1 it does not load, with 2.15.0 it refuses weights.

Reads lines of JSON from stdin, {"device": "...", "samples": n, "threads": n}, and answers each with one,
{"samplesPerSecond": ..., ...}; so that windows of several programs can take turns. Inputs are random with the images'
share of constant pixels: the time does not depend on what they show, but for how many pulses they ask.
"""

import json
import sys
import time
from importlib.metadata import version

import torch
from aihwkit.nn import AnalogLinear, AnalogSequential
from aihwkit.optim import AnalogSGD
from aihwkit.simulator.configs import FloatingPointRPUConfig, SingleRPUConfig, UnitCellRPUConfig
from aihwkit.simulator.configs.compounds import VectorUnitCell
from aihwkit.simulator.configs.devices import ConstantStepDevice, ExpStepDevice, FloatingPointDevice
from aihwkit.simulator.parameters.mapping import MappingParameter
from torch import nn

# One tile a layer, as ours are one crossbar; by default 784 inputs are cut in two.
WHOLE = MappingParameter(max_input_size=0, max_output_size=0)

CONFIGS = {
    # One device a weight with cycle-to-cycle and device-to-device noise, stochastic pulse trains, converters and read
    # noise as aihwkit has them by default.
    "constant step": lambda: SingleRPUConfig(device=ConstantStepDevice(), mapping=WHOLE),
    "exponential step": lambda: SingleRPUConfig(device=ExpStepDevice(), mapping=WHOLE),
    # Two devices a weight, both pulsed at every update.
    "pair of exponential steps": lambda: UnitCellRPUConfig(
        device=VectorUnitCell(unit_cell_devices=[ExpStepDevice(), ExpStepDevice()]), mapping=WHOLE
    ),
    "floating point": lambda: FloatingPointRPUConfig(device=FloatingPointDevice(), mapping=WHOLE),
}


def network(device):
    layers = [AnalogLinear(784, 300, bias=False, rpu_config=CONFIGS[device]()), nn.Sigmoid()]
    layers += [AnalogLinear(300, 10, bias=False, rpu_config=CONFIGS[device]()), nn.Sigmoid()]
    return AnalogSequential(*layers)


def measure(device, samples, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = network(device)
    optimizer = AnalogSGD(model.parameters(), lr=0.1)
    optimizer.regroup_param_groups(model)
    loss = nn.MSELoss()
    pixels = torch.rand(samples, 784)
    pixels[torch.rand(samples, 784) < 0.81] = 0
    targets = nn.functional.one_hot(torch.randint(0, 10, (samples,)), 10).float()

    def train(s):
        optimizer.zero_grad()
        loss(model(pixels[s : s + 1]), targets[s : s + 1]).backward()
        optimizer.step()

    for s in range(min(20, samples)):
        train(s)
    started = time.perf_counter()
    for s in range(samples):
        train(s)
    return samples / (time.perf_counter() - started)


for line in sys.stdin:
    asked = json.loads(line)
    rate = measure(asked["device"], asked["samples"], asked["threads"])
    answer = {**asked, "samplesPerSecond": rate, "aihwkit": version("aihwkit"), "torch": torch.__version__}
    print(json.dumps(answer), flush=True)
