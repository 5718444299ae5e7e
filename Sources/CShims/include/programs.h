/* programs.h: a program that a configuration names, run under an account of its own; and
   files opened with the rights of an account. */
#ifndef WAYBILL_PROGRAMS_H
#define WAYBILL_PROGRAMS_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *_Nonnull path;
  /* Both end with NULL. */
  char *_Nullable const *_Nonnull words;
  char *_Nullable const *_Nonnull environment;
  /* NULL: the folder stays ours. */
  const char *_Nullable folder;
  /* Looked at where we are root. */
  bool changes_account;
  uint32_t user, group;
  /* Its standard input; nothing where it is negative. */
  int32_t input;
  /* Whether its messages (2) go where its output (1) goes. */
  bool takes_messages;
} waybill_program;

/* Starts a program without a shell, as the leader of a process group, with no descriptor but
   0, 1 and 2, and a pipe for its output, whose reading end *output becomes.
   Returns the process id, or -1 with errno set: *is_child then says that the fault was in
   the new process, such as a program that is not there, and not in making it. */
int32_t waybill_program_start(const waybill_program *_Nonnull program, int32_t *_Nonnull output,
                              bool *_Nonnull is_child);

/* A pipe that no program inherits by chance: 0 and both ends, or -1 with errno set. */
int32_t waybill_pipe(int32_t *_Nonnull reading, int32_t *_Nonnull writing);

/* Memory with a descriptor; negative, with errno set, where there is none. */
int32_t waybill_memory_file(void);

/* A descriptor that becomes readable when the process ends; negative where there is none. */
int32_t waybill_process_descriptor(int32_t process);

/* What this thread, and no other, had before waybill_files_as. */
typedef struct {
  uint32_t user, group;
  int32_t group_count;
  uint32_t groups[64];
} waybill_rights;

/* Lets this thread open, make and remove files as an account would; 0, or -1 with errno set
   and nothing changed. Only root can. */
int32_t waybill_files_as(uint32_t user, uint32_t group, waybill_rights *_Nonnull before);
/* Ends the process where the rights of before cannot be had again: it would go on with
   those of another. */
void waybill_files_back(const waybill_rights *_Nonnull before);

/* Makes a process that goes on in the background, before there are threads. In the new one,
   the leader of a session, returns a descriptor to which it writes one byte, the status with
   which the old one ends; the old one waits for that and does not return: without a byte it
   ends with the status given. Returns -1 with errno set where there can be no process. */
int32_t waybill_go_to_background(int32_t status);

#endif
