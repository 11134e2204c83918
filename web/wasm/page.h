/* What the C files of the page share: the mark of a function that JavaScript calls, and the message
 * of the last failure.
 *
 * JavaScript passes numbers and addresses only. A function that makes something returns its
 * address, or 0 (NULL) if that failed; one that only does something returns true or false. After a
 * failure page_message() says why. A page has one thread for each instance of the module, so one
 * message per instance is enough. */
#ifndef AANN_WEB_PAGE_H
#define AANN_WEB_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/status.h"

/* An exported function has the same name in JavaScript. */
#define PAGE_EXPORT(name) __attribute__((export_name(#name), visibility("default"))) name

/* Where the library writes what went wrong. */
aann_error *page_error(void);

/* Keeps a message of the page's own; returns false. */
bool page_fail(const char *message);

#endif
