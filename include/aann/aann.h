/* All of aann in one include: families of sparse networks with weights -1, 0 and +1. A stochastic
 * search finds them, without backpropagation.
 *
 * Reading order:
 *
 * 1. The simple calls: what a first program needs, in that order.
 *    status.h    how every function reports failure
 *    network.h   a network: notation ("16C5-MP2-10"), exact counts of each weight value, outputs
 *    samples.h   data in memory: from measured values to int8 inputs in -127..127
 *    task.h      networks and sparsities of the built-in tasks
 *    search.h    finds one network for given samples
 *    dale.h      all synapses of a unit with one sign
 *    development.h  more and fewer synapses: over-production and pruning
 *    objective.h the same search on any function that returns losses
 *    options.h   all search options as a table; set and read by name
 *    evaluate.h  how good a network is: logits, accuracy, loss, confusion
 *    model.h     a network with its encoding and names in one small file, for use elsewhere
 *    export_c.h      a model as C source text, for chips
 *    export_onnx.h   a model as an ONNX graph, for other engines
 *
 * 2. The explicit objects: many networks, stored.
 *    data.h      data sets from files: IDX, NPY, NPZ, CSV
 *    study.h     the file that stores families, members, traces and checkpoints
 *    family_data.h  the samples of a family: loaded, split, encoded, and found again
 *    family.h    searches a family in a study: stop, resume, use several threads
 *    merge.h     one study of the parts that several machines have searched
 *    excerpt.h   members of a family on their way to another process, and back
 *    phases.h    a search in phases, each from where the one before ended
 *    geometry.h  distances between members, in weights and in behaviour
 *    intervals.h how sure an accuracy is, and whether two differ
 *    nulls.h     the same distances where only some structure is kept
 *    measures.h  all pairwise measures of a family at once
 *    ensemble.h  members that answer together
 *    lesion.h    what a network can lose
 *    ablation.h  a list of such changes, applied and measured
 *    picture.h   charts of all this
 *    report.h    a family as one web page
 *
 * 3. Advanced: other objectives, other tasks, and the machine.
 *    sample.h, sampler.h, volume.h    networks drawn at constant temperature; how many there are
 *    walk.h, path.h           along the manifold of good networks, from one member to another
 *    connect.h                which members paths join, below which loss
 *    car.h                    CarRacing, bit for bit Gymnasium's physics and rewards
 *    cars.h                   many cars at once, as a vector environment of Gymnasium
 *    car_driver.h, drive.h    networks that drive, and the search for the reward of a lap
 *    recording.h, dagger.h    imitation: recorded drives, and rounds of corrections
 *    ranks.h                  several processes that work on one family (MPI)
 *    benchmark.h              how fast this machine is
 *    version.h                version, built-in parts, instruction sets
 *
 * Three rules hold everywhere. Options come from aann_<noun>_options_default(), so a new field
 * breaks no caller. What a _create or _load function returns goes to the _destroy function of the
 * same noun (aann_study_close for a study); flat memory goes to aann_free. A function that can fail
 * returns an aann_status; its aann_error says in one line what is wrong, where, and what was
 * expected. The library never prints, exits or aborts, and it has no global state. */
#ifndef AANN_AANN_H
#define AANN_AANN_H

#include "aann/status.h"
#include "aann/version.h"

#include "aann/dale.h"
#include "aann/development.h"
#include "aann/evaluate.h"
#include "aann/export_c.h"
#include "aann/export_onnx.h"
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
#include "aann/excerpt.h"
#include "aann/family.h"
#include "aann/family_data.h"
#include "aann/geometry.h"
#include "aann/intervals.h"
#include "aann/lesion.h"
#include "aann/measures.h"
#include "aann/merge.h"
#include "aann/nulls.h"
#include "aann/phases.h"
#include "aann/picture.h"
#include "aann/report.h"
#include "aann/study.h"

#include "aann/benchmark.h"
#include "aann/car.h"
#include "aann/car_driver.h"
#include "aann/cars.h"
#include "aann/connect.h"
#include "aann/dagger.h"
#include "aann/drive.h"
#include "aann/path.h"
#include "aann/ranks.h"
#include "aann/recording.h"
#include "aann/sample.h"
#include "aann/sampler.h"
#include "aann/volume.h"
#include "aann/walk.h"

#endif
