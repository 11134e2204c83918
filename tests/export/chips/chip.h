/* What a chip's support has to offer. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* Prints a text. */
void chip_print(const char *text);

/* Cortex-M only: opens a file of the computer for reading, and reads it. Returns how many of the size
 * bytes did not come. */
uint32_t chip_open(const char *path);
uint32_t chip_read(uint32_t file, void *bytes, uint32_t size);

/* Ends the emulation. */
void chip_exit(void);

/* Starts counting; returns what was counted since: instructions, or cycles where the emulator counts
 * those. */
void chip_start(void);
uint32_t chip_stop(void);

#endif
