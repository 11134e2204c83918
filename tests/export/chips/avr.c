/* AVR in simavr: output by the first serial port, cycles by timer 1 in steps of 1,024. simavr ends
 * when the chip sleeps without interrupts. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "chip.h"

void chip_print(const char *text)
{
    UCSR0B = 1 << TXEN0;
    for (; *text != '\0'; text++) {
        while ((UCSR0A & 1 << UDRE0) == 0) {
        }
        UDR0 = (uint8_t)*text;
    }
}

void chip_exit(void)
{
    volatile uint16_t wait;
    for (wait = 0; wait < 20000; wait++) {
    }
    cli();
    sleep_enable();
    sleep_cpu();
}

void chip_start(void)
{
    TCCR1A = 0;
    TCNT1 = 0;
    TCCR1B = 1 << CS12 | 1 << CS10;
}

uint32_t chip_stop(void)
{
    return (uint32_t)TCNT1 * 1024;
}
