/* patterns.h: glibc's re_search with the syntax of GNU Emacs. */
#ifndef WAYBILL_PATTERNS_H
#define WAYBILL_PATTERNS_H
#include <stddef.h>
#include <stdint.h>

typedef struct waybill_pattern waybill_pattern;

/* From now on patterns and texts with bytes beyond ASCII are read as the user's locale has them. */
void waybill_pattern_use_locale(void);

/* NULL where the pattern is wrong: *reason then says why. */
waybill_pattern *_Nullable waybill_pattern_compile(const uint8_t *_Nonnull source, intptr_t length,
                                                   const char *_Nullable *_Nonnull reason);
void waybill_pattern_free(waybill_pattern *_Nonnull pattern);
/* The first place at or after start where it matches; -1 none, -2 fault. A pattern that is
   matched apart gives -3 when it took too much time and -4 when it took too much memory. */
intptr_t waybill_pattern_search(waybill_pattern *_Nonnull pattern, const uint8_t *_Nonnull text,
                                intptr_t length, intptr_t start);
intptr_t waybill_pattern_groups(const waybill_pattern *_Nonnull pattern);
/* Where a group of the last match begins and ends; -1 where it took no part. */
intptr_t waybill_pattern_start(const waybill_pattern *_Nonnull pattern, intptr_t group);
intptr_t waybill_pattern_end(const waybill_pattern *_Nonnull pattern, intptr_t group);

/* A pattern that is compiled and matched against one text in a child process, which may take
   so many seconds of processor time and bytes of memory. The child searches as patsubst does,
   or once, and each waybill_pattern_search takes its next answer, whatever the start. */
waybill_pattern *_Nullable waybill_pattern_compile_apart(const uint8_t *_Nonnull source, intptr_t length,
                                                         const uint8_t *_Nonnull text, intptr_t text_length,
                                                         int every, int seconds, intptr_t memory,
                                                         const char *_Nullable *_Nonnull reason);
/* Ends the child. What it took: microseconds of processor time. */
int64_t waybill_pattern_finish(waybill_pattern *_Nonnull pattern);

#endif
