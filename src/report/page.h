/* The page without its data, from web/report: compiled in by cmake/embed_page.cmake. */
#ifndef AANN_REPORT_PAGE_H
#define AANN_REPORT_PAGE_H

#include <stddef.h>

/* [.._size]: what stands before and after the data. */
extern const unsigned char aann_page_before[];
extern const size_t aann_page_before_size;
extern const unsigned char aann_page_after[];
extern const size_t aann_page_after_size;

#endif
