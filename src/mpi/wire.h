/* A wire (aann/ranks.h) of MPI: every process is a rank of MPI_COMM_WORLD. */
#ifndef AANN_MPI_WIRE_H
#define AANN_MPI_WIRE_H

#include "aann/ranks.h"

typedef struct aann_mpi_wire aann_mpi_wire;

/* After MPI_Init_thread. Free with aann_mpi_wire_destroy, before MPI_Finalize; that waits until
 * everything that was sent has arrived. */
aann_status aann_mpi_wire_create(aann_mpi_wire **wire, aann_error *error);
void aann_mpi_wire_destroy(aann_mpi_wire *wire);

aann_wire aann_mpi_wire_view(aann_mpi_wire *wire);

#endif
