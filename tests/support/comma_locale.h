/* A locale in which "0.5" is "0,5", for tests that must not care. */
#ifndef AANN_TESTS_SUPPORT_COMMA_LOCALE_H
#define AANN_TESTS_SUPPORT_COMMA_LOCALE_H

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* Makes the program's locale a German or French one; false where the machine has none and cannot
 * make one. `folder` gets what localedef writes: it and the locale's sources are part of most
 * systems. */
static inline bool enter_comma_locale(const char *folder)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    char command[1024];
    snprintf(command, sizeof command,
             "localedef --no-archive -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    if (system(command) == 0) {
        setenv("LOCPATH", folder, 1);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (setlocale(LC_ALL, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static inline void leave_comma_locale(void)
{
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
}

#endif
