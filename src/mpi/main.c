/* aann-mpi: the program under mpirun. Every process gets the same arguments. Rank 0 is the program;
 * the others work for it, with its number of threads, until it ends.
 *
 * One thread at a time talks to MPI: while a family is searched that is the main thread, and the
 * threads that search say nothing. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mpi.h>

#include "cli/commands/command.h"
#include "cli/shared/message.h"
#include "cli/shared/ranks.h"
#include "mpi/wire.h"

/* What the arguments say of an option, without judging them: rank 0 does that. */
static const char *text_of(const char *name, int count, char **arguments)
{
    const size_t length = strlen(name);
    for (int i = count - 1; i > 1; i--) {
        if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=') {
            return arguments[i] + length + 1;
        }
        if (strcmp(arguments[i - 1], name) == 0) {
            return arguments[i];
        }
    }
    return NULL;
}

static int32_t number_of(const char *name, int count, char **arguments)
{
    const char *text = text_of(name, count, arguments);
    const long number = text != NULL ? strtol(text, NULL, 10) : 0;
    return number >= 1 && number <= 1024 ? (int32_t)number : 0;
}

/* Threads of this process, and how many tasks share them. */
static aann_follow_options read_options(int count, char **arguments)
{
    aann_follow_options options = aann_follow_options_default();
    const int32_t parallel = number_of("--parallel", count, arguments);
    options.threads = number_of("--threads", count, arguments);
    options.threads = options.threads > 0 ? options.threads : aann_processor_count();
    options.slots = parallel > 0 && parallel < options.threads ? parallel : options.threads;
    options.isa = text_of("--isa", count, arguments);
    return options;
}

static int lead(const aann_wire *wire, int count, char **arguments)
{
    const aann_follow_options options = read_options(count, arguments);
    aann_ranks *ranks = NULL;
    aann_error error;
    if (aann_ranks_create(wire, options.slots, options.threads, &ranks, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    cli_ranks_use(ranks);
    const int status = cli_program(count, arguments);
    cli_ranks_use(NULL);
    aann_ranks_destroy(ranks);
    return status;
}

/* Who is asked to end is rank 0, which asks the others. */
static int follow(const aann_wire *wire, int count, char **arguments)
{
    const aann_follow_options options = read_options(count, arguments);
    aann_error error;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    return aann_ranks_follow(wire, &options, &error) == AANN_OK ? 0 : cli_fail(&error);
}

static int fail(const char *text)
{
    fputs(text, stderr);
    return 1;
}

int main(int count, char **arguments)
{
    int provided = 0;
    aann_mpi_wire *wire = NULL;
    aann_error error;
    if (MPI_Init_thread(&count, &arguments, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_SERIALIZED) {
        return fail("aann: this MPI does not know several threads (MPI_THREAD_SERIALIZED)\n");
    }
    if (aann_mpi_wire_create(&wire, &error) != AANN_OK) {
        const int status = cli_fail(&error);
        MPI_Abort(MPI_COMM_WORLD, status);
        return status;
    }
    const aann_wire view = aann_mpi_wire_view(wire);
    const int status = view.rank > 0    ? follow(&view, count, arguments)
                       : view.count > 1 ? lead(&view, count, arguments)
                                        : cli_program(count, arguments);
    if (view.rank > 0 && status != 0) { /* rank 0 would wait for it */
        MPI_Abort(MPI_COMM_WORLD, status);
    }
    aann_mpi_wire_destroy(wire);
    MPI_Finalize();
    return status;
}
