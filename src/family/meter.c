/* The clock of a running search. Rates are averages over the last seconds, whatever the distance
 * between two reports. */
#include "family/meter.h"

#include <math.h>

#include "core/clock.h"

static const double seconds_between_reports = 0.1;
static const double seconds_of_rate = 3.0; /* over which rates are averaged */

double aann_report_interval(void)
{
    return seconds_between_reports;
}

bool aann_work_must_stop(const aann_family_work *work, double start)
{
    return (work->interrupted != NULL && work->interrupted(work->context)) ||
           (work->seconds > 0.0 && aann_clock_seconds() - start >= work->seconds);
}

aann_meter aann_meter_start(double earlier_seconds)
{
    const double now = aann_clock_seconds();
    return (aann_meter){.start = now, .last_report = now, .earlier_seconds = earlier_seconds};
}

void aann_meter_set(aann_meter *meter, const aann_search_progress *progress)
{
    meter->last_report = aann_clock_seconds();
    meter->last_step = progress->step;
    meter->last_samples = progress->evaluated_samples;
}

double aann_meter_seconds(const aann_meter *meter)
{
    return meter->earlier_seconds + aann_clock_seconds() - meter->start;
}

bool aann_meter_is_due(const aann_meter *meter)
{
    return aann_clock_seconds() - meter->last_report >= seconds_between_reports;
}

static void update_rates(aann_meter *meter, const aann_search_progress *progress)
{
    const double elapsed = aann_clock_seconds() - meter->last_report;
    if (elapsed <= 0.0) {
        return;
    }
    if (progress->step < meter->last_step) { /* a new search: the next leg of a path */
        aann_meter_set(meter, progress);
        return;
    }
    const double candidates = (double)(progress->step - meter->last_step) / elapsed;
    const double samples = (double)(progress->evaluated_samples - meter->last_samples) / elapsed;
    const double weight =
        meter->candidates_per_second > 0.0 ? 1.0 - exp(-elapsed / seconds_of_rate) : 1.0;
    meter->candidates_per_second += weight * (candidates - meter->candidates_per_second);
    meter->samples_per_second += weight * (samples - meter->samples_per_second);
    aann_meter_set(meter, progress);
}

aann_member_report aann_meter_report(aann_meter *meter, const aann_member_row *row,
                                     const aann_search_progress *progress)
{
    update_rates(meter, progress);
    return (aann_member_report){
        .id = row->id,
        .index = row->index,
        .state = row->state,
        .step = progress->step,
        .accepted = progress->accepted,
        .candidates_per_second = meter->candidates_per_second,
        .samples_per_second = meter->samples_per_second,
        .temperature = progress->temperature,
        .train_loss = progress->train_loss,
        .train_accuracy = row->train_accuracy,
        .validation_accuracy = row->validation_accuracy,
        .test_accuracy = row->test_accuracy,
        .validation_loss = row->validation_loss,
        .test_loss = row->test_loss,
        .reward = NAN,
        .seconds = aann_meter_seconds(meter),
        .seconds_left = NAN,
    };
}
