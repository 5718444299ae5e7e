/* programs.c: see programs.h. Swift has no fork, and posix_spawn changes no account. */
#define _GNU_SOURCE
#include "programs.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A copy out of the way of 0, 1 and 2, which dup2 is about to fill. */
static int aside(int descriptor) {
  return descriptor > 2 || descriptor < 0 ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

/* In the child: only what is safe between fork and exec. Returns where it failed. */
static void become(const waybill_program *program, int output) {
  int input = program->input >= 0 ? program->input : open("/dev/null", O_RDONLY | O_CLOEXEC);
  input = aside(input);
  if (input < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0) return;
  if (program->takes_messages && dup2(output, 2) < 0) return;
  /* What a library has opened without the flag is none of the program's business. */
  syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  /* A server ignores it, and exec hands that on. */
  signal(SIGPIPE, SIG_DFL);
  setpgid(0, 0);
  gid_t group = program->group;
  if (program->changes_account && geteuid() == 0 &&
      (setgroups(1, &group) < 0 || setgid(group) < 0 || setuid(program->user) < 0))
    return;
  if (program->folder && chdir(program->folder) < 0) return;
  execve(program->path, program->words, program->environment);
}

int32_t waybill_program_start(const waybill_program *program, int32_t *output, bool *is_child) {
  int ends[2], report[2];
  *is_child = false;
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  if (pipe2(report, O_CLOEXEC) < 0) {
    close(ends[0]);
    close(ends[1]);
    return -1;
  }
  pid_t child = fork();
  if (child == 0) {
    int said = aside(report[1]);
    become(program, aside(ends[1]));
    int reason = errno;
    if (write(said, &reason, sizeof reason) < 0) _exit(79);
    _exit(78);
  }
  int failure = errno;
  close(ends[1]);
  close(report[1]);
  if (child > 0) {
    /* Closed by exec, or the number of the error that kept it from happening. */
    int reason = 0;
    ssize_t count;
    while ((count = read(report[0], &reason, sizeof reason)) < 0 && errno == EINTR) {}
    close(report[0]);
    *output = ends[0];
    if (count != sizeof reason) return child;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    *is_child = true;
    failure = reason;
  } else {
    close(report[0]);
  }
  close(ends[0]);
  errno = failure;
  return -1;
}

int32_t waybill_pipe(int32_t *reading, int32_t *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int32_t waybill_memory_file(void) { return memfd_create("message", MFD_CLOEXEC); }

int32_t waybill_process_descriptor(int32_t process) {
  return (int32_t)syscall(SYS_pidfd_open, process, 0);
}

/* glibc's setgroups speaks to every thread, the kernel's to the one that calls. */
static long set_groups(int count, const uint32_t *groups) { return syscall(SYS_setgroups, count, groups); }

int32_t waybill_files_as(uint32_t user, uint32_t group, waybill_rights *before) {
  long count = syscall(SYS_getgroups, 64, before->groups);
  if (count < 0) return -1;
  before->group_count = (int32_t)count;
  if (set_groups(1, &group) < 0) return -1;
  before->group = (uint32_t)setfsgid(group);
  before->user = (uint32_t)setfsuid(user);
  /* They report no failure; asked again with what cannot be, they tell what is. */
  if ((uint32_t)setfsgid((gid_t)-1) == group && (uint32_t)setfsuid((uid_t)-1) == user) return 0;
  waybill_files_back(before);
  errno = EPERM;
  return -1;
}

void waybill_files_back(const waybill_rights *before) {
  setfsuid(before->user);
  setfsgid(before->group);
  if (set_groups(before->group_count, before->groups) < 0) abort();
  if ((uint32_t)setfsuid((uid_t)-1) != before->user || (uint32_t)setfsgid((gid_t)-1) != before->group) abort();
}

int32_t waybill_go_to_background(int32_t status) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  pid_t child = fork();
  if (child != 0) close(ends[1]);
  if (child == 0) {
    close(ends[0]);
    setsid();
    return ends[1];
  }
  if (child < 0) {
    int reason = errno;
    close(ends[0]);
    errno = reason;
    return -1;
  }
  unsigned char said = (unsigned char)status;
  while (read(ends[0], &said, 1) < 0 && errno == EINTR) {}
  _exit(said);
}
