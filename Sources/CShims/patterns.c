/* patterns.c: see patterns.h. `re_syntax_options` is global, hence the lock. */
#define _GNU_SOURCE
#include "patterns.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct waybill_pattern {
  struct re_pattern_buffer compiled;
  struct re_registers found;
  char fastmap[256];
  /* Of a pattern that is matched apart: the process, or 0, and the pipe it answers by. */
  pid_t child;
  int answers;
  int64_t time;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void waybill_pattern_use_locale(void) {
  setlocale(LC_CTYPE, "");
  setlocale(LC_COLLATE, "");
}

static const char *compile(struct re_pattern_buffer *compiled, const uint8_t *source, intptr_t length) {
  re_syntax_options = RE_SYNTAX_EMACS;
  return re_compile_pattern((const char *)source, (size_t)length, compiled);
}

waybill_pattern *waybill_pattern_compile(const uint8_t *source, intptr_t length, const char **reason) {
  *reason = NULL;
  waybill_pattern *pattern = calloc(1, sizeof *pattern);
  if (!pattern) return NULL;
  pattern->compiled.fastmap = pattern->fastmap;
  pthread_mutex_lock(&lock);
  *reason = compile(&pattern->compiled, source, length);
  pthread_mutex_unlock(&lock);
  if (*reason) {
    pattern->compiled.fastmap = NULL;
    free(pattern);
    return NULL;
  }
  re_compile_fastmap(&pattern->compiled);
  return pattern;
}

/* MARK: Apart

   glibc's matcher cannot be stopped, takes hours for some patterns and overflows the stack
   for others. So where limits hold it works in a process of its own: what it answers comes
   through a pipe, and the kernel ends it. */

enum { groups_told = 10 };
struct beginning { int32_t groups; char reason[60]; };
struct answer { int32_t found, start[groups_told], end[groups_told]; };

static void send_all(int pipe, const void *bytes, size_t count) {
  const char *from = bytes;
  while (count > 0) {
    ssize_t written = write(pipe, from, count);
    if (written < 0 && errno != EINTR) _exit(1);
    if (written > 0) from += written, count -= (size_t)written;
  }
}

static int receive_all(int pipe, void *bytes, size_t count) {
  char *to = bytes;
  while (count > 0) {
    ssize_t have = read(pipe, to, count);
    if (have == 0 || (have < 0 && errno != EINTR)) return 0;
    if (have > 0) to += have, count -= (size_t)have;
  }
  return 1;
}

/* The size of this process's memory, 0 where the system does not say. */
static rlim_t memory_mapped(void) {
  char text[64] = "";
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? (rlim_t)strtoul(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}

static void limit_child(int seconds, intptr_t memory) {
  const int signals[] = {SIGXCPU, SIGPIPE, SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGTRAP, SIGFPE};
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  setrlimit(RLIMIT_CPU, &(struct rlimit){(rlim_t)seconds, (rlim_t)seconds + 1});
  rlim_t mapped = memory_mapped();
  if (mapped > 0 && memory > 0) {
    rlim_t most = mapped + (rlim_t)memory;
    setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
  }
}

static void answer_and_exit(int pipe, const uint8_t *source, intptr_t length, const uint8_t *text,
                            intptr_t text_length, int every) {
  static char fastmap[256];
  struct re_pattern_buffer compiled = {.fastmap = fastmap};
  struct re_registers found = {0};
  struct beginning beginning = {.groups = -1};
  /* The lock may have been held by a thread that this process does not have. */
  const char *reason = compile(&compiled, source, length);
  if (reason) snprintf(beginning.reason, sizeof beginning.reason, "%s", reason);
  else beginning.groups = (int32_t)compiled.re_nsub;
  send_all(pipe, &beginning, sizeof beginning);
  if (reason) _exit(0);
  re_compile_fastmap(&compiled);
  intptr_t offset = 0;
  do {
    struct answer answer;
    memset(&answer, 0xFF, sizeof answer);
    answer.found = text_length > INT_MAX ? -2
        : (int32_t)re_search(&compiled, (const char *)text, (int)text_length, (int)offset,
                             (int)(text_length - offset), &found);
    for (size_t group = 0; answer.found >= 0 && group < groups_told && group < found.num_regs; group++) {
      answer.start[group] = (int32_t)found.start[group];
      answer.end[group] = (int32_t)found.end[group];
    }
    send_all(pipe, &answer, sizeof answer);
    if (answer.found < 0) break;
    offset = answer.end[0] == answer.found ? answer.end[0] + 1 : answer.end[0];
  } while (every && offset <= text_length);
  _exit(0);
}

static int wait_for(waybill_pattern *pattern) {
  struct rusage used;
  int status = 0;
  if (pattern->child <= 0) return 0;
  close(pattern->answers);
  while (wait4(pattern->child, &status, 0, &used) < 0) {
    if (errno != EINTR) return 0;
  }
  pattern->child = -1;
  pattern->time = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * (int64_t)1000000
      + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  return status;
}

/* Why the child gave no answer. */
static intptr_t failure_of(waybill_pattern *pattern) {
  int status = wait_for(pattern);
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL) ? -3 : -4;
}

static intptr_t next_answer(waybill_pattern *pattern) {
  struct answer answer;
  if (pattern->child < 0) return -4;
  if (!receive_all(pattern->answers, &answer, sizeof answer)) return failure_of(pattern);
  for (size_t group = 0; group < groups_told; group++) {
    pattern->found.start[group] = answer.start[group];
    pattern->found.end[group] = answer.end[group];
  }
  return answer.found;
}

waybill_pattern *waybill_pattern_compile_apart(const uint8_t *source, intptr_t length, const uint8_t *text,
                                               intptr_t text_length, int every, int seconds, intptr_t memory,
                                               const char **reason) {
  static _Thread_local struct beginning beginning;
  *reason = NULL;
  int ends[2];
  waybill_pattern *pattern = calloc(1, sizeof *pattern);
  if (!pattern) return NULL;
  pattern->found.start = calloc(groups_told, sizeof *pattern->found.start);
  pattern->found.end = calloc(groups_told, sizeof *pattern->found.end);
  pattern->found.num_regs = groups_told;
  if (!pattern->found.start || !pattern->found.end || pipe2(ends, O_CLOEXEC) < 0) {
    waybill_pattern_free(pattern);
    return NULL;
  }
  pattern->child = fork();
  if (pattern->child == 0) {
    limit_child(seconds, memory);
    answer_and_exit(ends[1], source, length, text, text_length, every);
  }
  close(ends[1]);
  pattern->answers = ends[0];
  if (pattern->child < 0) {
    close(ends[0]);
    waybill_pattern_free(pattern);
    return NULL;
  }
  /* What ends the child before it could begin is told by the first search. */
  if (!receive_all(pattern->answers, &beginning, sizeof beginning)) return pattern;
  if (beginning.groups < 0) {
    beginning.reason[sizeof beginning.reason - 1] = 0;
    *reason = beginning.reason;
    waybill_pattern_free(pattern);
    return NULL;
  }
  pattern->compiled.re_nsub = (size_t)beginning.groups;
  return pattern;
}

int64_t waybill_pattern_finish(waybill_pattern *pattern) {
  if (pattern->child > 0) {
    kill(pattern->child, SIGKILL);
    wait_for(pattern);
  }
  return pattern->time;
}

/* MARK: Matching */

void waybill_pattern_free(waybill_pattern *pattern) {
  waybill_pattern_finish(pattern);
  pattern->compiled.fastmap = NULL;
  regfree(&pattern->compiled);
  free(pattern->found.start);
  free(pattern->found.end);
  free(pattern);
}

intptr_t waybill_pattern_search(waybill_pattern *pattern, const uint8_t *text, intptr_t length,
                                intptr_t start) {
  if (pattern->child != 0) return next_answer(pattern);
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
