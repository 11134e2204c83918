/* CSV as in RFC 4180, with a header line. */
#ifndef AANN_DATA_CSV_H
#define AANN_DATA_CSV_H

#include "aann/data.h"
#include "data/source.h"

/* Reads the table: the label column or the target columns, all others are features. */
aann_status aann_csv_read(aann_source *source, const aann_load_options *options,
                          aann_dataset *dataset, aann_error *error);

#endif
