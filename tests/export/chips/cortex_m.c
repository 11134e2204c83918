/* Cortex-M on QEMU's boards: start, output by semihosting, time by SysTick. With -icount shift=0 an
 * instruction takes 1 ns, and a tick TICK_NS of them. */
#include "chip.h"

extern uint32_t chip_stack_top;
extern uint32_t chip_bss_start;
extern uint32_t chip_bss_end;

int main(void);
void chip_begin(void);

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    &chip_stack_top,
    (const void *)chip_begin,
};

void chip_begin(void)
{
    volatile uint32_t *at;
    for (at = &chip_bss_start; at < &chip_bss_end; at++) {
        *at = 0;
    }
    main();
    for (;;) {
    }
}

static uint32_t semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void chip_print(const char *text)
{
    semihost(4, text);
}

uint32_t chip_open(const char *path)
{
    uint32_t length = 0;
    while (path[length] != '\0') {
        length++;
    }
    const uint32_t argument[] = {(uint32_t)path, 0, length};
    return semihost(1, argument);
}

uint32_t chip_read(uint32_t file, void *bytes, uint32_t size)
{
    const uint32_t argument[] = {file, (uint32_t)bytes, size};
    return semihost(6, argument);
}

void chip_exit(void)
{
    semihost(0x18, (const void *)0x20026);
}

static volatile uint32_t *const control = (volatile uint32_t *)0xE000E010;
static volatile uint32_t *const reload = (volatile uint32_t *)0xE000E014;
static volatile uint32_t *const current = (volatile uint32_t *)0xE000E018;

void chip_start(void)
{
    *reload = 0xFFFFFF;
    *current = 0;
    *control = 5;
}

uint32_t chip_stop(void)
{
    return (0xFFFFFF - *current) * TICK_NS;
}
