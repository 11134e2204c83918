/* Runs the self-test of an exported network on a chip, and counts what one run takes.
 *
 * Compiled with NAME_HEADER, and NAME(x) and CONSTANT(x) from the command line through names.h, which
 * tests/export/chips.py writes. */
#include "chip.h"
#include "names.h"

/* Without a division, for which some chips would need a library. */
static void print_number(const char *before, uint32_t number)
{
    static const uint32_t powers[] = {1000000000u, 100000000u, 10000000u, 1000000u, 100000u,
                                      10000u,      1000u,      100u,      10u,      1u};
    char digits[11];
    unsigned length = 0, i;
    for (i = 0; i < 10; i++) {
        char digit = '0';
        while (number >= powers[i]) {
            number -= powers[i];
            digit++;
        }
        if (digit != '0' || length > 0 || i == 9) {
            digits[length++] = digit;
        }
    }
    digits[length] = '\0';
    chip_print(before);
    chip_print(digits);
}

int main(void)
{
    const uint32_t wrong = (uint32_t)NETWORK(self_test)();
    uint32_t counted;
    chip_start();
    NETWORK(self_test)();
    counted = chip_stop();
    print_number("{\"tests\": ", (uint32_t)NETWORK_TESTS);
    print_number(", \"wrong\": ", wrong);
    print_number(", \"counted\": ", counted);
    chip_print("}\n");
    chip_exit();
    return 0;
}
