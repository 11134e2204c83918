/* What took long to compute is not lost because somebody else looks at the study with another
 * program and has forgotten to end a transaction. */
#include "cli/shared/study.h"

#include <string.h>

#include "cli/shared/stop.h"
#include "cli/shared/text.h"

static bool goes_on(void *context, double seconds)
{
    (void)context;
    (void)seconds;
    return !cli_stop_asked();
}

static void waits(void *context)
{
    (void)context;
    cli_print_to(stderr, "aann: another program has a transaction open on the study; waiting until "
                         "it ends\n");
}

aann_status cli_study_open(const char *path, aann_study_mode mode, aann_study **study,
                           aann_error *error)
{
    const aann_status status = aann_study_open(path, mode, study, error);
    if (status == AANN_OK) {
        (void)aann_study_set_patience(*study,
                                      (aann_study_patience){.goes_on = goes_on, .waits = waits});
    }
    return status;
}

bool cli_study_is_named(const char *name)
{
    const size_t length = name != NULL ? strlen(name) : 0;
    return length > 5 && strcmp(name + length - 5, ".aann") == 0;
}
