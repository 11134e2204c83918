/* Drawing the progress of the members that run. */
#include "cli/shared/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/shared/clock.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

enum { BAR = 12, LINE = 256, DEFAULT_COLUMNS = 80 };
static const double seconds_between_lines = 10.0;

void cli_progress_start(cli_progress *progress, bool quiet)
{
    *progress = (cli_progress){.quiet = quiet, .columns = DEFAULT_COLUMNS, .last_line = cli_now()};
    struct winsize size;
    progress->terminal = isatty(STDERR_FILENO) == 1;
    if (progress->terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
        progress->columns = size.ws_col;
    }
}

/* 1234567 -> "1.23M" */
static const char *short_number(double value, char text[16])
{
    static const char units[] = " kMGT";
    size_t unit = 0;
    while (value >= 999.5 && unit + 2 < sizeof units) {
        value /= 1000.0;
        unit++;
    }
    const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(text, 16, "%.*f%.*s", decimals, value, unit > 0 ? 1 : 0, &units[unit]);
    return text;
}

/* "1:05:09", "4:07"; "?" where nobody knows. */
static const char *duration(double seconds, char text[24])
{
    if (!(seconds >= 0.0 && seconds < 1e8)) {
        return "?";
    }
    const long all = lround(seconds);
    if (all >= 3600) {
        snprintf(text, 24, "%ld:%02ld:%02ld", all / 3600, all / 60 % 60, all % 60);
    } else {
        snprintf(text, 24, "%ld:%02ld", all / 60, all % 60);
    }
    return text;
}

/* "member 3", then the figures in the order of how much one wants to know: a narrow terminal cuts
 * the last. */
static void describe_running(const aann_member_report *member, bool with_bar, char *line,
                             size_t size)
{
    char bar[BAR + 3];
    const double share = member->steps > 0 ? (double)member->step / (double)member->steps : 0.0;
    for (int i = 0; i < BAR; i++) {
        bar[i] = i < (int)(share * BAR + 0.5) ? '#' : '-';
    }
    bar[BAR] = '\0';
    char left[24], validation[16], rate[16], samples[16], step[32], loss[24];
    if (isfinite(member->reward)) {
        snprintf(loss, sizeof loss, "reward %-6.1f", member->reward);
    } else {
        snprintf(loss, sizeof loss, "loss %-7.4f", member->train_loss);
    }
    char phase[32] = "";
    if (member->phases > 1) {
        snprintf(phase, sizeof phase, "  phase %d/%d", member->phase + 1, member->phases);
    }
    snprintf(line, size,
             "member %-3" PRId64
             " %s%s%s %3d %%%s  left %-7s val %-8s %s T %.1e  %s/s  %s img/s  step %s",
             member->id, with_bar ? "[" : "", with_bar ? bar : "", with_bar ? "]" : "",
             (int)(100.0 * share), phase, duration(member->seconds_left, left),
             cli_score(member->validation_accuracy, member->validation_loss, validation), loss,
             member->temperature, short_number(member->candidates_per_second, rate),
             short_number(member->samples_per_second, samples), cli_grouped(member->step, step));
}

static void describe_stopped(const aann_member_report *member, char *line, size_t size)
{
    char validation[16], test[16], steps[32], time[24];
    if (member->state == AANN_MEMBER_RUNNING) {
        snprintf(line, size,
                 "member %-3" PRId64 " stopped at step %s of its search; it can be resumed",
                 member->id, cli_grouped(member->step, steps));
        return;
    }
    snprintf(line, size,
             "member %-3" PRId64 " %s: loss %.4f, validation %s, test %s, %s steps in %s",
             member->id, cli_state_name(member->state), member->train_loss,
             cli_score(member->validation_accuracy, member->validation_loss, validation),
             cli_score(member->test_accuracy, member->test_loss, test),
             cli_grouped(member->step, steps), duration(member->seconds, time));
}

/* Members that have stopped leave their line for good; those that run are drawn below, over what
 * was there. */
static void redraw(cli_progress *progress, const aann_member_report *members, size_t count)
{
    char line[LINE];
    if (progress->drawn > 0) {
        fprintf(stderr, "\033[%zuA\r", progress->drawn);
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].stopped) {
            describe_stopped(&members[i], line, sizeof line);
            cli_print_to(stderr, "%.*s\033[K\n", progress->columns - 1, line);
        }
    }
    progress->drawn = 0;
    for (size_t i = 0; i < count; i++) {
        if (!members[i].stopped) {
            describe_running(&members[i], true, line, sizeof line);
            cli_print_to(stderr, "%.*s\033[K\n", progress->columns - 1, line);
            progress->drawn++;
        }
    }
    fputs("\033[J", stderr);
    fflush(stderr);
}

static void print_lines(cli_progress *progress, const aann_member_report *members, size_t count)
{
    char line[LINE];
    const bool due = cli_now() - progress->last_line >= seconds_between_lines;
    for (size_t i = 0; i < count; i++) {
        if (members[i].stopped) {
            describe_stopped(&members[i], line, sizeof line);
            cli_print_to(stderr, "%s\n", line);
        } else if (due) {
            describe_running(&members[i], false, line, sizeof line);
            cli_print_to(stderr, "%s\n", line);
        }
    }
    if (due) {
        progress->last_line = cli_now();
    }
}

void cli_progress_show(cli_progress *progress, const aann_member_report *members, size_t count)
{
    if (progress->quiet) {
        return;
    }
    if (progress->terminal) {
        redraw(progress, members, count);
    } else {
        print_lines(progress, members, count);
    }
}

void cli_progress_say(cli_progress *progress, const char *line)
{
    cli_print_to(stderr, "%s\n", line);
    progress->drawn = 0; /* what is above stays as it is */
}
