/* 32-bit RISC-V on QEMU's virt board: start, output by semihosting, instructions by minstret. */
#include "chip.h"

int main(void);
void chip_begin(void);

__attribute__((section(".start"), naked, used)) void chip_begin(void)
{
    __asm__ volatile("la sp, chip_stack_top\n"
                     "la t0, chip_bss_start\n"
                     "la t1, chip_bss_end\n"
                     "1: bgeu t0, t1, 2f\n"
                     "sw zero, 0(t0)\n"
                     "addi t0, t0, 4\n"
                     "j 1b\n"
                     "2: call main\n"
                     "3: j 3b\n");
}

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = argument;
    __asm__ volatile(".option push\n"
                     ".option norvc\n"
                     ".balign 16\n"
                     "slli zero, zero, 0x1f\n"
                     "ebreak\n"
                     "srai zero, zero, 7\n"
                     ".option pop\n"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
}

void chip_print(const char *text)
{
    semihost(4, text);
}

void chip_exit(void)
{
    static const uint32_t reason[2] = {0x20026, 0};
    semihost(0x18, reason);
}

static uint32_t started;

static uint32_t instructions(void)
{
    uint32_t count;
    __asm__ volatile("csrr %0, 0xb02" : "=r"(count));
    return count;
}

void chip_start(void)
{
    started = instructions();
}

uint32_t chip_stop(void)
{
    return instructions() - started;
}
