/* patterns.c: see patterns.h. `re_syntax_options` is global, hence the lock. */
#define _GNU_SOURCE
#include "patterns.h"
#include <limits.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct waybill_pattern {
  struct re_pattern_buffer compiled;
  struct re_registers found;
  char fastmap[256];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

waybill_pattern *waybill_pattern_compile(const uint8_t *source, intptr_t length, const char **reason) {
  *reason = NULL;
  waybill_pattern *pattern = calloc(1, sizeof *pattern);
  if (!pattern) return NULL;
  pattern->compiled.fastmap = pattern->fastmap;
  pthread_mutex_lock(&lock);
  re_syntax_options = RE_SYNTAX_EMACS;
  *reason = re_compile_pattern((const char *)source, (size_t)length, &pattern->compiled);
  pthread_mutex_unlock(&lock);
  if (*reason) {
    pattern->compiled.fastmap = NULL;
    free(pattern);
    return NULL;
  }
  re_compile_fastmap(&pattern->compiled);
  return pattern;
}

void waybill_pattern_free(waybill_pattern *pattern) {
  pattern->compiled.fastmap = NULL;
  regfree(&pattern->compiled);
  free(pattern->found.start);
  free(pattern->found.end);
  free(pattern);
}

intptr_t waybill_pattern_search(waybill_pattern *pattern, const uint8_t *text, intptr_t length,
                                intptr_t start) {
  if (length > INT_MAX) return -2;
  return re_search(&pattern->compiled, (const char *)text, (int)length, (int)start,
                   (int)(length - start), &pattern->found);
}

intptr_t waybill_pattern_groups(const waybill_pattern *pattern) {
  return (intptr_t)pattern->compiled.re_nsub;
}

intptr_t waybill_pattern_start(const waybill_pattern *pattern, intptr_t group) {
  return (size_t)group < pattern->found.num_regs ? pattern->found.start[group] : -1;
}

intptr_t waybill_pattern_end(const waybill_pattern *pattern, intptr_t group) {
  return (size_t)group < pattern->found.num_regs ? pattern->found.end[group] : -1;
}
