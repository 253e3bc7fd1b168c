/* The commands of `huimin`, and what they share. A command gets its own arguments, prints results on stdout
 * and faults on stderr (both languages in one line), and returns the exit status. */
#ifndef HUIMIN_COMMAND_H
#define HUIMIN_COMMAND_H

#include "config.h"
#include "db.h"
#include "options.h"

#include <stddef.h>

enum command_exit {
    COMMAND_DONE = 0,
    COMMAND_FAILED = 1,
    COMMAND_USAGE = 2,
    COMMAND_NOT_CHECKED = 3 /* invariants: the check could not be made, where 1 means that it found violations */
};

typedef enum command_exit command_run(const struct config *config, const char *const *arguments, size_t argument_count);

command_run keys_init_command;
command_run token_command;
command_run migrate_command;
command_run catalogue_load_command;
command_run status_command;
command_run invariants_command;

/* Prints "huimin: <subject>: <zh> / <en>" on stderr; subject may be NULL. Returns COMMAND_FAILED. */
enum command_exit command_fail(const char *subject, const char *zh, const char *en);

/* Prints "huimin: <subject>: <SQLSTATE> <server's message>". Returns COMMAND_FAILED. */
enum command_exit command_fail_db(const char *subject, const struct db *db);

/* Opens the database of the configuration and a transaction that acts as `cli` for a district (0: none). NULL
 * after a failure, which has been printed. The caller closes with db_close(); an open transaction is then
 * rolled back. */
struct db *command_begin(const struct config *config, enum db_mode mode, int64_t district);

/* The context that command_begin() sets, for further transactions on the same connection. */
struct db_context command_context(int64_t district);

static inline void command_db_cleanup(struct db **db)
{
    db_close(*db);
}
#define CLEANUP_DB __attribute__((cleanup(command_db_cleanup)))

#endif
