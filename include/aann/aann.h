/* All of aann in one include: families of sparse networks with weights -1, 0 and +1, found by
 * stochastic search, without backpropagation.
 *
 * Reading order:
 *
 * 1. The simple calls: what a first program needs, in the order in which it needs it.
 *    status.h    how every function reports failure
 *    network.h   a network: its notation ("16C5-MP2-10"), its exact counts of weights, its outputs
 *    samples.h   data in memory: from measured values to the networks' inputs, int8 in -127..127
 *    task.h      the networks and sparsities of tasks that are known by name
 *    search.h    finds one network for given samples
 *    objective.h the same search on any function that gives losses
 *    options.h   all options of a search as a table; setting them by name
 *    evaluate.h  how good a network is: logits, accuracy, loss, confusion
 *    model.h     a network with its encoding and names, in one small file: predictions elsewhere
 *
 * 2. The explicit objects: many networks, kept.
 *    data.h      data sets from files: IDX, NPY, NPZ, CSV
 *    study.h     the file that families, members, traces and checkpoints live in
 *    family.h    grows a family in a study: stopped, resumed, on several threads
 *    geometry.h  how far apart the members are, in their weights and in what they do
 *    ensemble.h  members that answer together
 *    lesion.h    what a network can lose
 *    ablation.h  a list of such changes, applied and measured
 *    picture.h   charts of all this
 *
 * 3. Advanced: other objectives, other tasks, and the machine.
 *    walk.h, path.h           along the manifold of good networks, from one member to another
 *    car.h                    CarRacing, bit for bit Gymnasium's physics and rewards
 *    cars.h                   many cars at once, as a vector environment of Gymnasium
 *    car_driver.h, drive.h    networks at the wheel, searched for the reward of a lap
 *    benchmark.h              how fast this machine is
 *    version.h                the version, the parts that were built in, the instruction sets
 *
 * Three rules hold everywhere. Options come from aann_<noun>_options_default(), so that a new field
 * breaks nobody. What a _create or _load function hands out goes to the _destroy function of the
 * same noun (aann_study_close for a study), flat memory to aann_free. A function that can fail
 * returns an aann_status; its aann_error says in one line what is wrong, where, and what was
 * expected. The library never prints, exits or aborts, and it has no global state. */
#ifndef AANN_AANN_H
#define AANN_AANN_H

#include "aann/status.h"
#include "aann/version.h"

#include "aann/evaluate.h"
#include "aann/model.h"
#include "aann/network.h"
#include "aann/objective.h"
#include "aann/options.h"
#include "aann/samples.h"
#include "aann/search.h"
#include "aann/task.h"

#include "aann/ablation.h"
#include "aann/data.h"
#include "aann/ensemble.h"
#include "aann/family.h"
#include "aann/geometry.h"
#include "aann/lesion.h"
#include "aann/measures.h"
#include "aann/picture.h"
#include "aann/study.h"

#include "aann/benchmark.h"
#include "aann/car.h"
#include "aann/car_driver.h"
#include "aann/cars.h"
#include "aann/dagger.h"
#include "aann/drive.h"
#include "aann/path.h"
#include "aann/recording.h"
#include "aann/walk.h"

#endif
