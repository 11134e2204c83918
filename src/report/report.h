/* A report, inside. */
#ifndef AANN_REPORT_REPORT_H
#define AANN_REPORT_REPORT_H

#include "aann/report.h"
#include "aann/status.h"

struct aann_report {
    char *json; /* an object, ends in NUL */
    size_t size;
    int64_t unfinished;
    char absent[AANN_MESSAGE_SIZE]; /* why it has no data; "": it has */
};

#endif
