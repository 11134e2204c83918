/* A network as the page holds it: with the evaluator that answers for it. */
#ifndef AANN_WEB_NETWORK_H
#define AANN_WEB_NETWORK_H

#include "aann/evaluate.h"
#include "aann/network.h"

typedef struct page_network {
    aann_network *network;
    aann_evaluator *evaluator;
} page_network;

/* Takes over the network, also if it fails; NULL if there is no memory, or if network is NULL. */
page_network *page_network_adopt(aann_network *network);

#endif
