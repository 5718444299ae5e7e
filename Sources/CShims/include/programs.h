/* programs.h: a program that a configuration names, run under an account of its own. */
#ifndef WAYBILL_PROGRAMS_H
#define WAYBILL_PROGRAMS_H
#include <stdint.h>

/* Starts a program without a shell, in /tmp, with an empty standard input, nothing but
   AGENT in its environment, and a pipe for its output, whose reading end *output becomes.
   Where we are root it runs as the user and group given. A program that cannot be run
   ends with 78. Returns the process id, or -1 with errno set. */
int32_t waybill_program_start(char *_Nullable const *_Nonnull words, uint32_t user, uint32_t group,
                              int32_t *_Nonnull output);

#endif
