/* Fetching a data set, with what it needs handed in, so that tests can fetch one of their own. */
#ifndef AANN_DATA_FETCH_H
#define AANN_DATA_FETCH_H

#include "aann/data.h"
#include "data/catalog.h"

/* Makes the entry's files available in data_folder/<entry name>. `mirror` (or NULL) is a URL prefix
 * of "<entry name>/<file>.gz" that is used instead of every other source. */
aann_status aann_fetch_entry(const aann_catalog_entry *entry, const char *data_folder,
                             const char *mirror, aann_fetch_report report, void *context,
                             aann_error *error);

#endif
